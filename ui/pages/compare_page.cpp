#include "ui/pages/compare_page.h"

#include <QButtonGroup>
#include <QDialog>
#include <QDialogButtonBox>
#include <QHBoxLayout>
#include <QLabel>
#include <QMenu>
#include <QPushButton>
#include <QScrollArea>
#include <QToolButton>
#include <QVBoxLayout>

#include "ui/dialogs/prompt_dialog.h"
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
#include "ui/widgets/prompt_edit.h"
#include "ui/widgets/style_property.h"

namespace ui {

ComparePage::ComparePage(CompareController& controller, ResultsController& results, QWidget* parent)
    : QWidget(parent), controller_(controller), results_(results) {
    setObjectName(QStringLiteral("page"));
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(20, 14, 20, 16);
    column->setSpacing(12);
    column->addWidget(buildHeader());
    column->addWidget(buildComposer());
    column->addWidget(buildLanes(), 1);
    column->addWidget(buildFooter());
    connectController();
    rebuildLanes();
    updateChips();
    updateState();
}

void ComparePage::showPrompt(const QString& prompt) {
    prompt_->setPlainText(prompt);
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
    return makeHeader(tr("Compare"), {count_}, {rendered_, addLane_, export_});
}

QWidget* ComparePage::buildComposer() {
    auto* card = new Card;
    prompt_ = new PromptEdit;
    prompt_->setObjectName(QStringLiteral("comparePrompt"));
    prompt_->setAccessibleName(tr("Prompt for every lane"));
    prompt_->setPlaceholderText(tr("Ask every lane the same thing, e.g. “What is 13 plus 1?”"));
    seed_ = makeChip({});
    temperature_ = makeChip({});
    length_ = makeChip({});
    auto* settings = new IconButton(QStringLiteral("sliders"), QStringLiteral("compareSettingsButton"),
                                    tr("Seed, temperature and length"));
    run_ = makeButton(tr("Run"), QStringLiteral("runButton"), {});
    run_->setProperty("kind", "primary");
    auto* line = new QHBoxLayout(card);
    line->setContentsMargins(12, 10, 12, 10);
    line->setSpacing(8);
    line->addWidget(prompt_, 1);
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

QWidget* ComparePage::buildFooter() {
    auto* card = new Card;
    message_ = new ElidedLabel(
        tr("Lanes run one after the other, each in a process of its own, so that their numbers are fair."));
    message_->setObjectName(QStringLiteral("compareMessage"));
    setStyleProperty(message_, "tone", "mute");
    auto* view = new QLabel(tr("View"));
    setStyleProperty(view, "tone", "small");
    auto* text = makeButton(tr("Text"), QStringLiteral("viewTextButton"),
                            tr("The answers as text; the first difference is marked"));
    tokensView_ =
        makeButton(tr("Tokens"), QStringLiteral("viewTokensButton"), tr("Every second token shaded"));
    auto* group = new QButtonGroup(this);
    for (auto* button : {text, tokensView_}) {
        button->setCheckable(true);
        button->setProperty("kind", "segment");
        group->addButton(button);
    }
    text->setChecked(true);
    connect(tokensView_, &QPushButton::toggled, this, [this](bool on) {
        for (int row = 0; row < cards_.size(); ++row) {
            cards_[row]->setTokenView(on);
            updateLane(row);
        }
    });
    auto* line = new QHBoxLayout(card);
    line->setContentsMargins(12, 9, 12, 9);
    line->setSpacing(8);
    line->addWidget(message_, 1);
    line->addWidget(view);
    line->addWidget(text);
    line->addWidget(tokensView_);
    return card;
}

void ComparePage::connectController() {
    auto* model = controller_.lanes();
    connect(model, &QAbstractItemModel::modelReset, this, &ComparePage::rebuildLanes);
    connect(model, &QAbstractItemModel::rowsInserted, this, &ComparePage::rebuildLanes);
    connect(model, &QAbstractItemModel::rowsRemoved, this, &ComparePage::rebuildLanes);
    connect(model, &QAbstractItemModel::dataChanged, this, [this](const QModelIndex& first) {
        // What others are compared with changed: their words change too.
        if (first.row() == 0 && controller_.lanes()->lane(0).record)
            for (int row = 1; row < cards_.size(); ++row)
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
    connect(&Theme::instance(), &Theme::changed, this, &ComparePage::rebuildLanes);
}

void ComparePage::rebuildLanes() {
    for (auto* card : cards_)
        card->deleteLater();
    cards_.clear();
    for (int row = 0; row < controller_.lanes()->count(); ++row) {
        auto* card = new LaneCard(row);
        card->setTokenView(tokensView_ != nullptr && tokensView_->isChecked());
        connect(card, &LaneCard::modelChosen, this, [this](int lane, const QString& path) {
            controller_.changeLane(lane, {path, controller_.lanes()->lane(lane).choice.kernels});
        });
        connect(card, &LaneCard::kernelsChosen, this, [this](int lane, const QString& kernels) {
            controller_.changeLane(lane, {controller_.lanes()->lane(lane).choice.model, kernels});
        });
        connect(card, &LaneCard::removed, &controller_, &CompareController::removeLane);
        lanes_->addWidget(card, 1);
        cards_.push_back(card);
    }
    empty_->setVisible(cards_.isEmpty());
    for (int row = 0; row < cards_.size(); ++row)
        updateLane(row);
    count_->setText(tr("%n lane(s) · sequential", nullptr, static_cast<int>(cards_.size())));
}

void ComparePage::updateLane(int row) {
    auto* model = controller_.lanes();
    if (row < cards_.size() && row < model->count())
        cards_[row]->show(model->lane(row), model->lane(0), row == 0,
                          controller_.state() == CompareController::State::idle);
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
    addLane_->setEnabled(idle);
    rendered_->setEnabled(idle && controller_.whyNot().isEmpty());
    export_->setEnabled(idle && controller_.storedRun() != 0);
    for (int row = 0; row < cards_.size(); ++row)
        updateLane(row);
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
