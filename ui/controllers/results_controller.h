#pragma once

#include <QObject>
#include <QVector>

#include "ui/models/run_table_model.h"

namespace ui {

/// The state of the results page, without widgets: the stored runs, what is plotted, and exports.
class ResultsController : public QObject {
    Q_OBJECT

public:
    using QObject::QObject;

    RunTableModel* table() { return &table_; }
    bool loaded() const { return loaded_; }

    void refresh() { emit readRunsRequested(table_.completeRuns()); }
    /// Writes a report of `runs`, or of the checked ones when empty; the file's extension chooses the format.
    void exportReport(QVector<qint64> runs, const QString& file);
    void deleteRun(qint64 id) { emit deleteRunRequested(id); }

public slots:
    void onRunsRead(std::vector<engine::RunReport> runs);
    void onAllRead();
    void onRunChanged(quint64 runId, qint64 storedId, bool complete);
    void onRunDeleted(qint64 id);
    void onExported(QString file);
    void onExportFailed(engine::Error error);

signals:
    void readRunsRequested(QVector<qint64> known);
    void readRunRequested(qint64 id);
    void exportRequested(QVector<qint64> runs, QString file);
    void deleteRunRequested(qint64 id);
    void changed();
    void exported(QString file);
    void failed(QString message);

private:
    RunTableModel table_;
    bool loaded_ = false;
};

}  // namespace ui
