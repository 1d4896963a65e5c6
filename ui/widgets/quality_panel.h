#pragma once

#include <QWidget>

#include "engine/quantize/quantize.h"

class QLabel;
class QTableView;

namespace ui {

class LayerErrorModel;
class MetricTile;

/// The quality card of a variant: what it lost as a whole, and in which layers.
class QualityPanel : public QWidget {
    Q_OBJECT

public:
    explicit QualityPanel(QWidget* parent = nullptr);
    void show(const engine::QuantizeReport& report);

private:
    QWidget* buildTiles();
    QWidget* buildLayers();
    void showQuality(const engine::EvaluationResult& quality);

    MetricTile* perplexity_ = nullptr;
    MetricTile* divergence_ = nullptr;
    MetricTile* agreement_ = nullptr;
    MetricTile* size_ = nullptr;
    QLabel* note_ = nullptr;
    QLabel* heading_ = nullptr;
    QTableView* layers_ = nullptr;
    LayerErrorModel* errors_ = nullptr;
};

}  // namespace ui
