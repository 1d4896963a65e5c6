#pragma once

#include <QRectF>
#include <QWidget>
#include <vector>

#include "engine/catalog/model_survey.h"

namespace ui {

/// Where the bytes of a model are: one rectangle per tensor, its area by its bytes, those of a layer
/// together, colours by scheme. Hovering names a tensor, the arrow keys walk, Enter or a click chooses it.
class SizeTreemap : public QWidget {
    Q_OBJECT

public:
    explicit SizeTreemap(QWidget* parent = nullptr);
    void setTensors(const std::vector<engine::TensorFacts>& tensors);
    int cellCount() const { return static_cast<int>(cells_.size()); }
    QRectF cellRect(int cell) const { return cells_[static_cast<std::size_t>(cell)].rect; }
    QString cellName(int cell) const;
    int current() const { return current_; }
    QSize minimumSizeHint() const override { return {200, 100}; }

signals:
    void chosen(QString tensor);

protected:
    bool event(QEvent* event) override;
    void paintEvent(QPaintEvent* event) override;
    void resizeEvent(QResizeEvent* event) override;
    void mouseMoveEvent(QMouseEvent* event) override;
    void mousePressEvent(QMouseEvent* event) override;
    void leaveEvent(QEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;

private:
    struct Cell {
        engine::TensorFacts tensor;
        int group = 0;
        QRectF rect;
    };
    struct Group {
        QString name;
        double bytes = 0.0;
        QRectF rect;
    };

    void layOut();
    int cellAt(const QPointF& point) const;
    /// The nearest cell whose centre lies in a direction, -1 where there is none.
    int neighbour(int key) const;
    void setCurrent(int cell);
    void paintCell(QPainter& painter, int cell) const;
    void paintLegend(QPainter& painter) const;
    QColor colorOf(const std::string& scheme) const;
    QString tipOf(int cell) const;

    std::vector<Cell> cells_;  // group by group, large ones first
    std::vector<Group> groups_;
    std::vector<std::string> schemes_;  // most bytes first
    double total_ = 0.0;
    int current_ = -1;
    int hovered_ = -1;
};

}  // namespace ui
