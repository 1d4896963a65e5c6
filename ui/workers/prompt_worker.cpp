#include "ui/workers/prompt_worker.h"

#include "ui/workers/picture_reader.h"

namespace ui {

void PromptWorker::render(quint64 requestId, engine::LoadRequest load, std::vector<engine::Message> messages,
                          std::vector<engine::PictureRow> pictures, std::filesystem::path worker) {
    auto images = decodedPictures(pictures);
    if (!images) {
        emit failed(requestId, images.error());
        return;
    }
    if (!messages.empty())
        messages.back().images = std::move(*images);
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
