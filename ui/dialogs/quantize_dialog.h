#pragma once

#include <QDialog>

#include "ui/controllers/quantize_controller.h"

class QLabel;
class QLineEdit;
class QListWidget;
class QProgressBar;
class QPushButton;
class QSpinBox;
class QStackedWidget;

namespace ui {

class ElidedLabel;
class QualityPanel;

/// Makes a variant of a model: recipe, calibration text, folder, what it will come to; then the progress, and
/// what the variant lost. Closing it leaves the job running.
class QuantizeDialog : public QDialog {
    Q_OBJECT

public:
    explicit QuantizeDialog(QuantizeController& controller, QWidget* parent = nullptr);

signals:
    /// The variant and its source, side by side.
    void compareWanted(QString source, QString variant);

private:
    QWidget* buildChoice();
    QWidget* buildRecipes();
    QWidget* buildForm();
    QWidget* buildProgress();
    QWidget* buildButtons();
    QWidget* pathRow(QLineEdit* edit, QPushButton* choose);
    void chooseText();
    void chooseFolder();
    void showState();
    void showRecipe();
    QString estimateText() const;

    QuantizeController& controller_;
    QStackedWidget* pages_;
    QWidget* choice_ = nullptr;
    QListWidget* recipes_ = nullptr;
    QLabel* about_ = nullptr;
    QLineEdit* text_ = nullptr;
    QSpinBox* windows_ = nullptr;
    QSpinBox* seed_ = nullptr;
    QLineEdit* folder_ = nullptr;
    QLabel* estimate_ = nullptr;
    QWidget* running_ = nullptr;
    QProgressBar* bar_ = nullptr;
    QLabel* step_ = nullptr;
    QualityPanel* card_ = nullptr;
    ElidedLabel* message_ = nullptr;
    QPushButton* start_ = nullptr;
    QPushButton* compare_ = nullptr;
    QPushButton* again_ = nullptr;
};

}  // namespace ui
