#pragma once

#include <QTextBrowser>
#include <vector>

#include "engine/markdown/markdown_blocks.h"

namespace ui {

/// Text that a model wrote: data, never a program. Loads nothing, opens no link (linkWanted says that one was
/// chosen), runs nothing; it can be selected and copied.
class AnswerView : public QTextBrowser {
    Q_OBJECT

public:
    explicit AnswerView(QWidget* parent = nullptr);

    /// Shows plain text; where it only grew, the new part is appended and the scroll position kept at the
    /// end.
    void showText(const QString& text);
    /// Shows plain text in pieces with formats of their own.
    void showPieces(const QVector<QPair<QString, QTextCharFormat>>& pieces);
    /// Shows Markdown without HTML.
    void showMarkdown(const QString& text);
    /// Replaces what is behind the frozen blocks.
    void setTail(const std::vector<engine::MarkdownBlock>& blocks);
    /// Leaves the tail as it is for good.
    void freezeTail();
    /// Grows with its text instead of scrolling.
    void setGrows(bool grows);

signals:
    void linkWanted(QString address);

protected:
    QVariant loadResource(int type, const QUrl& name) override;
    void resizeEvent(QResizeEvent* event) override;
    void paintEvent(QPaintEvent* event) override;

private:
    void fitHeight();
    void paintQuoteBars();

    QString shown_;
    std::vector<engine::MarkdownBlock> tail_;
    int tailStart_ = 0;  // position in the document
    bool grows_ = false;
};

}  // namespace ui
