#pragma once

#include <QObject>
#include <QString>
#include <functional>
#include <stop_token>

#include "engine/benchmark/kernel_measurement.h"

namespace ui {

/// Times every kernel variant and the machine's limits on its own thread. A request to stop takes effect once
/// the execution in progress ends: up to a few seconds with the slowest reference kernels.
class RooflineWorker : public QObject {
    Q_OBJECT

public:
    using Measure = std::function<engine::Result<engine::KernelMeasurement>(
        const engine::KernelBenchmarkProgress& progress, std::stop_token stop)>;

    /// `measure`: what measures; empty = engine::measureKernels.
    explicit RooflineWorker(Measure measure = {});

public slots:
    void run(quint64 runId, std::stop_token stop);

signals:
    void progressed(quint64 runId, QString shape, int done, int total);
    void finished(quint64 runId, engine::KernelMeasurement measurement);
    void failed(quint64 runId, engine::Error error);

private:
    Measure measure_;
};

}  // namespace ui
