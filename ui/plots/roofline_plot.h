#pragma once

#include <QColor>
#include <QVector>
#include <QWidget>

#include "ui/models/kernel_table_model.h"

class QCPItemText;
class QCustomPlot;

namespace ui {

/// Gop/s over operations per byte, both logarithmic: what the machine allows as lines, a point per op, shape
/// and variant; variants that are not in use are faint. Points have the number of their row in the table.
/// QCustomPlot stays inside this class.
class RooflinePlot : public QWidget {
    Q_OBJECT

public:
    explicit RooflinePlot(QWidget* parent = nullptr);
    ~RooflinePlot() override;

    void setBenchmark(const engine::Roofline& roofline, const std::vector<KernelTableModel::Row>& rows);
    /// Rings the point of this row; -1 for none.
    void setCurrent(int row);
    int pointCount() const;
    int lineCount() const { return static_cast<int>(lines_.size()); }
    /// Lines whose label found a place, as they are drawn now.
    int labelledLineCount() const;
    /// Whether any two of the labels lie on each other, as they are drawn now.
    bool labelsOverlap() const;

signals:
    void chosen(int row);

private:
    /// A measured limit: the rising line of memory or the level line of a peak.
    struct Line {
        QString label;
        QColor color;
        double gops = 0.0;  ///< 0: memory
    };
    struct Label {
        QCPItemText* item = nullptr;
        QRectF box;  ///< in pixels, where it was put
    };

    void rebuild();
    void styleAxes();
    void setRanges();
    void addLines();
    void addPoints();
    void addRing();
    void placeLabels();
    void placeLineLabels();
    void placeMemoryLabel(Label& label);
    void placeNumbers();
    bool isFree(const QRectF& box, bool alsoPoints) const;
    QPointF pixelOf(const engine::KernelTiming& timing) const;
    int rowAt(const QPointF& at) const;
    void showTip(QMouseEvent* event);

    QCustomPlot* plot_;
    engine::Roofline roofline_;
    std::vector<KernelTableModel::Row> rows_;
    QVector<Line> lines_;
    QVector<Label> lineLabels_;    // as lines_
    QVector<Label> numberLabels_;  // of the rows in use, in their order
    int current_ = -1;
};

/// Colour and shape of points whose op multiplies in this type ("int8", "bf16", "fp32").
QColor arithmeticColor(const std::string& arithmetic);

}  // namespace ui
