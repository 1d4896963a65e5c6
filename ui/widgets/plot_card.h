#pragma once

#include <QWidget>

#include "engine/report/plot_data.h"

class QButtonGroup;
class QCheckBox;
class QComboBox;
class QHBoxLayout;
class QLabel;
class QPushButton;
class QStackedWidget;

namespace ui {

class MetricBars;
class ResultsPlot;

/// The plots of the checked rows: four bars at a glance, or one large plot of a chosen kind with its axes.
class PlotCard : public QWidget {
    Q_OBJECT

public:
    explicit PlotCard(QWidget* parent = nullptr);
    void setLanes(std::vector<engine::LaneOfRun> lanes);

signals:
    void samplesWanted(qint64 laneId, engine::MetricSummary summary);
    void said(QString text, bool problem);

private:
    QWidget* buildTools();
    QWidget* buildOverview();
    QWidget* buildLarge();
    QComboBox* addChoice(QHBoxLayout* line, const QString& objectName, const QString& name, int width);
    QWidget* buildSaveButton();
    int kind() const;  ///< -1: the overview
    void fillMetrics();
    void show();
    void save(const QString& format);

    std::vector<engine::LaneOfRun> lanes_;
    QButtonGroup* kinds_ = nullptr;
    QComboBox* metric_ = nullptr;
    QComboBox* axis_ = nullptr;     // of a sweep
    QComboBox* against_ = nullptr;  // of a trade-off
    QComboBox* size_ = nullptr;
    QComboBox* group_ = nullptr;
    QCheckBox* log_ = nullptr;
    QPushButton* save_ = nullptr;
    QStackedWidget* stack_ = nullptr;
    QVector<MetricBars*> bars_;
    QLabel* title_ = nullptr;
    QLabel* note_ = nullptr;
    QLabel* reason_ = nullptr;
    ResultsPlot* plot_ = nullptr;
};

}  // namespace ui
