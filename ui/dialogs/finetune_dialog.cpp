#include "ui/dialogs/finetune_dialog.h"

#include <QButtonGroup>
#include <QComboBox>
#include <QFileDialog>
#include <QFormLayout>
#include <QHBoxLayout>
#include <QLabel>
#include <QLineEdit>
#include <QLocale>
#include <QProgressBar>
#include <QPushButton>
#include <QSpinBox>
#include <QStackedWidget>
#include <QVBoxLayout>
#include <cmath>

#include "engine/report/metric_catalog.h"
#include "ui/models/duration_text.h"
#include "ui/models/model_names.h"
#include "ui/models/model_texts.h"
#include "ui/plots/loss_curve.h"
#include "ui/widgets/elided_label.h"
#include "ui/widgets/metric_tile.h"
#include "ui/widgets/page_parts.h"
#include "ui/widgets/style_property.h"

namespace ui {
namespace {

constexpr int kPaintGapMs = 200;
constexpr int kMostSteps = 1'000'000;

QString number(double value) {
    return QString::fromStdString(engine::formatNumber(value));
}

void show(MetricTile* tile, const QString& value, const QString& unit, const QString& words) {
    tile->setValue(value, unit, words, engine::Verdict::none, {});
}

QWidget* row(const QVector<QWidget*>& widgets) {
    auto* box = new QWidget;
    auto* line = new QHBoxLayout(box);
    line->setContentsMargins(0, 0, 0, 0);
    line->setSpacing(8);
    for (auto* widget : widgets)
        line->addWidget(widget, 1);
    return box;
}

QWidget* page(const QVector<QWidget*>& widgets, QWidget* stretched = nullptr) {
    auto* box = new QWidget;
    auto* column = new QVBoxLayout(box);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(10);
    for (auto* widget : widgets)
        column->addWidget(widget, widget == stretched ? 1 : 0);
    if (stretched == nullptr)
        column->addStretch(1);
    return box;
}

/// The first and the last loss of held-out examples; nothing where none were held out.
std::optional<double> firstHeldOut(const std::vector<engine::train::FinetuneStep>& steps) {
    for (const auto& step : steps)
        if (step.validationLoss)
            return step.validationLoss;
    return {};
}

std::optional<double> lastHeldOut(const std::vector<engine::train::FinetuneStep>& steps) {
    for (auto step = steps.rbegin(); step != steps.rend(); ++step)
        if (step->validationLoss)
            return step->validationLoss;
    return {};
}

}  // namespace

FinetuneDialog::FinetuneDialog(FinetuneController& controller, QWidget* parent)
    : QDialog(parent), controller_(controller), pages_(new QStackedWidget) {
    setObjectName(QStringLiteral("finetuneDialog"));
    setWindowTitle(
        tr("Fine-tune %1").arg(modelFullTitle(controller.source(), variantOfModel(controller.source()))));
    resize(900, 560);
    message_ = new ElidedLabel;
    message_->setObjectName(QStringLiteral("finetuneMessage"));
    auto* stages = buildStages();
    pages_->addWidget(buildData());
    pages_->addWidget(buildTraining());
    pages_->addWidget(buildValidation());
    pages_->addWidget(buildDeployment());
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(16, 16, 16, 16);
    column->setSpacing(12);
    column->addWidget(stages);
    column->addWidget(pages_, 1);
    column->addWidget(message_);
    column->addWidget(buildButtons());
    for (auto* button : findChildren<QPushButton*>())
        button->setAutoDefault(false);  // Return ends the typing of a path and starts nothing
    paint_.setSingleShot(true);
    connect(&paint_, &QTimer::timeout, this, &FinetuneDialog::showStep);
    connect(&controller_, &FinetuneController::changed, this, &FinetuneDialog::showState);
    connect(&controller_, &FinetuneController::stepped, this, [this] {
        if (!paint_.isActive())
            paint_.start(kPaintGapMs);
    });
    openStage(controller_.busy() ? trainingStage : controller_.report() ? validationStage : dataStage);
    showStep();
    showState();
}

QWidget* FinetuneDialog::buildStages() {
    auto* bar = new QWidget;
    auto* line = new QHBoxLayout(bar);
    line->setContentsMargins(0, 0, 0, 0);
    line->setSpacing(6);
    auto* group = new QButtonGroup(this);
    const QPair<QString, QString> stages[] = {
        {tr("1 Data"), QStringLiteral("finetuneDataStage")},
        {tr("2 Training"), QStringLiteral("finetuneTrainingStage")},
        {tr("3 Validation"), QStringLiteral("finetuneValidationStage")},
        {tr("4 Deployment"), QStringLiteral("finetuneDeploymentStage")}};
    for (const auto& [label, objectName] : stages) {
        auto* button = makeButton(label, objectName, {});
        button->setCheckable(true);
        button->setProperty("kind", "segment");
        const auto stage = static_cast<Stage>(stages_.size());
        connect(button, &QPushButton::clicked, this, [this, stage] { openStage(stage); });
        group->addButton(button);
        line->addWidget(button);
        stages_ << button;
    }
    line->addStretch(1);
    return bar;
}

QWidget* FinetuneDialog::buildData() {
    auto* both = new QWidget;
    auto* line = new QHBoxLayout(both);
    line->setContentsMargins(0, 0, 0, 0);
    line->setSpacing(24);
    line->addWidget(choices_ = buildChoices(), 3);
    line->addWidget(buildFacts(), 2);
    return both;
}

QWidget* FinetuneDialog::buildChoices() {
    auto* recipe = new QComboBox;
    recipe->setObjectName(QStringLiteral("finetuneRecipe"));
    recipe->setAccessibleName(tr("Recipe"));
    for (const auto& one : controller_.recipes())
        recipe->addItem(QString::fromStdString(one.name), QString::fromStdString(one.id));
    recipe->setCurrentIndex(recipe->findData(QString::fromStdString(controller_.request().recipe.id)));
    connect(recipe, &QComboBox::currentIndexChanged, this,
            [this, recipe] { controller_.chooseRecipe(recipe->currentData().toString()); });
    about_ = new QLabel;
    about_->setTextFormat(Qt::PlainText);
    about_->setWordWrap(true);
    setStyleProperty(about_, "tone", "small");
    data_ = new QLineEdit(QString::fromStdString(controller_.request().data.string()));
    data_->setObjectName(QStringLiteral("finetuneData"));
    data_->setAccessibleName(tr("Training data"));
    data_->setPlaceholderText(tr("JSON lines or plain text"));
    data_->setToolTip(
        tr("A line each: {\"messages\": [...]}, {\"instruction\", \"response\"}, {\"prompt\", \"chosen\", "
           "\"rejected\"} or {\"text\"}; or plain text"));
    connect(data_, &QLineEdit::editingFinished, this, [this] { controller_.chooseData(data_->text()); });
    auto* choose =
        makeButton(tr("Choose…"), QStringLiteral("finetuneDataButton"), tr("A .jsonl or .txt file"));
    connect(choose, &QPushButton::clicked, this, &FinetuneDialog::chooseData);
    auto* steps = new QSpinBox;
    steps->setObjectName(QStringLiteral("finetuneSteps"));
    steps->setAccessibleName(tr("Steps of every stage"));
    steps->setRange(0, kMostSteps);
    steps->setSpecialValueText(tr("as the recipe says"));
    steps->setValue(controller_.steps());
    connect(steps, &QSpinBox::valueChanged, &controller_, &FinetuneController::setSteps);
    folder_ = new QLineEdit;
    folder_->setObjectName(QStringLiteral("finetuneFolder"));
    folder_->setAccessibleName(tr("Folder of the result"));
    connect(folder_, &QLineEdit::textEdited, &controller_, &FinetuneController::chooseFolder);
    auto* file = new QWidget;
    auto* line = new QHBoxLayout(file);
    line->setContentsMargins(0, 0, 0, 0);
    line->setSpacing(6);
    line->addWidget(data_, 1);
    line->addWidget(choose);
    auto* choices = new QWidget;
    auto* form = new QFormLayout(choices);
    form->setContentsMargins(0, 0, 0, 0);
    form->setVerticalSpacing(8);
    form->setHorizontalSpacing(12);
    form->setLabelAlignment(Qt::AlignLeft | Qt::AlignVCenter);
    const auto add = [form](const QString& name, QWidget* field) {
        auto* label = new QLabel(name);
        setStyleProperty(label, "tone", "small");
        form->addRow(label, field);
    };
    add(tr("Recipe"), recipe);
    add({}, about_);
    add(tr("Data"), file);
    add(tr("Steps"), steps);
    add(tr("Folder"), folder_);
    return choices;
}

QWidget* FinetuneDialog::buildFacts() {
    facts_ = new QLabel;
    facts_->setObjectName(QStringLiteral("finetuneFacts"));
    facts_->setTextFormat(Qt::PlainText);
    facts_->setWordWrap(true);
    facts_->setTextInteractionFlags(Qt::TextSelectableByMouse);
    warnings_ = new QLabel;
    warnings_->setObjectName(QStringLiteral("finetuneWarnings"));
    warnings_->setTextFormat(Qt::PlainText);
    warnings_->setWordWrap(true);
    setStyleProperty(warnings_, "tone", "warning");
    return page({facts_, warnings_});
}

QWidget* FinetuneDialog::buildTraining() {
    loss_ = new MetricTile(tr("Loss"), QStringLiteral("finetuneLoss"));
    heldOut_ = new MetricTile(tr("Held out"), QStringLiteral("finetuneHeldOut"));
    speed_ = new MetricTile(tr("Speed"), QStringLiteral("finetuneSpeed"));
    left_ = new MetricTile(tr("Left"), QStringLiteral("finetuneLeft"));
    step_ = new QLabel(tr("Nothing has been trained yet"));
    step_->setObjectName(QStringLiteral("finetuneStep"));
    bar_ = new QProgressBar;
    bar_->setObjectName(QStringLiteral("finetuneBar"));
    bar_->setAccessibleName(tr("Progress"));
    bar_->setRange(0, 1000);
    bar_->setTextVisible(false);
    curve_ = new LossCurve;
    return page({row({loss_, heldOut_, speed_, left_}), step_, bar_, curve_}, curve_);
}

QWidget* FinetuneDialog::buildValidation() {
    before_ = new MetricTile(tr("Held out, first"), QStringLiteral("finetuneBefore"));
    after_ = new MetricTile(tr("Held out, of the result"), QStringLiteral("finetuneAfter"));
    best_ = new MetricTile(tr("Best at"), QStringLiteral("finetuneBest"));
    trained_ = new MetricTile(tr("Trained"), QStringLiteral("finetuneTrained"));
    verdict_ = new QLabel;
    verdict_->setObjectName(QStringLiteral("finetuneVerdict"));
    verdict_->setTextFormat(Qt::PlainText);
    verdict_->setWordWrap(true);
    return page({row({before_, after_, best_, trained_}), verdict_});
}

QWidget* FinetuneDialog::buildDeployment() {
    result_ = new QLabel;
    result_->setObjectName(QStringLiteral("finetuneResult"));
    result_->setTextFormat(Qt::PlainText);
    result_->setWordWrap(true);
    result_->setTextInteractionFlags(Qt::TextSelectableByMouse);
    auto* load = makeButton(tr("Load in chat"), QStringLiteral("finetuneLoadButton"), {});
    load->setProperty("kind", "primary");
    auto* compare = makeButton(tr("Compare with its parent"), QStringLiteral("finetuneCompareButton"),
                               tr("Adds both to the lanes of Compare"));
    const auto model = [this] { return QString::fromStdString(controller_.report()->model.path.string()); };
    connect(load, &QPushButton::clicked, this, [this, model] {
        const QString path = model();
        accept();
        emit loadWanted(path);
    });
    connect(compare, &QPushButton::clicked, this, [this, model] {
        const QString path = model();
        accept();
        emit compareWanted(controller_.source(), path);
    });
    auto* buttons = new QWidget;
    auto* line = new QHBoxLayout(buttons);
    line->setContentsMargins(0, 0, 0, 0);
    line->setSpacing(8);
    line->addWidget(load);
    line->addWidget(compare);
    line->addStretch(1);
    return page({result_, buttons});
}

QWidget* FinetuneDialog::buildButtons() {
    auto* close = makeButton(tr("Close"), QStringLiteral("finetuneCloseButton"), tr("The run goes on"));
    pause_ = makeButton(tr("Pause"), QStringLiteral("finetunePauseButton"), tr("Between two steps"));
    start_ = makeButton({}, QStringLiteral("finetuneStartButton"), {});
    connect(close, &QPushButton::clicked, this, &QDialog::reject);
    connect(pause_, &QPushButton::clicked, this, [this] {
        if (controller_.state() == FinetuneController::State::paused)
            controller_.start();
        else
            controller_.pause();
    });
    connect(start_, &QPushButton::clicked, this, [this] {
        if (controller_.busy())
            controller_.stop();
        else
            controller_.start();
    });
    auto* buttons = new QWidget;
    auto* line = new QHBoxLayout(buttons);
    line->setContentsMargins(0, 0, 0, 0);
    line->setSpacing(8);
    line->addStretch(1);
    for (auto* button : {close, pause_, start_})
        line->addWidget(button);
    return buttons;
}

void FinetuneDialog::chooseData() {
    const QString file = QFileDialog::getOpenFileName(
        this, tr("Training data"), {}, tr("Training data (*.jsonl *.json *.txt);;All files (*)"));
    if (file.isEmpty())
        return;
    data_->setText(file);
    controller_.chooseData(file);
}

void FinetuneDialog::openStage(Stage stage) {
    stages_[stage]->setChecked(true);
    pages_->setCurrentIndex(stage);
}

void FinetuneDialog::showState() {
    const auto before = std::exchange(shown_, controller_.state());
    const bool wasBusy = before != FinetuneController::State::idle;
    if (!wasBusy && controller_.busy())
        openStage(trainingStage);
    else if (wasBusy && !controller_.busy() && controller_.report())
        openStage(validationStage);
    const bool done = controller_.report().has_value();
    stages_[trainingStage]->setEnabled(controller_.busy() || !controller_.curve().empty());
    stages_[validationStage]->setEnabled(done);
    stages_[deploymentStage]->setEnabled(done);
    choices_->setEnabled(!controller_.busy());
    about_->setText(QString::fromStdString(controller_.request().recipe.description));
    const QString folder = QString::fromStdString(controller_.request().out.string());
    if (folder_->text() != folder)
        folder_->setText(folder);
    showFacts();
    showResult();
    showButtons();
}

void FinetuneDialog::showFacts() {
    const auto& facts = controller_.statistics();
    warnings_->clear();
    if (!facts) {
        facts_->setText(
            controller_.request().data.empty()
                ? tr("What the data holds is shown here: how many examples and tokens, their lengths, and "
                     "which repeat one another.")
                : QString());
        return;
    }
    QStringList kinds;
    for (const auto& [kind, count] : facts->kinds)
        kinds << QStringLiteral("%1 %2").arg(QLocale().toString(qlonglong{count}),
                                             QString::fromStdString(kind));
    const auto count = [](std::int64_t value) { return QLocale().toString(qlonglong{value}); };
    facts_->setText(
        tr("%1 examples (%2), %3 of them held out\n%4 tokens, %5 of them are learned\nLengths: shortest %6, "
           "median %7, 95 % up to %8, longest %9")
            .arg(count(facts->items), kinds.join(QStringLiteral(", ")), count(facts->validation),
                 count(facts->tokens), count(facts->learnedTokens), count(facts->shortest),
                 count(facts->median), count(facts->p95), count(facts->longest)) +
        tr("\n%1 repeat an earlier one, %2 are longer than a row")
            .arg(count(facts->duplicates), count(facts->cut)));
    QStringList warnings;
    for (const auto& warning : facts->warnings)
        warnings << QString::fromStdString(warning);
    warnings_->setText(warnings.join(QLatin1Char('\n')));
}

void FinetuneDialog::showStep() {
    const auto& curve = controller_.curve();
    curve_->setSteps(curve);
    if (curve.empty())
        return;
    const auto& progress = controller_.progress();
    const auto& last = curve.back();
    ui::show(loss_, number(last.loss), {}, tr("rate %1").arg(last.learningRate, 0, 'g', 2));
    const auto heldOut = lastHeldOut(curve);
    ui::show(heldOut_, heldOut ? number(*heldOut) : QStringLiteral("–"), {},
             heldOut ? QString() : tr("not asked yet"));
    ui::show(speed_, number(last.tokensPerSecond), tr("tok/s"), {});
    ui::show(left_, controller_.busy() ? durationText(progress.secondsLeft) : QStringLiteral("–"), {},
             tr("of this stage"));
    if (progress.steps > 0) {
        step_->setText(progress.stages > 1 ? tr("Stage %1 of %2, step %3 of %4")
                                                 .arg(progress.last.stage + 1)
                                                 .arg(progress.stages)
                                                 .arg(progress.last.step)
                                                 .arg(progress.steps)
                                           : tr("Step %1 of %2").arg(progress.last.step).arg(progress.steps));
        bar_->setValue(static_cast<int>(1000 * progress.last.step / progress.steps));
    }
}

void FinetuneDialog::showResult() {
    if (!controller_.report())
        return;
    const auto& report = *controller_.report();
    const auto first = firstHeldOut(report.steps);
    ui::show(before_, first ? number(*first) : QStringLiteral("–"), {}, tr("loss"));
    ui::show(after_, report.validationLoss ? number(*report.validationLoss) : QStringLiteral("–"), {},
             report.validationLoss ? tr("perplexity %1").arg(number(std::exp(*report.validationLoss)))
                                   : QString());
    ui::show(best_, QLocale().toString(qlonglong{report.bestStep}), {}, tr("step, which was kept"));
    ui::show(trained_, countText(report.parameters), {}, tr("numbers"));
    verdict_->setText(
        !report.validationLoss ? tr("Nothing was held out: whether it learned or memorized is not known.")
        : first && *report.validationLoss < *first
            ? tr("The result knows held-out examples better than at the first validation.")
            : tr("Held-out examples did not get better: more data, fewer steps or a lower rate may help."));
    result_->setText(tr("%1, %2\n%3\nIt is in the list of models. On the command line: anven generate %3")
                         .arg(QString::fromStdString(report.model.variant), bytesText(report.model.bytes),
                              QString::fromStdString(report.model.path.string())));
}

void FinetuneDialog::showButtons() {
    const bool busy = controller_.busy();
    const QString why = controller_.whyNot();
    const bool done = controller_.report().has_value();
    const auto state = controller_.state();
    message_->setText(busy || done                      ? QString()
                      : controller_.message().isEmpty() ? why
                                                        : controller_.message());
    setStyleProperty(message_, "tone", controller_.message().isEmpty() ? "small" : "warning");
    pause_->setVisible(state == FinetuneController::State::running ||
                       state == FinetuneController::State::paused);
    pause_->setText(state == FinetuneController::State::paused ? tr("Resume") : tr("Pause"));
    pause_->setAccessibleName(pause_->text());
    start_->setVisible(busy || !done);
    start_->setText(busy ? tr("Stop") : controller_.resumes() ? tr("Go on") : tr("Start"));
    start_->setAccessibleName(start_->text());
    setStyleProperty(start_, "kind", busy ? "stop" : "primary");
    start_->setEnabled(busy ? state != FinetuneController::State::stopping : why.isEmpty());
    start_->setToolTip(busy ? tr("Keeps the state; Go on continues there") : why);
}

}  // namespace ui
