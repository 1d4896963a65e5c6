#pragma once

#include <QSortFilterProxyModel>
#include <QWidget>

#include "ui/controllers/results_controller.h"

class QLabel;
class QLineEdit;
class QPushButton;
class QStackedWidget;
class QTableView;

namespace ui {

class AnswerView;
class MetricBars;

/// Stored runs: a table of lanes, bars of the checked ones, details of the chosen one, export.
class ResultsPage : public QWidget {
    Q_OBJECT

public:
    explicit ResultsPage(ResultsController& controller, QWidget* parent = nullptr);
    void focusSearch();
    void focusTable();
    void openExportMenu();

signals:
    void compareWanted();

private:
    QWidget* buildHeader();
    QWidget* buildPlots();
    QWidget* buildTable();
    QWidget* buildDetails();
    void sizeColumns();
    void updatePlots();
    void updateState();
    void showDetails();
    QModelIndex selectedRow() const;

    ResultsController& controller_;
    QSortFilterProxyModel proxy_;
    QLabel* count_ = nullptr;
    QLineEdit* search_ = nullptr;
    QPushButton* export_ = nullptr;
    QPushButton* delete_ = nullptr;
    QTableView* table_ = nullptr;
    QStackedWidget* stack_ = nullptr;
    QWidget* plots_ = nullptr;
    QVector<MetricBars*> bars_;
    QWidget* details_ = nullptr;
    QLabel* detailTitle_ = nullptr;
    AnswerView* detailAnswer_ = nullptr;
    AnswerView* detailFacts_ = nullptr;
    QLabel* message_ = nullptr;
};

}  // namespace ui
