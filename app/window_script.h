#pragma once

#include <QObject>
#include <QTimer>

#include "app/workbench_options.h"
#include "ui/main_window.h"

/// Does to the window what the command line asked for: fills the prompt, runs it, and takes the picture when
/// all is at rest.
class WindowScript : public QObject {
    Q_OBJECT

public:
    WindowScript(const WorkbenchOptions& options, ui::Workbench& workbench, ui::MainWindow& window);
    void start();

private:
    void fill();
    void takePictureWhenSettled();
    bool settled() const;

    WorkbenchOptions options_;
    ui::Workbench& workbench_;
    ui::MainWindow& window_;
    QTimer timer_;
    int quietTicks_ = 0;
    int ticks_ = 0;
    bool machineRead_ = false;
};
