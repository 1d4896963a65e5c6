#include "ui/dialogs/quantize_dialog.h"

#include <QFileDialog>
#include <QFileInfo>
#include <QFormLayout>
#include <QHBoxLayout>
#include <QLabel>
#include <QLineEdit>
#include <QListWidget>
#include <QProgressBar>
#include <QPushButton>
#include <QSpinBox>
#include <QStackedWidget>
#include <QVBoxLayout>
#include <limits>

#include "ui/models/duration_text.h"
#include "ui/models/model_names.h"
#include "ui/models/model_texts.h"
#include "ui/widgets/elided_label.h"
#include "ui/widgets/page_parts.h"
#include "ui/widgets/quality_panel.h"
#include "ui/widgets/style_property.h"

namespace ui {
namespace {

constexpr int kRecipeWidth = 230;
constexpr int kLabelWidth = 110;

}  // namespace

QuantizeDialog::QuantizeDialog(QuantizeController& controller, QWidget* parent)
    : QDialog(parent), controller_(controller), pages_(new QStackedWidget) {
    setObjectName(QStringLiteral("quantizeDialog"));
    setWindowTitle(
        tr("Quantize %1").arg(modelFullTitle(controller.source(), variantOfModel(controller.source()))));
    resize(860, 520);
    pages_->addWidget(choice_ = buildChoice());
    pages_->addWidget(running_ = buildProgress());
    pages_->addWidget(card_ = new QualityPanel);
    message_ = new ElidedLabel;
    message_->setObjectName(QStringLiteral("quantizeMessage"));
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(16, 16, 16, 16);
    column->setSpacing(12);
    column->addWidget(pages_, 1);
    column->addWidget(message_);
    column->addWidget(buildButtons());
    for (auto* button : findChildren<QPushButton*>())
        button->setAutoDefault(false);  // Return ends the typing of a path and starts nothing
    connect(&controller_, &QuantizeController::changed, this, &QuantizeDialog::showState);
    showRecipe();
    showState();
}

QWidget* QuantizeDialog::buildChoice() {
    auto* page = new QWidget;
    auto* line = new QHBoxLayout(page);
    line->setContentsMargins(0, 0, 0, 0);
    line->setSpacing(16);
    line->addWidget(buildRecipes());
    line->addWidget(buildForm(), 1);
    return page;
}

QWidget* QuantizeDialog::buildRecipes() {
    recipes_ = new QListWidget;
    recipes_->setObjectName(QStringLiteral("quantizeRecipes"));
    recipes_->setAccessibleName(tr("Recipes"));
    recipes_->setFixedWidth(kRecipeWidth);
    recipes_->setProperty("framed", true);
    recipes_->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    for (const auto& recipe : controller_.recipes()) {
        auto* item = new QListWidgetItem(QString::fromStdString(recipe.name), recipes_);
        item->setData(Qt::UserRole, QString::fromStdString(recipe.id));
        if (recipe.id == controller_.request().policy)
            recipes_->setCurrentItem(item);
    }
    connect(recipes_, &QListWidget::currentItemChanged, this, [this](const QListWidgetItem* item) {
        if (item != nullptr)
            controller_.chooseRecipe(item->data(Qt::UserRole).toString());
        showRecipe();
    });
    return recipes_;
}

QWidget* QuantizeDialog::pathRow(QLineEdit* edit, QPushButton* choose) {
    auto* row = new QWidget;
    auto* line = new QHBoxLayout(row);
    line->setContentsMargins(0, 0, 0, 0);
    line->setSpacing(6);
    line->addWidget(edit, 1);
    line->addWidget(choose);
    return row;
}

QWidget* QuantizeDialog::buildForm() {
    about_ = new QLabel;
    about_->setObjectName(QStringLiteral("quantizeAbout"));
    about_->setTextFormat(Qt::PlainText);
    about_->setWordWrap(true);
    text_ = new QLineEdit(QString::fromStdString(controller_.request().text.string()));
    text_->setObjectName(QStringLiteral("quantizeText"));
    text_->setAccessibleName(tr("Calibration text"));
    text_->setPlaceholderText(tr("the text that comes with the program"));
    connect(text_, &QLineEdit::textChanged, &controller_, &QuantizeController::chooseText);
    auto* chooseText = makeButton(tr("Choose…"), QStringLiteral("quantizeTextButton"),
                                  tr("A UTF-8 text of the kind that the model will meet"));
    connect(chooseText, &QPushButton::clicked, this, &QuantizeDialog::chooseText);
    windows_ = new QSpinBox;
    windows_->setObjectName(QStringLiteral("quantizeWindows"));
    windows_->setAccessibleName(tr("Windows of calibration text"));
    windows_->setRange(1, 4096);
    windows_->setValue(static_cast<int>(controller_.request().windows));
    windows_->setToolTip(tr("Pieces of %1 tokens, at most").arg(controller_.request().windowSize));
    connect(windows_, &QSpinBox::valueChanged, &controller_, &QuantizeController::setWindows);
    seed_ = new QSpinBox;
    seed_->setObjectName(QStringLiteral("quantizeSeed"));
    seed_->setAccessibleName(tr("Seed of random rotations"));
    seed_->setRange(0, std::numeric_limits<int>::max());
    seed_->setValue(static_cast<int>(controller_.request().seed));
    connect(seed_, &QSpinBox::valueChanged, this,
            [this](int seed) { controller_.setSeed(static_cast<quint64>(seed)); });
    folder_ = new QLineEdit;
    folder_->setObjectName(QStringLiteral("quantizeFolder"));
    folder_->setAccessibleName(tr("Folder of the variant"));
    connect(folder_, &QLineEdit::textEdited, &controller_, &QuantizeController::chooseFolder);
    auto* chooseFolder = makeButton(tr("Choose…"), QStringLiteral("quantizeFolderButton"),
                                    tr("Where the variant's folder is made"));
    connect(chooseFolder, &QPushButton::clicked, this, &QuantizeDialog::chooseFolder);
    estimate_ = new QLabel;
    estimate_->setObjectName(QStringLiteral("quantizeEstimate"));
    estimate_->setTextFormat(Qt::PlainText);
    estimate_->setWordWrap(true);
    auto* form = new QWidget;
    auto* column = new QVBoxLayout(form);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(12);
    column->addWidget(about_);
    auto* rows = new QFormLayout;
    rows->setLabelAlignment(Qt::AlignLeft | Qt::AlignVCenter);
    rows->setHorizontalSpacing(12);
    rows->setVerticalSpacing(8);
    const auto add = [rows](const QString& name, QWidget* field) {
        auto* label = new QLabel(name);
        label->setMinimumWidth(kLabelWidth);
        setStyleProperty(label, "tone", "small");
        rows->addRow(label, field);
    };
    add(tr("Calibration"), pathRow(text_, chooseText));
    add(tr("Windows"), windows_);
    add(tr("Seed"), seed_);
    add(tr("Folder"), pathRow(folder_, chooseFolder));
    column->addLayout(rows);
    column->addWidget(estimate_);
    column->addStretch(1);
    return form;
}

QWidget* QuantizeDialog::buildProgress() {
    bar_ = new QProgressBar;
    bar_->setObjectName(QStringLiteral("quantizeBar"));
    bar_->setAccessibleName(tr("Progress"));
    bar_->setRange(0, 1000);
    bar_->setTextVisible(false);
    step_ = new QLabel;
    step_->setObjectName(QStringLiteral("quantizeStep"));
    auto* hint = new QLabel(
        tr("Every finished layer is kept: a job that is stopped goes on where it was. The dialog may "
           "be closed; the job runs on."));
    hint->setWordWrap(true);
    setStyleProperty(hint, "tone", "small");
    auto* page = new QWidget;
    auto* column = new QVBoxLayout(page);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(10);
    column->addStretch(1);
    column->addWidget(step_);
    column->addWidget(bar_);
    column->addWidget(hint);
    column->addStretch(2);
    return page;
}

QWidget* QuantizeDialog::buildButtons() {
    again_ = makeButton(tr("Another recipe"), QStringLiteral("quantizeAgainButton"), {});
    compare_ = makeButton(tr("Compare with the source"), QStringLiteral("quantizeCompareButton"),
                          tr("Adds both to the lanes of Compare"));
    start_ = makeButton({}, QStringLiteral("quantizeStartButton"), {});
    auto* close = makeButton(tr("Close"), QStringLiteral("quantizeCloseButton"), {});
    connect(again_, &QPushButton::clicked, this, [this] { controller_.chooseSource(controller_.source()); });
    connect(compare_, &QPushButton::clicked, this, [this] {
        const auto report = *controller_.report();
        accept();
        emit compareWanted(QString::fromStdString(report.source),
                           QString::fromStdString(report.path.string()));
    });
    connect(start_, &QPushButton::clicked, this, [this] {
        if (controller_.busy())
            controller_.stop();
        else
            controller_.start();
    });
    connect(close, &QPushButton::clicked, this, &QDialog::reject);
    auto* row = new QWidget;
    auto* line = new QHBoxLayout(row);
    line->setContentsMargins(0, 0, 0, 0);
    line->setSpacing(8);
    line->addStretch(1);
    for (auto* button : {close, again_, compare_, start_})
        line->addWidget(button);
    return row;
}

void QuantizeDialog::chooseText() {
    const QString file = QFileDialog::getOpenFileName(this, tr("Calibration text"), {},
                                                      tr("Texts (*.txt *.md);;All files (*)"));
    if (!file.isEmpty())
        text_->setText(file);
}

void QuantizeDialog::chooseFolder() {
    const QString parent = QFileDialog::getExistingDirectory(this, tr("Where the variant's folder is made"));
    if (!parent.isEmpty())
        controller_.chooseFolder(parent + QLatin1Char('/') + QFileInfo(folder_->text()).fileName());
}

void QuantizeDialog::showRecipe() {
    for (const auto& recipe : controller_.recipes())
        if (recipe.id == controller_.request().policy)
            about_->setText(QString::fromStdString(recipe.description));
}

QString QuantizeDialog::estimateText() const {
    const auto& estimate = controller_.estimate();
    if (estimate.weightsBytes == 0)
        return {};
    return tr("%1 of %2 · working memory %3 · about %4 (guessed from the sizes), then the comparison with "
              "the source")
        .arg(bytesText(estimate.weightsBytes), bytesText(estimate.sourceBytes), bytesText(estimate.peakBytes),
             durationText(estimate.seconds));
}

void QuantizeDialog::showState() {
    const bool busy = controller_.busy();
    const auto& report = controller_.report();
    pages_->setCurrentWidget(busy ? running_ : report ? static_cast<QWidget*>(card_) : choice_);
    const QString folder = QString::fromStdString(controller_.request().out.string());
    if (folder_->text() != folder)
        folder_->setText(folder);
    for (auto* field : {static_cast<QWidget*>(text_), static_cast<QWidget*>(windows_)})
        field->setEnabled(controller_.estimate().calibrated);
    estimate_->setText(estimateText());
    const auto& progress = controller_.progress();
    bar_->setValue(qRound(1000.0 * progress.share));
    step_->setText(controller_.state() == QuantizeController::State::stopping ? tr("Stopping…")
                   : progress.secondsLeft
                       ? tr("%1, %2 left")
                             .arg(QString::fromStdString(progress.what), durationText(*progress.secondsLeft))
                       : QString::fromStdString(progress.what));
    if (report && !busy)
        card_->show(*report);
    const QString why = controller_.whyNot();
    const QString message = busy || report                    ? QString()
                            : controller_.message().isEmpty() ? why
                                                              : controller_.message();
    message_->setText(message);
    setStyleProperty(message_, "tone", controller_.message().isEmpty() ? "small" : "warning");
    start_->setVisible(busy || !report);
    start_->setText(busy ? tr("Stop") : controller_.resumes() ? tr("Go on") : tr("Start"));
    start_->setAccessibleName(start_->text());
    setStyleProperty(start_, "kind", busy ? "stop" : "primary");
    start_->setEnabled(busy ? controller_.state() == QuantizeController::State::running : why.isEmpty());
    start_->setToolTip(busy ? QString() : why);
    again_->setVisible(!busy && report.has_value());
    compare_->setVisible(!busy && report.has_value());
    setStyleProperty(compare_, "kind", "primary");
}

}  // namespace ui
