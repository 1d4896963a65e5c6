#pragma once

#include <QFrame>

#include "ui/models/lane_model.h"

namespace ui {

class MetricTile;

/// The six numbers of a lane, three by two: TTFT, prefill, decode; peak memory, energy, agreement with the
/// reference.
class LaneMetrics : public QFrame {
    Q_OBJECT

public:
    explicit LaneMetrics(int row, QWidget* parent = nullptr);
    /// `unfair`: the lanes shared the machine, so their speeds are not compared.
    void show(const Lane& lane, const Lane& reference, bool isReference, bool unfair);

protected:
    void paintEvent(QPaintEvent* event) override;

private:
    void showNumber(MetricTile* tile, const char* metric, std::optional<double> value,
                    std::optional<double> reference, bool isReference);
    void showEnergy(const engine::EnergyResult& energy, const Lane& reference, bool isReference);
    void showAgreement(const Lane& lane, bool isReference);

    bool unfair_ = false;
    MetricTile* ttft_;
    MetricTile* prefill_;
    MetricTile* decode_;
    MetricTile* memory_;
    MetricTile* energy_;
    MetricTile* agreement_;
};

}  // namespace ui
