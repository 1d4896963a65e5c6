#include "ui/controllers/results_controller.h"

namespace ui {

void ResultsController::exportReport(QVector<qint64> runs, const QString& file) {
    if (runs.isEmpty())
        runs = table_.checkedRuns();
    if (runs.isEmpty())
        emit failed(tr("Nothing to export: check at least one row in the table"));
    else
        emit exportRequested(std::move(runs), file);
}

void ResultsController::onRunsRead(std::vector<engine::RunReport> runs) {
    table_.merge(std::move(runs));
    emit changed();
}

void ResultsController::onAllRead() {
    loaded_ = true;
    emit changed();
}

void ResultsController::onRunChanged(quint64, qint64 storedId, bool) {
    emit readRunRequested(storedId);
}

void ResultsController::onRunDeleted(qint64 id) {
    table_.removeRun(id);
    emit changed();
}

void ResultsController::onExported(QString file) {
    emit exported(file);
}

void ResultsController::onExportFailed(engine::Error error) {
    emit failed(QString::fromStdString(error.message));
}

}  // namespace ui
