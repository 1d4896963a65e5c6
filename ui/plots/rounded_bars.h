#pragma once

#include <qcustomplot.h>

namespace ui {

/// Bars with rounded upper corners.
class RoundedBars : public QCPBars {
    Q_OBJECT

public:
    RoundedBars(QCPAxis* keyAxis, QCPAxis* valueAxis) : QCPBars(keyAxis, valueAxis) {}

protected:
    void draw(QCPPainter* painter) override;
};

}  // namespace ui
