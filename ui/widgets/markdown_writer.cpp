#include "ui/widgets/markdown_writer.h"

#include <QTextDocument>
#include <QTextList>
#include <QTextTable>
#include <algorithm>

#include "engine/markdown/code_lexer.h"
#include "ui/theme.h"

namespace ui {
namespace {

using engine::MarkdownBlock;
using engine::MarkdownKind;

constexpr double kLineHeight = 150.0;  // percent of the font's own, as in the pictures
constexpr int kGap = 8;                // pixels between blocks
constexpr int kItemIndent = 24;
constexpr int kMostDepth = 8;

QTextCharFormat formatOf(const engine::MarkdownSpan& span) {
    const auto& tokens = Theme::instance().tokens();
    QTextCharFormat format;
    if (span.bold)
        format.setFontWeight(QFont::DemiBold);
    format.setFontItalic(span.italic);
    format.setFontStrikeOut(span.strike);
    if (span.code) {
        format.setFontFamilies(Theme::instance().codeFont().families());
        format.setBackground(tokens.code);
    }
    if (engine::isOpenableLink(span.link)) {
        format.setAnchor(true);
        format.setAnchorHref(QString::fromStdString(span.link));
        format.setForeground(tokens.accent);
        format.setFontUnderline(true);
    }
    return format;
}

void writeSpans(QTextCursor& cursor, const std::vector<engine::MarkdownSpan>& spans,
                const QTextCharFormat& base = {}) {
    for (const auto& span : spans) {
        QTextCharFormat format = base;
        format.merge(formatOf(span));
        // A hard break stays inside its block.
        cursor.insertText(QString::fromStdString(span.text).replace(u'\n', QChar::LineSeparator), format);
    }
}

QTextBlockFormat blockFormat(const MarkdownBlock& block) {
    QTextBlockFormat format;
    format.setLineHeight(kLineHeight, QTextBlockFormat::ProportionalHeight);
    const int quotes = std::min(block.quoteDepth, kMostDepth);
    format.setProperty(QTextFormat::BlockQuoteLevel, quotes);
    format.setLeftMargin(quotes * kQuoteIndent);
    format.setTopMargin(block.kind == MarkdownKind::heading ? kGap : 0);
    format.setBottomMargin(block.kind == MarkdownKind::listItem ? 2 : kGap);
    if (block.kind == MarkdownKind::heading)
        format.setHeadingLevel(block.level);
    else if (block.kind != MarkdownKind::listItem && block.listDepth > 0)
        format.setLeftMargin(format.leftMargin() + std::min(block.listDepth, kMostDepth) * kItemIndent);
    return format;
}

class Writer {
public:
    Writer(QTextCursor& cursor, bool isFirst) : cursor_(cursor), isFirst_(isFirst) {}

    void write(const MarkdownBlock& block) {
        if (block.kind == MarkdownKind::table)
            return writeTable(block);
        beginBlock(blockFormat(block));
        QTextCharFormat base;
        if (block.quoteDepth > 0)
            base.setForeground(Theme::instance().tokens().mute);
        switch (block.kind) {
            case MarkdownKind::heading:
                base.setFontWeight(QFont::DemiBold);
                base.setProperty(QTextFormat::FontPixelSize, block.level <= 1   ? 18
                                                             : block.level == 2 ? 16
                                                                                : 14);
                writeSpans(cursor_, block.spans, base);
                break;
            case MarkdownKind::listItem:
                writeItem(block, base);
                return;
            case MarkdownKind::code:
                writeCodeBlock(block);
                break;
            case MarkdownKind::rule: {
                QTextBlockFormat rule = cursor_.blockFormat();
                rule.setProperty(QTextFormat::BlockTrailingHorizontalRulerWidth,
                                 QTextLength(QTextLength::PercentageLength, 100));
                cursor_.setBlockFormat(rule);
                break;
            }
            default:
                writeSpans(cursor_, block.spans, base);
        }
        if (block.listDepth == 0)
            lists_.clear();
    }

private:
    void beginBlock(const QTextBlockFormat& format) {
        if (isFirst_) {
            cursor_.setBlockFormat(format);
            cursor_.setBlockCharFormat({});
        } else {
            cursor_.insertBlock(format, QTextCharFormat());
        }
        if (auto* list = cursor_.currentList())  // a new block begins in the list of the one before
            list->remove(cursor_.block());
        cursor_.setBlockFormat(format);
        isFirst_ = false;
    }

    void writeItem(const MarkdownBlock& block, const QTextCharFormat& base) {
        const auto depth = static_cast<std::size_t>(std::clamp(block.listDepth, 1, kMostDepth));
        lists_.resize(std::min(lists_.size(), depth));
        while (lists_.size() < depth)
            lists_.push_back({nullptr, 0});
        auto& [list, next] = lists_.back();
        if (list == nullptr || (block.ordered && block.number != next)) {
            QTextListFormat format;
            format.setIndent(static_cast<int>(depth));
            format.setStyle(block.ordered ? QTextListFormat::ListDecimal
                            : depth % 2   ? QTextListFormat::ListDisc
                                          : QTextListFormat::ListCircle);
            list = cursor_.createList(format);
            if (block.ordered)
                offset_ = block.number;
        } else {
            list->add(cursor_.block());
        }
        next = block.number + 1;
        if (block.ordered && list->count() == 1 && offset_ != 1) {
            // Qt 6.4 counts from one: a list that begins elsewhere has its numbers as text.
            auto format = list->format();
            format.setStyle(QTextListFormat::ListStyleUndefined);
            list->setFormat(format);
        }
        if (block.ordered && list->format().style() == QTextListFormat::ListStyleUndefined)
            cursor_.insertText(QStringLiteral("%1. ").arg(block.number), base);
        if (block.task != engine::MarkdownTask::none) {
            QTextBlockFormat format = cursor_.blockFormat();
            format.setMarker(block.task == engine::MarkdownTask::done
                                 ? QTextBlockFormat::MarkerType::Checked
                                 : QTextBlockFormat::MarkerType::Unchecked);
            cursor_.setBlockFormat(format);
        }
        writeSpans(cursor_, block.spans, base);
    }

    void writeCodeBlock(const MarkdownBlock& block) {
        QTextBlockFormat format = cursor_.blockFormat();
        format.setBackground(Theme::instance().tokens().code);
        format.setNonBreakableLines(false);
        cursor_.setBlockFormat(format);
        writeCode(cursor_, block.text, block.language);
    }

    void writeTable(const MarkdownBlock& block) {
        std::size_t columns = 0;
        for (const auto& row : block.rows)
            columns = std::max(columns, row.size());
        if (block.rows.empty() || columns == 0)
            return;
        const auto& tokens = Theme::instance().tokens();
        QTextTableFormat format;
        format.setBorder(1);
        format.setBorderBrush(tokens.line);
        format.setBorderCollapse(true);
        format.setCellPadding(6);
        format.setCellSpacing(0);
        format.setHeaderRowCount(1);
        format.setBottomMargin(kGap);
        lists_.clear();
        if (!isFirst_)
            beginBlock({});
        isFirst_ = false;
        auto* table =
            cursor_.insertTable(static_cast<int>(block.rows.size()), static_cast<int>(columns), format);
        for (std::size_t row = 0; row < block.rows.size(); ++row)
            for (std::size_t column = 0; column < block.rows[row].size(); ++column) {
                const auto& cell = block.rows[row][column];
                auto at =
                    table->cellAt(static_cast<int>(row), static_cast<int>(column)).firstCursorPosition();
                QTextBlockFormat aligned;
                aligned.setAlignment(cell.align == engine::MarkdownAlign::right    ? Qt::AlignRight
                                     : cell.align == engine::MarkdownAlign::center ? Qt::AlignHCenter
                                                                                   : Qt::AlignLeft);
                at.setBlockFormat(aligned);
                QTextCharFormat base;
                if (row == 0)
                    base.setFontWeight(QFont::DemiBold);
                writeSpans(at, cell.spans, base);
            }
        cursor_.movePosition(QTextCursor::End);
    }

    QTextCursor& cursor_;
    bool isFirst_;
    std::vector<std::pair<QTextList*, std::int64_t>> lists_;  // by depth, with the next number
    std::int64_t offset_ = 1;
};

}  // namespace

void writeMarkdown(QTextCursor& cursor, std::span<const MarkdownBlock> blocks, bool isFirst) {
    Writer writer(cursor, isFirst);
    for (const auto& block : blocks)
        writer.write(block);
}

void writeCode(QTextCursor& cursor, const std::string& code, const std::string& language) {
    const auto& theme = Theme::instance();
    const auto& tokens = theme.tokens();
    const QColor colours[] = {tokens.accent, tokens.ok, tokens.warn, tokens.mute};
    QTextCharFormat plain;
    plain.setFontFamilies(theme.codeFont().families());
    plain.setProperty(QTextFormat::FontPixelSize, theme.codeFont().pixelSize());
    plain.setForeground(tokens.text);
    const auto insert = [&](std::size_t from, std::size_t length, const QTextCharFormat& format) {
        cursor.insertText(
            QString::fromStdString(code.substr(from, length)).replace(u'\n', QChar::LineSeparator), format);
    };
    std::size_t at = 0;
    for (const auto& token : engine::codeTokens(code, language)) {
        QTextCharFormat coloured = plain;
        coloured.setForeground(colours[static_cast<int>(token.kind)]);
        insert(at, token.offset - at, plain);
        insert(token.offset, token.length, coloured);
        at = token.offset + token.length;
    }
    insert(at, std::string::npos, plain);
}

}  // namespace ui
