#include "engine/benchmark/worker_lane.h"

#include <utility>

namespace engine {
namespace {

class WorkerLane : public LaneProcess {
public:
    explicit WorkerLane(std::unique_ptr<WorkerClient> worker) : worker_(std::move(worker)) {}
    Result<LoadedModel> load(const LoadRequest& request, std::stop_token stop) override {
        return worker_->load(request, std::move(stop));
    }
    Result<MeasureResult> measure(const MeasureRequest& request, std::stop_token stop) override {
        return worker_->measure(request, std::move(stop));
    }
    Result<EvaluationResult> evaluate(const EvaluationRequest& request, std::stop_token stop) override {
        return worker_->evaluate(request, std::move(stop));
    }
    int processId() const override { return worker_->processId(); }

private:
    std::unique_ptr<WorkerClient> worker_;
};

}  // namespace

Result<std::unique_ptr<LaneProcess>> startWorkerLane(const std::filesystem::path& executable) {
    auto worker = WorkerClient::start(executable);
    if (!worker)
        return worker.error();
    return std::unique_ptr<LaneProcess>(std::make_unique<WorkerLane>(std::move(*worker)));
}

}  // namespace engine
