#pragma once

#include <QDialog>
#include <QTimer>

#include "ui/controllers/finetune_controller.h"

class QComboBox;
class QLabel;
class QLineEdit;
class QProgressBar;
class QPushButton;
class QSpinBox;
class QStackedWidget;

namespace ui {

class ElidedLabel;
class LossCurve;
class MetricTile;

/// Trains a model further, in four stages that are seen one after the other: data, training, validation,
/// deployment. Closing it leaves the run going.
class FinetuneDialog : public QDialog {
    Q_OBJECT

public:
    explicit FinetuneDialog(FinetuneController& controller, QWidget* parent = nullptr);

signals:
    void loadWanted(QString model);
    /// The result and its parent, side by side.
    void compareWanted(QString parent, QString model);

private:
    enum Stage { dataStage, trainingStage, validationStage, deploymentStage };

    QWidget* buildStages();
    QWidget* buildData();
    QWidget* buildChoices();
    QWidget* buildFacts();
    QWidget* buildTraining();
    QWidget* buildValidation();
    QWidget* buildDeployment();
    QWidget* buildButtons();
    void chooseData();
    void openStage(Stage stage);
    void showState();
    void showFacts();
    void showStep();
    void showResult();
    void showButtons();

    FinetuneController& controller_;
    QVector<QPushButton*> stages_;
    QStackedWidget* pages_;
    QWidget* choices_ = nullptr;
    QLabel* about_ = nullptr;
    QLineEdit* data_ = nullptr;
    QLineEdit* folder_ = nullptr;
    QLabel* facts_ = nullptr;
    QLabel* warnings_ = nullptr;
    QProgressBar* bar_ = nullptr;
    QLabel* step_ = nullptr;
    LossCurve* curve_ = nullptr;
    MetricTile* loss_ = nullptr;
    MetricTile* heldOut_ = nullptr;
    MetricTile* speed_ = nullptr;
    MetricTile* left_ = nullptr;
    MetricTile* before_ = nullptr;
    MetricTile* after_ = nullptr;
    MetricTile* best_ = nullptr;
    MetricTile* trained_ = nullptr;
    QLabel* verdict_ = nullptr;
    QLabel* result_ = nullptr;
    ElidedLabel* message_ = nullptr;
    QPushButton* pause_ = nullptr;
    QPushButton* start_ = nullptr;
    FinetuneController::State shown_ = FinetuneController::State::idle;
    QTimer paint_;  // steps may come faster than anyone reads
};

}  // namespace ui
