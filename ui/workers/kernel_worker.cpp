#include "ui/workers/kernel_worker.h"

#include <algorithm>
#include <iterator>

#include "engine/benchmark/kernel_tuning.h"

namespace ui {
namespace {

constexpr int kQuickRepetitions = 5;

std::vector<std::string> opsInOrder() {
    std::vector<std::string> ops;
    for (const auto& entry : engine::listKernels())
        if (std::find(ops.begin(), ops.end(), entry.op) == ops.end())
            ops.push_back(entry.op);
    return ops;
}

}  // namespace

KernelWorker::KernelWorker(Verify verify)
    : verify_(verify ? std::move(verify) : [](std::stop_token stop, std::string_view op) {
          return engine::verifyKernels(std::move(stop), op);
      }) {}

void KernelWorker::verify(quint64 runId, std::stop_token stop) {
    const auto ops = opsInOrder();
    std::vector<engine::KernelCheck> all;
    for (std::size_t i = 0; i < ops.size(); ++i) {
        emit progressed(runId, QString::fromStdString(ops[i]), static_cast<int>(i),
                        static_cast<int>(ops.size()));
        auto checks = verify_(stop, ops[i]);
        if (!checks) {
            emit failed(runId, checks.error());
            return;
        }
        std::move(checks->begin(), checks->end(), std::back_inserter(all));
    }
    emit verified(runId, std::move(all));
}

void KernelWorker::tune(quint64 runId, std::stop_token stop) {
    engine::TuningRequest request;
    request.repetitions = kQuickRepetitions;
    request.matrices = {{2048, 2048}};
    auto tuning = engine::tuneKernels(
        request, [&](const std::string& next) { emit progressed(runId, QString::fromStdString(next), 0, 0); },
        std::move(stop));
    if (!tuning) {
        emit failed(runId, tuning.error());
        return;
    }
    const auto file = engine::userKernelTablePath(engine::CpuClass::here());
    if (auto written = tuning->table.write(file); !written)
        emit failed(runId, written.error());
    else
        emit tuned(runId, QString::fromStdString(file.string()));
}

}  // namespace ui
