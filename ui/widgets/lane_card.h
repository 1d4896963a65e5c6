#pragma once

#include "ui/models/lane_model.h"
#include "ui/widgets/card.h"

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

    /// Shows a lane against the reference lane. `editable`: no run is in progress.
    void show(const Lane& lane, const Lane& reference, bool isReference, bool editable);
    /// Marks every token's borders instead of the first difference alone.
    void setTokenView(bool on);

signals:
    void modelChosen(int row, QString path);
    void kernelsChosen(int row, QString kernels);
    void removed(int row);

private:
    QWidget* buildHeader();
    QWidget* buildBody();
    void showHeader(const Lane& lane, bool isReference, bool editable);
    void showBody(const Lane& lane);
    void markTokens(const Lane& lane);
    QString footerText(const Lane& lane, bool isReference) const;

    int row_;
    bool tokenView_ = false;
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
