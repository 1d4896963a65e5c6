// The comparison page's modes, views and votes.
#include <QAbstractItemView>
#include <QButtonGroup>
#include <QHBoxLayout>
#include <QHeaderView>
#include <QLabel>
#include <QPushButton>
#include <QStackedWidget>
#include <QTableView>
#include <QToolButton>
#include <QVBoxLayout>

#include "ui/dialogs/history_dialog.h"
#include "ui/models/lane_table_model.h"
#include "ui/pages/compare_page.h"
#include "ui/widgets/card.h"
#include "ui/widgets/elided_label.h"
#include "ui/widgets/page_parts.h"
#include "ui/widgets/style_property.h"
#include "ui/widgets/token_legend.h"
#include "ui/widgets/vote_bar.h"

namespace ui {

void ComparePage::buildModes() {
    blind_ =
        makeButton(tr("Blind"), QStringLiteral("blindButton"),
                   tr("The next run shows its lanes in a random order as 1, 2, … without names, colours and "
                      "figures, until you have voted"));
    atOnce_ = makeButton(tr("At once"), QStringLiteral("atOnceButton"),
                         tr("All lanes run at the same time: quicker to read, but the figures are not fair"));
    for (auto* button : {blind_, atOnce_}) {
        button->setCheckable(true);
        button->setProperty("kind", "segment");
    }
    connect(blind_, &QPushButton::clicked, &controller_.votes(), &CompareVotes::setBlindWanted);
    connect(atOnce_, &QPushButton::clicked, this, [this](bool on) {
        controller_.setOrder(on ? engine::CompareOrder::concurrent : engine::CompareOrder::sequential);
    });
    benchmark_ = makeButton(tr("Benchmark these…"), QStringLiteral("benchmarkLanesButton"),
                            tr("Adds the lanes' models to the Benchmark page"));
    connect(benchmark_, &QPushButton::clicked, this, [this] {
        QStringList models;
        for (const auto& choice : controller_.lanes()->choices())
            if (!models.contains(choice.model))
                models << choice.model;
        emit benchmarkWanted(models);
    });
}

QVector<QWidget*> ComparePage::headerActions() {
    auto* history = makeButton(tr("History…"), QStringLiteral("historyButton"),
                               tr("Earlier comparisons, and the standings of all votes"));
    connect(history, &QPushButton::clicked, this, &ComparePage::showHistory);
    return {blind_, atOnce_, addLane_, rendered_, benchmark_, history, export_};
}

QWidget* ComparePage::buildMetrics() {
    auto* card = new Card;
    figures_ = new LaneTableModel(*controller_.lanes(), this);
    auto* table = new QTableView;
    table->setObjectName(QStringLiteral("laneTable"));
    table->setAccessibleName(tr("Figures of every lane"));
    table->setModel(figures_);
    table->setTabKeyNavigation(false);
    table->setShowGrid(false);
    table->setWordWrap(false);
    table->verticalHeader()->setDefaultSectionSize(28);
    table->verticalHeader()->setDefaultAlignment(Qt::AlignLeft | Qt::AlignVCenter);
    table->verticalHeader()->setHighlightSections(false);
    table->horizontalHeader()->setHighlightSections(false);
    table->horizontalHeader()->setMinimumSectionSize(170);
    table->horizontalHeader()->setSectionResizeMode(QHeaderView::Stretch);
    table->setCornerButtonEnabled(false);
    table->setStyleSheet(
        QStringLiteral("QTableCornerButton::section { background: transparent; border: none; }"
                       "QHeaderView::section:vertical { border: none; }"));
    auto* column = new QVBoxLayout(card);
    column->setContentsMargins(12, 8, 12, 8);
    column->addWidget(table);
    return card;
}

QWidget* ComparePage::buildViews() {
    auto* views = new QWidget;
    auto* line = new QHBoxLayout(views);
    line->setContentsMargins(0, 0, 0, 0);
    line->setSpacing(8);
    auto* label = new QLabel(tr("View"));
    setStyleProperty(label, "tone", "small");
    line->addWidget(label);
    views_ = {makeButton(tr("Text"), QStringLiteral("viewTextButton"),
                         tr("The answers as text; the first difference is marked")),
              makeButton(tr("Diff"), QStringLiteral("viewDiffButton"),
                         tr("Words added and removed against the reference's answer")),
              makeButton(tr("Tokens"), QStringLiteral("viewTokensButton"),
                         tr("How likely the reference finds each token")),
              makeButton(tr("Metrics"), QStringLiteral("viewMetricsButton"),
                         tr("Every figure of every lane in one table"))};
    auto* group = new QButtonGroup(this);
    for (int view = 0; view < views_.size(); ++view) {
        views_[view]->setCheckable(true);
        views_[view]->setProperty("kind", "segment");
        group->addButton(views_[view]);
        line->addWidget(views_[view]);
        connect(views_[view], &QPushButton::toggled, this, [this, view](bool on) {
            if (on)
                setView(static_cast<LaneView>(view));
        });
    }
    views_.front()->setChecked(true);
    return views;
}

QWidget* ComparePage::buildFooter() {
    auto* card = new Card;
    message_ = new ElidedLabel(
        tr("Lanes run one after the other, each in a process of its own, so that their numbers are fair."));
    message_->setObjectName(QStringLiteral("compareMessage"));
    setStyleProperty(message_, "tone", "mute");
    tokenLegend_ = new TokenLegend;
    diffLegend_ = new DiffLegend;
    for (auto* legend : {tokenLegend_, diffLegend_})
        legend->hide();
    votes_ = new VoteBar(controller_);
    auto* line = new QHBoxLayout;
    line->setSpacing(12);
    line->addWidget(votes_, 1);
    line->addWidget(buildViews());
    auto* column = new QVBoxLayout(card);
    column->setContentsMargins(12, 9, 12, 8);
    column->setSpacing(6);
    column->addLayout(line);
    for (auto* below : {static_cast<QWidget*>(message_), tokenLegend_, diffLegend_})
        column->addWidget(below);
    return card;
}

void ComparePage::setView(LaneView view) {
    view_ = view;
    if (votes_ != nullptr && !views_.isEmpty() && figures_ != nullptr)
        updateState();
}

void ComparePage::showHistory() {
    auto* dialog = new HistoryDialog(controller_.votes(), this);
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    connect(dialog, &HistoryDialog::chosen, &controller_, &CompareController::showStored);
    dialog->open();
}

}  // namespace ui
