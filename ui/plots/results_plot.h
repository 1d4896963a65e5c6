#pragma once

#include <QWidget>
#include <vector>

#include "engine/report/plot_data.h"

class QCustomPlot;

namespace ui {

/// One plot of stored results. Wheel zooms, dragging moves, a double click or Home shows everything; the
/// mouse over a mark says its value and n, a click asks for its raw samples. Keys: left and right go from
/// mark to mark, Return asks for the samples, + and - zoom. QCustomPlot stays inside this class.
class ResultsPlot : public QWidget {
    Q_OBJECT

public:
    explicit ResultsPlot(QWidget* parent = nullptr);
    ~ResultsPlot() override;

    void setData(engine::PlotKind kind, engine::PlotData plotted, bool logarithmic);
    /// By extension: .png, .svg or .pdf. False where the file cannot be written.
    bool saveTo(const QString& file);
    int pointCount() const { return static_cast<int>(marks_.size()); }
    int plottableCount() const;
    /// Where the mark of this number is drawn, in the coordinates of the plot area.
    QPoint placeOf(int mark) const;
    const engine::PlotPoint& mark(int at) const { return *marks_[static_cast<std::size_t>(at)]; }
    void showAll();

signals:
    void samplesWanted(qint64 laneId, engine::MetricSummary summary);

protected:
    void keyPressEvent(QKeyEvent* event) override;
    void focusInEvent(QFocusEvent* event) override;
    void focusOutEvent(QFocusEvent* event) override;

private:
    void rebuild();
    void styleAxes();
    void addBars();
    void addBoxes();
    void addLines();
    void addTrade();
    void addFront();
    void labelPlaces();
    QColor colorOf(std::size_t series) const;
    int markAt(const QPointF& at) const;
    void showTip(QMouseEvent* event);
    void setCurrent(int mark);
    void choose(int mark);

    QCustomPlot* plot_;
    engine::PlotKind kind_ = engine::PlotKind::bars;
    engine::PlotData data_;
    bool logarithmic_ = false;
    std::vector<const engine::PlotPoint*> marks_;
    int current_ = -1;
    QPoint pressed_;
};

}  // namespace ui
