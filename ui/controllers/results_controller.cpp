#include "ui/controllers/results_controller.h"

#include <utility>

namespace ui {

void ResultsController::exportReport(QVector<qint64> runs, const QString& file) {
    if (runs.isEmpty())
        runs = table_.checkedRuns();
    if (sample_)
        emit failed(tr("These are sample results: measure something to export a report of it"));
    else if (runs.isEmpty())
        emit failed(tr("Nothing to export: check at least one row in the table"));
    else
        emit exportRequested(std::move(runs), file);
}

void ResultsController::closeSample() {
    sample_ = false;
    table_.replaceAll({});
    emit changed();
    emit readRunsRequested({});
}

void ResultsController::onRunsRead(std::vector<engine::RunReport> runs) {
    if (sample_)
        return;  // read again when the sample is closed
    std::erase_if(runs, [this](const auto& run) { return run.run.id == withheld_; });
    table_.merge(std::move(runs));
    emit changed();
}

void ResultsController::setWithheld(qint64 run) {
    const auto before = std::exchange(withheld_, run);
    if (before != 0 && before != run)
        emit readRunRequested(before);
}

void ResultsController::onAllRead() {
    loaded_ = true;
    emit changed();
}

void ResultsController::onRunChanged(quint64, qint64 storedId, bool) {
    emit readRunRequested(storedId);
}

void ResultsController::onBaselinePinned(qint64 id) {
    const auto* old = table_.baseline();
    const qint64 before = old != nullptr ? old->run.id : 0;
    if (before != 0 && before != id)
        emit readRunRequested(before);
    if (id != 0)
        emit readRunRequested(id);
}

void ResultsController::onRunDeleted(qint64 id) {
    table_.removeRun(id);
    emit changed();
}

void ResultsController::onFileRead(std::vector<engine::RunReport> runs, QString file) {
    if (runs.empty())
        emit failed(tr("%1 holds no runs").arg(file));
    else
        emit importRequested(std::move(runs));
}

void ResultsController::onImported(QVector<qint64> added, int alreadyThere) {
    for (const auto id : added)
        emit readRunRequested(id);
    QString text = tr("%n run(s) imported, tagged #imported", nullptr, static_cast<int>(added.size()));
    if (alreadyThere > 0)
        text += tr("; %n run(s) had been there before", nullptr, alreadyThere);
    emit said(text);
}

void ResultsController::onSampleRead(std::vector<engine::RunReport> runs) {
    sample_ = true;
    table_.replaceAll(std::move(runs));
    emit changed();
}

void ResultsController::onExported(QString file) {
    emit exported(file);
}

void ResultsController::onExportFailed(engine::Error error) {
    emit failed(QString::fromStdString(error.message));
}

QString ResultsController::whyNoRerun() const {
    if (sample_)
        return tr("Sample results cannot be measured again");
    if (rerunning_)
        return tr("A run is being measured again");
    return otherWork_;
}

void ResultsController::setOtherWork(const QString& work) {
    if (work == otherWork_)
        return;
    otherWork_ = work;
    emit rerunStateChanged();
}

void ResultsController::rerun(qint64 id) {
    const auto* report = table_.findRun(id);
    if (report == nullptr || !whyNoRerun().isEmpty())
        return;
    rerunning_ = true;
    warnings_.clear();
    stop_ = {};
    emit rerunStateChanged();
    emit said(tr("Reading the models of run %1…").arg(id));
    emit rerunRequested(*report, stop_.get_token());
}

void ResultsController::onRerunWarned(QStringList warnings) {
    warnings_ = std::move(warnings);
    emit said(warnings_.isEmpty() ? tr("Measuring again…") : warnings_.join(QStringLiteral("; ")));
}

void ResultsController::endRerun() {
    rerunning_ = false;
    emit rerunStateChanged();
}

void ResultsController::onRerunFinished(qint64 storedId) {
    endRerun();
    emit readRunRequested(storedId);
    if (warnings_.isEmpty())
        emit said(tr("Measured again as run %1").arg(storedId));
    else
        emit failed(
            tr("Measured again as run %1, but %2").arg(storedId).arg(warnings_.join(QStringLiteral("; "))));
}

void ResultsController::onRerunFailed(engine::Error error) {
    endRerun();
    emit failed(QString::fromStdString(error.message));
}

}  // namespace ui
