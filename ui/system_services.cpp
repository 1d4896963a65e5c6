#include "ui/system_services.h"

#include "engine/base/message_log.h"
#include "ui/workers/kernel_worker.h"
#include "ui/workers/upkeep_worker.h"

namespace ui {

SystemServices::SystemServices(const QString& database)
    : upkeep_(database), kernelWorker_(new KernelWorker), upkeepWorker_(new UpkeepWorker) {
    start(kernelThread_, kernelWorker_, "kernels");
    start(upkeepThread_, upkeepWorker_, "upkeep");
    connect(&kernels_, &KernelsController::verifyRequested, kernelWorker_, &KernelWorker::verify);
    connect(&kernels_, &KernelsController::tuneRequested, kernelWorker_, &KernelWorker::tune);
    connect(kernelWorker_, &KernelWorker::progressed, &kernels_, &KernelsController::onProgressed);
    connect(kernelWorker_, &KernelWorker::verified, &kernels_, &KernelsController::onVerified);
    connect(kernelWorker_, &KernelWorker::tuned, &kernels_, &KernelsController::onTuned);
    connect(kernelWorker_, &KernelWorker::failed, &kernels_, &KernelsController::onFailed);
    connect(&upkeep_, &UpkeepController::measureRequested, upkeepWorker_, &UpkeepWorker::measure);
    connect(&upkeep_, &UpkeepController::checkRequested, upkeepWorker_, &UpkeepWorker::check);
    connect(&upkeep_, &UpkeepController::backUpRequested, upkeepWorker_, &UpkeepWorker::backUp);
    connect(upkeepWorker_, &UpkeepWorker::measured, &upkeep_, &UpkeepController::onMeasured);
    connect(upkeepWorker_, &UpkeepWorker::progressed, &upkeep_, &UpkeepController::onProgressed);
    connect(upkeepWorker_, &UpkeepWorker::checked, &upkeep_, &UpkeepController::onChecked);
    connect(upkeepWorker_, &UpkeepWorker::backedUp, &upkeep_, &UpkeepController::onBackedUp);
    connect(upkeepWorker_, &UpkeepWorker::failed, &upkeep_, &UpkeepController::onFailed);
    connect(this, &SystemServices::readTopologyRequested, upkeepWorker_, &UpkeepWorker::readTopology);
    connect(this, &SystemServices::collectRequested, upkeepWorker_, &UpkeepWorker::collect);
    connect(upkeepWorker_, &UpkeepWorker::topologyRead, this, &SystemServices::topologyRead);
    connect(upkeepWorker_, &UpkeepWorker::topologyFailed, this, &SystemServices::topologyFailed);
    connect(upkeepWorker_, &UpkeepWorker::collected, this, &SystemServices::collected);
    const auto keep = [](quint64, const engine::Error& error) {
        if (error.code != engine::ErrorCode::cancelled)
            engine::messageLog().add(engine::LogLevel::error, error.message);
    };
    connect(kernelWorker_, &KernelWorker::failed, this, keep);
    connect(upkeepWorker_, &UpkeepWorker::failed, this, keep);
}

SystemServices::~SystemServices() {
    stop();
    for (auto* thread : {&kernelThread_, &upkeepThread_}) {
        thread->quit();
        thread->wait();
    }
}

void SystemServices::stop() {
    kernels_.stop();
    upkeep_.stop();
}

void SystemServices::start(QThread& thread, QObject* worker, const char* name) {
    thread.setObjectName(QString::fromLatin1(name));
    worker->moveToThread(&thread);
    connect(&thread, &QThread::finished, worker, &QObject::deleteLater);
    thread.start();
}

}  // namespace ui
