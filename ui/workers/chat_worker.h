#pragma once

#include <QObject>
#include <QString>
#include <filesystem>
#include <memory>
#include <stop_token>

#include "engine/store/picture_row.h"
#include "engine/worker/worker_client.h"

namespace ui {

struct ChatRequest {
    engine::LoadRequest load;
    engine::GenerationRequest generation;
    std::vector<std::vector<engine::PictureRow>> pictures;  ///< of each message; decoded by the worker
    std::filesystem::path worker;                           ///< executable; empty = default
};

/// Answers chats on its own thread with a model in a child process. The model stays loaded between answers; a
/// crash of the child fails the one answer and the next request starts a fresh child.
class ChatWorker : public QObject {
    Q_OBJECT

public:
    ChatWorker();
    ~ChatWorker() override;

public slots:
    void run(quint64 runId, ui::ChatRequest request, std::stop_token stop);

signals:
    void loading(quint64 runId);
    void loaded(quint64 runId, engine::LoadedModel model);
    void progressed(quint64 runId, QString text);
    void finished(quint64 runId, engine::GenerationRecord record);
    void failed(quint64 runId, engine::Error error);

private:
    /// The messages' images from their pictures.
    static engine::Result<void> decodePictures(ChatRequest& request);
    engine::Result<void> prepare(quint64 runId, const ChatRequest& request, const std::stop_token& stop);

    std::unique_ptr<engine::WorkerClient> client_;
    engine::LoadRequest loadedAs_;
};

}  // namespace ui
