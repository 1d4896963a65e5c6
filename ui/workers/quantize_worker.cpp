#include "ui/workers/quantize_worker.h"

namespace ui {

void QuantizeWorker::estimate(quint64 id, engine::QuantizeRequest request) {
    auto estimate = engine::estimateQuantize(request);
    if (estimate)
        emit estimated(id, *estimate, {});
    else
        emit estimated(id, {}, QString::fromStdString(estimate.error().message));
}

void QuantizeWorker::run(quint64 id, engine::QuantizeRequest request, std::stop_token stop) {
    const auto progress = [this, id](const engine::QuantizeProgress& now) { emit progressed(id, now); };
    try {
        auto report = engine::quantizeModel(request, progress, std::move(stop));
        if (report)
            emit finished(id, std::move(*report));
        else
            emit failed(id, report.error());
    } catch (const std::exception& exception) {
        emit failed(id, {engine::ErrorCode::internal, std::string("quantizing ended unexpectedly (") +
                                                          exception.what() + "); start it again"});
    }
}

}  // namespace ui
