#include "ui/pages/models_page.h"

#include <QComboBox>
#include <QDragEnterEvent>
#include <QFileDialog>
#include <QHBoxLayout>
#include <QHeaderView>
#include <QLabel>
#include <QLocale>
#include <QMimeData>
#include <QPushButton>
#include <QShortcut>
#include <QSplitter>
#include <QTableView>
#include <QUrl>
#include <QVBoxLayout>

#include "ui/widgets/card.h"
#include "ui/widgets/elided_label.h"
#include "ui/widgets/model_delegate.h"
#include "ui/widgets/model_details.h"
#include "ui/widgets/page_parts.h"
#include "ui/widgets/style_property.h"
#include "ui/widgets/table_parts.h"
#include "ui/widgets/tensor_panel.h"

namespace ui {
namespace {

constexpr int kRowHeight = 44;
constexpr int kListHeight = 310;  // six models and the hint
constexpr int kDetailsHeight = 390;
constexpr int kContexts[] = {2048, 4096, 8192, 16384, 32768, 65536, 131072};
constexpr int kWidths[ModelListModel::columnCount_] = {300, 110, 124, 112, 190, 150};

QStringList localPaths(const QMimeData* mime) {
    QStringList paths;
    for (const auto& url : mime->urls())
        if (url.isLocalFile())
            paths << url.toLocalFile();
    return paths;
}

}  // namespace

ModelsPage::ModelsPage(ModelsController& controller, QWidget* parent)
    : QWidget(parent), controller_(controller) {
    setObjectName(QStringLiteral("page"));
    setAcceptDrops(true);
    details_ = new ModelDetails(controller);
    auto* splitter = new QSplitter(Qt::Vertical);
    splitter->setHandleWidth(12);
    splitter->setChildrenCollapsible(false);
    splitter->addWidget(buildList());
    splitter->addWidget(details_);
    splitter->setStretchFactor(0, 2);
    splitter->setStretchFactor(1, 3);
    splitter->setSizes({kListHeight, kDetailsHeight});
    details_->setMinimumHeight(220);
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(20, 14, 20, 16);
    column->setSpacing(12);
    column->addWidget(buildHeader());
    column->addWidget(splitter, 1);
    connect(details_, &ModelDetails::loadWanted, this, &ModelsPage::loadWanted);
    connect(details_, &ModelDetails::compareWanted, this, &ModelsPage::compareWanted);
    connect(details_, &ModelDetails::benchmarkWanted, this, &ModelsPage::benchmarkWanted);
    connect(details_, &ModelDetails::quantizeWanted, this, &ModelsPage::quantizeWanted);
    connect(details_, &ModelDetails::finetuneWanted, this, &ModelsPage::finetuneWanted);
    connect(&controller_, &ModelsController::said, this, &ModelsPage::showMessage);
    connect(&controller_, &ModelsController::added, this,
            [this](const QString& path) { view_->selectRow(controller_.list()->find(path)); });
    if (!controller_.startNotice().isEmpty())
        showMessage(controller_.startNotice(), true);
    view_->selectRow(0);
}

QWidget* ModelsPage::buildHeader() {
    count_ = makeChip({});
    message_ = new ElidedLabel;
    message_->setObjectName(QStringLiteral("modelsMessage"));
    setStyleProperty(message_, "tone", "small");
    auto* folder = makeButton(tr("Add folder…"), QStringLiteral("addFolderButton"),
                              tr("A model's folder, or one that holds several models"));
    auto* files = makeButton(tr("Add files…"), QStringLiteral("addFilesButton"),
                             tr(".gguf, .safetensors or .pth, several at once (Ctrl+O)"));
    connect(folder, &QPushButton::clicked, this, &ModelsPage::chooseFolder);
    connect(files, &QPushButton::clicked, this, &ModelsPage::chooseFiles);
    auto* open = new QShortcut(QKeySequence(QStringLiteral("Ctrl+O")), this);
    open->setContext(Qt::WidgetWithChildrenShortcut);
    connect(open, &QShortcut::activated, this, &ModelsPage::chooseFiles);
    const auto countModels = [this] {
        count_->setText(tr("%n model(s)", nullptr, controller_.list()->count()));
    };
    connect(controller_.list(), &QAbstractItemModel::rowsInserted, this, countModels);
    connect(controller_.list(), &QAbstractItemModel::rowsRemoved, this, countModels);
    countModels();
    auto* header = makeHeader(tr("Models"), {count_}, {buildConditions(), folder, files});
    auto* line = static_cast<QHBoxLayout*>(header->layout());
    line->setStretch(2, 0);
    line->insertWidget(2, message_, 1);
    return header;
}

QWidget* ModelsPage::buildConditions() {
    context_ = new QComboBox;
    context_->setObjectName(QStringLiteral("fitContext"));
    context_->setAccessibleName(tr("Context that the memory is estimated for"));
    context_->setToolTip(
        tr("Context that the memory is estimated for; a model's own limit counts where it is less"));
    for (const int tokens : kContexts)
        context_->addItem(tr("%1k context").arg(tokens / 1024), tokens);
    if (context_->findData(controller_.conditions().context) < 0)
        context_->addItem(tr("%1 tokens").arg(QLocale().toString(controller_.conditions().context)),
                          controller_.conditions().context);
    context_->setCurrentIndex(context_->findData(controller_.conditions().context));
    kv_ = new QComboBox;
    kv_->setObjectName(QStringLiteral("fitKv"));
    kv_->setAccessibleName(tr("KV cache that the memory is estimated for"));
    kv_->setToolTip(tr("How keys and values are kept"));
    for (const auto& scheme : engine::kvSchemes()) {
        const QString name =
            QString::fromUtf8(scheme.name.data(), static_cast<qsizetype>(scheme.name.size()));
        kv_->addItem(tr("KV %1").arg(name), name);
    }
    kv_->setCurrentIndex(kv_->findData(controller_.conditions().kv));
    connect(context_, &QComboBox::activated, this,
            [this] { controller_.setContext(context_->currentData().toInt()); });
    connect(kv_, &QComboBox::activated, this, [this] { controller_.setKv(kv_->currentData().toString()); });
    auto* label = new QLabel(tr("Memory for"));
    setStyleProperty(label, "tone", "small");
    auto* conditions = new QWidget;
    auto* line = new QHBoxLayout(conditions);
    line->setContentsMargins(0, 0, 8, 0);
    line->setSpacing(6);
    line->addWidget(label);
    line->addWidget(context_);
    line->addWidget(kv_);
    return conditions;
}

QWidget* ModelsPage::buildList() {
    auto* card = new Card;
    view_ = new QTableView;
    view_->setObjectName(QStringLiteral("modelTable"));
    view_->setAccessibleName(tr("Known models"));
    view_->setModel(controller_.list());
    view_->setItemDelegate(new ModelDelegate(view_));
    setRowLook(view_, kRowHeight);
    for (int column = 0; column < ModelListModel::columnCount_; ++column)
        view_->setColumnWidth(column, kWidths[column]);
    view_->horizontalHeader()->setSectionResizeMode(ModelListModel::nameColumn, QHeaderView::Stretch);
    hint_ = new QLabel(
        tr("Drop model folders, .pth, .safetensors or .gguf files here; nothing is copied or moved"));
    hint_->setObjectName(QStringLiteral("dropHint"));
    hint_->setAlignment(Qt::AlignCenter);
    hint_->setMinimumHeight(26);
    setStyleProperty(hint_, "tone", "small");
    auto* remove = new QShortcut(QKeySequence::Delete, view_);
    remove->setContext(Qt::WidgetShortcut);
    connect(remove, &QShortcut::activated, this, [this] { controller_.remove(currentRow()); });
    connect(view_->selectionModel(), &QItemSelectionModel::selectionChanged, this,
            [this] { details_->show(currentRow()); });
    connect(controller_.list(), &QAbstractItemModel::dataChanged, this, [this](const QModelIndex& first) {
        if (first.row() == currentRow())
            details_->show(first.row());
    });
    connect(controller_.list(), &QAbstractItemModel::rowsRemoved, this,
            [this] { details_->show(currentRow()); });
    auto* column = new QVBoxLayout(card);
    column->setContentsMargins(1, 4, 1, 4);
    column->setSpacing(0);
    column->addWidget(view_, 1);
    column->addWidget(hint_);
    card->setMinimumHeight(140);
    return card;
}

int ModelsPage::currentRow() const {
    const auto rows = view_->selectionModel()->selectedRows();
    return rows.isEmpty() ? -1 : rows.front().row();
}

void ModelsPage::focusList() {
    view_->setFocus(Qt::OtherFocusReason);
}

void ModelsPage::focusSearch() {
    if (details_->tensors()->isVisible())
        details_->tensors()->focusFilter();
    else
        focusList();
}

void ModelsPage::showMessage(const QString& text, bool warning) {
    setStyleProperty(message_, "tone", warning ? "warning" : "small");
    message_->setText(text);
    message_->setToolTip({});
}

void ModelsPage::chooseFolder() {
    const QString path =
        QFileDialog::getExistingDirectory(this, tr("A model's folder, or one that holds several models"));
    if (!path.isEmpty())
        controller_.add({path});
}

void ModelsPage::chooseFiles() {
    controller_.add(QFileDialog::getOpenFileNames(
        this, tr("Model files"), {}, tr("Models (*.gguf *.safetensors *.pth *.pt);;All files (*)")));
}

void ModelsPage::showDropHint(bool on) {
    setStyleProperty(hint_, "tone", on ? "heading" : "small");
    hint_->setText(
        on ? tr("Drop to add to the list")
           : tr("Drop model folders, .pth, .safetensors or .gguf files here; nothing is copied or moved"));
}

void ModelsPage::dragEnterEvent(QDragEnterEvent* event) {
    if (localPaths(event->mimeData()).isEmpty())
        return;
    event->setDropAction(Qt::CopyAction);
    event->accept();
    showDropHint(true);
}

void ModelsPage::dragLeaveEvent(QDragLeaveEvent*) {
    showDropHint(false);
}

void ModelsPage::dropEvent(QDropEvent* event) {
    event->setDropAction(Qt::CopyAction);
    event->accept();
    showDropHint(false);
    controller_.add(localPaths(event->mimeData()));
}

}  // namespace ui
