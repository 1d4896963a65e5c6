#pragma once

#include <QFrame>

#include "ui/workers/system_worker.h"

class QLabel;

namespace ui {

class ElidedLabel;

/// The line at the bottom of the window: kernels, memory, where energy comes from, the database.
class StatusStrip : public QFrame {
    Q_OBJECT

public:
    explicit StatusStrip(QWidget* parent = nullptr);

    void showMachine(const MachineState& state);
    void showDatabase(const QString& file, int runs);
    /// A problem that no page shows; stays until the next one.
    void showProblem(const QString& message);

private:
    QLabel* kernels_;
    QLabel* memory_;
    QLabel* energy_;
    ElidedLabel* problem_;
    QLabel* database_;
};

}  // namespace ui
