#pragma once

#include <QWidget>

#include "ui/controllers/crash_guard.h"
#include "ui/models/model_list_model.h"

class QGridLayout;
class QHBoxLayout;
class QLabel;
class QVBoxLayout;

namespace ui {

class FitBar;

/// What a model is, whether it fits, and what is wrong with it: the first tab of its details.
class ModelOverview : public QWidget {
    Q_OBJECT

public:
    explicit ModelOverview(QWidget* parent = nullptr);
    void show(const ModelRow& row);

private:
    void showFacts(const ModelRow& row);
    void showProblems(const ModelRow& row);

    QHBoxLayout* line_ = nullptr;
    QWidget* facts_;
    QGridLayout* grid_;
    QLabel* fitTitle_;
    FitBar* fit_;
    QLabel* problems_;
};

}  // namespace ui
