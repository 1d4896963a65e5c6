#pragma once

#include <QDialog>

#include "ui/controllers/compare_votes.h"

class QLabel;
class QPushButton;
class QTableView;

namespace ui {

class ComparisonListModel;
class StandingsModel;

/// All comparisons of the database, to open again, and the standings of their votes.
class HistoryDialog : public QDialog {
    Q_OBJECT

public:
    explicit HistoryDialog(CompareVotes& votes, QWidget* parent = nullptr);

signals:
    void chosen(qint64 run);

private:
    void refresh();
    void choose();
    QTableView* makeTable(QAbstractItemModel* model, const QString& name, const QString& accessible);

    CompareVotes& votes_;
    ComparisonListModel* entries_;
    StandingsModel* standings_;
    QTableView* list_;
    QTableView* table_;
    QLabel* count_;
    QLabel* note_;
    QPushButton* open_;
};

}  // namespace ui
