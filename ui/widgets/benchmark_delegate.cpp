#include "ui/widgets/benchmark_delegate.h"

#include "ui/models/benchmark_table_model.h"
#include "ui/theme.h"
#include "ui/widgets/table_parts.h"

namespace ui {

void BenchmarkDelegate::paint(QPainter* painter, const QStyleOptionViewItem& option,
                              const QModelIndex& index) const {
    const auto& tokens = Theme::instance().tokens();
    const int column = index.column();
    CellFrame cell(painter, option);
    if (column == BenchmarkTableModel::laneColumn) {
        const auto lane = static_cast<std::size_t>(index.data(BenchmarkTableModel::laneRole).toInt());
        cell.addDot(tokens.variants[lane % tokens.variants.size()]);
    }
    const bool warns = column == BenchmarkTableModel::warningsColumn &&
                       index.data(BenchmarkTableModel::warningRole).toBool();
    const bool quiet =
        column == BenchmarkTableModel::intervalColumn || column == BenchmarkTableModel::countColumn;
    cell.addText(index, (warns ? QStringLiteral("⚠ ") : QString()) + index.data().toString(),
                 warns   ? tokens.warn
                 : quiet ? tokens.mute
                         : tokens.text,
                 column == BenchmarkTableModel::medianColumn);
}

}  // namespace ui
