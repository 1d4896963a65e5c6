#pragma once

#include <QObject>
#include <QString>
#include <QStringList>
#include <stop_token>

#include "engine/store/upkeep.h"
#include "engine/system/cpu_topology.h"

namespace ui {

/// Looks after the database and reads what does not change of the machine, on its own thread.
class UpkeepWorker : public QObject {
    Q_OBJECT

public slots:
    void readTopology();
    void measure(QString file);
    void check(quint64 runId, QString file, std::stop_token stop);
    void backUp(quint64 runId, QString file, QString target, std::stop_token stop);
    /// `settings`: JSON without prompts and chats.
    void collect(QString settings, bool homePaths);

signals:
    void topologyRead(engine::CpuTopology topology);
    void topologyFailed(engine::Error error);
    void measured(engine::DatabaseSize size);
    void progressed(quint64 runId, int done, int total);
    void checked(quint64 runId, QStringList findings);
    void backedUp(quint64 runId, QString target);
    void failed(quint64 runId, engine::Error error);
    void collected(QString text);
};

}  // namespace ui
