#pragma once

#include <QColor>
#include <QFrame>

namespace ui {

/// A panel with a 1 px line and 10 px corners; with an accent colour, a 3 px strip along its top.
class Card : public QFrame {
    Q_OBJECT

public:
    explicit Card(QWidget* parent = nullptr);
    void setAccent(const QColor& color);

protected:
    void paintEvent(QPaintEvent* event) override;

private:
    QColor accent_;
};

}  // namespace ui
