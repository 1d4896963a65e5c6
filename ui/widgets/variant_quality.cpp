#include "ui/widgets/variant_quality.h"

#include <QHBoxLayout>
#include <QLabel>

#include "ui/models/variant_points.h"
#include "ui/plots/results_plot.h"
#include "ui/widgets/quality_panel.h"
#include "ui/widgets/style_property.h"

namespace ui {

VariantQuality::VariantQuality(QWidget* parent)
    : QStackedWidget(parent),
      panel_(new QualityPanel),
      plot_(new ResultsPlot),
      none_(new QLabel(tr("What a variant lost is shown here once it has been made by this program:\n"
                          "press Quantize… beside a BF16, F16 or F32 model."))),
      shown_(new QWidget) {
    none_->setAlignment(Qt::AlignCenter);
    none_->setWordWrap(true);
    setStyleProperty(none_, "tone", "small");
    plot_->setObjectName(QStringLiteral("variantPlot"));
    plot_->setAccessibleName(tr("Variants by size and loss"));
    plot_->setMinimumWidth(280);
    auto* line = new QHBoxLayout(shown_);
    line->setContentsMargins(0, 0, 0, 0);
    line->setSpacing(16);
    line->addWidget(panel_, 3);
    line->addWidget(plot_, 2);
    addWidget(none_);
    addWidget(shown_);
}

void VariantQuality::show(const ModelListModel& models, const ModelRow& row) {
    const auto* card = row.surveyed && row.surveyed->quality ? &*row.surveyed->quality : nullptr;
    auto points = variantPoints(models, sourceOf(row));
    if (card == nullptr && !points.reason.empty()) {
        setCurrentWidget(none_);
        return;
    }
    panel_->setVisible(card != nullptr);
    if (card != nullptr)
        panel_->show(*card);
    plot_->setData(engine::PlotKind::pareto, std::move(points), false);
    setCurrentWidget(shown_);
}

}  // namespace ui
