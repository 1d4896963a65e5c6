#pragma once

#include "ui/controllers/upkeep_controller.h"
#include "ui/widgets/card.h"

class QLabel;
class QProgressBar;
class QPushButton;

namespace ui {

class ElidedLabel;

/// Where the database is, what it takes, whether it is intact, and a backup of it.
class StorageCard : public Card {
    Q_OBJECT

public:
    explicit StorageCard(UpkeepController& controller, QWidget* parent = nullptr);
    void focusContent();

private:
    void chooseBackup();
    void updateState();

    UpkeepController& controller_;
    ElidedLabel* size_;
    QPushButton* check_;
    QPushButton* backUp_;
    QPushButton* stop_;
    QProgressBar* bar_;
    QLabel* message_;
};

}  // namespace ui
