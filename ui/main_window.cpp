#include "ui/main_window.h"

#include <QGuiApplication>
#include <QHBoxLayout>
#include <QShortcut>
#include <QStackedWidget>
#include <QVBoxLayout>

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
      system_(new SystemPage(workbench.roofline())) {
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
    connect(benchmark_, &BenchmarkPage::resultsWanted, this, [this] { openPage(QStringLiteral("results")); });
    connect(compare_, &ComparePage::benchmarkWanted, this, [this](const QStringList& models) {
        for (const auto& model : models)
            workbench_.benchmark().addModel(model);
        openPage(QStringLiteral("benchmark"));
    });
    connect(chat_, &ChatPage::compareWanted, this, [this](const QString& prompt) {
        compare_->showPrompt(prompt);
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
    connect(new QShortcut(shortcut, this), &QShortcut::activated, this, [this, at] { openPage(at); });
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
    if (const auto& notice = workbench_.models().startNotice(); !notice.isEmpty())
        status_->showProblem(notice);
}

void MainWindow::addShortcuts() {
    const auto add = [this](const char* keys, auto action) {
        connect(new QShortcut(QKeySequence(QString::fromLatin1(keys)), this), &QShortcut::activated, this,
                action);
    };
    add("Ctrl+T", &MainWindow::toggleTheme);
    add("Ctrl+K", &MainWindow::focusSearch);
    add("Esc", &MainWindow::stop);
    add("Ctrl+Return", [this] {
        if (pages_->currentWidget() == chat_)
            workbench_.chat().send();
        else if (pages_->currentWidget() == compare_)
            workbench_.compare().start();
        else if (pages_->currentWidget() == benchmark_)
            workbench_.benchmark().start();
    });
    add("Ctrl+N", [this] {
        openPage(QStringLiteral("chat"));
        workbench_.chat().newConversation();
        chat_->focusPrompt();
    });
    add("Ctrl+S", [this] {
        if (pages_->currentWidget() == compare_)
            compare_->openExportMenu();
        else if (pages_->currentWidget() == benchmark_)
            benchmark_->openExportMenu();
        else if (pages_->currentWidget() == results_)
            results_->openExportMenu();
        else if (pages_->currentWidget() == chat_)
            chat_->openExportMenu();
    });
    const auto onChat = [this](auto action) {
        return [this, action] {
            if (pages_->currentWidget() == chat_)
                action();
        };
    };
    add("Ctrl+R", onChat([this] { workbench_.chat().regenerate(); }));
    add("Ctrl+E", onChat([this] { chat_->editLast(); }));
    add("Ctrl+L", onChat([this] { chat_->focusPrompt(); }));
    add("Ctrl+Shift+C", onChat([this] { chat_->copyLast(); }));
    add("Alt+Left", onChat([this] { chat_->switchLastBranch(-1); }));
    add("Alt+Right", onChat([this] { chat_->switchLastBranch(1); }));
}

void MainWindow::openPage(const QString& name) {
    int wanted = pages_->indexOf(compare_);
    for (int at = 0; at < pages_->count(); ++at)
        if (pages_->widget(at)->property("page_name").toString() == name)
            wanted = at;
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
        workbench_.roofline().stop();
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
