#include "ui/widgets/kernel_variants_card.h"

#include <QHBoxLayout>
#include <QHeaderView>
#include <QLabel>
#include <QProgressBar>
#include <QPushButton>
#include <QTableView>
#include <QVBoxLayout>

#include "ui/widgets/elided_label.h"
#include "ui/widgets/page_parts.h"
#include "ui/widgets/style_property.h"

namespace ui {
namespace {

constexpr int kRowHeight = 26;
constexpr int kHeadHeight = 30;
constexpr int kWidths[KernelVariantModel::columnCount_] = {190, 150, 80, 150, 0};

}  // namespace

KernelVariantsCard::KernelVariantsCard(KernelsController& controller, QWidget* parent)
    : Card(parent),
      controller_(controller),
      action_(makeButton({}, QStringLiteral("selfTestButton"), {})),
      bar_(new QProgressBar),
      step_(new ElidedLabel),
      message_(new QLabel) {
    setObjectName(QStringLiteral("kernelVariantsCard"));
    bar_->setObjectName(QStringLiteral("selfTestProgress"));
    bar_->setAccessibleName(tr("Progress of the self-test"));
    bar_->setTextVisible(false);
    bar_->setFixedHeight(4);
    message_->setObjectName(QStringLiteral("selfTestMessage"));
    message_->setTextFormat(Qt::PlainText);
    message_->setWordWrap(true);
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(12, 10, 12, 6);
    column->setSpacing(8);
    column->addWidget(buildHead());
    column->addWidget(bar_);
    column->addWidget(message_);
    column->addWidget(buildTable(), 1);
    connect(action_, &QPushButton::clicked, this, [this] {
        if (controller_.state() == KernelsController::State::idle)
            controller_.verify();
        else
            controller_.stop();
    });
    connect(&controller_, &KernelsController::changed, this, &KernelVariantsCard::updateState);
    connect(&controller_, &KernelsController::checked, this,
            [this] { model_.setChecks(controller_.checks()); });
    connect(&controller_, &KernelsController::planChanged, &model_, &KernelVariantModel::refresh);
    updateState();
}

QWidget* KernelVariantsCard::buildHead() {
    auto* title = new QLabel(tr("Kernel variants"));
    setStyleProperty(title, "tone", "heading");
    step_->setObjectName(QStringLiteral("selfTestStep"));
    setStyleProperty(step_, "tone", "small");
    auto* head = new QWidget;
    head->setMinimumHeight(kHeadHeight);
    auto* line = new QHBoxLayout(head);
    line->setContentsMargins(0, 0, 0, 0);
    line->setSpacing(12);
    line->addWidget(title);
    line->addWidget(step_, 1);
    line->addWidget(action_);
    return head;
}

QTableView* KernelVariantsCard::buildTable() {
    view_ = new QTableView;
    view_->setObjectName(QStringLiteral("kernelVariantTable"));
    view_->setAccessibleName(tr("Kernel variants"));
    view_->setModel(&model_);
    view_->setShowGrid(false);
    view_->setSelectionBehavior(QAbstractItemView::SelectRows);
    view_->setSelectionMode(QAbstractItemView::SingleSelection);
    view_->setVerticalScrollMode(QAbstractItemView::ScrollPerPixel);
    view_->setWordWrap(false);
    view_->setTabKeyNavigation(false);
    view_->verticalHeader()->hide();
    view_->verticalHeader()->setDefaultSectionSize(kRowHeight);
    view_->horizontalHeader()->setHighlightSections(false);
    for (int column = 0; column < KernelVariantModel::reasonColumn; ++column)
        view_->setColumnWidth(column, kWidths[column]);
    view_->horizontalHeader()->setSectionResizeMode(KernelVariantModel::reasonColumn, QHeaderView::Stretch);
    return view_;
}

void KernelVariantsCard::focusContent() {
    view_->setFocus(Qt::OtherFocusReason);
}

void KernelVariantsCard::updateState() {
    using State = KernelsController::State;
    const auto state = controller_.state();
    const bool idle = state == State::idle;
    const QString whyNot = controller_.whyNot();
    action_->setText(idle                       ? tr("Run the self-test")
                     : state == State::stopping ? tr("Stopping…")
                                                : tr("Stop"));
    action_->setAccessibleName(action_->text());
    action_->setEnabled(!idle || whyNot.isEmpty());
    action_->setToolTip(!idle              ? tr("Stop (Esc)")
                        : whyNot.isEmpty() ? tr("Computes with every variant and compares with the reference")
                                           : whyNot);
    setStyleProperty(action_, "kind", idle ? "primary" : "stop");
    bar_->setVisible(!idle);
    bar_->setRange(0, controller_.total());
    bar_->setValue(controller_.done());
    step_->setText(idle ? tr("Chosen when a model is loaded; the plan stands with every run")
                   : controller_.total() == 0 ? controller_.step()
                                              : tr("%1 of %2 · %3")
                                                    .arg(controller_.done() + 1)
                                                    .arg(controller_.total())
                                                    .arg(controller_.step()));
    message_->setText(controller_.message());
    message_->setVisible(!controller_.message().isEmpty());
    setStyleProperty(message_, "tone", controller_.messageIsWarning() ? "warning" : "mute");
}

}  // namespace ui
