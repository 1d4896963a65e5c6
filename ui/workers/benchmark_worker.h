#pragma once

#include <QObject>
#include <QString>
#include <QVector>
#include <memory>
#include <stop_token>

#include "engine/benchmark/preflight.h"
#include "engine/benchmark/profile_request.h"
#include "engine/benchmark/time_estimate.h"

namespace ui {

/// What the benchmark page wants measured: a profile with models, or the rest of run `resume`.
struct BenchmarkJob {
    engine::ProfileChoice choice;
    qint64 resume = 0;
    std::shared_ptr<engine::PauseSwitch> paused;
    std::stop_token stop;
};

/// What a choice comes to before it runs.
struct BenchmarkPlan {
    int lanes = 0;
    int tests = 0;
    engine::TimeEstimate time;
    QString problem;  ///< why it cannot run; empty when it can
};

/// A benchmark that was stopped and can be continued here.
struct ResumableRun {
    qint64 id = 0;
    QString profile;
    QString status;  ///< cancelled, interrupted
};

/// Runs benchmarks, one at a time, on its own thread with its own database connection; the models are in
/// processes of their own. Every repetition is committed before the next begins.
class BenchmarkWorker : public QObject {
    Q_OBJECT

public:
    /// `worker`: the `anven` executable that holds models; empty = the default place.
    explicit BenchmarkWorker(std::filesystem::path worker);
    ~BenchmarkWorker() override;

public slots:
    void open(QString file);
    void plan(quint64 planId, engine::ProfileChoice choice);
    void checkMachine();
    void findResumable();
    void run(quint64 runId, ui::BenchmarkJob job);

signals:
    void planned(quint64 planId, ui::BenchmarkPlan plan);
    void machineChecked(std::vector<engine::PreflightCheck> checks);
    void resumableFound(ui::ResumableRun run);  ///< id 0 = there is none
    void prepared(quint64 runId, QStringList lanes, bool shipped);
    void began(quint64 runId, qint64 storedId);
    void progressed(quint64 runId, engine::BenchmarkProgress progress);
    void cellChanged(quint64 runId, engine::BenchmarkCell cell);
    void sampled(quint64 runId, engine::LiveSample sample);
    void finished(quint64 runId, qint64 storedId, bool cancelled);
    void failed(quint64 runId, engine::Error error);

private:
    engine::Result<engine::BenchmarkRequest> requestOf(quint64 runId, const BenchmarkJob& job);
    engine::BenchmarkListener listenerFor(quint64 runId);

    std::filesystem::path worker_;
    std::unique_ptr<engine::Store> store_;
};

}  // namespace ui
