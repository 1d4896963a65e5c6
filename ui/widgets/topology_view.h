#pragma once

#include <QWidget>
#include <optional>
#include <vector>

#include "ui/widgets/topology_layout.h"

namespace ui {

/// The CPU as a picture: a box for each package, cache, core and hardware thread. The box under the pointer
/// is told in a tip; arrow keys go from box to box.
class TopologyView : public QWidget {
    Q_OBJECT

public:
    explicit TopologyView(QWidget* parent = nullptr);
    void show(const engine::CpuTopology& topology);
    const std::vector<TopologyBox>& boxes() const { return boxes_; }
    /// The box in words that arrow keys stand on; empty while none is chosen.
    QString currentText() const;
    QSize sizeHint() const override { return {480, 220}; }
    QSize minimumSizeHint() const override { return {280, 130}; }

signals:
    void currentChanged(QString text);

protected:
    bool event(QEvent* event) override;
    void paintEvent(QPaintEvent* event) override;
    void resizeEvent(QResizeEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;
    void focusInEvent(QFocusEvent* event) override;
    void focusOutEvent(QFocusEvent* event) override;
    void mousePressEvent(QMouseEvent* event) override;

private:
    void layOut();
    int boxAt(const QPointF& at) const;
    void setCurrent(int box);

    std::optional<engine::CpuTopology> topology_;
    std::vector<TopologyBox> boxes_;
    int current_ = -1;
};

}  // namespace ui
