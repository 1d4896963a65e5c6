#include "ui/main_window.h"

#include <QGuiApplication>
#include <QHBoxLayout>
#include <QStackedWidget>
#include <QVBoxLayout>

#include "ui/dialogs/finetune_dialog.h"
#include "ui/dialogs/quantize_dialog.h"
#include "ui/pages/benchmark_page.h"
#include "ui/pages/chat_page.h"
#include "ui/pages/compare_page.h"
#include "ui/pages/models_page.h"
#include "ui/pages/results_page.h"
#include "ui/pages/system_page.h"
#include "ui/theme.h"
#include "ui/widgets/nav_rail.h"
#include "ui/widgets/status_strip.h"

namespace ui {
namespace {

constexpr int kSmallestWidth = 1080;
constexpr int kSmallestHeight = 640;

}  // namespace

MainWindow::MainWindow(Workbench& workbench, QWidget* parent)
    : QMainWindow(parent),
      workbench_(workbench),
      rail_(new NavRail),
      pages_(new QStackedWidget),
      status_(new StatusStrip),
      chat_(new ChatPage(workbench.chat())),
      compare_(new ComparePage(workbench.compare(), workbench.results())),
      benchmark_(new BenchmarkPage(workbench.benchmark(), workbench.results())),
      results_(new ResultsPage(workbench.results())),
      models_(new ModelsPage(workbench.models())),
      system_(new SystemPage(workbench.roofline(), workbench.system())) {
    setWindowTitle(tr("Anven Workbench"));
    setWindowIcon(QIcon(QStringLiteral(":/icons/app.svg")));
    setMinimumSize(kSmallestWidth, kSmallestHeight);
    addPage(QStringLiteral("chat"), tr("Chat"), chat_);
    addPage(QStringLiteral("compare"), tr("Compare"), compare_);
    addPage(QStringLiteral("benchmark"), tr("Benchmark"), benchmark_);
    addPage(QStringLiteral("results"), tr("Results"), results_);
    addPage(QStringLiteral("models"), tr("Models"), models_);
    addPage(QStringLiteral("system"), tr("System"), system_);

    auto* right = new QVBoxLayout;
    right->setSpacing(0);
    right->addWidget(pages_, 1);
    right->addWidget(status_);
    auto* body = new QWidget;
    auto* line = new QHBoxLayout(body);
    line->setContentsMargins(0, 0, 0, 0);
    line->setSpacing(0);
    line->addWidget(rail_);
    line->addLayout(right, 1);
    setCentralWidget(body);

    connect(rail_, &NavRail::chosen, this, qOverload<int>(&MainWindow::openPage));
    connect(rail_, &NavRail::themeToggled, this, &MainWindow::toggleTheme);
    connect(results_, &ResultsPage::compareWanted, this, [this] { openPage(QStringLiteral("compare")); });
    connect(benchmark_, &BenchmarkPage::resultsWanted, this, [this] {
        openPage(QStringLiteral("results"));
        results_->showRun(workbench_.benchmark().storedRun());
    });
    connect(compare_, &ComparePage::benchmarkWanted, this, [this](const QStringList& models) {
        for (const auto& model : models)
            workbench_.benchmark().addModel(model);
        openPage(QStringLiteral("benchmark"));
    });
    connect(chat_, &ChatPage::compareWanted, this, [this](const engine::Dialog& dialog) {
        compare_->showDialog(dialog);
        openPage(QStringLiteral("compare"));
    });
    connect(&workbench_, &Workbench::machineRead, status_, &StatusStrip::showMachine);
    connect(&workbench_, &Workbench::machineRead, system_, &SystemPage::showMachine);
    connect(&workbench_, &Workbench::databaseFailed, status_, &StatusStrip::showProblem);
    const auto showDatabase = [this] {
        status_->showDatabase(workbench_.database(), workbench_.results().table()->runCount());
    };
    connect(&workbench_.results(), &ResultsController::changed, this, showDatabase);
    connect(&workbench_, &Workbench::databaseOpened, this, [this, showDatabase] {
        showDatabase();
        workbench_.results().refresh();
    });
    connectModels();
    addShortcuts();
    openPage(workbench_.settings().page);
}

void MainWindow::addPage(const QString& name, const QString& label, QWidget* page) {
    const int at = pages_->addWidget(page);
    page->setProperty("page_name", name);
    const QKeySequence shortcut(QStringLiteral("Ctrl+%1").arg(at + 1));
    rail_->addPage(label, name, name + QStringLiteral("PageButton"), shortcut);
    addCommand(label, tr("Go to"), shortcut, [this, at] { openPage(at); });
}

void MainWindow::connectModels() {
    connect(models_, &ModelsPage::loadWanted, this, [this](const QString& path) {
        workbench_.models().forgive(path);
        workbench_.chat().chooseModel(path);
        openPage(QStringLiteral("chat"));
    });
    connect(models_, &ModelsPage::compareWanted, this, [this](const QString& path) {
        workbench_.compare().addLane({path});
        openPage(QStringLiteral("compare"));
    });
    connect(models_, &ModelsPage::benchmarkWanted, this, [this](const QString& path) {
        workbench_.benchmark().addModel(path);
        openPage(QStringLiteral("benchmark"));
    });
    connect(models_, &ModelsPage::quantizeWanted, this, &MainWindow::openQuantize);
    connect(models_, &ModelsPage::finetuneWanted, this, &MainWindow::openFinetune);
    if (const auto& notice = workbench_.models().startNotice(); !notice.isEmpty())
        status_->showProblem(notice);
}

void MainWindow::openQuantize(const QString& model) {
    auto& quantize = workbench_.quantize();
    if (quantize.source() != model || quantize.report())
        quantize.chooseSource(model);
    auto* dialog = new QuantizeDialog(quantize, this);
    connect(dialog, &QuantizeDialog::compareWanted, this, &MainWindow::compareBoth);
    openDialog(dialog);
}

void MainWindow::openFinetune(const QString& model) {
    auto& finetune = workbench_.finetune();
    if (finetune.source() != model || finetune.report())
        finetune.chooseSource(model);
    auto* dialog = new FinetuneDialog(finetune, this);
    connect(dialog, &FinetuneDialog::compareWanted, this, &MainWindow::compareBoth);
    connect(dialog, &FinetuneDialog::loadWanted, models_, &ModelsPage::loadWanted);
    openDialog(dialog);
}

/// Lanes that are there already stay as they are.
void MainWindow::compareBoth(const QString& parent, const QString& variant) {
    const auto choices = workbench_.compare().lanes()->choices();
    for (const auto& model : {parent, variant})
        if (std::none_of(choices.begin(), choices.end(),
                         [&](const auto& lane) { return lane.model == model; }))
            workbench_.compare().addLane({model});
    openPage(QStringLiteral("compare"));
}

void MainWindow::addShortcuts() {
    const auto add = [this](const char* keys, const QString& group, const QString& title,
                            std::function<void()> run) {
        addCommand(title, group, QKeySequence(QString::fromLatin1(keys)), std::move(run));
    };
    const QString window = tr("Window");
    const QString chat = tr("Chat");
    addDialogCommands();
    add("Ctrl+F", window, tr("Search on this page"), [this] { focusSearch(); });
    add("Ctrl+T", window, tr("Switch between light and dark"), [this] { toggleTheme(); });
    add("Esc", window, tr("Stop what runs on this page"), [this] { stop(); });
    add("Ctrl+.", window, tr("Stop what runs on this page"), [this] { stop(); });
    add("Ctrl+Return", window, tr("Send, compare or measure"), [this] {
        if (pages_->currentWidget() == chat_)
            workbench_.chat().send();
        else if (pages_->currentWidget() == compare_)
            workbench_.compare().start();
        else if (pages_->currentWidget() == benchmark_)
            workbench_.benchmark().start();
    });
    add("Ctrl+N", chat, tr("New chat"), [this] {
        openPage(QStringLiteral("chat"));
        workbench_.chat().newConversation();
        chat_->focusPrompt();
    });
    add("Ctrl+O", window, tr("Choose a model"), [this] {
        if (pages_->currentWidget() == chat_)
            chat_->openModelMenu();
        else
            openPage(QStringLiteral("models"));
    });
    add("Ctrl+S", window, tr("Export what this page shows"), [this] {
        if (pages_->currentWidget() == compare_)
            compare_->openExportMenu();
        else if (pages_->currentWidget() == benchmark_)
            benchmark_->openExportMenu();
        else if (pages_->currentWidget() == results_)
            results_->openExportMenu();
        else if (pages_->currentWidget() == chat_)
            chat_->openExportMenu();
    });
    const auto onChat = [this, &add, chat](const char* keys, const QString& title,
                                           std::function<void()> action) {
        add(keys, chat, title, [this, action = std::move(action)] {
            if (pages_->currentWidget() == chat_)
                action();
        });
    };
    onChat("Ctrl+R", tr("Answer again"), [this] { workbench_.chat().regenerate(); });
    onChat("Ctrl+E", tr("Edit the last question"), [this] { chat_->editLast(); });
    onChat("Ctrl+L", tr("Go to the prompt"), [this] { chat_->focusPrompt(); });
    onChat("Ctrl+B", tr("Show or hide the list of chats"), [this] { chat_->toggleSidebar(); });
    onChat("Ctrl+Up", tr("Previous message"), [this] { chat_->stepMessage(-1); });
    onChat("Ctrl+Down", tr("Next message"), [this] { chat_->stepMessage(1); });
    onChat("Ctrl+Shift+C", tr("Copy the last answer"), [this] { chat_->copyLast(); });
    onChat("Alt+Left", tr("Earlier branch"), [this] { chat_->switchLastBranch(-1); });
    onChat("Alt+Right", tr("Later branch"), [this] { chat_->switchLastBranch(1); });
}

void MainWindow::openPage(const QString& name) {
    int wanted = pages_->indexOf(compare_);
    for (int at = 0; at < pages_->count(); ++at)
        if (pages_->widget(at)->property("page_name").toString() == name.section(QLatin1Char('/'), 0, 0))
            wanted = at;
    if (pages_->widget(wanted) == system_)
        system_->openSection(name.section(QLatin1Char('/'), 1));
    openPage(wanted);
}

void MainWindow::openPage(int page) {
    pages_->setCurrentIndex(page);
    rail_->setCurrent(page);
    workbench_.setPage(this->page());
    if (pages_->currentWidget() == chat_)
        chat_->focusPrompt();
    else if (pages_->currentWidget() == compare_)
        compare_->focusPrompt();
    else if (pages_->currentWidget() == benchmark_)
        benchmark_->focusContent();
    else if (pages_->currentWidget() == system_)
        system_->focusContent();
    else if (pages_->currentWidget() == models_)
        models_->focusList();
    else
        results_->focusTable();
}

QString MainWindow::page() const {
    return pages_->currentWidget()->property("page_name").toString();
}

void MainWindow::toggleTheme() {
    const auto mode = Theme::instance().tokens().dark ? ThemeMode::light : ThemeMode::dark;
    Theme::instance().apply(mode);
    workbench_.setTheme(mode);
}

void MainWindow::stop() {
    if (pages_->currentWidget() == chat_)
        workbench_.chat().isEditing() ? workbench_.chat().cancelEdit() : workbench_.chat().stop();
    else if (pages_->currentWidget() == benchmark_)
        workbench_.benchmark().cancel();
    else if (pages_->currentWidget() == system_)
        system_->stop();
    else if (pages_->currentWidget() == models_)
        workbench_.models().stopVerifying();
    else
        workbench_.compare().stop();
}

void MainWindow::focusSearch() {
    if (pages_->currentWidget() == chat_) {
        chat_->focusSearch();
        return;
    }
    if (pages_->currentWidget() == models_) {
        models_->focusSearch();
        return;
    }
    openPage(QStringLiteral("results"));
    results_->focusSearch();
}

void MainWindow::resizeEvent(QResizeEvent* event) {
    QMainWindow::resizeEvent(event);
    if (!isMaximized() && !isFullScreen())
        workbench_.setWindowSize(width(), height());
}

}  // namespace ui
