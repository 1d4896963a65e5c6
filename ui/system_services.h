#pragma once

#include <QObject>
#include <QThread>

#include "engine/system/cpu_topology.h"
#include "ui/controllers/kernels_controller.h"
#include "ui/controllers/upkeep_controller.h"

namespace ui {

class KernelWorker;
class UpkeepWorker;

/// The system page's controllers with their workers and threads. Destroying it stops what runs and joins.
class SystemServices : public QObject {
    Q_OBJECT

public:
    explicit SystemServices(const QString& database);
    ~SystemServices() override;

    KernelsController& kernels() { return kernels_; }
    UpkeepController& upkeep() { return upkeep_; }
    /// Stops whatever runs.
    void stop();

signals:
    void readTopologyRequested();
    void collectRequested(QString settings, bool homePaths);
    void topologyRead(engine::CpuTopology topology);
    void topologyFailed(engine::Error error);
    void collected(QString text);

private:
    void start(QThread& thread, QObject* worker, const char* name);

    KernelsController kernels_;
    UpkeepController upkeep_;
    KernelWorker* kernelWorker_;
    UpkeepWorker* upkeepWorker_;
    QThread kernelThread_, upkeepThread_;
};

}  // namespace ui
