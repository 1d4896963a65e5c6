#pragma once

#include <QTimer>
#include <QWidget>

#include "engine/markdown/markdown_blocks.h"

class QVBoxLayout;

namespace ui {

class AnswerView;
class CodeBlock;

/// An answer as Markdown, block by block: texts and code blocks one below the other. While it grows, blocks
/// that are done are left alone and the rest is laid out anew, at most ten times a second.
class AnswerBody : public QWidget {
    Q_OBJECT

public:
    explicit AnswerBody(QWidget* parent = nullptr);

    void showGrowing(const QString& text);
    void showFinished(const QString& text);
    /// Blocks that were laid out for good; tests watch that this only grows.
    int frozenParts() const { return static_cast<int>(frozen_); }

signals:
    void linkWanted(QString address);

private:
    struct Part {
        AnswerView* text = nullptr;  // one of the two
        CodeBlock* code = nullptr;
    };
    void restart();
    void update();
    /// Lays blocks out behind what is frozen.
    void lay(const std::vector<engine::MarkdownBlock>& blocks, bool freeze);
    Part& part(std::size_t at, bool isCode, int indent);
    void dropFrom(std::size_t at);

    QVBoxLayout* column_;
    std::vector<Part> parts_;
    std::size_t frozen_ = 0;       // parts
    std::size_t frozenBytes_ = 0;  // of text_
    std::string text_;
    std::vector<engine::MarkdownBlock> laid_;  // frozen ones
    QTimer pace_;
};

}  // namespace ui
