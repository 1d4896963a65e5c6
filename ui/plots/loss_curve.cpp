#include "ui/plots/loss_curve.h"

#include <qcustomplot.h>

#include <QVBoxLayout>

#include "engine/report/metric_catalog.h"
#include "ui/plots/plot_look.h"
#include "ui/theme.h"

namespace ui {

LossCurve::LossCurve(QWidget* parent) : QWidget(parent), plot_(new QCustomPlot) {
    setObjectName(QStringLiteral("lossCurve"));
    setAccessibleName(tr("Loss by step"));
    plot_->addGraph()->setName(tr("training"));
    plot_->addGraph()->setName(tr("held out"));
    plot_->graph(1)->setScatterStyle(QCPScatterStyle(QCPScatterStyle::ssCircle, 6));
    plot_->xAxis->setLabel(tr("step"));
    plot_->yAxis->setLabel(tr("loss, nats per token"));
    plot_->legend->setVisible(true);
    plot_->setFocusPolicy(Qt::NoFocus);
    plot_->setMinimumHeight(140);
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->addWidget(plot_);
    connect(&Theme::instance(), &Theme::changed, this, &LossCurve::restyle);
    restyle();
}

void LossCurve::setSteps(const std::vector<engine::train::FinetuneStep>& steps) {
    QVector<double> places, losses, heldOutPlaces, heldOut;
    for (std::size_t i = 0; i < steps.size(); ++i) {
        places << static_cast<double>(i + 1);
        losses << steps[i].loss;
        if (steps[i].validationLoss) {
            heldOutPlaces << static_cast<double>(i + 1);
            heldOut << *steps[i].validationLoss;
        }
    }
    stepCount_ = static_cast<int>(places.size());
    validationCount_ = static_cast<int>(heldOut.size());
    plot_->graph(0)->setData(places, losses, true);
    plot_->graph(1)->setData(heldOutPlaces, heldOut, true);
    plot_->rescaleAxes();
    plot_->yAxis->scaleRange(1.1, plot_->yAxis->range().center());
    plot_->yAxis->setRangeLower(std::max(0.0, plot_->yAxis->range().lower));
    const auto number = [](double value) { return QString::fromStdString(engine::formatNumber(value)); };
    if (!steps.empty())
        setAccessibleDescription(
            heldOut.empty()
                ? tr("last loss %1").arg(number(losses.back()))
                : tr("last loss %1, held out %2").arg(number(losses.back()), number(heldOut.back())));
    plot_->replot(QCustomPlot::rpQueuedReplot);
}

void LossCurve::restyle() {
    applyPlotLook(plot_);
    const auto& tokens = Theme::instance().tokens();
    plot_->graph(0)->setPen(QPen(tokens.variants[0], 1.4));
    plot_->graph(1)->setPen(QPen(tokens.variants[1], 1.8));
    plot_->replot(QCustomPlot::rpQueuedReplot);
}

}  // namespace ui
