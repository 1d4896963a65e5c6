#include "ui/widgets/answer_view.h"

#include <QImage>
#include <QScrollBar>
#include <QTextBlock>
#include <QTextDocument>
#include <cmath>

#include "ui/theme.h"

namespace ui {
namespace {

constexpr double kLineHeight = 150.0;  // percent of the font's own, as in the pictures

void setLineHeight(QTextDocument* document) {
    QTextCursor cursor(document);
    cursor.select(QTextCursor::Document);
    QTextBlockFormat format;
    format.setLineHeight(kLineHeight, QTextBlockFormat::ProportionalHeight);
    cursor.mergeBlockFormat(format);
}

}  // namespace

AnswerView::AnswerView(QWidget* parent) : QTextBrowser(parent) {
    setOpenLinks(false);
    setOpenExternalLinks(false);
    setFrameShape(QFrame::NoFrame);
    setUndoRedoEnabled(false);
    setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    viewport()->setAutoFillBackground(false);
    document()->setDocumentMargin(0);
    setTextInteractionFlags(Qt::TextSelectableByMouse | Qt::TextSelectableByKeyboard);
}

void AnswerView::showText(const QString& text) {
    if (text == shown_)
        return;
    if (!shown_.isEmpty() && text.startsWith(shown_)) {
        auto* bar = verticalScrollBar();
        const bool atEnd = bar->value() >= bar->maximum() - 4;
        QTextCursor cursor(document());
        cursor.movePosition(QTextCursor::End);
        cursor.insertText(text.mid(shown_.size()));
        if (atEnd)
            bar->setValue(bar->maximum());
    } else {
        setPlainText(text);
        setLineHeight(document());
    }
    shown_ = text;
    fitHeight();
}

void AnswerView::showMarkdown(const QString& text) {
    shown_.clear();
    document()->setMarkdown(text, QTextDocument::MarkdownFeatures(QTextDocument::MarkdownDialectGitHub) |
                                      QTextDocument::MarkdownNoHTML);
    setLineHeight(document());
    fitHeight();
}

void AnswerView::setGrows(bool grows) {
    grows_ = grows;
    setVerticalScrollBarPolicy(grows ? Qt::ScrollBarAlwaysOff : Qt::ScrollBarAsNeeded);
    fitHeight();
}

QVariant AnswerView::loadResource(int type, const QUrl&) {
    // Something and not nothing: for an invalid answer QTextDocument opens local files and data URLs itself.
    if (type != QTextDocument::ImageResource)
        return QByteArray("");
    QImage nothing(1, 1, QImage::Format_ARGB32_Premultiplied);
    nothing.fill(Qt::transparent);
    return nothing;
}

void AnswerView::resizeEvent(QResizeEvent* event) {
    QTextBrowser::resizeEvent(event);
    fitHeight();
}

void AnswerView::fitHeight() {
    if (grows_)
        setFixedHeight(std::max(24, static_cast<int>(std::ceil(document()->size().height())) + 2));
}

}  // namespace ui
