#pragma once

#include "ui/models/lane_model.h"
#include "ui/widgets/card.h"
#include "ui/widgets/lane_look.h"

class QLabel;
class QProgressBar;
class QStackedWidget;
class QToolButton;

namespace ui {

class AnswerView;
class ElidedLabel;
class LaneMetrics;

/// One lane: which model on which kernels, its streaming answer, its numbers, its agreement with the
/// reference.
class LaneCard : public Card {
    Q_OBJECT

public:
    explicit LaneCard(int row, QWidget* parent = nullptr);

    /// Shows a lane against the reference lane.
    void show(const Lane& lane, const Lane& reference, const LaneLook& look);

protected:
    /// Tips over tokens.
    bool eventFilter(QObject* watched, QEvent* event) override;

signals:
    void modelChosen(int row, QString path);
    void kernelsChosen(int row, QString kernels);
    void removed(int row);

private:
    QWidget* buildHeader();
    QWidget* buildBody();
    void showHeader(const Lane& lane, const LaneLook& look);
    void showBody(const Lane& lane, const Lane& reference, const LaneLook& look);
    void showCaretToken();
    QString footerText(const Lane& lane, const Lane& reference, const LaneLook& look) const;

    int row_;
    Lane shown_;  // for tips and the caret in the token view
    LaneView view_ = LaneView::text;
    QString facts_;  // the footer without a caret's token
    QLabel* dot_;
    QToolButton* model_;
    ElidedLabel* chip_;
    QToolButton* kernels_;
    QToolButton* remove_;
    QStackedWidget* body_;
    QLabel* hint_;
    AnswerView* answer_;
    QLabel* error_;
    QProgressBar* progress_;
    LaneMetrics* metrics_;
    ElidedLabel* footer_;
};

}  // namespace ui
