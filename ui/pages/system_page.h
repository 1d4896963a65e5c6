#pragma once

#include <QWidget>

#include "ui/controllers/roofline_controller.h"
#include "ui/workers/system_worker.h"

namespace ui {

class MachineCard;
class RooflineCard;

/// What the machine is and what it allows.
class SystemPage : public QWidget {
    Q_OBJECT

public:
    explicit SystemPage(RooflineController& roofline, QWidget* parent = nullptr);
    void focusContent();

public slots:
    void showMachine(const ui::MachineState& state);

private:
    MachineCard* machine_;
    RooflineCard* roofline_;
};

}  // namespace ui
