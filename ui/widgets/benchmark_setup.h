#pragma once

#include "ui/controllers/benchmark_controller.h"
#include "ui/widgets/card.h"

class QHBoxLayout;
class QLabel;
class QToolButton;

namespace ui {

class ElidedLabel;
class PreflightRow;

/// What is measured and whether the machine is ready: profile, models, pre-flight.
class BenchmarkSetup : public Card {
    Q_OBJECT

public:
    explicit BenchmarkSetup(BenchmarkController& controller, QWidget* parent = nullptr);
    void focusContent();

private:
    QWidget* buildProfile();
    QWidget* buildModels();
    void fillProfileMenu();
    void editProfile();
    void update();
    void showModels();
    QString planText() const;

    BenchmarkController& controller_;
    QToolButton* profile_;
    QLabel* mark_;
    ElidedLabel* description_;
    ElidedLabel* plan_;
    QToolButton* edit_;
    QToolButton* add_;
    QHBoxLayout* models_ = nullptr;
    QStringList shownModels_;
    std::string shownProfile_;
    PreflightRow* preflight_;
};

}  // namespace ui
