#include "tests/ui/open_window.h"

#include <unistd.h>

#include <QAbstractItemModelTester>
#include <QTableView>

#include "ui/controllers/models_controller.h"
#include "ui/theme.h"
#include "ui/translation.h"

namespace uitest {
namespace {

void watch(QAbstractItemModel* model) {
    new QAbstractItemModelTester(model, QAbstractItemModelTester::FailureReportingMode::QtTest, model);
}

}  // namespace

void failOnWarning() {
    // The offscreen platform says of dialogs and menus what it cannot do, in no category that could be
    // silenced.
    QTest::failOnWarning(QRegularExpression(QStringLiteral("^(?!This plugin does not support )")));
}

QString anvenProgram() {
    return QStringLiteral(ANVEN_PROGRAM);
}

QList<qint64> workerProcesses() {
    QList<qint64> found;
    for (const auto& entry : QDir(QStringLiteral("/proc")).entryList(QDir::Dirs)) {
        QFile file(QStringLiteral("/proc/%1/stat").arg(entry));
        if (!entry.at(0).isDigit() || !file.open(QIODevice::ReadOnly))
            continue;
        // "pid (name) state parent …"; a state of Z has ended already.
        const auto stat = file.readAll();
        const auto fields = stat.mid(stat.lastIndexOf(')') + 2).split(' ');
        if (stat.contains("(anven)") && fields.value(0) != "Z" && fields.value(1).toLongLong() == ::getpid())
            found << entry.toLongLong();
    }
    return found;
}

OpenWindow::OpenWindow(const ui::Settings& settings) {
    open(settings);
}

OpenWindow::~OpenWindow() {
    close();
}

void OpenWindow::open(const ui::Settings& settings) {
    static const bool translated = (ui::installTranslation(), true);
    Q_UNUSED(translated);
    ui::Theme::instance().apply(settings.theme);
    workbench_ = std::make_unique<ui::Workbench>(settings, path(QStringLiteral("anven.sqlite")),
                                                 anvenProgram().toStdString());
    window_ = std::make_unique<ui::MainWindow>(*workbench_);
    watch(workbench_->compare().lanes());
    watch(workbench_->chat().conversations());
    watch(workbench_->chat().messages());
    watch(workbench_->results().table());
    watch(workbench_->benchmark().table());
    watch(workbench_->models().list());
    watch(find<QTableView>(QStringLiteral("laneTable"))->model());
    watch(find<QTableView>(QStringLiteral("tensorTable"))->model());
    watch(find<QTableView>(QStringLiteral("runTable"))->model());
    window_->resize(settings.width, settings.height);
    window_->show();
    window_->activateWindow();
    if (!QTest::qWaitForWindowActive(window_.get()) ||
        !QTest::qWaitFor([this] { return workbench_->results().loaded(); }, 20'000))
        qFatal("the window did not open");
}

void OpenWindow::close() {
    window_.reset();
    workbench_.reset();
}

void OpenWindow::reopen(const ui::Settings& settings) {
    close();
    open(settings);
}

std::unique_ptr<engine::Store> OpenWindow::store() const {
    auto store = engine::Store::open(path(QStringLiteral("anven.sqlite")).toStdString());
    if (!store)
        qFatal("%s", store.error().message.c_str());
    return std::move(*store);
}

}  // namespace uitest
