#pragma once

#include <QWidget>

#include "ui/controllers/roofline_controller.h"
#include "ui/workers/system_worker.h"

class QButtonGroup;
class QHBoxLayout;
class QStackedWidget;

namespace ui {

class EnergyCard;
class KernelVariantsCard;
class LogCard;
class MachineCard;
class RooflineCard;
class StorageCard;
class SystemServices;
class TopologyCard;

/// What the machine is and what it allows, in sections: machine, kernels, roofline, storage.
class SystemPage : public QWidget {
    Q_OBJECT

public:
    SystemPage(RooflineController& roofline, SystemServices& services, QWidget* parent = nullptr);
    void focusContent();
    /// "machine", "kernels", "roofline" or "storage"; anything else stays where it is.
    void openSection(const QString& name);
    void stop();

signals:
    void diagnosticsWanted();

public slots:
    void showMachine(const ui::MachineState& state);

private:
    QWidget* buildMachine();
    QWidget* buildStorage();
    void addSection(const QString& name, const QString& label, QWidget* content, QHBoxLayout* line);

    RooflineController& controller_;
    SystemServices& services_;
    QButtonGroup* buttons_;
    QStackedWidget* sections_;
    TopologyCard* topology_;
    MachineCard* machine_;
    EnergyCard* energy_;
    KernelVariantsCard* kernels_;
    RooflineCard* roofline_;
    StorageCard* storage_;
    LogCard* log_;
};

}  // namespace ui
