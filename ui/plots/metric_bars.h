#pragma once

#include <QColor>
#include <QString>
#include <QVector>
#include <optional>

#include "ui/widgets/card.h"

class QCustomPlot;
class QLabel;

namespace ui {

/// One bar. `low` and `high` are the 95 % interval in the same unit; absent for a single measurement.
struct BarValue {
    QString label;
    QColor color;
    double value = 0.0;
    std::optional<double> low;
    std::optional<double> high;
    bool estimated = false;  ///< hatched
    QString tip;             ///< the exact value and n
};

/// A card with one metric as bars with error bars. QCustomPlot stays inside this class.
class MetricBars : public Card {
    Q_OBJECT

public:
    explicit MetricBars(const QString& objectName, QWidget* parent = nullptr);
    ~MetricBars() override;

    /// Replaces everything. `note` says unit and direction ("ms, lower is better"); without bars `reason` is
    /// shown.
    void setBars(const QString& title, const QString& note, const QVector<BarValue>& bars,
                 const QString& reason);
    int barCount() const { return static_cast<int>(bars_.size()); }
    int errorBarCount() const;

protected:
    void resizeEvent(QResizeEvent* event) override;  ///< labels are cut to the room that there is

private:
    void rebuild();
    void styleAxes();
    void addBar(int at);
    void showTip(QMouseEvent* event);

    QLabel* title_;
    QLabel* note_;
    QLabel* reason_;
    QCustomPlot* plot_;
    QVector<BarValue> bars_;
};

}  // namespace ui
