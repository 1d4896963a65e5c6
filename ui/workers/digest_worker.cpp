#include "ui/workers/digest_worker.h"

#include "ui/workers/signal_pace.h"

namespace ui {

void DigestWorker::verify(quint64 runId, std::vector<std::filesystem::path> files, std::stop_token stop) {
    SignalPace pace;
    auto verified = engine::verifyFiles(
        files,
        [&](std::int64_t done, std::int64_t total) {
            if (pace.due())
                emit progressed(runId, done, total);
        },
        std::move(stop));
    if (verified)
        emit finished(runId, std::move(*verified));
    else
        emit failed(runId, verified.error());
}

}  // namespace ui
