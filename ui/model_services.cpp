#include "ui/model_services.h"

#include "ui/controllers/chat_controller.h"
#include "ui/workers/digest_worker.h"
#include "ui/workers/finetune_worker.h"
#include "ui/workers/model_worker.h"
#include "ui/workers/quantize_worker.h"

namespace ui {

ModelServices::ModelServices(const Settings& settings)
    : controller_(settings),
      models_(new ModelWorker),
      digests_(new DigestWorker),
      quantizer_(new QuantizeWorker),
      trainer_(new FinetuneWorker) {
    start(modelThread_, models_, "models");
    start(digestThread_, digests_, "digests");
    start(quantizeThread_, quantizer_, "quantize");
    start(finetuneThread_, trainer_, "finetune");
    connect(&controller_, &ModelsController::findRequested, models_, &ModelWorker::find);
    connect(&controller_, &ModelsController::surveyRequested, models_, &ModelWorker::survey);
    connect(&controller_, &ModelsController::histogramRequested, models_, &ModelWorker::histogram);
    connect(models_, &ModelWorker::found, &controller_, &ModelsController::onFound);
    connect(models_, &ModelWorker::surveyed, &controller_, &ModelsController::onSurveyed);
    connect(models_, &ModelWorker::histogramRead, &controller_, &ModelsController::onHistogramRead);
    connect(models_, &ModelWorker::histogramFailed, &controller_, &ModelsController::onHistogramFailed);
    connect(&controller_, &ModelsController::verifyRequested, digests_, &DigestWorker::verify);
    connect(digests_, &DigestWorker::progressed, &controller_, &ModelsController::onProgressed);
    connect(digests_, &DigestWorker::finished, &controller_, &ModelsController::onVerified);
    connect(digests_, &DigestWorker::failed, &controller_, &ModelsController::onVerifyFailed);
    connectQuantize();
    connectFinetune();
}

void ModelServices::connectQuantize() {
    connect(&quantize_, &QuantizeController::estimateRequested, quantizer_, &QuantizeWorker::estimate);
    connect(&quantize_, &QuantizeController::runRequested, quantizer_, &QuantizeWorker::run);
    connect(quantizer_, &QuantizeWorker::estimated, &quantize_, &QuantizeController::onEstimated);
    connect(quantizer_, &QuantizeWorker::progressed, &quantize_, &QuantizeController::onProgressed);
    connect(quantizer_, &QuantizeWorker::finished, &quantize_, &QuantizeController::onFinished);
    connect(quantizer_, &QuantizeWorker::failed, &quantize_, &QuantizeController::onFailed);
    connect(&quantize_, &QuantizeController::made, &controller_,
            [this](const QString& variant) { controller_.add({variant}); });
}

void ModelServices::connectFinetune() {
    connect(&finetune_, &FinetuneController::surveyRequested, trainer_, &FinetuneWorker::survey);
    connect(&finetune_, &FinetuneController::runRequested, trainer_, &FinetuneWorker::run);
    connect(trainer_, &FinetuneWorker::surveyed, &finetune_, &FinetuneController::onSurveyed);
    connect(trainer_, &FinetuneWorker::progressed, &finetune_, &FinetuneController::onProgressed);
    connect(trainer_, &FinetuneWorker::finished, &finetune_, &FinetuneController::onFinished);
    connect(trainer_, &FinetuneWorker::failed, &finetune_, &FinetuneController::onFailed);
    connect(&finetune_, &FinetuneController::made, &controller_,
            [this](const QString& model) { controller_.add({model}); });
}

ModelServices::~ModelServices() {
    controller_.stopVerifying();
    quantize_.stop();
    finetune_.stop();
    for (auto* thread : {&modelThread_, &digestThread_, &quantizeThread_, &finetuneThread_}) {
        thread->quit();
        thread->wait();
    }
}

void ModelServices::start(QThread& thread, QObject* worker, const char* name) {
    thread.setObjectName(QString::fromLatin1(name));
    worker->moveToThread(&thread);
    connect(&thread, &QThread::finished, worker, &QObject::deleteLater);
    thread.start();
}

void ModelServices::watch(ChatController& chat, ChatWorker* worker) {
    if (!controller_.startNotice().isEmpty())
        chat.setModel(Settings{}.chatModel);
    connect(&chat, &ChatController::modelChanged, &controller_,
            [this, &chat] { controller_.addKnown(chat.model().model); });
    // One answer at a time: what ends is what began last.
    connect(&chat, &ChatController::runRequested, &controller_, [this](quint64, const ChatRequest& request) {
        inUse_ = QString::fromStdString(request.load.model);
        controller_.useBegan(inUse_);
    });
    const auto ended = [this](const engine::Error* error) { controller_.useEnded(inUse_, error); };
    connect(worker, &ChatWorker::finished, &controller_, [ended] { ended(nullptr); });
    connect(worker, &ChatWorker::failed, &controller_,
            [ended](quint64, const engine::Error& error) { ended(&error); });
}

}  // namespace ui
