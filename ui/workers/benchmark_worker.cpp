#include "ui/workers/benchmark_worker.h"

#include <utility>

namespace ui {
namespace {

constexpr std::size_t kRunsLookedAt = 20;  // older ones are continued on the command line

}  // namespace

BenchmarkWorker::BenchmarkWorker(std::filesystem::path worker) : worker_(std::move(worker)) {}
BenchmarkWorker::~BenchmarkWorker() = default;

void BenchmarkWorker::open(QString file) {
    auto store = engine::Store::open(file.toStdString());
    if (!store) {
        emit failed(0, store.error());
        return;
    }
    store_ = std::move(*store);
    findResumable();
}

void BenchmarkWorker::plan(quint64 planId, engine::ProfileChoice choice) {
    choice.makeModels = false;
    BenchmarkPlan plan;
    if (auto request = engine::benchmarkRequestOf(std::move(choice))) {
        plan.lanes = static_cast<int>(request->lanes.size());
        plan.tests = static_cast<int>(request->tests.size()) + (request->quality ? 1 : 0);
        plan.time = engine::estimateTime(*request, store_.get());
    } else {
        plan.problem = QString::fromStdString(request.error().message);
    }
    emit planned(planId, plan);
}

void BenchmarkWorker::checkMachine() {
    emit machineChecked(engine::runPreflight());
}

void BenchmarkWorker::findResumable() {
    ResumableRun found;
    const auto runs = store_ ? store_->runs() : engine::Result<std::vector<engine::RunRow>>(std::vector<engine::RunRow>{});
    std::size_t looked = 0;
    for (const auto& run : runs ? *runs : std::vector<engine::RunRow>{}) {
        if (run.kind != "bench")
            continue;
        const bool stopped = run.status == "cancelled" || run.status == "interrupted";
        if (stopped && engine::requestOfRun(*store_, run.id)) {
            found = ResumableRun{run.id, QString::fromStdString(run.profile), QString::fromStdString(run.status)};
            break;
        }
        if (++looked == kRunsLookedAt)
            break;
    }
    emit resumableFound(found);
}

engine::Result<engine::BenchmarkRequest> BenchmarkWorker::requestOf(quint64, const BenchmarkJob& job) {
    auto request = job.resume != 0 ? engine::requestOfRun(*store_, job.resume)
                                   : engine::benchmarkRequestOf(job.choice, {}, job.stop);
    if (request) {
        request->worker = worker_;
        request->paused = job.paused;
    }
    return request;
}

engine::BenchmarkListener BenchmarkWorker::listenerFor(quint64 runId) {
    engine::BenchmarkListener listener;
    listener.began = [this, runId](std::int64_t id) { emit began(runId, id); };
    listener.progressed = [this, runId](const auto& progress) { emit progressed(runId, progress); };
    listener.cellChanged = [this, runId](const auto& cell) { emit cellChanged(runId, cell); };
    listener.sampled = [this, runId](const auto& sample) { emit sampled(runId, sample); };
    return listener;
}

void BenchmarkWorker::run(quint64 runId, BenchmarkJob job) {
    try {
        if (!store_) {
            emit failed(runId, {engine::ErrorCode::io, "the database is not open; samples would be lost"});
            return;
        }
        auto request = requestOf(runId, job);
        if (!request) {
            emit failed(runId, request.error());
            return;
        }
        QStringList lanes;
        for (const auto& lane : request->lanes)
            lanes << QString::fromStdString(lane.name);
        emit prepared(runId, lanes, request->profile.shipped);
        const auto listener = listenerFor(runId);
        auto stored = job.resume != 0
                          ? engine::resumeBenchmark(job.resume, *request, listener, *store_, job.stop)
                          : engine::runBenchmark(*request, listener, *store_, job.stop);
        if (stored)
            emit finished(runId, *stored, job.stop.stop_requested());
        else
            emit failed(runId, stored.error());
    } catch (...) {
        emit failed(runId, {engine::ErrorCode::internal,
                            "the benchmark ended unexpectedly; what was measured is kept, resume it"});
    }
    findResumable();
}

}  // namespace ui
