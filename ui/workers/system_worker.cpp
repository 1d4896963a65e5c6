#include "ui/workers/system_worker.h"

#include "engine/runtime/kernel_plan.h"
#include "engine/runtime/topology.h"

namespace ui {

void SystemWorker::read() {
    MachineState state;
    state.info = engine::readSystemInfo();
    state.meters = engine::meterStatuses();
    if (auto plan = engine::KernelPlan::make("auto", false))
        state.kernels = QString::fromStdString(plan->label());
    state.threads = static_cast<int>(engine::computeCpus().size());
    emit stateRead(std::move(state));
}

}  // namespace ui
