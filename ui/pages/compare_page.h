#pragma once

#include <QPointer>
#include <QVector>
#include <QWidget>

#include "ui/controllers/compare_controller.h"
#include "ui/controllers/results_controller.h"

class QHBoxLayout;
class QLabel;
class QPushButton;
class QToolButton;

namespace ui {

class LaneCard;
class PromptDialog;
class PromptEdit;

/// Several variants answer one prompt, side by side.
class ComparePage : public QWidget {
    Q_OBJECT

public:
    ComparePage(CompareController& controller, ResultsController& results, QWidget* parent = nullptr);
    void focusPrompt();
    void showPrompt(const QString& prompt);
    void openExportMenu();

private:
    QWidget* buildHeader();
    QWidget* buildComposer();
    QWidget* buildLanes();
    QWidget* buildFooter();
    void connectController();
    void rebuildLanes();
    void updateLane(int row);
    void updateState();
    void updateChips();
    void editGeneration();
    void showRenderedPrompt();
    void showMessage(const QString& text, bool warning);

    CompareController& controller_;
    ResultsController& results_;
    QLabel* count_ = nullptr;
    QToolButton* addLane_ = nullptr;
    QPushButton* export_ = nullptr;
    QPushButton* rendered_ = nullptr;
    PromptEdit* prompt_ = nullptr;
    QLabel* seed_ = nullptr;
    QLabel* temperature_ = nullptr;
    QLabel* length_ = nullptr;
    QPushButton* run_ = nullptr;
    QHBoxLayout* lanes_ = nullptr;
    QWidget* empty_ = nullptr;
    QLabel* message_ = nullptr;
    QPushButton* tokensView_ = nullptr;
    QVector<LaneCard*> cards_;
    QPointer<PromptDialog> promptDialog_;
};

}  // namespace ui
