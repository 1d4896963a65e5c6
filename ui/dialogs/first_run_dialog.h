#pragma once

#include <QDialog>

#include "ui/workers/system_worker.h"

class QGridLayout;
class QLabel;
class QProgressBar;
class QPushButton;
class QStackedWidget;

namespace ui {

class ElidedLabel;
class Workbench;

/// Three steps that may all be skipped: what this machine offers, a model, and a quick tune.
class FirstRunDialog : public QDialog {
    Q_OBJECT

public:
    explicit FirstRunDialog(Workbench& workbench, QWidget* parent = nullptr);

signals:
    void chatWanted();

private:
    QWidget* buildChecks();
    QWidget* buildModels();
    QWidget* buildTuning();
    void showStep(int step);
    void showMachine(const MachineState& state);
    void addCheck(const QString& name, const QString& text, bool good);
    void chooseModel(bool folder);
    void takeModel(const QString& path);
    void showTuning();

    Workbench& workbench_;
    QString wanted_;  // added, not yet read
    QStackedWidget* steps_;
    QGridLayout* checks_ = nullptr;
    QLabel* chosen_ = nullptr;
    QPushButton* tune_ = nullptr;
    QProgressBar* bar_ = nullptr;
    QLabel* tuning_ = nullptr;
    QLabel* title_;
    QPushButton* back_;
    QPushButton* next_;
};

}  // namespace ui
