#include "ui/widgets/topology_card.h"

#include <QLabel>
#include <QVBoxLayout>

#include "ui/widgets/elided_label.h"
#include "ui/widgets/style_property.h"

namespace ui {

constexpr int kAboveView = 64;  // title, summary and margins

TopologyCard::TopologyCard(QWidget* parent)
    : Card(parent), view_(new TopologyView), summary_(new ElidedLabel(tr("Reading the topology…"))) {
    setObjectName(QStringLiteral("topologyCard"));
    auto* title = new QLabel(tr("CPU topology"));
    setStyleProperty(title, "tone", "heading");
    summary_->setObjectName(QStringLiteral("topologySummary"));
    setStyleProperty(summary_, "tone", "small");
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(12, 10, 12, 10);
    column->setSpacing(6);
    column->addWidget(title);
    column->addWidget(summary_);
    column->addWidget(view_, 1);
    connect(view_, &TopologyView::currentChanged, this,
            [this](const QString& text) { summary_->setText(text.isEmpty() ? whole_ : text); });
}

void TopologyCard::show(const engine::CpuTopology& topology) {
    whole_ = topologySummary(topology);
    summary_->setText(whole_);
    view_->show(topology);
    setMaximumHeight(view_->maximumHeight() == QWIDGETSIZE_MAX ? QWIDGETSIZE_MAX
                                                               : view_->maximumHeight() + kAboveView);
}

void TopologyCard::showProblem(const QString& message) {
    summary_->setText(message);
}

}  // namespace ui
