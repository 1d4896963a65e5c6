#pragma once

#include <QObject>
#include <QString>
#include <filesystem>
#include <optional>
#include <stop_token>

#include "engine/compare/comparison.h"
#include "ui/controllers/compare_votes.h"
#include "ui/controllers/model_sight.h"
#include "ui/controllers/picture_tray.h"
#include "ui/models/lane_model.h"
#include "ui/settings.h"

namespace ui {

/// The state of the comparison page, without widgets: lanes, prompt, settings, and the run in progress.
/// Answers of runs that are no longer the current one are dropped by their id.
class CompareController : public QObject {
    Q_OBJECT

public:
    enum class State { idle, running, stopping };

    CompareController(const Settings& settings, std::filesystem::path worker, QObject* parent = nullptr);

    LaneModel* lanes() { return &lanes_; }
    CompareVotes& votes() { return votes_; }
    engine::CompareOrder order() const { return order_; }
    /// When the lanes that are shown answered.
    engine::CompareOrder shownOrder() const { return shownOrder_; }
    State state() const { return state_; }
    const GenerationChoice& generation() const { return generation_; }
    const QString& prompt() const { return prompt_; }
    /// What was said before the prompt: a system prompt, earlier turns of a chat; empty for a question alone.
    const std::vector<engine::Message>& earlier() const { return earlier_; }
    qint64 storedRun() const { return storedRun_; }
    PictureTray& tray() { return tray_; }
    /// How the first lane that is known to see does; nothing where none is.
    std::optional<engine::VisionConfig> vision() const;
    /// Lanes that are known not to see the pictures of the prompt, by name.
    QStringList blindLanes() const;
    /// Why start() would do nothing; empty when it may.
    QString whyNot() const;
    /// Why no comparison may start because of other work in the window; empty for none.
    void setOtherWork(const QString& work);

    /// Why nobody can vote; empty when somebody may.
    QString whyNoVote() const;
    /// Why no lane can be added; empty when one can.
    QString whyNoMoreLanes() const;

    void setLoadDefaults(const LoadDefaults& defaults) { defaults_ = defaults; }
    void setPrompt(const QString& prompt);
    void setEarlier(std::vector<engine::Message> messages);
    void setOrder(engine::CompareOrder order);
    void vote(const QString& verdict, int row = -1);
    /// Shows a comparison of the database; the answer is storedShown or nothing.
    void showStored(qint64 run);
    void setGeneration(const GenerationChoice& generation);
    void addLane(const LaneChoice& choice);
    void removeLane(int row);
    void changeLane(int row, const LaneChoice& choice);
    void start();
    void stop();
    /// Asks what the prompt looks like to the lane's model; the answer is promptRendered or renderFailed.
    void renderPrompt(int row);

public slots:
    void onLaneStarted(quint64 runId, int lane);
    void onLaneLoaded(quint64 runId, int lane, engine::LoadedModel model);
    void onProgressed(quint64 runId, int lane, ui::TokenBatch tokens);
    void onLaneFinished(quint64 runId, int lane, engine::LaneResult result);
    void onAgreementKnown(quint64 runId, int lane, engine::Agreement agreement);
    void onScoringStarted(quint64 runId);
    void onTokensScored(quint64 runId, int lane, engine::AnswerTokens tokens);
    void onComparisonRead(engine::StoredComparison comparison);
    void onFinished(quint64 runId, bool cancelled);
    void onFailed(quint64 runId, engine::Error error);
    void onRunChanged(quint64 runId, qint64 storedId, bool complete);
    void onRendered(quint64 requestId, engine::RenderedPrompt prompt);
    void onRenderFailed(quint64 requestId, engine::Error error);

signals:
    void runRequested(quint64 runId, engine::ComparisonRequest request, std::stop_token stop);
    void renderRequested(quint64 requestId, engine::LoadRequest load, std::vector<engine::Message> messages,
                         std::vector<engine::PictureRow> pictures, std::filesystem::path worker);
    void readComparisonRequested(qint64 run);
    void storedShown(QString prompt);
    void stateChanged();
    void generationChanged();
    void picturesChanged();  ///< of the prompt, or which lanes see them
    void progressTextChanged(QString text);
    void storedRunChanged(qint64 id);
    void promptRendered(engine::RenderedPrompt prompt);
    void renderFailed(QString message);
    void failed(QString message);

private:
    bool isCurrent(quint64 runId) const { return state_ != State::idle && runId == runId_; }
    void setState(State state);
    engine::ComparisonRequest request() const;
    QString summary(bool cancelled) const;

    LaneModel lanes_;
    CompareVotes votes_;
    engine::CompareOrder order_ = engine::CompareOrder::sequential;
    engine::CompareOrder shownOrder_ = engine::CompareOrder::sequential;
    qint64 wantedRun_ = 0;
    GenerationChoice generation_;
    LoadDefaults defaults_;
    QString prompt_;
    std::vector<engine::Message> earlier_;
    PictureTray tray_;
    mutable ModelSight sight_;
    QString otherWork_;
    std::filesystem::path worker_;
    State state_ = State::idle;
    quint64 runId_ = 0;
    quint64 renderId_ = 0;
    qint64 storedRun_ = 0;
    std::stop_source stop_;
};

/// Lanes that one page and one person can take in.
inline constexpr int kMostLanes = 6;

/// The engine's request for a lane that a person chose.
engine::LoadRequest loadRequestOf(const LaneChoice& choice, const LoadDefaults& defaults = {});
engine::SpeculationOptions speculationOf(const LaneChoice& choice);
engine::SamplingOptions samplingOf(const GenerationChoice& choice);

}  // namespace ui
