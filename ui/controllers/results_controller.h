#pragma once

#include <QObject>
#include <QStringList>
#include <QVector>
#include <stop_token>

#include "ui/models/run_table_model.h"

namespace ui {

/// The state of the results page, without widgets: the stored runs, what is plotted, what is changed of them,
/// imports, exports, and measuring a run again. Samples that ship with the program are shown in place of the
/// stored runs and cannot be changed.
class ResultsController : public QObject {
    Q_OBJECT

public:
    using QObject::QObject;

    RunTableModel* table() { return &table_; }
    bool loaded() const { return loaded_; }
    bool showsSample() const { return sample_; }

    void refresh() { emit readRunsRequested(table_.completeRuns()); }
    /// Writes a report of `runs`, or of the checked ones when empty; the file's extension chooses the format.
    void exportReport(QVector<qint64> runs, const QString& file);
    void deleteRun(qint64 id) { change(&ResultsController::deleteRunRequested, id); }
    void setNote(qint64 id, const QString& note) { change(&ResultsController::noteRequested, id, note); }
    void setTags(qint64 id, const QStringList& tags) { change(&ResultsController::tagsRequested, id, tags); }
    void pinBaseline(qint64 id) { change(&ResultsController::baselineRequested, id); }
    /// A report or database of another machine, or of this one.
    void importFile(const QString& file) { emit readFileRequested(file); }
    /// A run whose lanes are still hidden stays out of the table (0: none); it comes in when another value is
    /// set.
    void setWithheld(qint64 run);
    void openSample() { emit readSampleRequested(); }
    void closeSample();

    /// Why rerun() would do nothing; empty when it may.
    QString whyNoRerun() const;
    bool rerunning() const { return rerunning_; }
    void setOtherWork(const QString& work);
    void rerun(qint64 id);
    void stopRerun() { stop_.request_stop(); }

public slots:
    void onRunsRead(std::vector<engine::RunReport> runs);
    void onAllRead();
    void onRunChanged(quint64 runId, qint64 storedId, bool complete);
    void onRunEdited(qint64 id) { emit readRunRequested(id); }
    void onBaselinePinned(qint64 id);
    void onRunDeleted(qint64 id);
    void onFileRead(std::vector<engine::RunReport> runs, QString file);
    void onImported(QVector<qint64> added, int alreadyThere);
    void onSampleRead(std::vector<engine::RunReport> runs);
    void onExported(QString file);
    void onExportFailed(engine::Error error);
    void onRerunWarned(QStringList warnings);
    void onRerunFinished(qint64 storedId);
    void onRerunFailed(engine::Error error);

signals:
    void readRunsRequested(QVector<qint64> known);
    void readRunRequested(qint64 id);
    void exportRequested(QVector<qint64> runs, QString file);
    void deleteRunRequested(qint64 id);
    void noteRequested(qint64 id, QString note);
    void tagsRequested(qint64 id, QStringList tags);
    void baselineRequested(qint64 id);
    void readFileRequested(QString file);
    void importRequested(std::vector<engine::RunReport> runs);
    void readSampleRequested();
    void rerunRequested(engine::RunReport report, std::stop_token stop);
    void changed();
    void rerunStateChanged();
    void exported(QString file);
    void said(QString message);
    void failed(QString message);

private:
    template <class... Arguments, class... Values>
    void change(void (ResultsController::*request)(Arguments...), const Values&... values) {
        if (sample_)
            emit failed(tr("These are sample results: they cannot be changed"));
        else
            emit(this->*request)(values...);
    }
    void endRerun();

    RunTableModel table_;
    bool loaded_ = false;
    bool sample_ = false;
    bool rerunning_ = false;
    qint64 baseline_ = 0;
    qint64 withheld_ = 0;
    QString otherWork_;
    QStringList warnings_;
    std::stop_source stop_;
};

}  // namespace ui
