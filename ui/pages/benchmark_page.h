#pragma once

#include <QWidget>

#include "ui/controllers/benchmark_controller.h"
#include "ui/controllers/results_controller.h"

class QLabel;
class QProgressBar;
class QPushButton;
class QStackedWidget;
class QTableView;

namespace ui {

class BenchmarkSetup;
class ElidedLabel;
class LiveTraces;

/// Repeated measurements by a profile: what is measured, whether the machine is ready, how it goes, and every
/// cell with its interval as it is finished.
class BenchmarkPage : public QWidget {
    Q_OBJECT

public:
    BenchmarkPage(BenchmarkController& controller, ResultsController& results, QWidget* parent = nullptr);
    void focusContent();
    void openExportMenu();

signals:
    void resultsWanted();

private:
    QWidget* buildHeader();
    QWidget* buildProgress();
    QWidget* buildContent();
    QWidget* buildTable();
    void update();

    BenchmarkController& controller_;
    ResultsController& results_;
    BenchmarkSetup* setup_ = nullptr;
    QPushButton* run_ = nullptr;
    QPushButton* pause_ = nullptr;
    QPushButton* resume_ = nullptr;
    QPushButton* export_ = nullptr;
    QPushButton* open_ = nullptr;
    QWidget* progress_ = nullptr;
    QProgressBar* bar_ = nullptr;
    ElidedLabel* step_ = nullptr;
    ElidedLabel* message_ = nullptr;
    QStackedWidget* stack_ = nullptr;
    LiveTraces* traces_ = nullptr;
    QTableView* table_ = nullptr;
};

}  // namespace ui
