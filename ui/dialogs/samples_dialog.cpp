#include "ui/dialogs/samples_dialog.h"

#include <QClipboard>
#include <QDialogButtonBox>
#include <QGuiApplication>
#include <QHeaderView>
#include <QLabel>
#include <QPushButton>
#include <QSortFilterProxyModel>
#include <QTableView>
#include <QVBoxLayout>

#include "ui/models/sample_table_model.h"
#include "ui/widgets/style_property.h"

namespace ui {

SamplesDialog::SamplesDialog(const QString& title, std::vector<engine::SampleRow> samples, QWidget* parent)
    : QDialog(parent) {
    setObjectName(QStringLiteral("samplesDialog"));
    setWindowTitle(tr("Raw samples · %1").arg(title));
    resize(820, 480);
    auto* count =
        new QLabel(tr("%n sample(s), as they were measured", nullptr, static_cast<int>(samples.size())));
    setStyleProperty(count, "tone", "mute");
    auto* model = new SampleTableModel(std::move(samples), this);
    auto* sorted = new QSortFilterProxyModel(this);
    sorted->setSourceModel(model);
    sorted->setSortRole(Qt::EditRole);
    auto* table = new QTableView;
    table->setObjectName(QStringLiteral("sampleTable"));
    table->setAccessibleName(tr("Raw samples"));
    table->setModel(sorted);
    table->setSortingEnabled(true);
    table->sortByColumn(-1, Qt::AscendingOrder);
    table->setSelectionBehavior(QAbstractItemView::SelectRows);
    table->setTabKeyNavigation(false);
    table->setShowGrid(false);
    table->verticalHeader()->hide();
    table->verticalHeader()->setDefaultSectionSize(26);
    constexpr int kWidths[] = {90, 250, 150, 110, 70};
    for (int column = 0; column < 5; ++column)
        table->setColumnWidth(column, kWidths[column]);
    table->horizontalHeader()->setStretchLastSection(true);
    table->horizontalHeader()->setHighlightSections(false);
    auto* buttons = new QDialogButtonBox(QDialogButtonBox::Close);
    buttons->button(QDialogButtonBox::Close)->setObjectName(QStringLiteral("samplesClose"));
    auto* copy = buttons->addButton(tr("Copy all"), QDialogButtonBox::ActionRole);
    copy->setObjectName(QStringLiteral("samplesCopy"));
    copy->setToolTip(tr("Copies the table with tabs between columns, for a spreadsheet"));
    connect(copy, &QPushButton::clicked, this,
            [model] { QGuiApplication::clipboard()->setText(model->asText()); });
    connect(buttons, &QDialogButtonBox::rejected, this, &QDialog::reject);
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(16, 16, 16, 16);
    column->setSpacing(8);
    column->addWidget(count);
    column->addWidget(table, 1);
    column->addWidget(buttons);
}

std::vector<engine::SampleRow> samplesOf(const engine::LaneReport& lane,
                                         const engine::MetricSummary* summary) {
    if (summary == nullptr)
        return lane.samples;
    std::vector<engine::SampleRow> wanted;
    for (const auto& sample : lane.samples)
        if (sample.metric == summary->metric && sample.test == summary->test &&
            sample.prompt == summary->prompt && sample.generate == summary->generate &&
            sample.depth == summary->depth)
            wanted.push_back(sample);
    return wanted;
}

}  // namespace ui
