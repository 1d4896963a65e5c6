#include "ui/models/lane_model.h"

#include <QFileInfo>

#include "ui/models/model_names.h"

namespace ui {

int LaneModel::rowCount(const QModelIndex& parent) const {
    return parent.isValid() ? 0 : count();
}

QVariant LaneModel::data(const QModelIndex& index, int role) const {
    if (!checkIndex(index, CheckIndexOption::IndexIsValid))
        return {};
    const auto& at = lane(index.row());
    switch (role) {
        case Qt::DisplayRole:
            return laneTitle(at);
        case Qt::ToolTipRole:
        case modelRole:
            return at.choice.model;
        case stateRole:
            return static_cast<int>(at.state);
        case textRole:
            return at.text;
        case errorRole:
            return at.error;
        case kernelsRole:
            return at.choice.kernels;
        default:
            return {};
    }
}

QVector<LaneChoice> LaneModel::choices() const {
    QVector<LaneChoice> choices;
    for (const auto& lane : lanes_)
        choices.push_back(lane.choice);
    return choices;
}

void LaneModel::setChoices(const QVector<LaneChoice>& choices) {
    beginResetModel();
    lanes_.clear();
    for (const auto& choice : choices) {
        lanes_.emplace_back();
        lanes_.back().choice = choice;
    }
    endResetModel();
}

void LaneModel::append(const LaneChoice& choice) {
    beginInsertRows({}, count(), count());
    lanes_.emplace_back();
    lanes_.back().choice = choice;
    endInsertRows();
}

void LaneModel::remove(int row) {
    beginRemoveRows({}, row, row);
    lanes_.erase(lanes_.begin() + row);
    endRemoveRows();
}

void LaneModel::change(int row, const LaneChoice& choice) {
    auto& lane = lanes_[static_cast<std::size_t>(row)];
    lane = Lane{};
    lane.choice = choice;
    touched(row);
}

void LaneModel::reset() {
    for (int row = 0; row < count(); ++row) {
        change(row, LaneChoice(lane(row).choice));
        setState(row, LaneState::waiting);
    }
}

void LaneModel::setState(int row, LaneState state) {
    lanes_[static_cast<std::size_t>(row)].state = state;
    touched(row);
}

void LaneModel::setLoaded(int row, engine::LoadedModel model) {
    auto& lane = lanes_[static_cast<std::size_t>(row)];
    lane.loaded = std::move(model);
    lane.state = LaneState::answering;
    touched(row);
}

void LaneModel::appendTokens(int row, const TokenBatch& tokens) {
    auto& lane = lanes_[static_cast<std::size_t>(row)];
    for (const auto& token : tokens) {
        lane.tokenStarts.push_back(static_cast<int>(lane.text.size()));
        lane.text += QString::fromStdString(token.text);
    }
    touched(row);
}

namespace {

void take(Lane& lane, engine::LaneResult result) {
    if (result.loaded)
        lane.loaded = std::move(result.loaded);
    lane.record = std::move(result.record);
    if (lane.record)
        lane.text = QString::fromStdString(
            lane.record->text);  // stop texts that were streamed are not part of the answer
    const bool stopped = (result.error && result.error->code == engine::ErrorCode::cancelled) ||
                         (lane.record && lane.record->finishReason == engine::FinishReason::cancelled);
    if (result.error && !stopped)
        lane.error = QString::fromStdString(result.error->message);
    lane.state = stopped ? LaneState::stopped : result.error ? LaneState::failed : LaneState::finished;
}

}  // namespace

void LaneModel::setResult(int row, engine::LaneResult result) {
    take(lanes_[static_cast<std::size_t>(row)], std::move(result));
    touched(row);
}

void LaneModel::setScores(int row, engine::AnswerTokens scores) {
    lanes_[static_cast<std::size_t>(row)].scores = std::move(scores);
    touched(row);
}

void LaneModel::setStored(const std::vector<engine::LaneResult>& lanes) {
    beginResetModel();
    lanes_.clear();
    for (const auto& result : lanes) {
        Lane lane;
        lane.choice.model = QString::fromStdString(result.spec.load.model);
        lane.choice.kernels = QString::fromStdString(result.spec.load.kernels);
        take(lane, result);
        lane.agreement = result.agreement;
        lane.scores = result.tokens;
        const std::string text = result.record ? result.record->text : std::string();
        for (const auto start : result.tokens.starts)
            lane.tokenStarts.push_back(static_cast<int>(
                QString::fromUtf8(text.data(),
                                  std::min<qsizetype>(start, static_cast<qsizetype>(text.size())))
                    .size()));
        lanes_.push_back(std::move(lane));
    }
    endResetModel();
}

void LaneModel::setAgreement(int row, engine::Agreement agreement) {
    lanes_[static_cast<std::size_t>(row)].agreement = std::move(agreement);
    touched(row);
}

void LaneModel::touched(int row) {
    emit dataChanged(index(row), index(row));
}

QString variantOf(const Lane& lane) {
    return lane.loaded ? QString::fromStdString(lane.loaded->config.variant)
                       : variantOfModel(lane.choice.model);
}

QString laneTitle(const Lane& lane) {
    return lane.loaded ? variantOf(lane) : modelTitle(lane.choice.model);
}

QString schemeText(const engine::ModelConfig& config) {
    const bool int4 = config.variant == "QAT+LoRA" || config.variant == "SpinQuant";
    // Of a stored lane the group size is not known.
    QString text = int4 && config.groupSize > 0 ? LaneModel::tr("int4 g%1").arg(config.groupSize)
                   : int4                       ? LaneModel::tr("int4")
                                                : QString::fromStdString(config.variant).toLower();
    if (config.lora)
        text += LaneModel::tr(" + rank %1").arg(config.lora->rank);
    if (config.hadamardFfn)
        text += LaneModel::tr(" · R4 online");
    return text;
}

}  // namespace ui
