#include "ui/pages/compare_page.h"

#include <QDialog>
#include <QDialogButtonBox>
#include <QHBoxLayout>
#include <QLabel>
#include <QMenu>
#include <QPushButton>
#include <QScrollArea>
#include <QSignalBlocker>
#include <QStackedWidget>
#include <QToolButton>
#include <QVBoxLayout>

#include "ui/dialogs/prompt_dialog.h"
#include "ui/models/lane_table_model.h"
#include "ui/models/plain_tip.h"
#include "ui/theme.h"
#include "ui/widgets/card.h"
#include "ui/widgets/elided_label.h"
#include "ui/widgets/empty_state.h"
#include "ui/widgets/export_menu.h"
#include "ui/widgets/generation_form.h"
#include "ui/widgets/icon_button.h"
#include "ui/widgets/lane_card.h"
#include "ui/widgets/model_menu.h"
#include "ui/widgets/page_parts.h"
#include "ui/widgets/picture_strip.h"
#include "ui/widgets/prompt_edit.h"
#include "ui/widgets/style_property.h"
#include "ui/widgets/vote_bar.h"

namespace ui {

ComparePage::ComparePage(CompareController& controller, ResultsController& results, QWidget* parent)
    : QWidget(parent), controller_(controller), results_(results) {
    setObjectName(QStringLiteral("page"));
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(20, 14, 20, 16);
    column->setSpacing(12);
    column->addWidget(buildHeader());
    column->addWidget(buildComposer());
    body_ = new QStackedWidget;
    body_->addWidget(buildLanes());
    body_->addWidget(buildMetrics());
    column->addWidget(body_, 1);
    column->addWidget(buildFooter());
    connectController();
    rebuildLanes();
    updateChips();
    updateState();
}

void ComparePage::showDialog(engine::Dialog dialog) {
    if (dialog.messages.empty())
        return;
    prompt_->setPlainText(QString::fromStdString(dialog.messages.back().content));
    dialog.messages.pop_back();
    controller_.setEarlier(std::move(dialog.messages));
    // Models look at the last picture, whichever turn it came with.
    while (!dialog.pictures.empty() && dialog.pictures.back().empty())
        dialog.pictures.pop_back();
    controller_.tray().setRows(dialog.pictures.empty() ? std::vector<engine::PictureRow>{}
                                                       : dialog.pictures.back());
}

void ComparePage::focusPrompt() {
    prompt_->setFocus(Qt::ShortcutFocusReason);
}

void ComparePage::openExportMenu() {
    if (export_->isEnabled())
        export_->showMenu();
}

QWidget* ComparePage::buildHeader() {
    count_ = makeChip({});
    buildModes();
    rendered_ = makeButton(tr("Rendered prompt"), QStringLiteral("renderPromptButton"),
                           tr("Shows the prompt as the model reads it"));
    addLane_ = new QToolButton;
    addLane_->setText(tr("+ Lane"));
    addLane_->setObjectName(QStringLiteral("addLaneButton"));
    addLane_->setAccessibleName(tr("Add a lane"));
    addLane_->setToolTip(tr("Add a model to the comparison (Ctrl+O)"));
    addLane_->setShortcut(QKeySequence(QStringLiteral("Ctrl+O")));
    addLane_->setPopupMode(QToolButton::InstantPopup);
    addLane_->setMenu(new QMenu(addLane_));
    fillModelMenu(addLane_->menu(), this, [this](const QString& path) {
        controller_.addLane({path, QStringLiteral("auto")});
    });
    export_ = makeButton(tr("Export ▾"), QStringLiteral("compareExportButton"),
                         tr("Writes this run as a report (Ctrl+S)"));
    export_->setMenu(new QMenu(export_));
    fillExportMenu(export_->menu(), this,
                   [this](const QString& file) { results_.exportReport({controller_.storedRun()}, file); });
    connect(rendered_, &QPushButton::clicked, this, &ComparePage::showRenderedPrompt);
    return makeHeader(tr("Compare"), {count_}, headerActions());
}

QWidget* ComparePage::buildComposer() {
    auto* card = new Card;
    prompt_ = new PromptEdit;
    prompt_->setObjectName(QStringLiteral("comparePrompt"));
    prompt_->setAccessibleName(tr("Prompt for every lane"));
    prompt_->setPlaceholderText(tr("Ask every lane the same thing, e.g. “What is 13 plus 1?”"));
    earlier_ = makeButton({}, QStringLiteral("compareEarlierButton"), {});
    connect(earlier_, &QPushButton::clicked, this, [this] { controller_.setEarlier({}); });
    seed_ = makeChip({});
    temperature_ = makeChip({});
    length_ = makeChip({});
    auto* settings = new IconButton(QStringLiteral("sliders"), QStringLiteral("compareSettingsButton"),
                                    tr("Seed, temperature and length"));
    run_ = makeButton(tr("Run"), QStringLiteral("runButton"), {});
    run_->setProperty("kind", "primary");
    auto* attach = new IconButton(QStringLiteral("attach"), QStringLiteral("compareAttachButton"),
                                  tr("Attach pictures"));
    pictures_ = new PictureStrip(controller_.tray());
    pictures_->takeFrom(prompt_, this);
    connect(attach, &QToolButton::clicked, pictures_, &PictureStrip::choose);
    blindLanes_ = new QLabel;
    blindLanes_->setObjectName(QStringLiteral("blindLanes"));
    blindLanes_->setTextFormat(Qt::PlainText);
    blindLanes_->setWordWrap(true);
    blindLanes_->setContentsMargins(12, 6, 12, 0);
    setStyleProperty(blindLanes_, "tone", "warning");
    blindLanes_->hide();
    auto* line = new QHBoxLayout;
    line->setContentsMargins(12, 10, 12, 10);
    line->setSpacing(8);
    line->addWidget(attach);
    line->addWidget(prompt_, 1);
    auto* column = new QVBoxLayout(card);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(0);
    column->addWidget(pictures_);
    column->addWidget(blindLanes_);
    column->addLayout(line);
    line->addWidget(earlier_);
    for (auto* chip : {seed_, temperature_, length_})
        line->addWidget(chip);
    line->addWidget(settings);
    line->addWidget(run_);
    connect(settings, &QToolButton::clicked, this, &ComparePage::editGeneration);
    connect(prompt_, &PromptEdit::textChanged, this,
            [this] { controller_.setPrompt(prompt_->toPlainText()); });
    connect(prompt_, &PromptEdit::submitted, &controller_, &CompareController::start);
    connect(run_, &QPushButton::clicked, this, [this] {
        if (controller_.state() == CompareController::State::idle)
            controller_.start();
        else
            controller_.stop();
    });
    return card;
}

QWidget* ComparePage::buildLanes() {
    auto* content = new QWidget;
    lanes_ = new QHBoxLayout(content);
    lanes_->setContentsMargins(0, 0, 0, 0);
    lanes_->setSpacing(12);
    auto* empty = new EmptyState(
        tr("No lanes"),
        tr("A comparison needs at least one model.\nThe first lane is the reference for the others."));
    auto* demo = makeButton(tr("Add the three demo lanes"), QStringLiteral("demoLanesButton"), {});
    connect(demo, &QPushButton::clicked, this, [this] {
        for (const auto& lane : Settings{}.lanes)
            controller_.addLane(lane);
    });
    empty->addWidget(demo);
    empty_ = empty;
    lanes_->addWidget(empty_);
    auto* scroll = new QScrollArea;
    scroll->setWidgetResizable(true);
    scroll->setWidget(content);
    scroll->setFrameShape(QFrame::NoFrame);
    scroll->setVerticalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    scroll->viewport()->setAutoFillBackground(false);
    content->setAutoFillBackground(false);
    return scroll;
}

void ComparePage::connectController() {
    auto* model = controller_.lanes();
    connect(model, &QAbstractItemModel::modelReset, this, &ComparePage::rebuildLanes);
    connect(model, &QAbstractItemModel::rowsInserted, this, &ComparePage::rebuildLanes);
    connect(model, &QAbstractItemModel::rowsRemoved, this, &ComparePage::rebuildLanes);
    connect(model, &QAbstractItemModel::dataChanged, this, [this](const QModelIndex& first) {
        // What others are compared with changed: their words change too.
        if (first.row() == 0 && controller_.lanes()->lane(0).record)
            for (int row = 1; row < controller_.lanes()->count(); ++row)
                updateLane(row);
        updateLane(first.row());
    });
    connect(&controller_, &CompareController::stateChanged, this, &ComparePage::updateState);
    connect(&controller_, &CompareController::generationChanged, this, &ComparePage::updateChips);
    connect(&controller_, &CompareController::storedRunChanged, this, &ComparePage::updateState);
    connect(&controller_, &CompareController::progressTextChanged, this,
            [this](const QString& text) { showMessage(text, false); });
    connect(&controller_, &CompareController::failed, this,
            [this](const QString& text) { showMessage(text, true); });
    connect(&controller_, &CompareController::promptRendered, this,
            [this](const engine::RenderedPrompt& prompt) {
                if (promptDialog_)
                    promptDialog_->showPrompt(prompt);
            });
    connect(&controller_, &CompareController::renderFailed, this, [this](const QString& text) {
        if (promptDialog_)
            promptDialog_->showError(text);
    });
    connect(&controller_, &CompareController::picturesChanged, this, &ComparePage::updatePictures);
    connect(&controller_.tray(), &PictureTray::refused, this,
            [this](const QString& text) { showMessage(text, true); });
    connect(&controller_.votes(), &CompareVotes::placesChanged, this, &ComparePage::rebuildLanes);
    connect(&controller_.votes(), &CompareVotes::changed, this, &ComparePage::updateState);
    connect(&controller_.votes(), &CompareVotes::historyChanged, this, &ComparePage::updateState);
    connect(&controller_, &CompareController::storedShown, this, [this](const QString& prompt) {
        const QSignalBlocker quiet(prompt_);
        prompt_->setPlainText(prompt);
    });
    connect(&Theme::instance(), &Theme::changed, this, &ComparePage::rebuildLanes);
}

void ComparePage::rebuildLanes() {
    for (auto* card : cards_)
        card->deleteLater();
    cards_.clear();
    const auto& votes = controller_.votes();
    const int count = controller_.lanes()->count();
    for (int place = 0; place < count && votes.places().size() == count; ++place) {
        // While a lane is hidden nothing of the window may tell its row, the names of its widgets included.
        auto* card = new LaneCard(votes.hidden() ? place : votes.places()[place]);
        connect(card, &LaneCard::modelChosen, this, [this](int lane, const QString& path) {
            controller_.changeLane(lane, {path, controller_.lanes()->lane(lane).choice.kernels});
        });
        connect(card, &LaneCard::kernelsChosen, this, [this](int lane, const QString& kernels) {
            controller_.changeLane(lane, {controller_.lanes()->lane(lane).choice.model, kernels});
        });
        connect(card, &LaneCard::removed, &controller_, &CompareController::removeLane);
        lanes_->addWidget(card, 1);
        card->setVisible(true);  // a layout would show it only after the next event
        cards_.push_back(card);
    }
    empty_->setVisible(count == 0);
    updateState();
}

LaneLook ComparePage::lookOf(int row) const {
    const auto& votes = controller_.votes();
    const bool idle = controller_.state() == CompareController::State::idle;
    LaneLook look;
    look.number = votes.numberOf(row);
    look.hidden = votes.hidden();
    look.held = votes.hidden() && !idle;
    look.isReference = row == 0;
    look.editable = idle;
    look.unfair = controller_.shownOrder() == engine::CompareOrder::concurrent;
    look.view = votes.hidden() ? LaneView::text : view_;
    return look;
}

void ComparePage::updateLane(int row) {
    const auto* model = controller_.lanes();
    const auto place = controller_.votes().places().indexOf(row);
    if (place >= 0 && place < cards_.size() && row < model->count())
        cards_[place]->show(model->lane(row), model->lane(0), lookOf(row));
}

/// What every lane reads before the prompt, cut to what a tip can hold.
QString ComparePage::earlierText() const {
    constexpr qsizetype kMost = 200;
    QString text = tr("Every lane reads this first; press to ask without it:");
    for (const auto& message : controller_.earlier()) {
        const auto content = QString::fromStdString(message.content).simplified();
        text += QStringLiteral("\n\n%1: %2")
                    .arg(QString::fromUtf8(engine::name(message.role)),
                         content.size() > kMost ? content.left(kMost) + QStringLiteral("…") : content);
    }
    return plainTip(text);
}

void ComparePage::updateState() {
    const auto state = controller_.state();
    const bool idle = state == CompareController::State::idle;
    run_->setText(idle                                          ? tr("Run")
                  : state == CompareController::State::stopping ? tr("Stopping…")
                                                                : tr("Stop"));
    run_->setEnabled(idle ? controller_.whyNot().isEmpty() : state == CompareController::State::running);
    run_->setAccessibleName(run_->text());
    run_->setToolTip(
        idle ? (controller_.whyNot().isEmpty() ? tr("Run every lane (Ctrl+Enter)") : controller_.whyNot())
             : tr("Stop (Esc)"));
    setStyleProperty(run_, "kind", idle ? "primary" : "stop");
    const auto earlier = static_cast<int>(controller_.earlier().size());
    earlier_->setVisible(earlier > 0);
    earlier_->setEnabled(idle);
    earlier_->setText(tr("after %n message(s) ✕", nullptr, earlier));
    earlier_->setAccessibleName(tr("Ask without the %n earlier message(s)", nullptr, earlier));
    earlier_->setToolTip(earlierText());
    const bool hidden = controller_.votes().hidden();
    const QString full = controller_.whyNoMoreLanes();
    addLane_->setEnabled(full.isEmpty());
    addLane_->setToolTip(full.isEmpty() ? tr("Add a model to the comparison (Ctrl+O)") : full);
    rendered_->setEnabled(idle && controller_.whyNot().isEmpty());
    export_->setEnabled(idle && controller_.storedRun() != 0 && !hidden);
    blind_->setEnabled(idle);
    blind_->setChecked(controller_.votes().blindWanted());
    atOnce_->setEnabled(idle);
    atOnce_->setChecked(controller_.order() == engine::CompareOrder::concurrent);
    benchmark_->setEnabled(controller_.lanes()->count() > 0 && !hidden);
    const int lanes = controller_.lanes()->count();
    count_->setText(atOnce_->isChecked() ? tr("%n lane(s) · at once, not fair", nullptr, lanes)
                                         : tr("%n lane(s) · sequential", nullptr, lanes));
    for (auto* button : views_)
        button->setEnabled(!hidden || button == views_.front());
    const auto view = hidden ? LaneView::text : view_;
    body_->setCurrentIndex(view == LaneView::metrics ? 1 : 0);
    tokenLegend_->setVisible(view == LaneView::tokens);
    diffLegend_->setVisible(view == LaneView::diff);
    message_->setVisible(view == LaneView::text || view == LaneView::metrics);
    figures_->setUnfair(controller_.shownOrder() == engine::CompareOrder::concurrent);
    updatePictures();
    votes_->refresh();
    for (int row = 0; row < lanes; ++row)
        updateLane(row);
}

void ComparePage::updatePictures() {
    pictures_->setVision(controller_.tray().isEmpty() ? std::nullopt : controller_.vision());
    // Which lane is which is not told while they are hidden.
    const auto blind = controller_.votes().hidden() ? QStringList() : controller_.blindLanes();
    blindLanes_->setText(blind.isEmpty()
                             ? QString()
                             : tr("Cannot see pictures and will say so: %1. The other lanes answer.")
                                   .arg(blind.join(QStringLiteral(", "))));
    blindLanes_->setVisible(!blind.isEmpty());
}

void ComparePage::updateChips() {
    const auto& generation = controller_.generation();
    seed_->setText(tr("seed %1").arg(generation.seed));
    temperature_->setText(tr("temperature %1").arg(generation.temperature));
    length_->setText(tr("%n token(s) at most", nullptr, generation.maxTokens));
}

void ComparePage::editGeneration() {
    QDialog dialog(this);
    dialog.setObjectName(QStringLiteral("generationDialog"));
    dialog.setWindowTitle(tr("How every lane answers"));
    auto* form = new GenerationForm(controller_.generation(), QStringLiteral("compare"));
    auto* buttons = new QDialogButtonBox(QDialogButtonBox::Ok | QDialogButtonBox::Cancel);
    connect(buttons, &QDialogButtonBox::accepted, &dialog, &QDialog::accept);
    connect(buttons, &QDialogButtonBox::rejected, &dialog, &QDialog::reject);
    auto* column = new QVBoxLayout(&dialog);
    column->setContentsMargins(20, 20, 20, 16);
    column->setSpacing(16);
    column->addWidget(form);
    column->addWidget(buttons);
    dialog.setMinimumWidth(320);
    if (dialog.exec() == QDialog::Accepted)
        controller_.setGeneration(form->choice());
}

void ComparePage::showRenderedPrompt() {
    if (controller_.lanes()->count() == 0)
        return;
    promptDialog_ = new PromptDialog(laneTitle(controller_.lanes()->lane(0)), this);
    promptDialog_->setAttribute(Qt::WA_DeleteOnClose);
    promptDialog_->open();
    controller_.renderPrompt(0);
}

void ComparePage::showMessage(const QString& text, bool warning) {
    setStyleProperty(message_, "tone", warning ? "warning" : "mute");
    message_->setText(text);
}

}  // namespace ui
