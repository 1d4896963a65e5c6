#pragma once

#include <QVector>
#include <QWidget>

#include "ui/models/run_filter.h"

class QLineEdit;
class QMenu;
class QPushButton;

namespace ui {

/// Search field and one menu per fact that narrows the table. What is chosen stands in bold; menus are filled
/// when they open.
class ResultsFilterBar : public QWidget {
    Q_OBJECT

public:
    ResultsFilterBar(RunTableModel& table, RunFilter& filter, QWidget* parent = nullptr);
    void focusSearch();
    void updateState();

private:
    QPushButton* addMenu(const QString& text, const QString& objectName, RunTableModel::Role role);
    void fillMenu(QMenu* menu, RunTableModel::Role role);
    void addDateMenu();

    RunTableModel& table_;
    RunFilter& filter_;
    QLineEdit* search_;
    QVector<QPair<QPushButton*, RunTableModel::Role>> menus_;
    QPushButton* date_ = nullptr;
};

}  // namespace ui
