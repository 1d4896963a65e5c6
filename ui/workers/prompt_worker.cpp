#include "ui/workers/prompt_worker.h"

namespace ui {

void PromptWorker::render(quint64 requestId, engine::LoadRequest load, std::vector<engine::Message> messages,
                          std::filesystem::path worker) {
    auto client = engine::WorkerClient::start(worker);
    if (!client) {
        emit failed(requestId, client.error());
        return;
    }
    if (auto model = (*client)->load(load); !model) {
        emit failed(requestId, model.error());
        return;
    }
    auto prompt = (*client)->render(messages);
    if (prompt)
        emit rendered(requestId, std::move(*prompt));
    else
        emit failed(requestId, prompt.error());
}

}  // namespace ui
