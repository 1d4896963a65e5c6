#pragma once

#include <QObject>
#include <QString>

#include "engine/energy/energy.h"
#include "engine/system/system_info.h"

namespace ui {

/// What the status strip shows of the machine.
struct MachineState {
    engine::SystemInfo info;
    std::vector<engine::MeterStatus> meters;
    QString kernels;  ///< label of the automatic kernel plan
    int threads = 0;  ///< that lanes use when nothing else is asked for
};

/// Reads the machine's state on its own thread: hwloc and sysfs may take longer than a frame.
class SystemWorker : public QObject {
    Q_OBJECT

public slots:
    void read();

signals:
    void stateRead(ui::MachineState state);
};

}  // namespace ui
