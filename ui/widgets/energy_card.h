#pragma once

#include "ui/widgets/card.h"
#include "ui/workers/system_worker.h"

class QGridLayout;
class QLabel;
class QPushButton;

namespace ui {

/// Every source of energy readings: whether it can be used, why not, and the command that opens the CPU's
/// counters.
class EnergyCard : public Card {
    Q_OBJECT

public:
    explicit EnergyCard(QWidget* parent = nullptr);
    void show(const MachineState& state);
    /// For the clipboard: "sudo bash …/installer/allow-energy".
    static QString command();

private:
    void rebuild(const std::vector<engine::MeterStatus>& meters);

    QGridLayout* grid_;
    QLabel* hint_;
    QWidget* commandRow_;
    QPushButton* copy_;
    QString shown_;  // what the rows say, so that a repeated reading changes nothing
};

}  // namespace ui
