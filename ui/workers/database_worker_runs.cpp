// What people change of stored runs.
#include "engine/report/baseline.h"
#include "engine/report/read_report.h"
#include "ui/workers/database_worker.h"

namespace ui {

void DatabaseWorker::setRunNote(qint64 id, QString note) {
    if (store_ && check(store_->setRunNote(id, note.toStdString())))
        emit runEdited(id);
}

void DatabaseWorker::setRunTags(qint64 id, QStringList tags) {
    std::vector<std::string> words;
    for (const auto& tag : tags)
        words.push_back(tag.toStdString());
    if (store_ && check(store_->setRunTags(id, words)))
        emit runEdited(id);
}

void DatabaseWorker::pinBaseline(qint64 id) {
    if (store_ && check(store_->moveTag(std::string(engine::kBaselineTag), id)))
        emit baselinePinned(id);
}

void DatabaseWorker::importRuns(std::vector<engine::RunReport> runs) {
    if (!store_)
        return;
    auto done = engine::importRuns(*store_, runs);
    if (!done) {
        emit failed(done.error());
        return;
    }
    emit imported(QVector<qint64>(done->added.begin(), done->added.end()), done->alreadyThere);
}

}  // namespace ui
