#include "ui/widgets/run_details.h"

#include <QButtonGroup>
#include <QGridLayout>
#include <QHBoxLayout>
#include <QLineEdit>
#include <QPushButton>
#include <QRegularExpression>
#include <QStackedWidget>

#include "engine/report/environment.h"
#include "ui/models/lane_facts.h"
#include "ui/widgets/answer_view.h"
#include "ui/widgets/elided_label.h"
#include "ui/widgets/icon_button.h"
#include "ui/widgets/page_parts.h"
#include "ui/widgets/style_property.h"

namespace ui {
namespace {

constexpr int kLongestTag = 40;

AnswerView* makeView(const QString& objectName, const QString& name) {
    auto* view = new AnswerView;
    view->setObjectName(objectName);
    view->setAccessibleName(name);
    return view;
}

QString environmentText(const engine::RunRow& run) {
    QString text;
    for (const auto& [label, value] : engine::environmentFacts(run))
        text +=
            QStringLiteral("%1\n    %2\n").arg(QString::fromStdString(label), QString::fromStdString(value));
    return text;
}

}  // namespace

QStringList tagsOf(const QString& text) {
    static const QRegularExpression gaps(QStringLiteral("[\\s,;#]+"));
    QStringList tags;
    for (const auto& word : text.split(gaps, Qt::SkipEmptyParts))
        tags << word.left(kLongestTag);
    tags.removeDuplicates();
    return tags;
}

RunDetails::RunDetails(QWidget* parent) : Card(parent) {
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(12, 8, 8, 10);
    column->setSpacing(6);
    column->addWidget(buildHead());
    column->addWidget(buildEdits());
    column->addWidget(buildViews(), 1);
    setMinimumHeight(150);
}

QWidget* RunDetails::buildHead() {
    auto* head = new QWidget;
    title_ = new ElidedLabel;
    title_->setObjectName(QStringLiteral("detailTitle"));
    title_->setTextFormat(Qt::PlainText);
    setStyleProperty(title_, "tone", "heading");
    pin_ = makeButton(tr("Pin as baseline"), QStringLiteral("pinBaselineButton"),
                      tr("Holds every other run against this one"));
    connect(pin_, &QPushButton::clicked, this, [this] { emit baselineWanted(pinned_ ? 0 : runId_); });
    rerun_ = makeButton(tr("Re-run exactly"), QStringLiteral("rerunButton"), {});
    connect(rerun_, &QPushButton::clicked, this, [this] { emit rerunWanted(runId_); });
    auto* markdown = makeButton(tr("Copy as Markdown"), QStringLiteral("copyMarkdownButton"),
                                tr("Copies the report of this run, for an issue tracker"));
    connect(markdown, &QPushButton::clicked, this, [this] { emit markdownWanted(runId_); });
    auto* samples = makeButton(tr("Raw samples…"), QStringLiteral("rawSamplesButton"),
                               tr("Every measured value of this lane"));
    connect(samples, &QPushButton::clicked, this, [this] { emit samplesWanted(laneId_); });
    delete_ = makeButton(tr("Delete run…"), QStringLiteral("deleteRunButton"),
                         tr("Takes this run and its samples out of the database"));
    connect(delete_, &QPushButton::clicked, this, [this] { emit deleteWanted(runId_); });
    auto* close =
        new IconButton(QStringLiteral("close"), QStringLiteral("closeDetailsButton"), tr("Close details"));
    connect(close, &QToolButton::clicked, this, &QWidget::hide);
    auto* line = new QHBoxLayout(head);
    line->setContentsMargins(0, 0, 0, 0);
    line->setSpacing(6);
    line->addWidget(title_, 1);
    for (auto* button : {pin_, rerun_, markdown, samples, delete_})
        line->addWidget(button);
    line->addWidget(close);
    return head;
}

QWidget* RunDetails::buildEdits() {
    auto* edits = new QWidget;
    tags_ = new QLineEdit;
    tags_->setObjectName(QStringLiteral("tagsEdit"));
    tags_->setAccessibleName(tr("Tags of this run"));
    tags_->setPlaceholderText(tr("Tags, separated by commas"));
    tags_->setFixedWidth(210);
    note_ = new QLineEdit;
    note_->setObjectName(QStringLiteral("noteEdit"));
    note_->setAccessibleName(tr("Note of this run"));
    note_->setPlaceholderText(tr("Note"));
    for (auto* edit : {tags_, note_})
        connect(edit, &QLineEdit::editingFinished, this, &RunDetails::saveEdits);
    views_ = new QButtonGroup(this);
    auto* line = new QHBoxLayout(edits);
    line->setContentsMargins(0, 0, 0, 0);
    line->setSpacing(6);
    const QPair<QString, QString> views[] = {{tr("Lane"), QStringLiteral("detailLaneView")},
                                             {tr("Environment"), QStringLiteral("detailEnvironmentView")},
                                             {tr("Profile"), QStringLiteral("detailProfileView")}};
    int id = 0;
    for (const auto& [label, objectName] : views) {
        auto* button = makeButton(label, objectName, {});
        button->setCheckable(true);
        button->setProperty("kind", "segment");
        button->setChecked(id == 0);
        views_->addButton(button, id++);
        line->addWidget(button);
    }
    line->addSpacing(8);
    line->addWidget(tags_);
    line->addWidget(note_, 1);
    return edits;
}

QWidget* RunDetails::buildViews() {
    answer_ = makeView(QStringLiteral("detailAnswer"), tr("Answer of this lane"));
    facts_ = makeView(QStringLiteral("detailFacts"), tr("Conditions and metrics of this lane"));
    environment_ = makeView(QStringLiteral("detailEnvironment"), tr("Environment of this run"));
    profile_ = makeView(QStringLiteral("detailProfile"), tr("Profile of this run, as it ran"));
    auto* lane = new QWidget;
    auto* line = new QHBoxLayout(lane);
    line->setContentsMargins(0, 0, 0, 0);
    line->setSpacing(20);
    line->addWidget(answer_, 1);
    line->addWidget(facts_, 1);
    stack_ = new QStackedWidget;
    stack_->addWidget(lane);
    stack_->addWidget(environment_);
    stack_->addWidget(profile_);
    connect(views_, &QButtonGroup::idClicked, stack_, &QStackedWidget::setCurrentIndex);
    return stack_;
}

void RunDetails::showRow(const RunTableModel& table, int row, bool readOnly) {
    const auto& run = table.run(row);
    const auto& lane = table.lane(row);
    runId_ = run.run.id;
    laneId_ = lane.lane.id;
    readOnly_ = readOnly;
    pinned_ = table.baseline() == &run;
    title_->setText((readOnly ? tr("Sample run %1 · %2") : tr("Run %1 · %2"))
                        .arg(run.run.id)
                        .arg(QString::fromStdString(lane.lane.name)));
    pin_->setText(pinned_ ? tr("Unpin baseline") : tr("Pin as baseline"));
    QStringList tags;
    for (const auto& tag : run.run.tags)
        tags << QString::fromStdString(tag);
    shownTags_ = tags.join(QStringLiteral(", "));
    shownNote_ = QString::fromStdString(run.run.note);
    tags_->setText(shownTags_);
    note_->setText(shownNote_);
    for (auto* edit : {tags_, note_})
        edit->setReadOnly(readOnly);
    delete_->setEnabled(!readOnly);
    pin_->setEnabled(!readOnly);
    const QString text = QString::fromStdString(lane.lane.error.empty() ? lane.lane.text : lane.lane.error);
    answer_->showText(text.isEmpty() ? tr("No text: this run measured random tokens.") : text);
    facts_->showMarkdown(laneFacts(run, lane));
    environment_->showText(environmentText(run.run));
    profile_->showText(QString::fromStdString(run.run.profileText));
    for (auto* view : {answer_, facts_, environment_, profile_})
        view->moveCursor(QTextCursor::Start);
    show();
}

void RunDetails::setRerunState(const QString& whyNot) {
    rerun_->setEnabled(whyNot.isEmpty());
    rerun_->setToolTip(whyNot.isEmpty() ? tr("Measures the same lanes, tests and seeds again, as a new run")
                                        : whyNot);
}

void RunDetails::saveEdits() {
    if (readOnly_ || runId_ == 0)
        return;
    if (note_->text() != shownNote_) {
        shownNote_ = note_->text();
        emit noteChanged(runId_, shownNote_);
    }
    if (tags_->text() != shownTags_) {
        shownTags_ = tags_->text();
        emit tagsChanged(runId_, tagsOf(shownTags_));
    }
}

}  // namespace ui
