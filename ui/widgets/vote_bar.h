#pragma once

#include <QWidget>

#include "ui/controllers/compare_controller.h"

class QHBoxLayout;
class QLabel;
class QPushButton;

namespace ui {

class ElidedLabel;

/// Which answer is best: a button per lane, tie, all bad, reveal; after the vote, what was chosen.
class VoteBar : public QWidget {
    Q_OBJECT

public:
    explicit VoteBar(CompareController& controller, QWidget* parent = nullptr);
    void refresh();

private:
    void rebuildLanes();
    QString laneName(int row) const;
    QString resultText() const;

    CompareController& controller_;
    QLabel* question_;
    QHBoxLayout* lanes_;
    QVector<QPushButton*> buttons_;  // by place
    QPushButton* tie_;
    QPushButton* allBad_;
    QPushButton* reveal_;
    ElidedLabel* result_;
};

}  // namespace ui
