#pragma once

#include <QObject>
#include <QString>
#include <functional>
#include <stop_token>
#include <string>
#include <vector>

#include "engine/benchmark/kernel_checks.h"

namespace ui {

/// Verifies the kernel variants and chooses among them, on its own thread.
class KernelWorker : public QObject {
    Q_OBJECT

public:
    /// Checks of one op; empty = engine::verifyKernels.
    using Verify =
        std::function<engine::Result<std::vector<engine::KernelCheck>>(std::stop_token, std::string_view op)>;
    explicit KernelWorker(Verify verify = {});

public slots:
    void verify(quint64 runId, std::stop_token stop);
    /// A short `anven kernels tune`: times the matmul variants on one shape and writes the user's kernel
    /// table.
    void tune(quint64 runId, std::stop_token stop);

signals:
    void progressed(quint64 runId, QString step, int done, int total);  ///< total 0: unknown
    void verified(quint64 runId, std::vector<engine::KernelCheck> checks);
    void tuned(quint64 runId, QString file);
    void failed(quint64 runId, engine::Error error);

private:
    Verify verify_;
};

}  // namespace ui
