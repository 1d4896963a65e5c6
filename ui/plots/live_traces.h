#pragma once

#include <QVector>
#include <QWidget>

#include "engine/benchmark/machine_watch.h"

class QCustomPlot;
class QLabel;

namespace ui {

/// What the machine does while a benchmark runs: speed, clock, temperature, power and memory over time, one
/// small plot each. It paints when a sample comes, which is once a second. QCustomPlot stays inside.
class LiveTraces : public QWidget {
    Q_OBJECT

public:
    explicit LiveTraces(QWidget* parent = nullptr);

    void clear();
    void addSample(const engine::LiveSample& sample);
    void addSpeed(double tokensPerSecond);
    int pointCount(int trace) const { return static_cast<int>(traces_[trace].values.size()); }
    QString valueText(int trace) const;

private:
    struct Trace {
        QString title;
        QString unit;
        double divisor = 1.0;
        QLabel* value = nullptr;
        QCustomPlot* plot = nullptr;
        QVector<double> times;
        QVector<double> values;
    };
    void addTrace(const QString& objectName, const QString& title, const QString& unit, double divisor);
    void addPoint(int trace, std::optional<double> value);
    void restyle();
    void draw(Trace& trace);

    QVector<Trace> traces_;
    double now_ = 0.0;
};

}  // namespace ui
