#pragma once

#include <QObject>
#include <QThread>

#include "ui/controllers/finetune_controller.h"
#include "ui/controllers/models_controller.h"
#include "ui/controllers/quantize_controller.h"

namespace ui {

class ChatController;
class ChatWorker;
class DigestWorker;
class FinetuneWorker;
class ModelWorker;
class QuantizeWorker;

/// The models page's controllers with their workers and threads. Destroying it stops what runs and joins.
class ModelServices : public QObject {
    Q_OBJECT

public:
    explicit ModelServices(const Settings& settings);
    ~ModelServices() override;

    ModelsController& controller() { return controller_; }
    QuantizeController& quantize() { return quantize_; }
    FinetuneController& finetune() { return finetune_; }
    /// Counts crashes of the chat's model, and takes it back where it crashed too often: the chat then begins
    /// with the demo model until a person chooses.
    void watch(ChatController& chat, ChatWorker* worker);

private:
    void start(QThread& thread, QObject* worker, const char* name);
    void connectQuantize();
    void connectFinetune();

    ModelsController controller_;
    QuantizeController quantize_;
    FinetuneController finetune_;
    QString inUse_;  // by the chat
    ModelWorker* models_;
    DigestWorker* digests_;
    QuantizeWorker* quantizer_;
    FinetuneWorker* trainer_;
    QThread modelThread_, digestThread_, quantizeThread_, finetuneThread_;
};

}  // namespace ui
