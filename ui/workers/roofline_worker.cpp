#include "ui/workers/roofline_worker.h"

#include <utility>

namespace ui {
namespace {

constexpr int kRepetitions = 7;  // as `anven kernels bench`

engine::Result<engine::KernelMeasurement> measureHere(const engine::KernelBenchmarkProgress& progress,
                                                      std::stop_token stop) {
    return engine::measureKernels(kRepetitions, progress, std::move(stop));
}

}  // namespace

RooflineWorker::RooflineWorker(Measure measure) : measure_(measure ? std::move(measure) : measureHere) {}

void RooflineWorker::run(quint64 runId, std::stop_token stop) {
    try {
        auto measurement = measure_(
            [&](const std::string& shape, std::size_t done, std::size_t total) {
                emit progressed(runId, QString::fromStdString(shape), static_cast<int>(done),
                                static_cast<int>(total));
            },
            std::move(stop));
        if (measurement)
            emit finished(runId, std::move(*measurement));
        else
            emit failed(runId, measurement.error());
    } catch (...) {
        emit failed(runId,
                    {engine::ErrorCode::internal, "the measurement ended unexpectedly; measure again"});
    }
}

}  // namespace ui
