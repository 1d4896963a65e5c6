#include "ui/pages/benchmark_page.h"

#include <QHBoxLayout>
#include <QHeaderView>
#include <QLabel>
#include <QMenu>
#include <QProgressBar>
#include <QPushButton>
#include <QStackedWidget>
#include <QTableView>
#include <QVBoxLayout>

#include "ui/models/duration_text.h"
#include "ui/plots/live_traces.h"
#include "ui/widgets/benchmark_delegate.h"
#include "ui/widgets/benchmark_setup.h"
#include "ui/widgets/card.h"
#include "ui/widgets/elided_label.h"
#include "ui/widgets/empty_state.h"
#include "ui/widgets/export_menu.h"
#include "ui/widgets/page_parts.h"
#include "ui/widgets/style_property.h"
#include "ui/widgets/table_parts.h"

namespace ui {
namespace {

constexpr int kRowHeight = 28;
constexpr int kWidths[BenchmarkTableModel::columnCount_] = {170, 130, 120, 170, 44, 110, 90, 0};
using State = BenchmarkController::State;

}  // namespace

BenchmarkPage::BenchmarkPage(BenchmarkController& controller, ResultsController& results, QWidget* parent)
    : QWidget(parent), controller_(controller), results_(results) {
    setObjectName(QStringLiteral("page"));
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(20, 14, 20, 16);
    column->setSpacing(12);
    column->addWidget(buildHeader());
    setup_ = new BenchmarkSetup(controller_);
    column->addWidget(setup_);
    column->addWidget(buildProgress());
    stack_ = new QStackedWidget;
    stack_->addWidget(new EmptyState(
        tr("How fast, how surely?"),
        tr("Every lane warms up, then is measured in turns with the others until its interval is narrow "
           "enough.\nEach repetition is kept at once: a run that is stopped can be resumed.")));
    stack_->addWidget(buildContent());
    column->addWidget(stack_, 1);
    connect(&controller_, &BenchmarkController::changed, this, &BenchmarkPage::update);
    connect(&controller_, &BenchmarkController::runChanged, traces_, &LiveTraces::clear);
    connect(&controller_, &BenchmarkController::sampled, traces_, &LiveTraces::addSample);
    connect(&controller_, &BenchmarkController::speedMeasured, traces_, &LiveTraces::addSpeed);
    update();
}

void BenchmarkPage::focusContent() {
    controller_.checkMachine();
    if (controller_.busy())
        run_->setFocus(Qt::OtherFocusReason);
    else
        setup_->focusContent();
}

void BenchmarkPage::openExportMenu() {
    if (export_->isEnabled())
        export_->showMenu();
}

QWidget* BenchmarkPage::buildHeader() {
    message_ = new ElidedLabel;
    message_->setObjectName(QStringLiteral("benchmarkMessage"));
    message_->setTextFormat(Qt::PlainText);
    message_->setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Preferred);
    open_ = makeButton(tr("Open in Results"), QStringLiteral("benchmarkResultsButton"),
                       tr("Shows this run beside the others"));
    export_ = makeButton(tr("Export ▾"), QStringLiteral("benchmarkExportButton"),
                         tr("Writes this run as a report (Ctrl+S)"));
    export_->setMenu(new QMenu(export_));
    fillExportMenu(export_->menu(), this,
                   [this](const QString& file) { results_.exportReport({controller_.storedRun()}, file); });
    resume_ = makeButton({}, QStringLiteral("benchmarkResumeButton"), {});
    pause_ = makeButton(tr("Pause"), QStringLiteral("benchmarkPauseButton"), {});
    run_ = makeButton(tr("Run"), QStringLiteral("benchmarkRunButton"), {});
    run_->setProperty("kind", "primary");
    connect(open_, &QPushButton::clicked, this, &BenchmarkPage::resultsWanted);
    connect(resume_, &QPushButton::clicked, &controller_, &BenchmarkController::resumeRun);
    connect(pause_, &QPushButton::clicked, &controller_, &BenchmarkController::togglePause);
    connect(run_, &QPushButton::clicked, this, [this] {
        if (controller_.busy())
            controller_.cancel();
        else
            controller_.start();
    });
    auto* header = new QWidget;
    auto* title = new QLabel(tr("Benchmark"));
    setStyleProperty(title, "tone", "title");
    auto* line = new QHBoxLayout(header);
    line->setContentsMargins(0, 0, 0, 0);
    line->setSpacing(8);
    line->addWidget(title);
    line->addSpacing(4);
    line->addWidget(message_, 1);
    for (auto* button : {open_, export_, resume_, pause_, run_})
        line->addWidget(button);
    return header;
}

QWidget* BenchmarkPage::buildProgress() {
    bar_ = new QProgressBar;
    bar_->setObjectName(QStringLiteral("benchmarkProgress"));
    bar_->setAccessibleName(tr("Progress of the benchmark"));
    bar_->setTextVisible(false);
    bar_->setFixedHeight(6);
    step_ = new ElidedLabel;
    step_->setObjectName(QStringLiteral("benchmarkStep"));
    step_->setTextFormat(Qt::PlainText);
    setStyleProperty(step_, "tone", "mute");
    progress_ = new QWidget;
    auto* column = new QVBoxLayout(progress_);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(4);
    column->addWidget(bar_);
    column->addWidget(step_);
    return progress_;
}

QWidget* BenchmarkPage::buildContent() {
    traces_ = new LiveTraces;
    auto* content = new QWidget;
    auto* column = new QVBoxLayout(content);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(12);
    column->addWidget(traces_);
    column->addWidget(buildTable(), 1);
    return content;
}

QWidget* BenchmarkPage::buildTable() {
    auto* card = new Card;
    table_ = new QTableView;
    table_->setObjectName(QStringLiteral("benchmarkTable"));
    table_->setAccessibleName(tr("Results of every lane and test"));
    table_->setModel(controller_.table());
    table_->setItemDelegate(new BenchmarkDelegate(table_));
    setRowLook(table_, kRowHeight);
    for (int column = 0; column < BenchmarkTableModel::columnCount_; ++column)
        table_->setColumnWidth(column, kWidths[column]);
    table_->horizontalHeader()->setStretchLastSection(true);
    auto* column = new QVBoxLayout(card);
    column->setContentsMargins(1, 4, 1, 6);
    column->addWidget(table_);
    return card;
}

void BenchmarkPage::update() {
    const auto state = controller_.state();
    const bool idle = state == State::idle;
    const QString whyNot = controller_.whyNot();
    run_->setText(idle ? tr("Run") : state == State::stopping ? tr("Stopping…") : tr("Cancel"));
    run_->setAccessibleName(run_->text());
    run_->setEnabled(!idle || whyNot.isEmpty());
    run_->setToolTip(!idle              ? tr("Stops after what is in flight; the rest can be resumed (Esc)")
                     : whyNot.isEmpty() ? tr("Measure (Ctrl+Enter)")
                                        : whyNot);
    setStyleProperty(run_, "kind", idle ? "primary" : "stop");
    const bool held = state == State::paused || state == State::pausing;
    pause_->setVisible(!idle);
    pause_->setEnabled(state != State::stopping);
    pause_->setText(state == State::paused    ? tr("Continue")
                    : state == State::pausing ? tr("Pausing…")
                                              : tr("Pause"));
    pause_->setAccessibleName(pause_->text());
    pause_->setToolTip(held ? tr("Goes on measuring") : tr("Waits after the repetition in flight"));
    const auto& resumable = controller_.resumable();
    resume_->setVisible(idle && resumable.id != 0);
    resume_->setText(tr("Resume run %1").arg(resumable.id));
    resume_->setAccessibleName(resume_->text());
    resume_->setToolTip(
        tr("Measures what run %1 (%2, %3) lacks").arg(resumable.id).arg(resumable.profile, resumable.status));
    const bool done = idle && controller_.storedRun() != 0;
    open_->setVisible(done);
    export_->setVisible(done);
    export_->setEnabled(done);
    progress_->setVisible(!idle);
    const auto& progress = controller_.progress();
    bar_->setRange(0, static_cast<int>(progress.total));
    bar_->setValue(static_cast<int>(progress.done));
    step_->setText(progress.seconds && state != State::stopping
                       ? tr("%1 of at most %2 repetitions · now: %3 · at most %4 left")
                             .arg(progress.done)
                             .arg(progress.total)
                             .arg(controller_.step(), durationText(*progress.seconds))
                       : controller_.step());
    message_->setText(controller_.message());
    setStyleProperty(message_, "tone", controller_.messageIsWarning() ? "warning" : "small");
    stack_->setCurrentIndex(!idle || controller_.table()->rowCount() > 0 ? 1 : 0);
}

}  // namespace ui
