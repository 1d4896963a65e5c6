#include "ui/widgets/kernel_delegate.h"

#include "ui/models/kernel_table_model.h"
#include "ui/plots/roofline_plot.h"
#include "ui/theme.h"
#include "ui/widgets/table_parts.h"

namespace ui {

void KernelDelegate::paint(QPainter* painter, const QStyleOptionViewItem& option,
                           const QModelIndex& index) const {
    const auto& tokens = Theme::instance().tokens();
    const bool inUse = index.data(KernelTableModel::inUseRole).toBool();
    CellFrame cell(painter, option);
    if (index.column() == KernelTableModel::opColumn) {
        QColor color = arithmeticColor(index.data(KernelTableModel::arithmeticRole).toString().toStdString());
        color.setAlphaF(inUse ? 1.0F : 0.3F);
        cell.addDot(color);
    }
    const bool strong = inUse && (index.column() == KernelTableModel::rateColumn ||
                                  index.column() == KernelTableModel::bandwidthColumn);
    cell.addText(index, index.data().toString(), inUse ? tokens.text : tokens.mute, strong);
}

}  // namespace ui
