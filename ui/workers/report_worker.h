#pragma once

#include <QObject>
#include <QString>
#include <QVector>
#include <memory>
#include <vector>

#include "engine/report/report.h"

namespace ui {

/// Reads runs and writes report files, on its own thread with its own connection, so that neither waits for
/// the other.
class ReportWorker : public QObject {
    Q_OBJECT

public:
    ~ReportWorker() override;

public slots:
    void open(QString file);
    /// The newest runs, a few per signal; `known` are the ids that the window already holds complete.
    void readRuns(QVector<qint64> known);
    void readRun(qint64 id);
    /// A report or database of this or another machine.
    void readFile(QString file);
    /// The sample that ships with the program.
    void readSample();
    void exportRuns(QVector<qint64> ids, QString file);

signals:
    void runsRead(std::vector<engine::RunReport> runs);
    void allRead();
    void fileRead(std::vector<engine::RunReport> runs, QString file);
    void sampleRead(std::vector<engine::RunReport> runs);
    void exported(QString file);
    void exportFailed(engine::Error error);
    void failed(engine::Error error);

private:
    std::unique_ptr<engine::Store> store_;
};

}  // namespace ui
