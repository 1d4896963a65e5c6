#include "ui/widgets/roofline_card.h"

#include <QClipboard>
#include <QDateTime>
#include <QGuiApplication>
#include <QHBoxLayout>
#include <QHeaderView>
#include <QLabel>
#include <QLocale>
#include <QProgressBar>
#include <QPushButton>
#include <QShortcut>
#include <QSplitter>
#include <QStackedWidget>
#include <QTableView>
#include <QVBoxLayout>

#include "ui/plots/roofline_plot.h"
#include "ui/theme.h"
#include "ui/widgets/elided_label.h"
#include "ui/widgets/empty_state.h"
#include "ui/widgets/kernel_delegate.h"
#include "ui/widgets/page_parts.h"
#include "ui/widgets/style_property.h"
#include "ui/widgets/table_parts.h"

namespace ui {
namespace {

enum Shown { emptyShown, contentShown };

constexpr int kRowHeight = 26;
constexpr int kBesideWidth = 1560;  // from here on the table has room beside the plot
constexpr int kTableWidth = 1000;
constexpr int kHeadHeight = 30;  // with and without buttons
constexpr int kWidths[KernelTableModel::columnCount_] = {40, 156, 0, 112, 64, 68, 72, 132};

QString dateText(const std::string& utc) {
    const auto when = QDateTime::fromString(QString::fromStdString(utc), Qt::ISODateWithMs);
    return when.isValid() ? QLocale().toString(when.toLocalTime(), QLocale::ShortFormat)
                          : QString::fromStdString(utc);
}

}  // namespace

RooflineCard::RooflineCard(RooflineController& controller, QWidget* parent)
    : Card(parent),
      controller_(controller),
      action_(makeButton({}, QStringLiteral("rooflineButton"), {})),
      copy_(makeButton(tr("Copy table"), QStringLiteral("rooflineCopyButton"),
                       tr("Copies every row, for a spreadsheet"))),
      message_(new QLabel),
      conditions_(new ElidedLabel),
      stack_(new QStackedWidget) {
    setObjectName(QStringLiteral("rooflineCard"));
    message_->setObjectName(QStringLiteral("rooflineMessage"));
    message_->setTextFormat(Qt::PlainText);
    message_->setWordWrap(true);
    message_->setTextInteractionFlags(Qt::TextSelectableByMouse);
    stack_->insertWidget(emptyShown, buildEmpty());
    stack_->insertWidget(contentShown, buildContent());
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(12, 10, 12, 6);
    column->setSpacing(8);
    column->addWidget(buildHead());
    column->addWidget(buildProgress());
    column->addWidget(message_);
    column->addWidget(stack_, 1);
    connect(action_, &QPushButton::clicked, this, [this] {
        if (controller_.state() == RooflineController::State::idle)
            controller_.measure();
        else
            controller_.stop();
    });
    connect(copy_, &QPushButton::clicked, this, &RooflineCard::copyTable);
    connect(&controller_, &RooflineController::changed, this, &RooflineCard::updateState);
    connect(&controller_, &RooflineController::measured, this, &RooflineCard::showMeasurement);
    showMeasurement();
    arrange();
}

QWidget* RooflineCard::buildHead() {
    auto* title = new QLabel(tr("Roofline"));
    setStyleProperty(title, "tone", "heading");
    conditions_->setObjectName(QStringLiteral("rooflineConditions"));
    conditions_->setTextFormat(Qt::PlainText);
    setStyleProperty(conditions_, "tone", "small");
    auto* head = new QWidget;
    head->setMinimumHeight(kHeadHeight);
    auto* line = new QHBoxLayout(head);
    line->setContentsMargins(0, 0, 0, 0);
    line->setSpacing(8);
    line->addWidget(title);
    line->addSpacing(4);
    line->addWidget(conditions_, 1);
    line->addWidget(copy_);
    line->addWidget(action_);
    return head;
}

QWidget* RooflineCard::buildProgress() {
    bar_ = new QProgressBar;
    bar_->setObjectName(QStringLiteral("rooflineProgress"));
    bar_->setAccessibleName(tr("Progress of the measurement"));
    bar_->setTextVisible(false);
    bar_->setFixedHeight(4);
    step_ = new ElidedLabel;
    step_->setObjectName(QStringLiteral("rooflineStep"));
    step_->setTextFormat(Qt::PlainText);
    setStyleProperty(step_, "tone", "small");
    progress_ = new QWidget;
    auto* column = new QVBoxLayout(progress_);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(4);
    column->addWidget(bar_);
    column->addWidget(step_);
    return progress_;
}

QWidget* RooflineCard::buildEmpty() {
    auto* empty = new EmptyState(
        tr("How fast could it be?"),
        tr("Measures how fast this machine reads memory and computes, then times every kernel variant on the "
           "shapes of a 1B model.\nThe plot shows how near each comes to what the machine allows, and "
           "whether "
           "memory or arithmetic holds it back.\nIt takes about a minute on one core and up to 2 GiB of "
           "memory; "
           "end other work first, so that the numbers are fair."));
    begin_ = makeButton(tr("Measure"), QStringLiteral("rooflineBeginButton"), {});
    begin_->setProperty("kind", "primary");
    connect(begin_, &QPushButton::clicked, &controller_, &RooflineController::measure);
    empty->addWidget(begin_);
    return empty;
}

QWidget* RooflineCard::buildContent() {
    plot_ = new RooflinePlot;
    legend_ = new QLabel;
    legend_->setObjectName(QStringLiteral("rooflineLegend"));
    legend_->setTextFormat(Qt::RichText);
    setStyleProperty(legend_, "tone", "small");
    auto* figure = new QWidget;
    auto* column = new QVBoxLayout(figure);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(4);
    column->addWidget(plot_, 1);
    column->addWidget(legend_, 0, Qt::AlignHCenter);
    splitter_ = new QSplitter(Qt::Vertical);
    splitter_->setHandleWidth(12);
    splitter_->setChildrenCollapsible(false);
    splitter_->addWidget(figure);
    splitter_->addWidget(buildTable());
    connect(&Theme::instance(), &Theme::changed, this, &RooflineCard::showLegend);
    showLegend();
    connect(plot_, &RooflinePlot::chosen, view_, &QTableView::selectRow);
    connect(view_->selectionModel(), &QItemSelectionModel::selectionChanged, this,
            [this] { plot_->setCurrent(view_->selectionModel()->selectedRows().value(0).row()); });
    return splitter_;
}

QWidget* RooflineCard::buildTable() {
    view_ = new QTableView;
    view_->setObjectName(QStringLiteral("rooflineTable"));
    view_->setAccessibleName(tr("Speed of every kernel variant"));
    view_->setModel(&model_);
    view_->setItemDelegate(new KernelDelegate(view_));
    setRowLook(view_, kRowHeight);
    for (int column = 0; column < KernelTableModel::columnCount_; ++column)
        view_->setColumnWidth(column, kWidths[column]);
    view_->horizontalHeader()->setSectionResizeMode(KernelTableModel::shapeColumn, QHeaderView::Stretch);
    auto* copy = new QShortcut(QKeySequence::Copy, view_);
    copy->setContext(Qt::WidgetShortcut);
    connect(copy, &QShortcut::activated, this, &RooflineCard::copyTable);
    return view_;
}

void RooflineCard::showLegend() {
    const auto mark = [](const char* arithmetic, const QString& sign) {
        return QStringLiteral("<span style='color:%1'>%2</span> %3")
            .arg(arithmeticColor(arithmetic).name(), sign, arithmeticName(arithmetic));
    };
    QStringList marks;
    if (const auto& measurement = controller_.measurement()) {
        const auto& roofline = measurement->benchmark.roofline;
        if (roofline.int8)
            marks << mark("int8", QStringLiteral("●"));
        if (roofline.bf16)
            marks << mark("bf16", QStringLiteral("■"));
        marks << mark("fp32", QStringLiteral("◆"));
    }
    legend_->setText(
        tr("multiplies in %1 &nbsp;·&nbsp; faint: not in use &nbsp;·&nbsp; above the memory line: "
           "data in the caches")
            .arg(marks.join(QStringLiteral(" &nbsp;"))));
}

void RooflineCard::focusContent() {
    if (controller_.measurement())
        view_->setFocus(Qt::OtherFocusReason);
    else
        begin_->setFocus(Qt::OtherFocusReason);
}

void RooflineCard::copyTable() const {
    QGuiApplication::clipboard()->setText(model_.text());
}

void RooflineCard::resizeEvent(QResizeEvent* event) {
    Card::resizeEvent(event);
    arrange();
}

void RooflineCard::arrange() {
    const auto wanted = width() >= kBesideWidth ? Qt::Horizontal : Qt::Vertical;
    if (splitter_->orientation() == wanted && splitter_->property("arranged").toBool())
        return;
    splitter_->setProperty("arranged", true);
    splitter_->setOrientation(wanted);
    if (wanted == Qt::Horizontal)
        splitter_->setSizes({width() - kTableWidth, kTableWidth});
    else
        splitter_->setSizes({3000, 2000});  // shares: the splitter scales them to its height
    splitter_->setStretchFactor(0, 3);
    splitter_->setStretchFactor(1, wanted == Qt::Horizontal ? 0 : 2);
}

void RooflineCard::updateState() {
    using State = RooflineController::State;
    const auto state = controller_.state();
    const bool idle = state == State::idle;
    const bool filled = controller_.measurement().has_value();
    const QString whyNot = controller_.whyNot();
    const bool hadFocus = action_->hasFocus() || begin_->hasFocus();
    action_->setVisible(filled || !idle);
    action_->setText(idle ? tr("Measure again") : state == State::stopping ? tr("Stopping…") : tr("Stop"));
    action_->setAccessibleName(action_->text());
    action_->setEnabled(!idle || whyNot.isEmpty());  // a button that is disabled would pass its focus on
    action_->setToolTip(idle ? (whyNot.isEmpty() ? tr("Takes about a minute") : whyNot) : tr("Stop (Esc)"));
    setStyleProperty(action_, "kind", idle ? "plain" : "stop");
    begin_->setVisible(idle);
    begin_->setEnabled(whyNot.isEmpty());
    begin_->setToolTip(whyNot);
    if (hadFocus)  // what is hidden has passed it on
        (idle && !filled ? begin_ : action_)->setFocus(Qt::OtherFocusReason);
    copy_->setVisible(filled);
    progress_->setVisible(!idle);
    bar_->setRange(0, controller_.total());  // 0: the machine's limits are measured first, for a few seconds
    bar_->setValue(controller_.done());
    step_->setText(state == State::stopping        ? tr("Stopping after the execution in progress…")
                   : controller_.shape().isEmpty() ? tr("Reading memory and computing in registers…")
                                                   : tr("%1 of %2 · %3")
                                                         .arg(controller_.done() + 1)
                                                         .arg(controller_.total())
                                                         .arg(controller_.shape()));
    message_->setText(controller_.message());
    message_->setVisible(!controller_.message().isEmpty());
    setStyleProperty(message_, "tone", controller_.messageIsWarning() ? "warning" : "mute");
}

void RooflineCard::showMeasurement() {
    if (const auto& measurement = controller_.measurement()) {
        model_.setBenchmark(measurement->benchmark);
        plot_->setBenchmark(measurement->benchmark.roofline, model_.rows());
        conditions_->setText(
            tr("%1 · %2 · %n thread(s)", nullptr, measurement->benchmark.roofline.threads)
                .arg(dateText(measurement->measuredAt), QString::fromStdString(measurement->cpu)));
    }
    stack_->setCurrentIndex(controller_.measurement() ? contentShown : emptyShown);
    updateState();
}

}  // namespace ui
