#include "ui/dialogs/history_dialog.h"

#include <QDialogButtonBox>
#include <QHeaderView>
#include <QLabel>
#include <QPushButton>
#include <QTableView>
#include <QVBoxLayout>

#include "ui/models/history_models.h"
#include "ui/widgets/style_property.h"

namespace ui {

HistoryDialog::HistoryDialog(CompareVotes& votes, QWidget* parent)
    : QDialog(parent),
      votes_(votes),
      entries_(new ComparisonListModel(this)),
      standings_(new StandingsModel(this)),
      list_(makeTable(entries_, QStringLiteral("comparisonTable"), tr("Comparisons"))),
      table_(makeTable(standings_, QStringLiteral("standingsTable"), tr("Standings"))),
      count_(new QLabel),
      note_(new QLabel(
          tr("A win: the vote went to a lane of the variant. Win rate = wins / (wins + losses), with "
             "its 95 % score interval (Wilson); “by chance” is what dice would give."))) {
    setObjectName(QStringLiteral("historyDialog"));
    setWindowTitle(tr("Comparisons and standings"));
    resize(940, 600);
    for (auto* label : {count_, note_})
        setStyleProperty(label, "tone", "mute");
    note_->setWordWrap(true);
    auto* heading = new QLabel(tr("Standings"));
    setStyleProperty(heading, "tone", "heading");
    constexpr int kListWidths[] = {130, 330, 230, 110};
    for (int column = 0; column < 4; ++column)
        list_->setColumnWidth(column, kListWidths[column]);
    table_->setColumnWidth(StandingsModel::variantColumn, 250);
    for (int column = StandingsModel::votesColumn; column < StandingsModel::columnCount_; ++column)
        table_->setColumnWidth(column, column == StandingsModel::rateColumn    ? 130
                                       : column == StandingsModel::votesColumn ? 110
                                                                               : 74);
    table_->setMaximumHeight(230);
    auto* buttons = new QDialogButtonBox(QDialogButtonBox::Close);
    buttons->button(QDialogButtonBox::Close)->setObjectName(QStringLiteral("historyClose"));
    open_ = buttons->addButton(tr("Show this comparison"), QDialogButtonBox::ActionRole);
    open_->setObjectName(QStringLiteral("historyOpen"));
    open_->setToolTip(tr("Shows its prompt, answers and figures on the page"));
    connect(open_, &QPushButton::clicked, this, &HistoryDialog::choose);
    connect(buttons, &QDialogButtonBox::rejected, this, &QDialog::reject);
    connect(list_, &QTableView::activated, this, &HistoryDialog::choose);
    connect(list_->selectionModel(), &QItemSelectionModel::selectionChanged, this,
            [this] { open_->setEnabled(list_->currentIndex().isValid()); });
    connect(&votes_, &CompareVotes::historyChanged, this, &HistoryDialog::refresh);
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(16, 16, 16, 16);
    column->setSpacing(8);
    column->addWidget(count_);
    column->addWidget(list_, 1);
    column->addSpacing(4);
    column->addWidget(heading);
    column->addWidget(table_);
    column->addWidget(note_);
    column->addWidget(buttons);
    refresh();
    votes_.readHistory();
}

QTableView* HistoryDialog::makeTable(QAbstractItemModel* model, const QString& name,
                                     const QString& accessible) {
    auto* table = new QTableView(this);
    table->setObjectName(name);
    table->setAccessibleName(accessible);
    table->setModel(model);
    table->setSelectionBehavior(QAbstractItemView::SelectRows);
    table->setSelectionMode(QAbstractItemView::SingleSelection);
    table->setTabKeyNavigation(false);
    table->setShowGrid(false);
    table->setWordWrap(false);
    table->verticalHeader()->hide();
    table->verticalHeader()->setDefaultSectionSize(26);
    table->horizontalHeader()->setStretchLastSection(true);
    table->horizontalHeader()->setHighlightSections(false);
    table->horizontalHeader()->setDefaultAlignment(Qt::AlignLeft | Qt::AlignVCenter);
    return table;
}

void HistoryDialog::refresh() {
    const auto& history = votes_.history();
    qint64 chosen = 0;
    if (const auto current = list_->currentIndex(); current.isValid())
        chosen = entries_->runAt(current.row());
    entries_->setEntries(history.entries);
    standings_->setStandings(history.standings);
    int votes = 0;
    int row = entries_->rowCount() > 0 ? 0 : -1;
    for (int i = 0; i < entries_->rowCount(); ++i) {
        votes += history.entries[static_cast<std::size_t>(i)].vote.empty() ? 0 : 1;
        if (entries_->runAt(i) == chosen)
            row = i;
    }
    if (row >= 0)
        list_->selectRow(row);
    open_->setEnabled(row >= 0);
    count_->setText(history.entries.empty()
                        ? tr("No comparison yet: type a prompt on the page and press Run.")
                        : tr("%n comparison(s)", nullptr, static_cast<int>(history.entries.size())) +
                              QStringLiteral(" · ") + tr("%n vote(s)", nullptr, votes));
}

void HistoryDialog::choose() {
    const auto current = list_->currentIndex();
    if (!current.isValid())
        return;
    emit chosen(entries_->runAt(current.row()));
    accept();
}

}  // namespace ui
