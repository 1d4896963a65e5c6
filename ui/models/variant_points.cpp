#include "ui/models/variant_points.h"

#include <QCoreApplication>
#include <algorithm>

#include "engine/report/metric_catalog.h"

namespace ui {
namespace {

constexpr double kMiB = 1024.0 * 1024.0;

engine::PlotPoint pointOf(double bytes, double divergence, const QString& name) {
    engine::PlotPoint point;
    point.x = bytes / kMiB;
    point.y = divergence;
    point.label = name.toStdString();
    point.tip = QCoreApplication::translate("ui::VariantPoints", "%1: %2 MiB, KL %3 nats per token")
                    .arg(name)
                    .arg(point.x, 0, 'f', 1)
                    .arg(QString::fromStdString(engine::formatNumber(divergence)))
                    .toStdString();
    return point;
}

void markFront(std::vector<engine::PlotSeries>& series) {
    for (auto& one : series)
        for (auto& point : one.points)
            point.onFront = std::none_of(series.begin(), series.end(), [&](const auto& other) {
                return std::any_of(other.points.begin(), other.points.end(), [&](const auto& rival) {
                    return rival.x <= point.x && rival.y <= point.y &&
                           (rival.x < point.x || rival.y < point.y);
                });
            });
}

}  // namespace

QString sourceOf(const ModelRow& row) {
    const auto* card = row.surveyed && row.surveyed->quality ? &*row.surveyed->quality : nullptr;
    return card != nullptr && !card->source.empty() ? QString::fromStdString(card->source) : row.path;
}

engine::PlotData variantPoints(const ModelListModel& models, const QString& source) {
    engine::PlotData plot;
    plot.title =
        QCoreApplication::translate("ui::VariantPoints", "Size and loss of the variants").toStdString();
    plot.note =
        QCoreApplication::translate("ui::VariantPoints", "nats per token, lower is better").toStdString();
    plot.xLabel =
        QCoreApplication::translate("ui::VariantPoints", "weights, MiB (lower is better)").toStdString();
    plot.yLabel = QCoreApplication::translate("ui::VariantPoints", "KL to the source").toStdString();
    const engine::QuantizeReport* any = nullptr;
    for (int at = 0; at < models.count(); ++at) {
        const auto& row = models.row(at);
        if (sourceOf(row) != source || row.path == source || !row.surveyed->quality->quality)
            continue;
        const auto& card = *row.surveyed->quality;
        any = &card;
        const QString name = QString::fromStdString(card.policy);
        plot.series.push_back(
            {name.toStdString(),
             {},
             {pointOf(static_cast<double>(card.weightsBytes), card.quality->klMean.value_or(0.0), name)}});
    }
    if (any == nullptr) {
        plot.reason = QCoreApplication::translate("ui::VariantPoints",
                                                  "No variant of this model has been made here yet")
                          .toStdString();
        return plot;
    }
    if (any->sourceBytes > 0)
        plot.series.insert(plot.series.begin(),
                           {QCoreApplication::translate("ui::VariantPoints", "source").toStdString(),
                            {},
                            {pointOf(static_cast<double>(any->sourceBytes), 0.0,
                                     QCoreApplication::translate("ui::VariantPoints", "source"))}});
    markFront(plot.series);
    return plot;
}

}  // namespace ui
