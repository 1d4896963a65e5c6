#include "ui/widgets/answer_view.h"

#include <QAbstractTextDocumentLayout>
#include <QImage>
#include <QPainter>
#include <QScrollBar>
#include <QTextBlock>
#include <QTextDocument>
#include <QTextList>
#include <cmath>

#include "ui/theme.h"
#include "ui/widgets/markdown_writer.h"

namespace ui {
namespace {

constexpr int kLongestBlock = 2000;  // characters
constexpr double kQuoteBar = 3.0;
constexpr double kLineHeight = 150.0;  // percent of the font's own, as in the pictures

void setLineHeight(QTextDocument* document) {
    QTextCursor cursor(document);
    cursor.select(QTextCursor::Document);
    QTextBlockFormat format;
    format.setLineHeight(kLineHeight, QTextBlockFormat::ProportionalHeight);
    cursor.mergeBlockFormat(format);
}

/// Inserts plain text and begins a new block where one grows past kLongestBlock: a block is laid out as a
/// whole whenever it grows, and a model that repeats itself writes no line end.
void insertInBlocks(QTextCursor& cursor, QStringView text) {
    while (!text.isEmpty()) {
        const qsizetype line = text.indexOf(u'\n');
        const qsizetype length = line < 0 ? text.size() : line + 1;
        const qsizetype room = std::max(kLongestBlock - cursor.positionInBlock(), 0);
        if (length <= room + 1) {
            cursor.insertText(text.first(length).toString());
            text = text.mid(length);
            continue;
        }
        const qsizetype space = text.first(room).lastIndexOf(u' ');
        const qsizetype cut = space < 0 ? room : space + 1;
        cursor.insertText(text.first(cut).toString());
        cursor.insertBlock();
        text = text.mid(cut);
    }
}

int quoteDepth(const QTextBlock& block) {
    return block.isValid() ? block.blockFormat().intProperty(QTextFormat::BlockQuoteLevel) : 0;
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
    setTextInteractionFlags(Qt::TextBrowserInteraction | Qt::TextSelectableByKeyboard);
    connect(this, &QTextBrowser::anchorClicked, this,
            [this](const QUrl& url) { emit linkWanted(QString::fromUtf8(url.toEncoded())); });
}

void AnswerView::showText(const QString& text) {
    if (text == shown_)
        return;
    if (!shown_.isEmpty() && text.startsWith(shown_)) {
        auto* bar = verticalScrollBar();
        const bool atEnd = bar->value() >= bar->maximum() - 4;
        QTextCursor cursor(document());
        cursor.movePosition(QTextCursor::End);
        insertInBlocks(cursor, QStringView(text).mid(shown_.size()));
        if (atEnd)
            bar->setValue(bar->maximum());
    } else {
        setCurrentCharFormat({});  // plain text would be written in the last piece's
        clear();
        QTextCursor cursor(document());
        insertInBlocks(cursor, text);
        setLineHeight(document());
    }
    shown_ = text;
    fitHeight();
}

void AnswerView::showPieces(const QVector<QPair<QString, QTextCharFormat>>& pieces) {
    shown_.clear();
    clear();
    QTextCursor cursor(document());
    for (const auto& [text, format] : pieces)
        cursor.insertText(text, format);
    setLineHeight(document());
    fitHeight();
}

void AnswerView::showMarkdown(const QString& text) {
    shown_.clear();
    clear();
    tailStart_ = 0;
    tail_.clear();
    setTail(engine::markdownBlocks(text.toStdString()));
}

void AnswerView::setTail(const std::vector<engine::MarkdownBlock>& blocks) {
    if (blocks == tail_ && !blocks.empty())
        return;
    tail_ = blocks;
    QTextCursor cursor(document());
    cursor.beginEditBlock();
    cursor.setPosition(tailStart_);
    cursor.movePosition(QTextCursor::End, QTextCursor::KeepAnchor);
    cursor.removeSelectedText();
    if (tailStart_ == 0) {  // what was removed leaves its formats to the empty block
        if (auto* list = cursor.currentList())
            list->remove(cursor.block());
        cursor.setBlockFormat({});
    }
    writeMarkdown(cursor, blocks, tailStart_ == 0);
    cursor.endEditBlock();
    fitHeight();
}

void AnswerView::freezeTail() {
    tail_.clear();
    QTextCursor cursor(document());
    cursor.movePosition(QTextCursor::End);
    tailStart_ = cursor.position();
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

void AnswerView::paintEvent(QPaintEvent* event) {
    paintQuoteBars();
    QTextBrowser::paintEvent(event);
}

// The rich text of Qt indents a quotation and draws nothing beside it.
void AnswerView::paintQuoteBars() {
    QPainter painter(viewport());
    painter.translate(-horizontalScrollBar()->value(), -verticalScrollBar()->value());
    painter.setPen(Qt::NoPen);
    painter.setBrush(Theme::instance().tokens().line);
    const auto* layout = document()->documentLayout();
    for (auto block = document()->begin(); block.isValid(); block = block.next()) {
        const int depth = quoteDepth(block);
        if (depth == 0)
            continue;
        const QRectF place = layout->blockBoundingRect(block);
        const int shared = std::min(depth, quoteDepth(block.next()));
        const double gap = block.blockFormat().bottomMargin();
        for (int level = 0; level < depth; ++level)  // through the gap where the quotation goes on
            painter.drawRoundedRect(QRectF(level * kQuoteIndent, place.top(), kQuoteBar,
                                           place.height() + (level < shared ? gap : 0.0)),
                                    kQuoteBar / 2.0, kQuoteBar / 2.0);
    }
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
