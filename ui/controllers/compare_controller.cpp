#include "ui/controllers/compare_controller.h"

namespace ui {

engine::LoadRequest loadRequestOf(const LaneChoice& choice, const LoadDefaults& defaults) {
    engine::LoadRequest load;
    load.model = choice.model.toStdString();
    load.kernels = choice.kernels.toStdString();
    load.packedCopy = choice.packedCopy;
    load.threads = defaults.threads;
    load.context = defaults.context;
    if (choice.draft != kLookupDraft)
        load.draft = choice.draft.toStdString();
    return load;
}

engine::SpeculationOptions speculationOf(const LaneChoice& choice) {
    engine::SpeculationOptions speculation;
    if (!choice.draft.isEmpty())
        speculation.kind = choice.draft == kLookupDraft ? engine::SpeculationKind::lookup
                                                        : engine::SpeculationKind::draftModel;
    return speculation;
}

engine::SamplingOptions samplingOf(const GenerationChoice& choice) {
    engine::SamplingOptions sampling;
    sampling.temperature = static_cast<float>(choice.temperature);
    sampling.topP = static_cast<float>(choice.topP);
    sampling.topK = choice.topK;
    sampling.minP = static_cast<float>(choice.minP);
    sampling.repetitionPenalty = static_cast<float>(choice.repetitionPenalty);
    sampling.seed = choice.seed;
    return sampling;
}

CompareController::CompareController(const Settings& settings, std::filesystem::path worker, QObject* parent)
    : QObject(parent),
      generation_(settings.compare),
      defaults_(settings.loadDefaults),
      worker_(std::move(worker)) {
    lanes_.setChoices(settings.lanes.first(std::min<qsizetype>(settings.lanes.size(), kMostLanes)));
    votes_.reset(lanes_.count());
    connect(&tray_, &PictureTray::changed, this, &CompareController::picturesChanged);
    connect(&sight_, &ModelSight::changed, this, &CompareController::picturesChanged);
    connect(this, &CompareController::picturesChanged, this, &CompareController::stateChanged);
}

std::optional<engine::VisionConfig> CompareController::vision() const {
    for (int row = 0; row < lanes_.count(); ++row)
        if (sight_.of(lanes_.lane(row).choice.model) == ModelSight::Sight::sees)
            return sight_.vision(lanes_.lane(row).choice.model);
    return std::nullopt;
}

QStringList CompareController::blindLanes() const {
    QStringList names;
    for (int row = 0; row < lanes_.count() && !tray_.isEmpty(); ++row)
        if (sight_.of(lanes_.lane(row).choice.model) == ModelSight::Sight::blind)
            names << laneTitle(lanes_.lane(row));
    return names;
}

QString CompareController::whyNot() const {
    if (state_ != State::idle)
        return tr("A comparison is running");
    if (!otherWork_.isEmpty())
        return otherWork_;
    if (lanes_.count() == 0)
        return tr("Add a lane first");
    if (prompt_.trimmed().isEmpty())
        return tr("Type a prompt first");
    if (tray_.isReading())
        return tr("A picture is still being read");
    return {};
}

void CompareController::setOtherWork(const QString& work) {
    if (otherWork_ == work)
        return;
    otherWork_ = work;
    emit stateChanged();
}

void CompareController::setPrompt(const QString& prompt) {
    prompt_ = prompt;
    emit stateChanged();
}

void CompareController::setEarlier(std::vector<engine::Message> messages) {
    earlier_ = std::move(messages);
    emit stateChanged();
}

void CompareController::setGeneration(const GenerationChoice& generation) {
    generation_ = generation;
    emit generationChanged();
}

void CompareController::addLane(const LaneChoice& choice) {
    if (!whyNoMoreLanes().isEmpty())
        return;
    lanes_.append(choice);
    votes_.reset(lanes_.count());
    ++runId_;  // what is shown is no longer what was stored
    storedRun_ = 0;
    emit storedRunChanged(0);
    emit stateChanged();
}

void CompareController::removeLane(int row) {
    if (state_ != State::idle || row < 0 || row >= lanes_.count())
        return;
    lanes_.remove(row);
    votes_.reset(lanes_.count());
    ++runId_;
    storedRun_ = 0;
    emit storedRunChanged(0);
    emit stateChanged();
}

void CompareController::changeLane(int row, const LaneChoice& choice) {
    if (state_ != State::idle || row < 0 || row >= lanes_.count() || lanes_.lane(row).choice == choice)
        return;
    lanes_.change(row, choice);
    votes_.reset(lanes_.count());
    ++runId_;
    storedRun_ = 0;
    emit storedRunChanged(0);
    emit stateChanged();
}

engine::ComparisonRequest CompareController::request() const {
    engine::ComparisonRequest request;
    request.worker = worker_;
    request.order = order_;
    request.generation.messages = earlier_;
    request.generation.messages.push_back({engine::Role::user, prompt_.trimmed().toStdString()});
    request.pictures = tray_.rows();
    request.generation.sampling = samplingOf(generation_);
    request.generation.maxTokens = generation_.maxTokens;
    for (const auto& choice : lanes_.choices()) {
        engine::LaneSpec lane;
        lane.load = loadRequestOf(choice, defaults_);
        request.lanes.push_back(std::move(lane));
    }
    return request;
}

void CompareController::start() {
    if (!whyNot().isEmpty())
        return;
    stop_ = std::stop_source();
    storedRun_ = 0;
    ++runId_;
    wantedRun_ = 0;
    shownOrder_ = order_;
    votes_.begin(lanes_.count());
    lanes_.reset();
    setState(State::running);
    emit storedRunChanged(0);
    emit progressTextChanged(tr("Starting…"));
    emit runRequested(runId_, request(), stop_.get_token());
}

void CompareController::stop() {
    if (state_ != State::running)
        return;
    stop_.request_stop();
    setState(State::stopping);
    emit progressTextChanged(tr("Stopping…"));
}

void CompareController::renderPrompt(int row) {
    if (row < 0 || row >= lanes_.count())
        return;
    emit renderRequested(++renderId_, loadRequestOf(lanes_.lane(row).choice), request().generation.messages,
                         tray_.rows(), worker_);
}

void CompareController::onLaneStarted(quint64 runId, int lane) {
    if (!isCurrent(runId))
        return;
    lanes_.setState(lane, LaneState::loading);
    if (state_ != State::running)
        return;
    if (votes_.hidden())
        emit progressTextChanged(tr("Blind: the answers appear together when all lanes are done"));
    else if (order_ == engine::CompareOrder::concurrent)
        emit progressTextChanged(tr("All lanes at once: the figures are not fair"));
    else
        emit progressTextChanged(
            tr("Lane %1 of %2: %3").arg(lane + 1).arg(lanes_.count()).arg(laneTitle(lanes_.lane(lane))));
}

void CompareController::onLaneLoaded(quint64 runId, int lane, engine::LoadedModel model) {
    if (isCurrent(runId))
        lanes_.setLoaded(lane, std::move(model));
}

void CompareController::onProgressed(quint64 runId, int lane, TokenBatch tokens) {
    if (isCurrent(runId))
        lanes_.appendTokens(lane, tokens);
}

void CompareController::onLaneFinished(quint64 runId, int lane, engine::LaneResult result) {
    if (isCurrent(runId))
        lanes_.setResult(lane, std::move(result));
}

void CompareController::onAgreementKnown(quint64 runId, int lane, engine::Agreement agreement) {
    if (isCurrent(runId))
        lanes_.setAgreement(lane, std::move(agreement));
}

QString CompareController::summary(bool cancelled) const {
    int answered = 0;
    for (int row = 0; row < lanes_.count(); ++row)
        answered += lanes_.lane(row).state == LaneState::finished ? 1 : 0;
    if (cancelled)
        return tr("Stopped: %1 of %2 lanes finished").arg(answered).arg(lanes_.count());
    const int failures = lanes_.count() - answered;
    return failures == 0
               ? tr("%n lane(s) finished", nullptr, answered)
               : tr("%1 of %2 lanes finished, %3 failed").arg(answered).arg(lanes_.count()).arg(failures);
}

void CompareController::onFinished(quint64 runId, bool cancelled) {
    if (!isCurrent(runId))
        return;
    for (int row = 0; row < lanes_.count(); ++row)  // lanes that a stop kept from starting
        if (const auto state = lanes_.lane(row).state;
            state == LaneState::waiting || state == LaneState::loading)
            lanes_.setState(row, LaneState::stopped);
    setState(State::idle);
    emit progressTextChanged(summary(cancelled));
}

void CompareController::onFailed(quint64 runId, engine::Error error) {
    if (!isCurrent(runId))
        return;
    for (int row = 0; row < lanes_.count(); ++row)
        if (lanes_.lane(row).state != LaneState::finished && lanes_.lane(row).state != LaneState::failed)
            lanes_.setState(row, LaneState::idle);
    setState(State::idle);
    emit progressTextChanged(tr("Failed"));
    emit failed(QString::fromStdString(error.message));
}

void CompareController::onRunChanged(quint64 runId, qint64 storedId, bool complete) {
    if (runId != runId_)
        return;
    storedRun_ = storedId;
    if (!complete)
        return;
    emit storedRunChanged(storedId);
    votes_.readHistory();
}

void CompareController::onRendered(quint64 requestId, engine::RenderedPrompt prompt) {
    if (requestId == renderId_)
        emit promptRendered(std::move(prompt));
}

void CompareController::onRenderFailed(quint64 requestId, engine::Error error) {
    if (requestId == renderId_)
        emit renderFailed(QString::fromStdString(error.message));
}

void CompareController::onScoringStarted(quint64 runId) {
    if (isCurrent(runId) && state_ == State::running)
        emit progressTextChanged(tr("The reference reads the answers of the other lanes…"));
}

void CompareController::onTokensScored(quint64 runId, int lane, engine::AnswerTokens tokens) {
    if (isCurrent(runId))
        lanes_.setScores(lane, std::move(tokens));
}

QString CompareController::whyNoVote() const {
    if (state_ != State::idle)
        return tr("Wait until every lane has answered");
    int answers = 0;
    for (int row = 0; row < lanes_.count(); ++row)
        answers += lanes_.lane(row).state == LaneState::finished ? 1 : 0;
    if (answers < 2)
        return tr("A vote needs two answers");
    if (storedRun_ == 0)
        return tr("This comparison is not in the database");
    return {};
}

QString CompareController::whyNoMoreLanes() const {
    if (state_ != State::idle)
        return tr("A comparison is running");
    return lanes_.count() < kMostLanes ? QString() : tr("Six lanes are the most; remove one first");
}

void CompareController::setOrder(engine::CompareOrder order) {
    if (order_ == order || state_ != State::idle)
        return;
    order_ = order;
    emit stateChanged();
}

void CompareController::vote(const QString& verdict, int row) {
    if (!whyNoVote().isEmpty() || votes_.vote())
        return;
    votes_.cast(storedRun_, verdict, row);
    emit stateChanged();
}

void CompareController::showStored(qint64 run) {
    if (state_ != State::idle)
        return;
    wantedRun_ = run;
    emit readComparisonRequested(run);
}

void CompareController::onComparisonRead(engine::StoredComparison comparison) {
    if (state_ != State::idle || comparison.run.id != wantedRun_)
        return;
    wantedRun_ = 0;
    ++runId_;  // nothing of an earlier run may change these lanes
    storedRun_ = comparison.run.id;
    shownOrder_ = comparison.request.order;
    std::optional<CompareVotes::Vote> vote;
    if (comparison.vote)
        vote = CompareVotes::Vote{QString::fromStdString(comparison.vote->verdict),
                                  comparison.votedLane ? static_cast<int>(*comparison.votedLane) : -1,
                                  comparison.vote->blind};
    votes_.show(static_cast<int>(comparison.lanes.size()), vote);
    lanes_.setStored(comparison.lanes);
    prompt_ = QString::fromStdString(comparison.run.prompt);
    earlier_ = std::move(comparison.request.generation.messages);
    if (!earlier_.empty())
        earlier_.pop_back();  // the prompt itself
    tray_.setRows(comparison.request.pictures);
    emit storedShown(prompt_);
    emit storedRunChanged(storedRun_);
    emit stateChanged();
    emit progressTextChanged(tr("Comparison %1 of %2")
                                 .arg(comparison.run.id)
                                 .arg(QString::fromStdString(comparison.run.startedAt)
                                          .left(16)
                                          .replace(QLatin1Char('T'), QLatin1Char(' '))));
}

void CompareController::setState(State state) {
    state_ = state;
    emit stateChanged();
}

}  // namespace ui
