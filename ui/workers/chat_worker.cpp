#include "ui/workers/chat_worker.h"

#include <algorithm>
#include <utility>

#include "ui/workers/picture_reader.h"
#include "ui/workers/signal_pace.h"

namespace ui {
namespace {

bool sameModel(const engine::LoadRequest& a, const engine::LoadRequest& b) {
    return a.model == b.model && a.kernels == b.kernels && a.threads == b.threads && a.kv == b.kv &&
           a.context == b.context && a.draft == b.draft && a.packedCopy == b.packedCopy;
}

}  // namespace

ChatWorker::ChatWorker() = default;
ChatWorker::~ChatWorker() = default;

engine::Result<void> ChatWorker::prepare(quint64 runId, const ChatRequest& request,
                                         const std::stop_token& stop) {
    if (client_ && client_->alive() && sameModel(loadedAs_, request.load))
        return {};
    emit loading(runId);
    client_.reset();
    auto started = engine::WorkerClient::start(request.worker);
    if (!started)
        return started.error();
    auto model = (*started)->load(request.load, stop);
    if (!model)
        return model.error();
    client_ = std::move(*started);
    loadedAs_ = request.load;
    emit loaded(runId, *model);
    return {};
}

engine::Result<void> ChatWorker::decodePictures(ChatRequest& request) {
    auto& messages = request.generation.messages;
    for (std::size_t i = 0; i < std::min(messages.size(), request.pictures.size()); ++i) {
        auto images = decodedPictures(request.pictures[i]);
        if (!images)
            return images.error();
        messages[i].images = std::move(*images);
    }
    return {};
}

void ChatWorker::run(quint64 runId, ChatRequest request, std::stop_token stop) {
    if (auto ready = prepare(runId, request, stop); !ready) {
        emit failed(runId, ready.error());
        return;
    }
    if (auto decoded = decodePictures(request); !decoded) {
        emit failed(runId, decoded.error());
        return;
    }
    QByteArray waiting;
    SignalPace pace;
    const auto flush = [&] {
        if (!waiting.isEmpty())
            emit progressed(runId, QString::fromUtf8(std::exchange(waiting, {})));
    };
    const auto onToken = [&](const engine::TokenEvent& token) {
        waiting.append(token.text.data(), static_cast<qsizetype>(token.text.size()));
        if (pace.due())
            flush();
    };
    auto record = client_->generate(request.generation, onToken, std::move(stop));
    flush();
    if (record)
        emit finished(runId, std::move(*record));
    else
        emit failed(runId, record.error());
}

}  // namespace ui
