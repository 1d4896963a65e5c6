#include "ui/widgets/model_details.h"

#include <QButtonGroup>
#include <QDesktopServices>
#include <QFileInfo>
#include <QHBoxLayout>
#include <QLabel>
#include <QPlainTextEdit>
#include <QPushButton>
#include <QStackedWidget>
#include <QUrl>
#include <QVBoxLayout>

#include "ui/theme.h"
#include "ui/widgets/elided_label.h"
#include "ui/widgets/model_overview.h"
#include "ui/widgets/page_parts.h"
#include "ui/widgets/size_treemap.h"
#include "ui/widgets/style_property.h"
#include "ui/widgets/tensor_panel.h"
#include "ui/widgets/variant_quality.h"

namespace ui {
namespace {

enum Tab { overviewTab, tensorTab, mapTab, qualityTab, licenceTab };

}  // namespace

ModelDetails::ModelDetails(ModelsController& controller, QWidget* parent)
    : Card(parent), controller_(controller) {
    setObjectName(QStringLiteral("modelDetails"));
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(12, 10, 12, 10);
    column->setSpacing(8);
    column->addWidget(buildHead());
    column->addWidget(buildTabs(), 1);
    connect(&controller_, &ModelsController::verifyingChanged, this, [this] { show(row_); });
    show(-1);
}

QWidget* ModelDetails::buildHead() {
    title_ = new ElidedLabel;
    title_->setObjectName(QStringLiteral("modelTitle"));
    setStyleProperty(title_, "tone", "heading");
    path_ = new ElidedLabel;
    path_->setObjectName(QStringLiteral("modelPath"));
    setStyleProperty(path_, "tone", "small");
    load_ = makeButton(tr("Load in chat"), QStringLiteral("modelLoadButton"), {});
    load_->setProperty("kind", "primary");
    compare_ = makeButton(tr("Compare"), QStringLiteral("modelCompareButton"),
                          tr("Adds a lane with this model to the comparison"));
    benchmark_ = makeButton(tr("Benchmark"), QStringLiteral("modelBenchmarkButton"),
                            tr("Measures this model repeatedly"));
    quantize_ = makeButton(tr("Quantize…"), QStringLiteral("modelQuantizeButton"), {});
    finetune_ = makeButton(tr("Fine-tune…"), QStringLiteral("modelFinetuneButton"), {});
    verify_ = makeButton({}, QStringLiteral("modelVerifyButton"), {});
    folder_ = makeButton(tr("Show folder"), QStringLiteral("modelFolderButton"),
                         tr("Opens the model's folder in the file manager"));
    remove_ = makeButton(tr("Remove"), QStringLiteral("modelRemoveButton"), {});
    const auto path = [this] { return controller_.list()->row(row_).path; };
    connect(load_, &QPushButton::clicked, this, [this, path] { emit loadWanted(path()); });
    connect(compare_, &QPushButton::clicked, this, [this, path] { emit compareWanted(path()); });
    connect(benchmark_, &QPushButton::clicked, this, [this, path] { emit benchmarkWanted(path()); });
    connect(quantize_, &QPushButton::clicked, this, [this, path] { emit quantizeWanted(path()); });
    connect(finetune_, &QPushButton::clicked, this, [this, path] { emit finetuneWanted(path()); });
    connect(verify_, &QPushButton::clicked, this, [this] {
        if (controller_.isVerifying())
            controller_.stopVerifying();
        else
            controller_.verify(row_);
    });
    connect(folder_, &QPushButton::clicked, this, &ModelDetails::openFolder);
    connect(remove_, &QPushButton::clicked, this, [this] { controller_.remove(row_); });
    auto* names = new QVBoxLayout;
    names->setSpacing(1);
    names->addWidget(title_);
    names->addWidget(path_);
    auto* head = new QWidget;
    auto* line = new QHBoxLayout(head);
    line->setContentsMargins(0, 0, 0, 0);
    line->setSpacing(8);
    line->addLayout(names, 1);
    for (auto* button : {remove_, folder_, verify_, finetune_, quantize_, benchmark_, compare_, load_})
        line->addWidget(button);
    return head;
}

QWidget* ModelDetails::buildTabs() {
    pages_ = new QStackedWidget;
    auto* bar = new QHBoxLayout;
    bar->setSpacing(6);
    overview_ = new ModelOverview;
    tensors_ = new TensorPanel(controller_);
    map_ = new SizeTreemap;
    quality_ = new VariantQuality;
    licence_ = new QPlainTextEdit;
    licence_->setObjectName(QStringLiteral("modelLicence"));
    licence_->setAccessibleName(tr("Licence of the model"));
    licence_->setReadOnly(true);
    licence_->setProperty("framed", true);
    licence_->setFont(Theme::instance().codeFont());
    addTab(tr("Overview"), QStringLiteral("modelOverviewTab"), overview_);
    addTab(tr("Tensors"), QStringLiteral("modelTensorTab"), tensors_);
    addTab(tr("Size map"), QStringLiteral("modelMapTab"), map_);
    addTab(tr("Quality"), QStringLiteral("modelQualityTab"), quality_);
    addTab(tr("Licence"), QStringLiteral("modelLicenceTab"), licence_);
    auto* group = new QButtonGroup(this);
    for (auto* tab : tabs_) {
        group->addButton(tab);
        bar->addWidget(tab);
    }
    bar->addStretch(1);
    tabs_[overviewTab]->setChecked(true);
    connect(map_, &SizeTreemap::chosen, this, [this](const QString& tensor) {
        openTab(tensorTab);
        tensors_->choose(tensor);
    });
    auto* body = new QWidget;
    auto* column = new QVBoxLayout(body);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(10);
    column->addLayout(bar);
    column->addWidget(pages_, 1);
    return body;
}

void ModelDetails::addTab(const QString& text, const QString& objectName, QWidget* page) {
    auto* tab = makeButton(text, objectName, {});
    tab->setCheckable(true);
    tab->setProperty("kind", "segment");
    const int at = pages_->addWidget(page);
    connect(tab, &QPushButton::toggled, this, [this, at](bool on) {
        if (!on)
            return;
        pages_->setCurrentIndex(at);
        showQuality();
    });
    tabs_.push_back(tab);
}

void ModelDetails::openTab(int tab) {
    tabs_[tab]->setChecked(true);
}

void ModelDetails::show(int row) {
    row_ = row;
    const auto* shown =
        row >= 0 && row < controller_.list()->count() ? &controller_.list()->row(row) : nullptr;
    setVisible(shown != nullptr);
    updateActions(shown);
    if (shown == nullptr)
        return;
    const bool opens = shown->opens();
    title_->setText(shown->name());
    path_->setText(shown->path);
    overview_->show(*shown);
    const QString licence =
        shown->surveyed ? QString::fromStdString(shown->surveyed->survey.licenceText) : QString();
    tabs_[tensorTab]->setEnabled(opens);
    tabs_[mapTab]->setEnabled(opens);
    tabs_[qualityTab]->setEnabled(opens);
    showQuality();
    tabs_[licenceTab]->setEnabled(!licence.isEmpty());
    tabs_[licenceTab]->setToolTip(licence.isEmpty()
                                      ? tr("There is no licence file beside the model")
                                      : QString::fromStdString(shown->surveyed->survey.licenceFile));
    if (!tabs_[pages_->currentIndex()]->isEnabled())
        openTab(overviewTab);
    if (licence != licence_->toPlainText())
        licence_->setPlainText(licence);
    if (!opens)
        return;
    const auto& tensors = shown->surveyed->survey.tensors;
    const bool another = map_->property("shown").toString() != shown->path ||
                         map_->cellCount() != static_cast<int>(tensors.size());
    tensors_->setModel(shown->path, tensors);
    if (another)
        map_->setTensors(tensors);
    map_->setProperty("shown", shown->path);
}

/// Only while it is seen: rows change with every percent of a digest.
void ModelDetails::showQuality() {
    if (pages_->currentWidget() == quality_ && row_ >= 0 && row_ < controller_.list()->count())
        quality_->show(*controller_.list(), controller_.list()->row(row_));
}

void ModelDetails::updateActions(const ModelRow* row) {
    const bool opens = row != nullptr && row->opens();
    const QString why = row == nullptr ? QString() : row->reason();
    const std::pair<QPushButton*, QString> uses[] = {
        {load_, tr("Makes it the chat's model; it is loaded with the next message")},
        {compare_, tr("Adds a lane with this model to the comparison")},
        {benchmark_, tr("Measures this model repeatedly")},
        {finetune_, tr("Trains this model further on texts or chats")},
        {quantize_, tr("Makes a smaller variant of this model and measures what it lost")}};
    for (const auto& [button, tip] : uses) {
        button->setEnabled(opens);
        button->setToolTip(opens ? tip : why);
    }
    const bool running = controller_.isVerifying();
    verify_->setText(running ? tr("Stop verifying") : tr("Verify"));
    verify_->setAccessibleName(verify_->text());
    verify_->setToolTip(running ? tr("Stop (Esc)")
                                : tr("Computes the SHA-256 of the weight files and compares it with what was "
                                     "published or computed before"));
    setStyleProperty(verify_, "kind", running ? "stop" : "plain");
    verify_->setEnabled(running || (row != nullptr && row->surveyed && !row->surveyed->survey.files.empty()));
    remove_->setEnabled(row != nullptr && controller_.mayRemove(row_));
    remove_->setToolTip(remove_->isEnabled() ? tr("Takes it out of the list; no file is deleted (Del)")
                                             : tr("The demo models come with the program and stay"));
    folder_->setEnabled(row != nullptr && row->surveyed && !row->surveyed->survey.files.empty());
}

void ModelDetails::openFolder() const {
    const auto& files = controller_.list()->row(row_).surveyed->survey.files;
    QDesktopServices::openUrl(
        QUrl::fromLocalFile(QFileInfo(QString::fromStdString(files.front().string())).absolutePath()));
}

}  // namespace ui
