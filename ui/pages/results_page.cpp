#include "ui/pages/results_page.h"

#include <QClipboard>
#include <QFileDialog>
#include <QGuiApplication>
#include <QHBoxLayout>
#include <QHeaderView>
#include <QLabel>
#include <QMenu>
#include <QMessageBox>
#include <QPushButton>
#include <QSplitter>
#include <QStackedWidget>
#include <QTableView>
#include <QVBoxLayout>

#include "engine/report/writers.h"
#include "ui/dialogs/samples_dialog.h"
#include "ui/widgets/card.h"
#include "ui/widgets/elided_label.h"
#include "ui/widgets/empty_state.h"
#include "ui/widgets/export_menu.h"
#include "ui/widgets/page_parts.h"
#include "ui/widgets/plot_card.h"
#include "ui/widgets/results_filter_bar.h"
#include "ui/widgets/run_delegate.h"
#include "ui/widgets/run_details.h"
#include "ui/widgets/style_property.h"

namespace ui {
namespace {

constexpr int kRowHeight = 30;
constexpr int kMostBaselines = 30;  // in the menu; others are pinned from their details

}  // namespace

ResultsPage::ResultsPage(ResultsController& controller, QWidget* parent)
    : QWidget(parent), controller_(controller) {
    setObjectName(QStringLiteral("page"));
    filter_.setSourceModel(controller.table());
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(20, 14, 20, 16);
    column->setSpacing(10);
    column->addWidget(buildHeader());
    column->addWidget(buildMessageLine());
    stack_ = new QStackedWidget;
    stack_->addWidget(buildEmpty());
    stack_->addWidget(buildContent());
    column->addWidget(stack_, 1);
    connectController();
    connectDetails();
    updateState();
    updatePlots();
    updateRerun();
}

void ResultsPage::showRun(qint64 id) {
    wanted_ = id;
    selectWanted();
}

// A run that was stored a moment ago is not read yet.
void ResultsPage::selectWanted() {
    if (wanted_ == 0)
        return;
    for (int row = 0; row < controller_.table()->rowCount(); ++row) {
        const auto shown = filter_.mapFromSource(controller_.table()->index(row, 0));
        if (controller_.table()->run(row).run.id != wanted_ || !shown.isValid())
            continue;
        table_->selectRow(shown.row());
        table_->scrollTo(shown);
        wanted_ = 0;
        return;
    }
}

void ResultsPage::focusTable() {
    table_->setFocus(Qt::OtherFocusReason);
}
void ResultsPage::focusSearch() {
    filterBar_->focusSearch();
}

void ResultsPage::openExportMenu() {
    if (export_->isEnabled())
        export_->showMenu();
}

QWidget* ResultsPage::buildHeader() {
    count_ = makeChip({});
    filterBar_ = new ResultsFilterBar(*controller_.table(), filter_);
    baseline_ = makeButton(tr("Baseline ▾"), QStringLiteral("baselineButton"),
                           tr("The run that all others are held against"));
    baseline_->setMenu(new QMenu(baseline_));
    connect(baseline_->menu(), &QMenu::aboutToShow, this, &ResultsPage::fillBaselineMenu);
    more_ =
        makeButton(tr("Import ▾"), QStringLiteral("importButton"), tr("Runs of another machine, or samples"));
    auto* menu = new QMenu(more_);
    menu->addAction(tr("Import a report or database…"), this, &ResultsPage::chooseImport)
        ->setObjectName(QStringLiteral("importAction"));
    menu->addAction(tr("Open sample results"), &controller_, &ResultsController::openSample)
        ->setObjectName(QStringLiteral("sampleAction"));
    more_->setMenu(menu);
    export_ = makeButton(tr("Export ▾"), QStringLiteral("exportButton"),
                         tr("Writes the checked runs as a report (Ctrl+S)"));
    export_->setProperty("kind", "primary");
    export_->setMenu(new QMenu(export_));
    fillExportMenu(export_->menu(), this,
                   [this](const QString& file) { controller_.exportReport({}, file); });
    auto* header = makeHeader(tr("Results"), {count_}, {baseline_, more_, export_});
    auto* line = static_cast<QHBoxLayout*>(header->layout());
    line->insertWidget(3, filterBar_, 3);
    line->setSpacing(6);
    return header;
}

QWidget* ResultsPage::buildMessageLine() {
    messageLine_ = new QWidget;
    sampleNote_ =
        new QLabel(tr("Sample results, made with the demo model: read-only, not your measurements"));
    sampleNote_->setObjectName(QStringLiteral("sampleNote"));
    setStyleProperty(sampleNote_, "tone", "warning");
    closeSample_ =
        makeButton(tr("Close sample"), QStringLiteral("closeSampleButton"), tr("Back to your own runs"));
    connect(closeSample_, &QPushButton::clicked, &controller_, &ResultsController::closeSample);
    stopRerun_ = makeButton(tr("Stop"), QStringLiteral("stopRerunButton"),
                            tr("Stops measuring again; what was measured is kept"));
    stopRerun_->setProperty("kind", "stop");
    connect(stopRerun_, &QPushButton::clicked, &controller_, &ResultsController::stopRerun);
    message_ = new ElidedLabel;
    message_->setObjectName(QStringLiteral("resultsMessage"));
    message_->setTextFormat(Qt::PlainText);
    setStyleProperty(message_, "tone", "small");
    auto* line = new QHBoxLayout(messageLine_);
    line->setContentsMargins(0, 0, 0, 0);
    line->addWidget(sampleNote_);
    line->addWidget(closeSample_);
    line->addWidget(message_, 1);
    line->addStretch();
    line->addWidget(stopRerun_);
    return messageLine_;
}

QWidget* ResultsPage::buildEmpty() {
    auto* empty = new EmptyState(tr("No runs yet"),
                                 tr("Every comparison and benchmark is kept here, with its raw samples.\n"
                                    "Compare the demo variants to see the first one."));
    auto* compare = makeButton(tr("Go to Compare"), QStringLiteral("goCompareButton"), {});
    compare->setProperty("kind", "primary");
    connect(compare, &QPushButton::clicked, this, &ResultsPage::compareWanted);
    auto* sample = makeButton(tr("Open sample results"), QStringLiteral("openSampleButton"),
                              tr("A read-only example of what this page shows"));
    connect(sample, &QPushButton::clicked, &controller_, &ResultsController::openSample);
    empty->addWidget(compare);
    empty->addWidget(sample);
    return empty;
}

QWidget* ResultsPage::buildContent() {
    auto* content = new QWidget;
    auto* inner = new QVBoxLayout(content);
    inner->setContentsMargins(0, 0, 0, 0);
    inner->setSpacing(12);
    plots_ = new PlotCard;
    inner->addWidget(plots_);
    details_ = new RunDetails;
    details_->hide();
    auto* splitter = new QSplitter(Qt::Vertical);
    splitter->setHandleWidth(12);
    splitter->setChildrenCollapsible(false);
    splitter->addWidget(buildTable());
    splitter->addWidget(details_);
    splitter->setStretchFactor(0, 3);
    splitter->setStretchFactor(1, 2);
    inner->addWidget(splitter, 1);
    return content;
}

QWidget* ResultsPage::buildTable() {
    auto* card = new Card;
    table_ = new QTableView;
    table_->setObjectName(QStringLiteral("runTable"));
    table_->setAccessibleName(tr("Lanes of all runs"));
    table_->setModel(&filter_);
    table_->setItemDelegate(new RunDelegate(table_));
    table_->setShowGrid(false);
    table_->setSelectionBehavior(QAbstractItemView::SelectRows);
    table_->setSelectionMode(QAbstractItemView::SingleSelection);
    table_->setVerticalScrollMode(QAbstractItemView::ScrollPerPixel);
    table_->setSortingEnabled(true);
    table_->horizontalHeader()->setSortIndicator(-1, Qt::AscendingOrder);
    table_->horizontalHeader()->setHighlightSections(false);
    table_->setWordWrap(false);
    table_->verticalHeader()->hide();
    table_->verticalHeader()->setDefaultSectionSize(kRowHeight);
    table_->setTabKeyNavigation(false);
    sizeColumns();
    // Not the current row: a table that gets the focus makes its first row current.
    connect(table_->selectionModel(), &QItemSelectionModel::selectionChanged, this,
            &ResultsPage::showDetails);
    auto* column = new QVBoxLayout(card);
    column->setContentsMargins(1, 4, 1, 6);
    column->addWidget(table_);
    card->setMinimumHeight(100);
    return card;
}

void ResultsPage::sizeColumns() {
    constexpr int kWidths[RunTableModel::columnCount_] = {64, 140, 112, 70, 96, 128, 178, 94, 66, 150};
    for (int column = 0; column < RunTableModel::columnCount_; ++column)
        table_->setColumnWidth(column, kWidths[column]);
    table_->horizontalHeader()->setStretchLastSection(true);
}

void ResultsPage::connectController() {
    connect(&controller_, &ResultsController::changed, this, &ResultsPage::updateState);
    connect(&controller_, &ResultsController::changed, this, &ResultsPage::selectWanted);
    connect(&controller_, &ResultsController::rerunStateChanged, this, &ResultsPage::updateRerun);
    connect(&controller_, &ResultsController::exported, this,
            [this](const QString& file) { say(tr("Wrote %1").arg(file), false); });
    connect(&controller_, &ResultsController::said, this, [this](const QString& text) { say(text, false); });
    connect(&controller_, &ResultsController::failed, this, [this](const QString& text) { say(text, true); });
    connect(controller_.table(), &RunTableModel::checksChanged, this, &ResultsPage::updatePlots);
}

void ResultsPage::connectDetails() {
    connect(details_, &RunDetails::baselineWanted, &controller_, &ResultsController::pinBaseline);
    connect(details_, &RunDetails::rerunWanted, &controller_, &ResultsController::rerun);
    connect(details_, &RunDetails::deleteWanted, this, &ResultsPage::confirmDelete);
    connect(details_, &RunDetails::noteChanged, &controller_, &ResultsController::setNote);
    connect(details_, &RunDetails::tagsChanged, &controller_, &ResultsController::setTags);
    connect(details_, &RunDetails::markdownWanted, this, &ResultsPage::copyMarkdown);
    connect(details_, &RunDetails::samplesWanted, this, [this](qint64 lane) { showSamples(lane, nullptr); });
    connect(plots_, &PlotCard::samplesWanted, this,
            [this](qint64 lane, const engine::MetricSummary& summary) { showSamples(lane, &summary); });
    connect(plots_, &PlotCard::said, this, &ResultsPage::say);
}

void ResultsPage::fillBaselineMenu() {
    auto* menu = baseline_->menu();
    menu->clear();
    const auto* now = controller_.table()->baseline();
    auto* none = menu->addAction(tr("None: against the first lane of each run"), this,
                                 [this] { controller_.pinBaseline(0); });
    none->setCheckable(true);
    none->setChecked(now == nullptr);
    menu->addSeparator();
    for (int row = 0, shown = 0; row < controller_.table()->rowCount() && shown < kMostBaselines; ++row) {
        const auto& report = controller_.table()->run(row);
        if (&controller_.table()->lane(row) != &report.lanes.front())
            continue;
        ++shown;
        const qint64 id = report.run.id;
        auto text = tr("Run %1 · %2 · %3")
                        .arg(id)
                        .arg(QString::fromStdString(report.run.profile),
                             QString::fromStdString(report.run.startedAt).left(16));
        auto* action = menu->addAction(text.replace(QLatin1Char('&'), QLatin1String("&&")), this,
                                       [this, id] { controller_.pinBaseline(id); });
        action->setCheckable(true);
        action->setChecked(now == &report);
    }
}

void ResultsPage::chooseImport() {
    const QString file = QFileDialog::getOpenFileName(
        this, tr("Import runs"), {},
        tr("Reports and databases (*.json *.html *.sqlite *.db);;All files (*)"));
    if (!file.isEmpty())
        controller_.importFile(file);
}

void ResultsPage::say(const QString& text, bool problem) {
    setStyleProperty(message_, "tone", problem ? "warning" : "small");
    message_->setText(text);
    updateRerun();
}

void ResultsPage::updateRerun() {
    details_->setRerunState(controller_.whyNoRerun());
    stopRerun_->setVisible(controller_.rerunning());
    sampleNote_->setVisible(controller_.showsSample());
    closeSample_->setVisible(controller_.showsSample());
    message_->setVisible(!message_->text().isEmpty());
    messageLine_->setVisible(controller_.rerunning() || controller_.showsSample() ||
                             !message_->text().isEmpty());
}

void ResultsPage::updateState() {
    const int runs = controller_.table()->runCount();
    count_->setText(controller_.showsSample() ? tr("%n sample run(s)", nullptr, runs)
                                              : tr("%n run(s)", nullptr, runs));
    stack_->setCurrentIndex(runs > 0 ? 1 : 0);
    filterBar_->updateState();
    const auto* base = controller_.table()->baseline();
    baseline_->setText(base == nullptr ? tr("Baseline ▾") : tr("Baseline: %1 ▾").arg(base->run.id));
    baseline_->setEnabled(runs > 0 && !controller_.showsSample());
    updateRerun();
    if (!selectedRow().isValid())
        details_->hide();
}

void ResultsPage::updatePlots() {
    auto lanes = controller_.table()->checkedRows();
    export_->setEnabled(!lanes.empty());
    plots_->setLanes(std::move(lanes));
}

QModelIndex ResultsPage::selectedRow() const {
    return table_->selectionModel()->selectedRows().value(0);
}

void ResultsPage::showDetails() {
    const auto index = selectedRow();
    if (index.isValid())
        details_->showRow(*controller_.table(), filter_.mapToSource(index).row(), controller_.showsSample());
    else
        details_->hide();
}

void ResultsPage::showSamples(qint64 laneId, const engine::MetricSummary* summary) {
    for (int row = 0; row < controller_.table()->rowCount(); ++row) {
        const auto& lane = controller_.table()->lane(row);
        if (lane.lane.id != laneId)
            continue;
        auto* dialog = new SamplesDialog(tr("run %1, %2")
                                             .arg(controller_.table()->run(row).run.id)
                                             .arg(QString::fromStdString(lane.lane.name)),
                                         samplesOf(lane, summary), this);
        dialog->setAttribute(Qt::WA_DeleteOnClose);
        dialog->open();
        return;
    }
}

void ResultsPage::confirmDelete(qint64 runId) {
    QMessageBox box(QMessageBox::Warning, tr("Delete this run?"),
                    tr("Run %1 with all its lanes and raw samples goes for good.").arg(runId),
                    QMessageBox::Cancel, this);
    box.setObjectName(QStringLiteral("deleteRunDialog"));
    auto* really = box.addButton(tr("Delete"), QMessageBox::DestructiveRole);
    really->setObjectName(QStringLiteral("reallyDeleteRun"));
    box.setDefaultButton(QMessageBox::Cancel);
    box.exec();
    if (box.clickedButton() == really)
        controller_.deleteRun(runId);
}

void ResultsPage::copyMarkdown(qint64 runId) {
    const auto* report = controller_.table()->findRun(runId);
    if (report == nullptr)
        return;
    QGuiApplication::clipboard()->setText(QString::fromStdString(engine::writeMarkdown({*report})));
    say(tr("Run %1 is on the clipboard as Markdown").arg(runId), false);
}

}  // namespace ui
