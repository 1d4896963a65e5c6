#include "ui/pages/results_page.h"

#include <QGridLayout>
#include <QHBoxLayout>
#include <QHeaderView>
#include <QLabel>
#include <QLineEdit>
#include <QMenu>
#include <QPushButton>
#include <QSplitter>
#include <QStackedWidget>
#include <QTableView>
#include <QVBoxLayout>

#include "ui/models/lane_facts.h"
#include "ui/plots/lane_bars.h"
#include "ui/plots/metric_bars.h"
#include "ui/theme.h"
#include "ui/widgets/answer_view.h"
#include "ui/widgets/card.h"
#include "ui/widgets/empty_state.h"
#include "ui/widgets/export_menu.h"
#include "ui/widgets/icon_button.h"
#include "ui/widgets/page_parts.h"
#include "ui/widgets/run_delegate.h"
#include "ui/widgets/style_property.h"

namespace ui {
namespace {

constexpr int kRowHeight = 30;
constexpr int kPlotHeight = 182;
const char* const kPlotted[] = {"decode_tokens_per_s", "ttft_ms", "peak_rss_bytes", "joules_per_token"};

}  // namespace

ResultsPage::ResultsPage(ResultsController& controller, QWidget* parent)
    : QWidget(parent), controller_(controller) {
    setObjectName(QStringLiteral("page"));
    proxy_.setSourceModel(controller.table());
    proxy_.setFilterRole(RunTableModel::searchRole);
    proxy_.setFilterCaseSensitivity(Qt::CaseInsensitive);
    proxy_.setSortRole(RunTableModel::sortRole);
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(20, 14, 20, 16);
    column->setSpacing(12);
    column->addWidget(buildHeader());
    stack_ = new QStackedWidget;
    auto* empty = new EmptyState(tr("No runs yet"),
                                 tr("Every comparison and benchmark is kept here, with its raw samples.\n"
                                    "Compare the demo variants to see the first one."));
    auto* compare = makeButton(tr("Go to Compare"), QStringLiteral("goCompareButton"), {});
    compare->setProperty("kind", "primary");
    connect(compare, &QPushButton::clicked, this, &ResultsPage::compareWanted);
    empty->addWidget(compare);
    auto* content = new QWidget;
    auto* inner = new QVBoxLayout(content);
    inner->setContentsMargins(0, 0, 0, 0);
    inner->setSpacing(12);
    inner->addWidget(buildPlots());
    auto* splitter = new QSplitter(Qt::Vertical);
    splitter->setHandleWidth(12);
    splitter->setChildrenCollapsible(false);
    splitter->addWidget(buildTable());
    splitter->addWidget(buildDetails());
    splitter->setStretchFactor(0, 3);
    splitter->setStretchFactor(1, 2);
    inner->addWidget(splitter, 1);
    stack_->addWidget(empty);
    stack_->addWidget(content);
    column->addWidget(stack_, 1);
    connect(&controller_, &ResultsController::changed, this, &ResultsPage::updateState);
    connect(controller_.table(), &RunTableModel::checksChanged, this, &ResultsPage::updatePlots);
    connect(&Theme::instance(), &Theme::changed, this, &ResultsPage::updatePlots);
    updateState();
    updatePlots();
}

void ResultsPage::focusTable() {
    table_->setFocus(Qt::OtherFocusReason);
}
void ResultsPage::focusSearch() {
    search_->setFocus(Qt::ShortcutFocusReason);
}

void ResultsPage::openExportMenu() {
    if (export_->isEnabled())
        export_->showMenu();
}

QWidget* ResultsPage::buildHeader() {
    count_ = makeChip({});
    message_ = new QLabel;
    message_->setObjectName(QStringLiteral("resultsMessage"));
    message_->setTextFormat(Qt::PlainText);
    setStyleProperty(message_, "tone", "small");
    search_ = new QLineEdit;
    search_->setObjectName(QStringLiteral("resultsSearch"));
    search_->setAccessibleName(tr("Search runs"));
    search_->setPlaceholderText(tr("Search model, kernels, prompt…"));
    search_->setToolTip(tr("Search (Ctrl+K)"));
    search_->setFixedWidth(230);
    search_->setClearButtonEnabled(true);
    connect(search_, &QLineEdit::textChanged, &proxy_, &QSortFilterProxyModel::setFilterFixedString);
    export_ = makeButton(tr("Export report ▾"), QStringLiteral("exportButton"),
                         tr("Writes the checked runs as a report (Ctrl+S)"));
    export_->setProperty("kind", "primary");
    export_->setMenu(new QMenu(export_));
    fillExportMenu(export_->menu(), this,
                   [this](const QString& file) { controller_.exportReport({}, file); });
    connect(&controller_, &ResultsController::exported, this, [this](const QString& file) {
        setStyleProperty(message_, "tone", "small");
        message_->setText(tr("Wrote %1").arg(file));
    });
    connect(&controller_, &ResultsController::failed, this, [this](const QString& text) {
        setStyleProperty(message_, "tone", "warning");
        message_->setText(text);
    });
    return makeHeader(tr("Results"), {count_, message_}, {search_, export_});
}

QWidget* ResultsPage::buildPlots() {
    plots_ = new QWidget;
    auto* line = new QHBoxLayout(plots_);
    line->setContentsMargins(0, 0, 0, 0);
    line->setSpacing(12);
    for (const char* metric : kPlotted) {
        bars_.push_back(new MetricBars(QStringLiteral("plot_") + QLatin1String(metric)));
        line->addWidget(bars_.back(), 1);
    }
    plots_->setFixedHeight(kPlotHeight);
    return plots_;
}

QWidget* ResultsPage::buildTable() {
    auto* card = new Card;
    table_ = new QTableView;
    table_->setObjectName(QStringLiteral("runTable"));
    table_->setAccessibleName(tr("Lanes of all runs"));
    table_->setModel(&proxy_);
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
    card->setMinimumHeight(120);
    return card;
}

void ResultsPage::sizeColumns() {
    constexpr int kWidths[RunTableModel::columnCount_] = {64, 150, 118, 76, 100, 128, 128, 98, 76, 160};
    for (int column = 0; column < RunTableModel::columnCount_; ++column)
        table_->setColumnWidth(column, kWidths[column]);
    table_->horizontalHeader()->setStretchLastSection(true);
}

QWidget* ResultsPage::buildDetails() {
    auto* card = new Card;
    detailTitle_ = new QLabel;
    detailTitle_->setObjectName(QStringLiteral("detailTitle"));
    detailTitle_->setTextFormat(Qt::PlainText);
    setStyleProperty(detailTitle_, "tone", "heading");
    delete_ = makeButton(tr("Delete run"), QStringLiteral("deleteRunButton"),
                         tr("Takes this run and its samples out of the database"));
    connect(delete_, &QPushButton::clicked, this, [this] {
        const auto index = selectedRow();
        if (index.isValid())
            controller_.deleteRun(index.data(RunTableModel::runIdRole).toLongLong());
    });
    auto* close =
        new IconButton(QStringLiteral("close"), QStringLiteral("closeDetailsButton"), tr("Close details"));
    detailAnswer_ = new AnswerView;
    detailAnswer_->setObjectName(QStringLiteral("detailAnswer"));
    detailAnswer_->setAccessibleName(tr("Answer of this lane"));
    detailFacts_ = new AnswerView;
    detailFacts_->setObjectName(QStringLiteral("detailFacts"));
    detailFacts_->setAccessibleName(tr("Conditions and metrics of this lane"));
    auto* head = new QHBoxLayout;
    head->addWidget(detailTitle_);
    head->addStretch(1);
    head->addWidget(delete_);
    head->addWidget(close);
    auto* grid = new QGridLayout(card);
    grid->setContentsMargins(12, 8, 8, 10);
    grid->setHorizontalSpacing(20);
    grid->addLayout(head, 0, 0, 1, 2);
    grid->addWidget(detailAnswer_, 1, 0);
    grid->addWidget(detailFacts_, 1, 1);
    grid->setColumnStretch(0, 1);
    grid->setColumnStretch(1, 1);
    details_ = card;
    details_->setMinimumHeight(140);
    details_->hide();
    connect(close, &QToolButton::clicked, details_, &QWidget::hide);
    return card;
}

void ResultsPage::updateState() {
    const int runs = controller_.table()->runCount();
    count_->setText(tr("%n run(s)", nullptr, runs));
    stack_->setCurrentIndex(runs > 0 ? 1 : 0);
    search_->setEnabled(runs > 0);
    if (!selectedRow().isValid())
        details_->hide();
}

void ResultsPage::updatePlots() {
    const auto lanes = controller_.table()->checkedLanes();
    for (int i = 0; i < bars_.size(); ++i)
        showLanes(*bars_[i], kPlotted[i], lanes);
    export_->setEnabled(!lanes.empty());
}

QModelIndex ResultsPage::selectedRow() const {
    return table_->selectionModel()->selectedRows().value(0);
}

void ResultsPage::showDetails() {
    const auto index = selectedRow();
    if (!index.isValid()) {
        details_->hide();
        return;
    }
    const int row = proxy_.mapToSource(index).row();
    const auto& run = controller_.table()->run(row);
    const auto& lane = controller_.table()->lane(row);
    detailTitle_->setText(tr("Run %1 · %2").arg(run.run.id).arg(QString::fromStdString(lane.lane.name)));
    const QString text = QString::fromStdString(lane.lane.error.empty() ? lane.lane.text : lane.lane.error);
    detailAnswer_->showText(text.isEmpty() ? tr("No text: this run measured random tokens.") : text);
    detailFacts_->showMarkdown(laneFacts(run, lane));
    details_->show();
}

}  // namespace ui
