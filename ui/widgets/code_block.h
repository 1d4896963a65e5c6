#pragma once

#include <QFrame>

#include "engine/markdown/markdown_blocks.h"

class QLabel;
class QPushButton;
class QTextEdit;

namespace ui {

/// Code that a model wrote: its language and a button that copies it above the coloured text.
class CodeBlock : public QFrame {
    Q_OBJECT

public:
    /// `place` makes the object names of its parts unique in a window.
    explicit CodeBlock(const QString& place, QWidget* parent = nullptr);
    void show(const engine::MarkdownBlock& block);
    QString code() const { return QString::fromStdString(block_.text); }

protected:
    void resizeEvent(QResizeEvent* event) override;

private:
    void fitHeight();
    void render();

    engine::MarkdownBlock block_;
    QLabel* language_;
    QPushButton* copy_;
    QTextEdit* text_;
};

}  // namespace ui
