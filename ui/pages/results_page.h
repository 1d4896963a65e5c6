#pragma once

#include <QWidget>

#include "ui/controllers/results_controller.h"
#include "ui/models/run_filter.h"

class QLabel;
class QPushButton;
class QStackedWidget;
class QTableView;

namespace ui {

class PlotCard;
class ResultsFilterBar;
class RunDetails;

/// Stored runs: filters, plots of the checked rows, a table of lanes held against a baseline, details of the
/// chosen one, import and export.
class ResultsPage : public QWidget {
    Q_OBJECT

public:
    explicit ResultsPage(ResultsController& controller, QWidget* parent = nullptr);
    void focusSearch();
    void focusTable();
    void openExportMenu();
    /// Chooses the first lane of a run, whose details are then shown.
    void showRun(qint64 id);

signals:
    void compareWanted();

private:
    QWidget* buildHeader();
    QWidget* buildEmpty();
    QWidget* buildContent();
    QWidget* buildTable();
    QWidget* buildMessageLine();
    void connectController();
    void selectWanted();
    void connectDetails();
    void sizeColumns();
    void fillBaselineMenu();
    void updatePlots();
    void updateState();
    void updateRerun();
    void say(const QString& text, bool problem);
    void chooseImport();
    void showDetails();
    void showSamples(qint64 laneId, const engine::MetricSummary* summary);
    void confirmDelete(qint64 runId);
    void copyMarkdown(qint64 runId);
    QModelIndex selectedRow() const;

    ResultsController& controller_;
    RunFilter filter_;
    qint64 wanted_ = 0;  // the run to select once it is read; 0 = none
    QLabel* count_ = nullptr;
    ResultsFilterBar* filterBar_ = nullptr;
    QPushButton* baseline_ = nullptr;
    QPushButton* more_ = nullptr;
    QPushButton* export_ = nullptr;
    QTableView* table_ = nullptr;
    QStackedWidget* stack_ = nullptr;
    PlotCard* plots_ = nullptr;
    RunDetails* details_ = nullptr;
    QWidget* messageLine_ = nullptr;
    QLabel* message_ = nullptr;
    QLabel* sampleNote_ = nullptr;
    QPushButton* closeSample_ = nullptr;
    QPushButton* stopRerun_ = nullptr;
};

}  // namespace ui
