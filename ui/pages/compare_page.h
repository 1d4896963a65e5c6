#pragma once

#include <QPointer>
#include <QVector>
#include <QWidget>

#include "engine/conversation/conversation_dialog.h"
#include "ui/controllers/compare_controller.h"
#include "ui/controllers/results_controller.h"
#include "ui/widgets/lane_look.h"

class QHBoxLayout;
class QLabel;
class QPushButton;
class QStackedWidget;
class QTableView;
class QToolButton;

namespace ui {

class LaneCard;
class PromptDialog;
class PictureStrip;
class PromptEdit;
class LaneTableModel;
class VoteBar;

/// Several variants answer one prompt, side by side.
class ComparePage : public QWidget {
    Q_OBJECT

public:
    ComparePage(CompareController& controller, ResultsController& results, QWidget* parent = nullptr);
    void focusPrompt();
    /// The last message becomes the prompt with the last pictures, every lane reads the others before it.
    void showDialog(engine::Dialog dialog);
    void openExportMenu();

signals:
    void benchmarkWanted(QStringList models);

private:
    QWidget* buildHeader();
    QWidget* buildComposer();
    QWidget* buildLanes();
    QWidget* buildMetrics();
    QWidget* buildFooter();
    QWidget* buildViews();
    void buildModes();
    QVector<QWidget*> headerActions();
    void setView(LaneView view);
    void showHistory();
    LaneLook lookOf(int row) const;
    void connectController();
    void rebuildLanes();
    void updateLane(int row);
    void updateState();
    QString earlierText() const;
    void updatePictures();
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
    QPushButton* earlier_ = nullptr;
    PictureStrip* pictures_ = nullptr;
    QLabel* blindLanes_ = nullptr;
    QLabel* seed_ = nullptr;
    QLabel* temperature_ = nullptr;
    QLabel* length_ = nullptr;
    QPushButton* run_ = nullptr;
    QHBoxLayout* lanes_ = nullptr;
    QWidget* empty_ = nullptr;
    QLabel* message_ = nullptr;
    QPushButton* blind_ = nullptr;
    QPushButton* atOnce_ = nullptr;
    QPushButton* benchmark_ = nullptr;
    QVector<QPushButton*> views_;  // by LaneView
    LaneView view_ = LaneView::text;
    QStackedWidget* body_ = nullptr;
    LaneTableModel* figures_ = nullptr;
    QWidget* tokenLegend_ = nullptr;
    QWidget* diffLegend_ = nullptr;
    VoteBar* votes_ = nullptr;
    QVector<LaneCard*> cards_;  // by place
    QPointer<PromptDialog> promptDialog_;
};

}  // namespace ui
