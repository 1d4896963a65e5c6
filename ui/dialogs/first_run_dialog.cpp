#include "ui/dialogs/first_run_dialog.h"

#include <QFileDialog>
#include <QGridLayout>
#include <QHBoxLayout>
#include <QLabel>
#include <QProgressBar>
#include <QPushButton>
#include <QStackedWidget>
#include <QVBoxLayout>

#include "engine/report/metric_catalog.h"
#include "ui/controllers/models_controller.h"
#include "ui/models/model_names.h"
#include "ui/system_services.h"
#include "ui/widgets/page_parts.h"
#include "ui/widgets/style_property.h"
#include "ui/workbench.h"

namespace ui {
namespace {

constexpr int kLastStep = 2;
constexpr QSize kSize(600, 420);

QLabel* makeText(const QString& text) {
    auto* label = new QLabel(text);
    label->setWordWrap(true);
    label->setTextFormat(Qt::PlainText);
    return label;
}

}  // namespace

FirstRunDialog::FirstRunDialog(Workbench& workbench, QWidget* parent)
    : QDialog(parent),
      workbench_(workbench),
      steps_(new QStackedWidget),
      title_(new QLabel),
      back_(makeButton(tr("Back"), QStringLiteral("firstRunBack"), {})),
      next_(makeButton({}, QStringLiteral("firstRunNext"), {})) {
    setObjectName(QStringLiteral("firstRunDialog"));
    setWindowTitle(tr("First steps"));
    setStyleProperty(title_, "tone", "title");
    title_->setObjectName(QStringLiteral("firstRunTitle"));
    next_->setProperty("kind", "primary");
    steps_->addWidget(buildChecks());
    steps_->addWidget(buildModels());
    steps_->addWidget(buildTuning());
    auto* skip = makeButton(tr("Skip"), QStringLiteral("firstRunSkip"),
                            tr("Everything works without these steps; Help (F1) opens them again"));
    auto* line = new QHBoxLayout;
    line->setSpacing(8);
    line->addWidget(skip);
    line->addStretch(1);
    line->addWidget(back_);
    line->addWidget(next_);
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(24, 20, 24, 16);
    column->setSpacing(16);
    column->addWidget(title_);
    column->addWidget(steps_, 1);
    column->addLayout(line);
    resize(kSize);
    connect(skip, &QPushButton::clicked, this, &QDialog::reject);
    connect(back_, &QPushButton::clicked, this, [this] { showStep(steps_->currentIndex() - 1); });
    connect(next_, &QPushButton::clicked, this, [this] {
        if (steps_->currentIndex() < kLastStep)
            return showStep(steps_->currentIndex() + 1);
        accept();
        emit chatWanted();
    });
    connect(&workbench_, &Workbench::machineRead, this, &FirstRunDialog::showMachine);
    emit workbench_.readMachineRequested();
    showStep(0);
}

void FirstRunDialog::showStep(int step) {
    steps_->setCurrentIndex(step);
    const QString titles[] = {tr("What this machine offers"), tr("A model to begin with"),
                              tr("A quick tune")};
    title_->setText(tr("%1 of 3 · %2").arg(step + 1).arg(titles[step]));
    back_->setEnabled(step > 0);
    next_->setText(step < kLastStep ? tr("Next") : tr("Start chatting"));
    next_->setAccessibleName(next_->text());
    next_->setFocus();
}

QWidget* FirstRunDialog::buildChecks() {
    auto* page = new QWidget;
    checks_ = new QGridLayout;
    checks_->setHorizontalSpacing(12);
    checks_->setVerticalSpacing(10);
    checks_->setColumnStretch(2, 1);
    auto* column = new QVBoxLayout(page);
    column->setContentsMargins(0, 0, 0, 0);
    column->addLayout(checks_);
    column->addStretch(1);
    return page;
}

void FirstRunDialog::addCheck(const QString& name, const QString& text, bool good) {
    const int row = checks_->rowCount();
    auto* sign = new QLabel(good ? QStringLiteral("✓") : QStringLiteral("–"));
    setStyleProperty(sign, "tone", good ? "good" : "mute");
    auto* value = makeText(text);
    setStyleProperty(value, "tone", "mute");
    checks_->addWidget(sign, row, 0, Qt::AlignTop);
    checks_->addWidget(new QLabel(name), row, 1, Qt::AlignTop);
    checks_->addWidget(value, row, 2);
}

void FirstRunDialog::showMachine(const MachineState& state) {
    if (checks_->count() > 0)
        return;
    const auto bytes = [](std::int64_t count) {
        return QString::fromStdString(engine::formatMetric("peak_rss_bytes", static_cast<double>(count)));
    };
    addCheck(tr("Processor"), QString::fromStdString(state.info.cpu), !state.info.cpu.empty());
    addCheck(tr("Kernels"), tr("%1 · %n thread(s)", nullptr, state.threads).arg(state.kernels),
             !state.kernels.isEmpty());
    addCheck(
        tr("Memory"),
        tr("%1 of %2 available").arg(bytes(state.info.availableMemoryBytes), bytes(state.info.memoryBytes)),
        state.info.availableMemoryBytes > 0);
    QString source;
    for (const auto& meter : state.meters)
        if (meter.available && meter.provenance == engine::Provenance::measured && source.isEmpty())
            source = QString::fromStdString(meter.name);
    addCheck(tr("Energy"),
             source.isEmpty() ? tr("no meter that this program may read; the page System says why") : source,
             !source.isEmpty());
    addCheck(tr("Database"), workbench_.database(), true);
}

QWidget* FirstRunDialog::buildModels() {
    auto* page = new QWidget;
    auto* folder = makeButton(tr("Choose a folder…"), QStringLiteral("firstRunFolder"),
                              tr("A folder with a model, or with folders of models"));
    auto* file =
        makeButton(tr("Choose a file…"), QStringLiteral("firstRunFile"), tr("A GGUF or safetensors file"));
    auto* demo = makeButton(tr("Use the demo model"), QStringLiteral("firstRunDemo"),
                            tr("A small model in three variants that comes with the program"));
    chosen_ = makeText(tr("The demo model is ready: nothing needs to be downloaded."));
    chosen_->setObjectName(QStringLiteral("firstRunChosen"));
    setStyleProperty(chosen_, "tone", "mute");
    auto* line = new QHBoxLayout;
    line->setSpacing(8);
    line->addWidget(folder);
    line->addWidget(file);
    line->addWidget(demo);
    line->addStretch(1);
    auto* column = new QVBoxLayout(page);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(12);
    column->addWidget(
        makeText(tr("Llama 3.2 and Qwen2.5 models as folders of Meta or Hugging Face, or as GGUF files. "
                    "Files stay where they are. More can be added on the page Models at any time.")));
    column->addLayout(line);
    column->addWidget(chosen_);
    column->addStretch(1);
    connect(folder, &QPushButton::clicked, this, [this] { chooseModel(true); });
    connect(file, &QPushButton::clicked, this, [this] { chooseModel(false); });
    connect(demo, &QPushButton::clicked, this, [this] {
        workbench_.chat().chooseModel(demoModels().front().path);
        chosen_->setText(tr("Chats begin with the demo model."));
    });
    connect(&workbench_.models(), &ModelsController::said, this,
            [this](const QString& message, bool warning) {
                chosen_->setText(message);
                setStyleProperty(chosen_, "tone", warning ? "warning" : "mute");
            });
    connect(&workbench_.models(), &ModelsController::added, this,
            [this](const QString& path) { wanted_ = path; });
    connect(&workbench_.models(), &ModelsController::surveyed, this, &FirstRunDialog::takeModel);
    return page;
}

void FirstRunDialog::chooseModel(bool folder) {
    const QString path =
        folder ? QFileDialog::getExistingDirectory(this, tr("A folder with models"))
               : QFileDialog::getOpenFileName(this, tr("A model file"), {},
                                              tr("Models (*.gguf *.safetensors *.pth);;All files (*)"));
    if (!path.isEmpty())
        workbench_.models().add({path});
}

void FirstRunDialog::takeModel(const QString& path) {
    if (path != wanted_)
        return;
    wanted_.clear();
    const auto* models = workbench_.models().list();
    const int at = models->find(path);
    if (at < 0)
        return;
    const auto& row = models->row(at);
    setStyleProperty(chosen_, "tone", row.opens() ? "mute" : "bad");
    if (!row.opens()) {
        chosen_->setText(tr("%1 does not open: %2").arg(modelTitle(path), row.reason()));
        return;
    }
    workbench_.chat().chooseModel(path);
    chosen_->setText(tr("Chats begin with %1.").arg(modelTitle(path)));
}

QWidget* FirstRunDialog::buildTuning() {
    auto* page = new QWidget;
    tune_ = makeButton(tr("Tune"), QStringLiteral("firstRunTune"), {});
    bar_ = new QProgressBar;
    bar_->setAccessibleName(tr("Progress of the tune"));
    bar_->setTextVisible(false);
    bar_->setRange(0, 0);
    bar_->setFixedHeight(4);
    tuning_ = makeText({});
    tuning_->setObjectName(QStringLiteral("firstRunTuning"));
    setStyleProperty(tuning_, "tone", "mute");
    auto* column = new QVBoxLayout(page);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(12);
    column->addWidget(makeText(
        tr("Times the matrix kernels on one core for up to a minute and keeps which is fastest here. Without "
           "it the usual order decides. Other programs disturb it, so close them first.")));
    column->addWidget(tune_, 0, Qt::AlignLeft);
    column->addWidget(bar_);
    column->addWidget(tuning_);
    column->addStretch(1);
    auto& kernels = workbench_.system().kernels();
    connect(tune_, &QPushButton::clicked, this, [&kernels] {
        kernels.state() == KernelsController::State::idle ? kernels.tune() : kernels.stop();
    });
    connect(&kernels, &KernelsController::changed, this, &FirstRunDialog::showTuning);
    connect(this, &QDialog::finished, &kernels, &KernelsController::stop);
    showTuning();
    return page;
}

void FirstRunDialog::showTuning() {
    const auto& kernels = workbench_.system().kernels();
    const bool idle = kernels.state() == KernelsController::State::idle;
    const bool stopping = kernels.state() == KernelsController::State::stopping;
    tune_->setText(idle ? tr("Tune") : stopping ? tr("Stopping…") : tr("Stop"));
    tune_->setAccessibleName(tune_->text());
    tune_->setEnabled(idle ? kernels.whyNot().isEmpty() : !stopping);
    tune_->setToolTip(idle ? kernels.whyNot() : QString());
    bar_->setVisible(!idle);
    tuning_->setText(idle ? kernels.message() : kernels.step());
}

}  // namespace ui
