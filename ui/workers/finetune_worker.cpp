#include "ui/workers/finetune_worker.h"

namespace ui {

void FinetuneWorker::survey(quint64 id, engine::train::FinetuneRequest request) {
    auto statistics = engine::train::surveyTrainingData(request);
    if (statistics)
        emit surveyed(id, std::move(*statistics), {});
    else
        emit surveyed(id, {}, QString::fromStdString(statistics.error().message));
}

void FinetuneWorker::run(quint64 id, engine::train::FinetuneRequest request, std::stop_token stop) {
    const auto progress = [this, id](const engine::train::FinetuneProgress& now) {
        emit progressed(id, now);
    };
    try {
        auto report = engine::train::finetune(request, progress, std::move(stop));
        if (report)
            emit finished(id, std::move(*report));
        else
            emit failed(id, report.error());
    } catch (const std::exception& exception) {
        emit failed(id, {engine::ErrorCode::internal, std::string("training ended unexpectedly (") +
                                                          exception.what() + "); start it again"});
    }
}

}  // namespace ui
