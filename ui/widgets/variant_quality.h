#pragma once

#include <QStackedWidget>

#include "ui/models/model_list_model.h"

class QLabel;

namespace ui {

class QualityPanel;
class ResultsPlot;

/// What the chosen model lost against the one it was made of, and all variants of that one by size and loss.
class VariantQuality : public QStackedWidget {
    Q_OBJECT

public:
    explicit VariantQuality(QWidget* parent = nullptr);
    void show(const ModelListModel& models, const ModelRow& row);

private:
    QualityPanel* panel_;
    ResultsPlot* plot_;
    QLabel* none_;
    QWidget* shown_;
};

}  // namespace ui
