#pragma once

#include <QObject>
#include <QVector>
#include <stop_token>

#include "engine/compare/comparison.h"

namespace ui {

/// Tokens that arrived since the last signal.
using TokenBatch = std::vector<engine::TokenEvent>;

/// Runs comparisons, one at a time, on its own thread. The pictures of a request become the images of its
/// last message. Every signal carries the run id it was asked with; tokens are gathered so that at most 30
/// signals per second reach the window.
class CompareWorker : public QObject {
    Q_OBJECT

public slots:
    void run(quint64 runId, engine::ComparisonRequest request, std::stop_token stop);

signals:
    void began(quint64 runId, engine::ComparisonRequest request);
    void laneStarted(quint64 runId, int lane);
    void laneLoaded(quint64 runId, int lane, engine::LoadedModel model);
    void progressed(quint64 runId, int lane, ui::TokenBatch tokens);
    void laneFinished(quint64 runId, int lane, engine::LaneResult result);
    void agreementKnown(quint64 runId, int lane, engine::Agreement agreement);
    void scoringStarted(quint64 runId);
    void tokensScored(quint64 runId, int lane, engine::AnswerTokens tokens);
    void finished(quint64 runId, bool cancelled);
    void failed(quint64 runId, engine::Error error);
};

}  // namespace ui
