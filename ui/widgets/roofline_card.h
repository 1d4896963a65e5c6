#pragma once

#include "ui/controllers/roofline_controller.h"
#include "ui/models/kernel_table_model.h"
#include "ui/widgets/card.h"

class QLabel;
class QProgressBar;
class QPushButton;
class QSplitter;
class QStackedWidget;
class QTableView;

namespace ui {

class ElidedLabel;
class EmptyState;
class RooflinePlot;

/// How near every kernel comes to what this machine allows: a button to measure it, then plot and table.
class RooflineCard : public Card {
    Q_OBJECT

public:
    explicit RooflineCard(RooflineController& controller, QWidget* parent = nullptr);
    KernelTableModel* table() { return &model_; }
    void focusContent();
    void copyTable() const;

protected:
    void resizeEvent(QResizeEvent* event) override;

private:
    QWidget* buildHead();
    QWidget* buildProgress();
    QWidget* buildEmpty();
    QWidget* buildContent();
    QWidget* buildTable();
    void arrange();
    void updateState();
    void showMeasurement();
    void showLegend();

    RooflineController& controller_;
    KernelTableModel model_;
    QPushButton* action_;
    QPushButton* copy_;
    QPushButton* begin_ = nullptr;
    QWidget* progress_ = nullptr;
    QProgressBar* bar_ = nullptr;
    ElidedLabel* step_ = nullptr;
    QLabel* message_;
    ElidedLabel* conditions_;
    QLabel* legend_ = nullptr;
    QStackedWidget* stack_;
    QSplitter* splitter_ = nullptr;
    RooflinePlot* plot_ = nullptr;
    QTableView* view_ = nullptr;
};

}  // namespace ui
