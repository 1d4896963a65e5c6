#include "ui/widgets/tensor_panel.h"

#include <QButtonGroup>
#include <QHBoxLayout>
#include <QHeaderView>
#include <QLabel>
#include <QLineEdit>
#include <QLocale>
#include <QPushButton>
#include <QTableView>
#include <QVBoxLayout>

#include "engine/report/metric_catalog.h"
#include "ui/widgets/elided_label.h"
#include "ui/widgets/histogram_view.h"
#include "ui/widgets/page_parts.h"
#include "ui/widgets/style_property.h"
#include "ui/widgets/table_parts.h"

namespace ui {
namespace {

constexpr int kRowHeight = 24;
constexpr int kSpreadWidth = 330;
constexpr int kWidths[TensorTableModel::columnCount_] = {240, 110, 96, 84, 84, 88};

QString number(double value) {
    return QString::fromStdString(engine::formatNumber(value));
}

}  // namespace

TensorPanel::TensorPanel(ModelsController& controller, QWidget* parent)
    : QWidget(parent), controller_(controller) {
    proxy_.setSourceModel(&model_);
    proxy_.setSortRole(TensorTableModel::sortRole);
    proxy_.setFilterRole(TensorTableModel::searchRole);
    proxy_.setFilterCaseSensitivity(Qt::CaseInsensitive);
    auto* line = new QHBoxLayout(this);
    line->setContentsMargins(0, 0, 0, 0);
    line->setSpacing(16);
    line->addWidget(buildTable(), 1);
    line->addWidget(buildSpread());
    connect(&controller_, &ModelsController::histogramReady, this, &TensorPanel::showHistogram);
    connect(&controller_, &ModelsController::histogramFailed, this, [this](const QString& message) {
        histogram_->setHistogram({});
        facts_->setText(message);
        setStyleProperty(facts_, "tone", "warning");
    });
}

QWidget* TensorPanel::buildTable() {
    filter_ = new QLineEdit;
    filter_->setObjectName(QStringLiteral("tensorFilter"));
    filter_->setAccessibleName(tr("Filter tensors"));
    filter_->setPlaceholderText(tr("Filter by name, shape or scheme…"));
    filter_->setClearButtonEnabled(true);
    filter_->setMaximumWidth(320);
    count_ = new QLabel;
    count_->setObjectName(QStringLiteral("tensorCount"));
    setStyleProperty(count_, "tone", "small");
    view_ = new QTableView;
    view_->setObjectName(QStringLiteral("tensorTable"));
    view_->setAccessibleName(tr("Tensors of the model"));
    view_->setModel(&proxy_);
    setRowLook(view_, kRowHeight);
    for (int column = 0; column < TensorTableModel::columnCount_; ++column)
        view_->setColumnWidth(column, kWidths[column]);
    view_->horizontalHeader()->setSectionResizeMode(TensorTableModel::nameColumn, QHeaderView::Stretch);
    view_->setSortingEnabled(true);
    view_->sortByColumn(TensorTableModel::nameColumn, Qt::AscendingOrder);
    connect(filter_, &QLineEdit::textChanged, this, [this](const QString& text) {
        proxy_.setFilterFixedString(text);
        updateCount();
    });
    connect(view_->selectionModel(), &QItemSelectionModel::selectionChanged, this, &TensorPanel::showCurrent);
    auto* head = new QHBoxLayout;
    head->addWidget(filter_, 1);
    head->addWidget(count_);
    head->addStretch(1);
    auto* table = new QWidget;
    auto* column = new QVBoxLayout(table);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(6);
    column->addLayout(head);
    column->addWidget(view_, 1);
    return table;
}

QWidget* TensorPanel::buildSpread() {
    tensor_ = new ElidedLabel(tr("Choose a tensor to see its values"));
    tensor_->setObjectName(QStringLiteral("tensorName"));
    setStyleProperty(tensor_, "tone", "heading");
    stored_ = makeButton(tr("Stored"), QStringLiteral("storedValuesButton"),
                         tr("The numbers in the file: codes of quantized weights"));
    dequantized_ = makeButton(tr("Dequantized"), QStringLiteral("dequantizedValuesButton"),
                              tr("Codes times their scales: what the model computes with"));
    auto* group = new QButtonGroup(this);
    auto* kinds = new QHBoxLayout;
    kinds->setSpacing(6);
    for (auto* button : {stored_, dequantized_}) {
        button->setCheckable(true);
        button->setProperty("kind", "segment");
        group->addButton(button);
        kinds->addWidget(button);
    }
    kinds->addStretch(1);
    dequantized_->setChecked(true);
    connect(dequantized_, &QPushButton::toggled, this, &TensorPanel::showCurrent);
    histogram_ = new HistogramView;
    facts_ = new QLabel;
    facts_->setObjectName(QStringLiteral("histogramFacts"));
    facts_->setTextFormat(Qt::PlainText);
    facts_->setWordWrap(true);
    setStyleProperty(facts_, "tone", "small");
    auto* spread = new QWidget;
    spread->setFixedWidth(kSpreadWidth);
    auto* column = new QVBoxLayout(spread);
    column->setContentsMargins(0, 4, 0, 0);
    column->setSpacing(6);
    column->addWidget(tensor_);
    column->addLayout(kinds);
    column->addWidget(histogram_, 1);
    column->addWidget(facts_);
    return spread;
}

void TensorPanel::setModel(const QString& path, const std::vector<engine::TensorFacts>& tensors) {
    if (path == path_ && tensors.size() == model_.tensors().size())
        return;  // read again: what was chosen stays
    path_ = path;
    model_.setTensors(tensors);
    histogram_->setHistogram({});
    facts_->clear();
    tensor_->setText(tr("Choose a tensor to see its values"));
    stored_->setEnabled(false);
    dequantized_->setEnabled(false);
    updateCount();
}

void TensorPanel::choose(const QString& tensor) {
    filter_->clear();
    for (int row = 0; row < proxy_.rowCount(); ++row)
        if (proxy_.index(row, TensorTableModel::nameColumn).data().toString() == tensor) {
            view_->selectRow(row);
            view_->scrollTo(proxy_.index(row, 0), QAbstractItemView::PositionAtCenter);
            return;
        }
}

void TensorPanel::focusFilter() {
    filter_->setFocus(Qt::ShortcutFocusReason);
}

void TensorPanel::updateCount() {
    count_->setText(proxy_.rowCount() == model_.rowCount()
                        ? tr("%n tensor(s)", nullptr, model_.rowCount())
                        : tr("%1 of %n tensor(s)", nullptr, model_.rowCount()).arg(proxy_.rowCount()));
}

void TensorPanel::showCurrent() {
    const auto index = view_->selectionModel()->selectedRows().value(0);
    if (!index.isValid())
        return;
    const auto& tensor = model_.tensors()[static_cast<std::size_t>(proxy_.mapToSource(index).row())];
    const QString name = QString::fromStdString(tensor.name);
    tensor_->setText(name);
    stored_->setEnabled(tensor.codes);
    dequantized_->setEnabled(tensor.codes);
    setStyleProperty(facts_, "tone", "small");
    facts_->setText(tr("Reading the values…"));
    histogram_->setHistogram({});
    const bool codes = tensor.codes && stored_->isChecked();
    controller_.readHistogram(path_, name,
                              codes ? engine::TensorValues::stored : engine::TensorValues::dequantized);
}

void TensorPanel::showHistogram(const engine::TensorHistogram& histogram) {
    histogram_->setHistogram(histogram);
    QString text = tr("mean %1 · deviation %2\n%3 values, %4 % exactly zero")
                       .arg(number(histogram.mean), number(histogram.deviation),
                            QLocale().toString(qlonglong{histogram.values}),
                            number(histogram.values > 0 ? 100.0 * static_cast<double>(histogram.zeros) /
                                                              static_cast<double>(histogram.values)
                                                        : 0.0));
    if (histogram.nonFinite > 0)
        text += tr("\n%1 values are infinite or no numbers").arg(histogram.nonFinite);
    setStyleProperty(facts_, "tone", histogram.nonFinite > 0 ? "warning" : "small");
    facts_->setText(text);
    histogram_->setAccessibleDescription(text);
}

}  // namespace ui
