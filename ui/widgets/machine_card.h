#pragma once

#include <QVector>

#include "ui/widgets/card.h"
#include "ui/workers/system_worker.h"

class QGridLayout;

namespace ui {

class ElidedLabel;

/// What the machine is, as reports describe it. What the system does not tell is a dash.
class MachineCard : public Card {
    Q_OBJECT

public:
    explicit MachineCard(QWidget* parent = nullptr);
    void show(const MachineState& state);

private:
    ElidedLabel* addFact(QGridLayout* grid, const QString& label, const QString& objectName);

    ElidedLabel* cpu_;
    ElidedLabel* cores_;
    ElidedLabel* caches_;
    ElidedLabel* memory_;
    ElidedLabel* kernels_;
    ElidedLabel* governor_;
    ElidedLabel* system_;
    ElidedLabel* energy_;
};

}  // namespace ui
