#pragma once

#include <QObject>
#include <QString>
#include <filesystem>
#include <stop_token>

#include "engine/compare/comparison.h"
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
    State state() const { return state_; }
    const GenerationChoice& generation() const { return generation_; }
    const QString& prompt() const { return prompt_; }
    qint64 storedRun() const { return storedRun_; }
    /// Why start() would do nothing; empty when it may.
    QString whyNot() const;
    /// Why no comparison may start because of other work in the window; empty for none.
    void setOtherWork(const QString& work);

    void setLoadDefaults(const LoadDefaults& defaults) { defaults_ = defaults; }
    void setPrompt(const QString& prompt);
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
    void onFinished(quint64 runId, bool cancelled);
    void onFailed(quint64 runId, engine::Error error);
    void onRunChanged(quint64 runId, qint64 storedId, bool complete);
    void onRendered(quint64 requestId, engine::RenderedPrompt prompt);
    void onRenderFailed(quint64 requestId, engine::Error error);

signals:
    void runRequested(quint64 runId, engine::ComparisonRequest request, std::stop_token stop);
    void renderRequested(quint64 requestId, engine::LoadRequest load, std::vector<engine::Message> messages,
                         std::filesystem::path worker);
    void stateChanged();
    void generationChanged();
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
    GenerationChoice generation_;
    LoadDefaults defaults_;
    QString prompt_;
    QString otherWork_;
    std::filesystem::path worker_;
    State state_ = State::idle;
    quint64 runId_ = 0;
    quint64 renderId_ = 0;
    qint64 storedRun_ = 0;
    std::stop_source stop_;
};

/// The engine's request for a lane that a person chose.
engine::LoadRequest loadRequestOf(const LaneChoice& choice, const LoadDefaults& defaults = {});
engine::SpeculationOptions speculationOf(const LaneChoice& choice);
engine::SamplingOptions samplingOf(const GenerationChoice& choice);

}  // namespace ui
