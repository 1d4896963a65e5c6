#include "ui/models/run_table_model.h"

#include <QDateTime>
#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <algorithm>

#include "engine/report/difference.h"
#include "engine/report/environment.h"
#include "engine/report/lane_samples.h"
#include "engine/report/metric_catalog.h"
#include "ui/models/plain_tip.h"

namespace ui {
namespace {

const char* const kNothing = "—";

const char* metricOf(int column) {
    switch (column) {
        case RunTableModel::ttftColumn:
            return "ttft_ms";
        case RunTableModel::decodeColumn:
        case RunTableModel::intervalColumn:
        case RunTableModel::referenceColumn:
            return "decode_tokens_per_s";
        case RunTableModel::memoryColumn:
            return "peak_rss_bytes";
        case RunTableModel::energyColumn:
            return "joules_per_token";
        default:
            return "";
    }
}

QString testText(const engine::MetricSummary& metric) {
    return RunTableModel::tr("%1: %2 prompt, %3 generated, depth %4")
        .arg(QString::fromStdString(metric.test))
        .arg(metric.prompt)
        .arg(metric.generate)
        .arg(metric.depth);
}

QString valueText(const engine::LaneReport& lane, int column) {
    const auto* metric = findMetric(lane, metricOf(column));
    if (metric == nullptr)
        return QString::fromUtf8(kNothing);
    const double value = metric->summary.median;
    if (column == RunTableModel::memoryColumn)
        return QString::fromStdString(engine::formatMetric(metric->metric, value));
    return QString::fromStdString(engine::formatNumber(value));
}

QString intervalText(const engine::LaneReport& lane) {
    const auto* metric = findMetric(lane, "decode_tokens_per_s");
    if (metric == nullptr)
        return QString::fromUtf8(kNothing);
    const auto& s = metric->summary;
    if (!s.ci95)
        return RunTableModel::tr("n = %1").arg(s.n);
    return QStringLiteral("%1 – %2 · %3")
        .arg(QString::fromStdString(engine::formatNumber(s.ci95->low)),
             QString::fromStdString(engine::formatNumber(s.ci95->high)))
        .arg(s.n);
}

}  // namespace

const engine::MetricSummary* findMetric(const engine::LaneReport& lane, std::string_view metric) {
    return engine::summaryOf(lane, metric);
}

QString kernelText(const engine::LaneRow& lane) {
    const auto plan = QJsonDocument::fromJson(QByteArray::fromStdString(lane.kernelPlan)).array();
    const bool quantized =
        lane.variant == "QAT+LoRA" || lane.variant == "SpinQuant" || lane.variant == "Q4_0";
    const QString wanted = quantized ? QStringLiteral("matmul_int4") : QStringLiteral("matmul_dense");
    for (const auto& choice : plan)
        if (choice.toObject().value(QLatin1String("op")).toString() == wanted)
            return choice.toObject().value(QLatin1String("variant")).toString();
    return QString::fromStdString(lane.kernelSpec);
}

int RunTableModel::rowCount(const QModelIndex& parent) const {
    return parent.isValid() ? 0 : static_cast<int>(rows_.size());
}
int RunTableModel::columnCount(const QModelIndex& parent) const {
    return parent.isValid() ? 0 : columnCount_;
}

const engine::RunReport& RunTableModel::run(int row) const {
    return runs_[rows_[static_cast<std::size_t>(row)].run];
}
const engine::LaneReport& RunTableModel::lane(int row) const {
    const auto& place = rows_[static_cast<std::size_t>(row)];
    return runs_[place.run].lanes[place.lane];
}

QString RunTableModel::noteOf(const engine::RunReport& report, const engine::LaneReport& at) const {
    if (!at.lane.error.empty())
        return QString::fromStdString(at.lane.error);
    if (at.lane.status != "finished")
        return QString::fromStdString(at.lane.status);
    if (!report.run.note.empty())
        return QString::fromStdString(report.run.note);
    return QString::fromStdString(report.run.prompt.empty() ? report.run.profile : report.run.prompt)
        .simplified();
}

QVariant RunTableModel::text(int row, int column) const {
    const auto& report = run(row);
    const auto& at = lane(row);
    switch (column) {
        case runColumn:
            return static_cast<qint64>(report.run.id);
        case variantColumn:
            return QString::fromStdString(at.lane.name.empty() ? at.lane.variant : at.lane.name);
        case kernelsColumn:
            return at.lane.kernelPlan.empty() ? QString::fromUtf8(kNothing)
                                              : tr("%1 · %2").arg(kernelText(at.lane)).arg(at.lane.threads);
        case intervalColumn:
            return intervalText(at);
        case referenceColumn: {
            const auto words = QString::fromStdString(reading(row).words);
            return words.isEmpty() ? QString::fromUtf8(kNothing) : words;
        }
        case notesColumn: {
            QString words;
            for (const auto& tag : report.run.tags)
                words += QStringLiteral("#%1 ").arg(QString::fromStdString(tag));
            return words + noteOf(report, at);
        }
        default:
            return valueText(at, column);
    }
}

QVariant RunTableModel::tip(int row, int column) const {
    const auto& at = lane(row);
    if (column == referenceColumn && !reading(row).sentence.empty())
        return QString::fromStdString(reading(row).sentence);
    if (column == energyColumn && !at.energy.empty()) {
        const auto& energy = at.energy.front();
        return QString::fromStdString(energy.reason.empty() ? energy.source + ", " + energy.provenance
                                                            : energy.reason);
    }
    if (const auto* metric = findMetric(at, metricOf(column)))
        return tr("%1\nmedian of n = %2, %3")
            .arg(QString::fromStdString(engine::formatMetric(metric->metric, metric->summary.median)))
            .arg(metric->summary.n)
            .arg(testText(*metric));
    return column == variantColumn ? QString::fromStdString(at.lane.modelPath) : text(row, column).toString();
}

QVariant RunTableModel::data(const QModelIndex& index, int role) const {
    if (!checkIndex(index, CheckIndexOption::IndexIsValid))
        return {};
    const int row = index.row();
    switch (role) {
        case Qt::DisplayRole:
            return text(row, index.column());
        case Qt::ToolTipRole:
            return plainTip(tip(row, index.column()).toString());
        case Qt::CheckStateRole:
            return index.column() == runColumn
                       ? QVariant(checked_.contains(lane(row).lane.id) ? Qt::Checked : Qt::Unchecked)
                       : QVariant();
        case Qt::TextAlignmentRole: {
            const int c = index.column();
            const bool number = c == ttftColumn || c == decodeColumn || c == memoryColumn ||
                                c == energyColumn || c == referenceColumn;
            return QVariant::fromValue((number ? Qt::AlignRight : Qt::AlignLeft) | Qt::AlignVCenter);
        }
        case runIdRole:
            return static_cast<qint64>(run(row).run.id);
        case variantRole:
            return QString::fromStdString(lane(row).lane.variant);
        case warningRole:
            return lane(row).lane.status == "failed" || lane(row).lane.status == "interrupted";
        case toneRole:
            return index.column() == referenceColumn ? static_cast<int>(reading(row).verdict) : 0;
        case modelRole:
            return QString::fromStdString(lane(row).lane.modelName);
        case kernelsRole:
            return kernelText(lane(row).lane);
        case machineRole:
            return QString::fromStdString(engine::machineLabel(run(row).run));
        case tagsRole: {
            QStringList tags;
            for (const auto& tag : run(row).run.tags)
                tags << QString::fromStdString(tag);
            return tags;
        }
        case startedRole:
            return QDateTime::fromString(QString::fromStdString(run(row).run.startedAt), Qt::ISODateWithMs);
        case searchRole:
            return QStringList{text(row, notesColumn).toString(),
                               QString::fromStdString(run(row).run.note),
                               QString::fromStdString(lane(row).lane.modelName),
                               text(row, variantColumn).toString(),
                               text(row, kernelsColumn).toString(),
                               noteOf(run(row), lane(row)),
                               QString::fromStdString(run(row).run.prompt),
                               QString::fromStdString(lane(row).lane.modelPath)}
                .join(QLatin1Char('\n'));
        case sortRole: {
            const auto* metric = findMetric(lane(row), metricOf(index.column()));
            return metric != nullptr ? QVariant(metric->summary.median) : text(row, index.column());
        }
        default:
            return {};
    }
}

bool RunTableModel::setData(const QModelIndex& index, const QVariant& value, int role) {
    if (role != Qt::CheckStateRole || !checkIndex(index, CheckIndexOption::IndexIsValid) ||
        index.column() != runColumn)
        return false;
    const qint64 id = lane(index.row()).lane.id;
    checkedByHand_ = true;
    if (value.toInt() == Qt::Checked)
        checked_.insert(id);
    else
        checked_.remove(id);
    emit dataChanged(index, index, {Qt::CheckStateRole});
    emit checksChanged();
    return true;
}

QVariant RunTableModel::headerData(int section, Qt::Orientation orientation, int role) const {
    if (orientation != Qt::Horizontal)
        return {};
    if (role == Qt::TextAlignmentRole)
        return QVariant::fromValue((section == ttftColumn || section == decodeColumn ||
                                            section == memoryColumn || section == energyColumn ||
                                            section == referenceColumn
                                        ? Qt::AlignRight
                                        : Qt::AlignLeft) |
                                   Qt::AlignVCenter);
    if (role != Qt::DisplayRole)
        return {};
    const QString titles[] = {tr("Run"),
                              tr("Variant"),
                              tr("Kernels · threads"),
                              tr("TTFT ms"),
                              tr("Decode tok/s"),
                              tr("95 % interval · n"),
                              baseline() != nullptr ? tr("vs baseline") : tr("vs reference"),
                              tr("Peak memory"),
                              tr("J/token"),
                              tr("Tags, note or prompt")};
    return section >= 0 && section < columnCount_ ? QVariant(titles[section]) : QVariant();
}

Qt::ItemFlags RunTableModel::flags(const QModelIndex& index) const {
    if (!index.isValid())
        return Qt::NoItemFlags;
    auto flags = QAbstractTableModel::flags(index) | Qt::ItemNeverHasChildren;
    if (index.column() == runColumn)
        flags |= Qt::ItemIsUserCheckable;
    return flags;
}

void RunTableModel::merge(std::vector<engine::RunReport> runs) {
    beginResetModel();
    QHash<qint64, std::size_t> places;
    for (std::size_t i = 0; i < runs_.size(); ++i)
        places.insert(runs_[i].run.id, i);
    for (auto& report : runs) {
        for (const auto& at : report.lanes)
            inRun_.remove(at.lane.id);
        if (const auto place = places.constFind(report.run.id); place != places.constEnd())
            runs_[*place] = std::move(report);
        else
            runs_.push_back(std::move(report));
    }
    std::sort(runs_.begin(), runs_.end(), [](const auto& a, const auto& b) { return a.run.id > b.run.id; });
    rebuild();
    endResetModel();
    emit checksChanged();
}

void RunTableModel::removeRun(qint64 id) {
    beginResetModel();
    std::erase_if(runs_, [&](const auto& report) { return report.run.id == id; });
    rebuild();
    endResetModel();
    emit checksChanged();
}

void RunTableModel::replaceAll(std::vector<engine::RunReport> runs) {
    runs_.clear();
    inRun_.clear();
    checked_.clear();
    checkedByHand_ = false;
    merge(std::move(runs));
}

engine::BaselineReading RunTableModel::againstOthers(const engine::RunReport& report,
                                                     const engine::LaneReport& at) {
    if (const auto* base = baseline())
        return engine::compareWithBaseline(at, *base, "decode_tokens_per_s");
    if (&at == &report.lanes.front())
        return {engine::Verdict::none, report.lanes.size() > 1 ? "reference" : "", {}, {}};
    const auto known = inRun_.constFind(at.lane.id);
    const auto difference = known != inRun_.constEnd()
                                ? *known
                                : engine::compareSummaries(at, report.lanes.front(), "decode_tokens_per_s");
    inRun_.insert(at.lane.id, difference);
    return {difference.verdict, difference.words, {}, {}};
}

void RunTableModel::rebuild() {
    rows_.clear();
    for (std::size_t r = 0; r < runs_.size(); ++r)
        for (std::size_t l = 0; l < runs_[r].lanes.size(); ++l)
            rows_.push_back({r, l, againstOthers(runs_[r], runs_[r].lanes[l])});
    if (checkedByHand_ || runs_.empty())
        return;
    checked_.clear();
    for (const auto& at : runs_.front().lanes)
        checked_.insert(at.lane.id);
}

const engine::RunReport* RunTableModel::baseline() const {
    for (const auto& report : runs_)
        for (const auto& tag : report.run.tags)
            if (tag == engine::kBaselineTag)
                return &report;
    return nullptr;
}

const engine::RunReport* RunTableModel::findRun(qint64 id) const {
    const auto found =
        std::find_if(runs_.begin(), runs_.end(), [&](const auto& report) { return report.run.id == id; });
    return found != runs_.end() ? &*found : nullptr;
}

QStringList RunTableModel::choicesOf(Role role) const {
    QStringList choices;
    for (int row = 0; row < rowCount(); ++row)
        choices << data(index(row, 0), role).toStringList();
    choices.removeAll(QString());
    choices.removeDuplicates();
    choices.sort(Qt::CaseInsensitive);
    return choices;
}

QVector<qint64> RunTableModel::completeRuns() const {
    QVector<qint64> ids;
    for (const auto& report : runs_)
        if (report.run.status != "running")
            ids.push_back(report.run.id);
    return ids;
}

std::vector<const engine::LaneReport*> RunTableModel::checkedLanes() const {
    std::vector<const engine::LaneReport*> lanes;
    for (const auto& report : runs_)
        for (const auto& at : report.lanes)
            if (checked_.contains(at.lane.id))
                lanes.push_back(&at);
    return lanes;
}

std::vector<engine::LaneOfRun> RunTableModel::checkedRows() const {
    std::vector<engine::LaneOfRun> rows;
    for (const auto& report : runs_)
        for (const auto& at : report.lanes)
            if (checked_.contains(at.lane.id))
                rows.push_back({&report, &at});
    return rows;
}

QVector<qint64> RunTableModel::checkedRuns() const {
    QVector<qint64> ids;
    for (const auto* at : checkedLanes())
        if (!ids.contains(at->lane.runId))
            ids.push_back(at->lane.runId);
    return ids;
}

}  // namespace ui
