#include "ui/workers/pdf_report.h"

#include <QAbstractTextDocumentLayout>
#include <QFileInfo>
#include <QFont>
#include <QPageSize>
#include <QPainter>
#include <QPdfWriter>
#include <QSaveFile>
#include <QTextCursor>
#include <QTextDocument>
#include <QTextObjectInterface>
#include <QTextTable>
#include <algorithm>
#include <cmath>

#include "engine/report/report_document.h"

namespace ui {
namespace {

constexpr int kDotsPerInch = 96;  // a document's pixels; the writer scales them
constexpr int kPlotObject = QTextFormat::UserObject + 1;
constexpr int kPlotProperty = QTextFormat::UserProperty + 1;
constexpr double kRow = 22.0;
constexpr double kLabelShare = 0.30;
constexpr double kBarShare = 0.45;
const QColor kInk(0x1b, 0x1f, 0x27);
const QColor kMute(0x66, 0x70, 0x85);
const QColor kLine(0xe1, 0xe4, 0xea);
const QColor kBar(0x00, 0x72, 0xb2);

QString text(const std::string& utf8) {
    return QString::fromStdString(utf8);
}

/// Bars with their intervals, as an object of the text flow.
class PlotObject : public QObject, public QTextObjectInterface {
    Q_OBJECT
    Q_INTERFACES(QTextObjectInterface)

public:
    explicit PlotObject(QObject* parent) : QObject(parent) {}

    int add(const engine::ReportPlot& plot) {
        plots_.push_back(plot);
        return static_cast<int>(plots_.size()) - 1;
    }

    QSizeF intrinsicSize(QTextDocument* document, int, const QTextFormat& format) override {
        const auto& plot = plots_[static_cast<std::size_t>(format.intProperty(kPlotProperty))];
        return {document->textWidth() - 2 * document->documentMargin(),
                kRow * static_cast<double>(plot.bars.size()) + 8.0};
    }

    void drawObject(QPainter* painter, const QRectF& rect, QTextDocument*, int,
                    const QTextFormat& format) override {
        const auto& plot = plots_[static_cast<std::size_t>(format.intProperty(kPlotProperty))];
        double largest = 0.0;
        for (const auto& bar : plot.bars)
            largest = std::max({largest, bar.value, bar.interval ? bar.interval->high : 0.0});
        const double perUnit = largest > 0.0 ? rect.width() * kBarShare / largest : 0.0;
        painter->save();
        painter->setRenderHint(QPainter::Antialiasing);
        double y = rect.top() + 4.0;
        for (const auto& bar : plot.bars) {
            drawBar(painter, bar, QRectF(rect.left(), y, rect.width(), kRow), perUnit);
            y += kRow;
        }
        painter->restore();
    }

private:
    static void drawBar(QPainter* painter, const engine::ReportPlot::Bar& bar, const QRectF& row,
                        double perUnit) {
        const double labelWidth = row.width() * kLabelShare;
        const QFontMetricsF metrics(painter->font());
        painter->setPen(kInk);
        painter->drawText(QRectF(row.left(), row.top(), labelWidth - 8, row.height()),
                          Qt::AlignRight | Qt::AlignVCenter,
                          metrics.elidedText(text(bar.label), Qt::ElideMiddle, labelWidth - 8));
        const double left = row.left() + labelWidth;
        const QRectF box(left, row.top() + 5, std::max(1.0, bar.value * perUnit), row.height() - 10);
        painter->setPen(bar.estimated ? QPen(kBar, 0.8) : QPen(Qt::NoPen));
        painter->setBrush(bar.estimated ? QBrush(kBar, Qt::BDiagPattern) : QBrush(kBar));
        painter->drawRoundedRect(box, 2, 2);
        double end = box.right();
        if (bar.interval) {
            const double low = left + bar.interval->low * perUnit;
            const double high = left + bar.interval->high * perUnit;
            const double middle = box.center().y();
            painter->setPen(QPen(kInk, 1));
            painter->drawLine(QPointF(low, middle), QPointF(high, middle));
            for (const double x : {low, high})
                painter->drawLine(QPointF(x, middle - 4), QPointF(x, middle + 4));
            end = std::max(end, high);
        }
        painter->setPen(kInk);
        painter->drawText(QRectF(end + 8, row.top(), row.right() - end, row.height()),
                          Qt::AlignLeft | Qt::AlignVCenter,
                          text(bar.text) + (bar.estimated ? QStringLiteral(" (estimated)") : QString()));
    }

    std::vector<engine::ReportPlot> plots_;
};

/// Fills the document block by block.
class PageWriter {
public:
    explicit PageWriter(QTextDocument& document) : cursor_(&document), plots_(new PlotObject(&document)) {
        document.documentLayout()->registerHandler(kPlotObject, plots_);
    }

    void operator()(const engine::ReportHeading& block) {
        const double sizes[] = {0, 18, 14, 10.5};
        QTextCharFormat letters;
        letters.setFontPointSize(sizes[std::clamp(block.level, 1, 3)]);
        letters.setFontWeight(QFont::DemiBold);
        QTextBlockFormat space;
        space.setTopMargin(block.level == 3 ? 12 : 18);
        space.setBottomMargin(4);
        space.setHeadingLevel(block.level);
        paragraph(text(block.text), space, letters);
    }
    void operator()(const engine::ReportText& block) {
        QTextCharFormat letters;
        letters.setForeground(kMute);
        QTextBlockFormat space;
        space.setBottomMargin(4);
        paragraph(text(block.text), space, letters);
    }
    void operator()(const engine::ReportPicture& block) {
        (*this)(engine::ReportText{"Picture " + block.caption});
    }
    void operator()(const engine::ReportCode& block) {
        QTextCharFormat letters;
        letters.setFontFamilies({QStringLiteral("JetBrains Mono"), QStringLiteral("monospace")});
        letters.setFontPointSize(7.5);
        QTextBlockFormat space;
        space.setBackground(QColor(0xf2, 0xf4, 0xf7));
        for (const auto& line : text(block.text).split(QLatin1Char('\n')))
            paragraph(line, space, letters);
    }
    void operator()(const engine::ReportTable& block) {
        const int columns = static_cast<int>(block.columns.size());
        QTextTableFormat format;
        format.setBorder(0.5);
        format.setBorderBrush(kLine);
        format.setBorderCollapse(true);
        format.setCellPadding(columns > 8 ? 2 : 4);
        format.setWidth(QTextLength(QTextLength::PercentageLength, 100));
        format.setHeaderRowCount(1);
        format.setTopMargin(4);
        format.setBottomMargin(6);
        cursor_.movePosition(QTextCursor::End);
        auto* table = cursor_.insertTable(static_cast<int>(block.rows.size()) + 1, columns, format);
        QTextCharFormat letters;
        letters.setFontPointSize(columns > 8 ? 6.5 : 8);
        QTextCharFormat head = letters;
        head.setForeground(kMute);
        fillRow(*table, 0, block.columns, head, block.numbersRight);
        for (std::size_t row = 0; row < block.rows.size(); ++row)
            fillRow(*table, static_cast<int>(row) + 1, block.rows[row], letters, block.numbersRight);
        cursor_.movePosition(QTextCursor::End);
    }
    void operator()(const engine::ReportPlot& block) {
        QTextCharFormat letters;
        letters.setFontWeight(QFont::DemiBold);
        QTextBlockFormat space;
        space.setTopMargin(8);
        space.setNonBreakableLines(true);
        paragraph(QStringLiteral("%1 (%2)").arg(text(block.title), text(block.note)), space, letters);
        QTextCharFormat object;
        object.setObjectType(kPlotObject);
        object.setProperty(kPlotProperty, plots_->add(block));
        cursor_.insertBlock(QTextBlockFormat());
        cursor_.insertText(QString(QChar::ObjectReplacementCharacter), object);
    }

private:
    void paragraph(const QString& words, const QTextBlockFormat& space, const QTextCharFormat& letters) {
        cursor_.movePosition(QTextCursor::End);
        if (started_)
            cursor_.insertBlock(space, letters);
        else
            cursor_.setBlockFormat(space);
        started_ = true;
        cursor_.insertText(words, letters);
    }

    static void fillRow(QTextTable& table, int row, const std::vector<std::string>& cells,
                        const QTextCharFormat& letters, bool numbersRight) {
        for (int column = 0; column < table.columns() && column < static_cast<int>(cells.size()); ++column) {
            auto cursor = table.cellAt(row, column).firstCursorPosition();
            QTextBlockFormat side;
            side.setAlignment(numbersRight && column > 2 ? Qt::AlignRight : Qt::AlignLeft);
            cursor.setBlockFormat(side);
            // Long words (paths, digests) may break anywhere.
            cursor.insertText(text(cells[static_cast<std::size_t>(column)]), letters);
        }
    }

    QTextCursor cursor_;
    PlotObject* plots_;
    bool started_ = false;
};

}  // namespace

engine::Result<void> writePdf(const std::vector<engine::RunReport>& runs, const QString& file) {
    QSaveFile out(file);
    const auto cannot = [&] {
        return engine::Error{
            engine::ErrorCode::io,
            (QStringLiteral("report %1 cannot be written: %2").arg(file, out.errorString())).toStdString()};
    };
    if (!out.open(QIODevice::WriteOnly))
        return cannot();
    {
        QPdfWriter writer(&out);
        writer.setPageSize(QPageSize(QPageSize::A4));
        writer.setPageMargins(QMarginsF(14, 14, 14, 16), QPageLayout::Millimeter);
        writer.setTitle(QStringLiteral("Anven Workbench report"));
        writer.setCreator(QStringLiteral("Anven Workbench"));
        writer.setResolution(kDotsPerInch);
        QTextDocument document;
        document.documentLayout()->setPaintDevice(&writer);
        QFont font(QStringLiteral("Inter"));
        font.setPointSizeF(9);
        document.setDefaultFont(font);
        document.setDocumentMargin(0);
        QTextOption wrap;
        wrap.setWrapMode(QTextOption::WrapAtWordBoundaryOrAnywhere);
        document.setDefaultTextOption(wrap);
        document.setPageSize(QSizeF(writer.width(), writer.height()));
        PageWriter page(document);
        for (const auto& block : engine::makeDocument(runs))
            std::visit(page, block);
        document.print(&writer);
    }
    return out.commit() ? engine::Result<void>() : cannot();
}

engine::Result<void> writePdfReport(const QString& database, const std::vector<std::int64_t>& runs,
                                    const QString& file) {
    if (!QFileInfo::exists(database))
        return engine::Error{engine::ErrorCode::notFound, database.toStdString() + " does not exist"};
    auto store = engine::Store::open(database.toStdString());
    if (!store)
        return store.error();
    auto reports = engine::loadReports(**store, runs);
    if (!reports)
        return reports.error();
    return writePdf(*reports, file);
}

}  // namespace ui

#include "pdf_report.moc"
