#pragma once

#include "ui/controllers/kernels_controller.h"
#include "ui/models/kernel_variant_model.h"
#include "ui/widgets/card.h"

class QLabel;
class QProgressBar;
class QPushButton;
class QTableView;

namespace ui {

class ElidedLabel;

/// Every kernel variant, whether it runs here and is in use, and the self-test against the reference.
class KernelVariantsCard : public Card {
    Q_OBJECT

public:
    explicit KernelVariantsCard(KernelsController& controller, QWidget* parent = nullptr);
    void focusContent();

private:
    QWidget* buildHead();
    QTableView* buildTable();
    void updateState();

    KernelsController& controller_;
    KernelVariantModel model_;
    QPushButton* action_;
    QProgressBar* bar_;
    ElidedLabel* step_;
    QLabel* message_;
    QTableView* view_ = nullptr;
};

}  // namespace ui
