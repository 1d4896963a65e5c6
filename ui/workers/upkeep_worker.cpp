#include "ui/workers/upkeep_worker.h"

#include "engine/base/message_log.h"
#include "engine/system/diagnostics.h"

namespace ui {

void UpkeepWorker::readTopology() {
    auto topology = engine::readCpuTopology();
    if (topology)
        emit topologyRead(std::move(*topology));
    else
        emit topologyFailed(topology.error());
}

void UpkeepWorker::measure(QString file) {
    if (const auto size = engine::databaseSize(file.toStdString()))
        emit measured(*size);
}

void UpkeepWorker::check(quint64 runId, QString file, std::stop_token stop) {
    const auto findings = engine::checkDatabase(file.toStdString(), std::move(stop));
    if (!findings) {
        emit failed(runId, findings.error());
        return;
    }
    QStringList texts;
    for (const auto& finding : *findings)
        texts << QString::fromStdString(finding);
    emit checked(runId, texts);
}

void UpkeepWorker::backUp(quint64 runId, QString file, QString target, std::stop_token stop) {
    const auto done = engine::backUpDatabase(
        file.toStdString(), target.toStdString(),
        [&](int copied, int total) { emit progressed(runId, copied, total); }, std::move(stop));
    if (done)
        emit backedUp(runId, target);
    else
        emit failed(runId, done.error());
}

void UpkeepWorker::collect(QString settings, bool homePaths) {
    engine::DiagnosticsRequest request;
    request.settings = settings.toStdString();
    request.log = engine::messageLog().lines();
    request.homePaths = homePaths;
    emit collected(QString::fromStdString(engine::diagnosticsJson(request)));
}

}  // namespace ui
