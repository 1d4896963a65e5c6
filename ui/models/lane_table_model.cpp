#include "ui/models/lane_table_model.h"

#include <QColor>
#include <optional>

#include "engine/report/difference.h"
#include "engine/report/metric_catalog.h"
#include "ui/theme.h"

namespace ui {
namespace {

struct Row {
    const char* metric;
    bool disturbed;  // by lanes that run beside it
};
constexpr Row kRows[] = {{"ttft_ms", true},
                         {"image_encode_ms", true},
                         {"prefill_tokens_per_s", true},
                         {"decode_tokens_per_s", true},
                         {"tpot_ms", true},
                         {"load_ms", true},
                         {"peak_rss_bytes", false},
                         {"weights_bytes", false},
                         {"kv_bytes", false},
                         {"joules_per_token", true},
                         {"generated_tokens", false},
                         {"top1", false},
                         {"kl_mean", false},
                         {"first_divergence", false},
                         {"reference_nll", false}};

std::optional<double> positive(double value) {
    return value > 0.0 ? std::optional(value) : std::nullopt;
}

std::optional<double> valueOf(const Lane& lane, std::string_view metric) {
    if (!lane.record)
        return std::nullopt;
    const auto& m = lane.record->metrics;
    if (metric == "ttft_ms")
        return m.ttftMs;
    if (metric == "image_encode_ms")
        return m.imageEncodeMs;
    if (metric == "prefill_tokens_per_s")
        return m.prefillTokensPerSecond;
    if (metric == "decode_tokens_per_s")
        return m.decodeTokensPerSecond;
    if (metric == "tpot_ms")
        return m.tpotMs;
    if (metric == "load_ms")
        return positive(m.loadMs);
    if (metric == "peak_rss_bytes")
        return positive(static_cast<double>(m.peakRssBytes));
    if (metric == "weights_bytes")
        return positive(static_cast<double>(m.weightsBytes));
    if (metric == "kv_bytes")
        return positive(static_cast<double>(m.kvBytes));
    if (metric == "joules_per_token")
        return m.energy.joulesPerToken;
    if (metric == "generated_tokens")
        return static_cast<double>(m.generatedTokens);
    if (metric == "reference_nll")
        return lane.scores.scores.empty()
                   ? std::nullopt
                   : std::optional(engine::meanNegativeLogLikelihood(lane.scores.scores));
    if (!lane.agreement)
        return std::nullopt;
    if (metric == "top1")
        return lane.agreement->top1;
    if (metric == "kl_mean")
        return lane.agreement->klMean;
    if (lane.agreement->firstDivergence)
        return static_cast<double>(*lane.agreement->firstDivergence + 1);
    return std::nullopt;
}

QString labelOf(std::string_view metric) {
    if (metric == "generated_tokens")
        return LaneTableModel::tr("Generated tokens");
    if (metric == "first_divergence")
        return LaneTableModel::tr("First divergence at token");
    const auto label = engine::metricInfo(metric).label;
    return QString::fromUtf8(label.data(), static_cast<qsizetype>(label.size()));
}

QString numberOf(std::string_view metric, double value) {
    if (metric == "generated_tokens" || metric == "first_divergence")
        return QString::number(static_cast<qint64>(value));
    return QString::fromStdString(engine::formatMetric(metric, value));
}

}  // namespace

LaneTableModel::LaneTableModel(LaneModel& lanes, QObject* parent)
    : QAbstractTableModel(parent), lanes_(lanes) {
    const auto begin = [this] { beginResetModel(); };
    const auto end = [this] { endResetModel(); };
    connect(&lanes_, &QAbstractItemModel::modelAboutToBeReset, this, begin);
    connect(&lanes_, &QAbstractItemModel::modelReset, this, end);
    connect(&lanes_, &QAbstractItemModel::rowsAboutToBeInserted, this, begin);
    connect(&lanes_, &QAbstractItemModel::rowsInserted, this, end);
    connect(&lanes_, &QAbstractItemModel::rowsAboutToBeRemoved, this, begin);
    connect(&lanes_, &QAbstractItemModel::rowsRemoved, this, end);
    connect(&lanes_, &QAbstractItemModel::dataChanged, this, [this](const QModelIndex& first) {
        // The reference's figures stand in the words of all others.
        const int last = first.row() == 0 ? columnCount() - 1 : first.row();
        emit dataChanged(index(0, first.row()), index(rowCount() - 1, last));
        emit headerDataChanged(Qt::Horizontal, first.row(), first.row());
    });
}

int LaneTableModel::rowCount(const QModelIndex& parent) const {
    return parent.isValid() ? 0 : static_cast<int>(std::size(kRows));
}

int LaneTableModel::columnCount(const QModelIndex& parent) const {
    return parent.isValid() ? 0 : lanes_.count();
}

void LaneTableModel::setUnfair(bool unfair) {
    if (unfair_ == unfair)
        return;
    unfair_ = unfair;
    if (columnCount() > 0)
        emit dataChanged(index(0, 0), index(rowCount() - 1, columnCount() - 1));
}

QString LaneTableModel::words(const char* metric, int lane) const {
    const auto value = valueOf(lanes_.lane(lane), metric);
    const auto base = valueOf(lanes_.lane(0), metric);
    if (lane == 0 || !value || !base || engine::metricInfo(metric).label == metric ||
        std::string_view(metric) == "reference_nll")
        return {};
    return QString::fromStdString(engine::compareValues(metric, *value, *base).words);
}

QVariant LaneTableModel::data(const QModelIndex& index, int role) const {
    if (!checkIndex(index, CheckIndexOption::IndexIsValid))
        return {};
    const auto& row = kRows[index.row()];
    const auto& lane = lanes_.lane(index.column());
    const auto value = valueOf(lane, row.metric);
    switch (role) {
        case Qt::DisplayRole: {
            if (!value)
                return QStringLiteral("–");
            const QString text = numberOf(row.metric, *value);
            if (unfair_ && row.disturbed)
                return tr("%1  (not fair)").arg(text);
            const QString difference = words(row.metric, index.column());
            return difference.isEmpty() ? text : QStringLiteral("%1  (%2)").arg(text, difference);
        }
        case Qt::EditRole:
            return value ? QVariant(*value) : QVariant();
        case Qt::TextAlignmentRole:
            return QVariant::fromValue(Qt::AlignRight | Qt::AlignVCenter);
        case Qt::ToolTipRole:
            if (!value && std::string_view(row.metric) == "joules_per_token" && lane.record)
                return QString::fromStdString(lane.record->metrics.energy.reason);
            if (!value && std::string_view(row.metric) == "reference_nll")
                return QString::fromStdString(lane.scores.reason);
            return {};
        default:
            return {};
    }
}

QVariant LaneTableModel::headerData(int section, Qt::Orientation orientation, int role) const {
    if (orientation == Qt::Vertical) {
        if (section < 0 || section >= rowCount())
            return {};
        return role == Qt::DisplayRole ? QVariant(labelOf(kRows[section].metric)) : QVariant();
    }
    if (section < 0 || section >= columnCount())
        return {};
    const auto& lane = lanes_.lane(section);
    if (role == Qt::DisplayRole)
        return section == 0 ? tr("%1 (reference)").arg(laneTitle(lane)) : laneTitle(lane);
    if (role == Qt::ForegroundRole)
        return Theme::instance().tokens().text;
    if (role == Qt::TextAlignmentRole)
        return QVariant::fromValue(Qt::AlignRight | Qt::AlignVCenter);
    return {};
}

}  // namespace ui
