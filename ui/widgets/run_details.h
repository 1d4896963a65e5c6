#pragma once

#include "ui/models/run_table_model.h"
#include "ui/widgets/card.h"

class QButtonGroup;
class QLabel;
class QLineEdit;
class QPushButton;
class QStackedWidget;

namespace ui {

class AnswerView;

/// Everything of the chosen row: answer, numbers, environment, profile; tags and note to change; what can be
/// done with the run.
class RunDetails : public Card {
    Q_OBJECT

public:
    explicit RunDetails(QWidget* parent = nullptr);
    /// `row` of `table`. Read-only for samples.
    void showRow(const RunTableModel& table, int row, bool readOnly);
    void setRerunState(const QString& whyNot);

signals:
    void baselineWanted(qint64 runId);  ///< 0: none
    void rerunWanted(qint64 runId);
    void markdownWanted(qint64 runId);
    void samplesWanted(qint64 laneId);
    void deleteWanted(qint64 runId);
    void noteChanged(qint64 runId, QString note);
    void tagsChanged(qint64 runId, QStringList tags);

private:
    QWidget* buildHead();
    QWidget* buildEdits();
    QWidget* buildViews();
    void saveEdits();

    qint64 runId_ = 0;
    qint64 laneId_ = 0;
    bool pinned_ = false;
    bool readOnly_ = false;
    QLabel* title_ = nullptr;
    QPushButton* pin_ = nullptr;
    QPushButton* rerun_ = nullptr;
    QPushButton* delete_ = nullptr;
    QLineEdit* tags_ = nullptr;
    QLineEdit* note_ = nullptr;
    QString shownTags_;
    QString shownNote_;
    QButtonGroup* views_ = nullptr;
    QStackedWidget* stack_ = nullptr;
    AnswerView* answer_ = nullptr;
    AnswerView* facts_ = nullptr;
    AnswerView* environment_ = nullptr;
    AnswerView* profile_ = nullptr;
};

/// "release, nightly" or "#release nightly": tags as a person writes them, without repeats.
QStringList tagsOf(const QString& text);

}  // namespace ui
