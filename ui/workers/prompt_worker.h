#pragma once

#include <QObject>
#include <filesystem>
#include <vector>

#include "engine/store/picture_row.h"
#include "engine/worker/worker_client.h"

namespace ui {

/// Renders a dialog as the model's prompt, on its own thread and in a child process like everything that
/// opens a model.
class PromptWorker : public QObject {
    Q_OBJECT

public slots:
    /// `pictures` become the images of the last message.
    void render(quint64 requestId, engine::LoadRequest load, std::vector<engine::Message> messages,
                std::vector<engine::PictureRow> pictures, std::filesystem::path worker);

signals:
    void rendered(quint64 requestId, engine::RenderedPrompt prompt);
    void failed(quint64 requestId, engine::Error error);
};

}  // namespace ui
