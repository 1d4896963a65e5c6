#pragma once

#include <QWidget>
#include <vector>

#include "engine/train/finetune.h"

class QCustomPlot;

namespace ui {

/// The loss of every training step, and of the held-out examples where they were asked; stages follow one
/// another. QCustomPlot stays inside.
class LossCurve : public QWidget {
    Q_OBJECT

public:
    explicit LossCurve(QWidget* parent = nullptr);
    void setSteps(const std::vector<engine::train::FinetuneStep>& steps);
    int stepCount() const { return stepCount_; }
    int validationCount() const { return validationCount_; }

private:
    void restyle();

    QCustomPlot* plot_;
    int stepCount_ = 0;
    int validationCount_ = 0;
};

}  // namespace ui
