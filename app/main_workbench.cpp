// anven-workbench: the window on the engine. Wiring only; see ui/ for what it shows.
#include <QApplication>
#include <QFileInfo>
#include <cstdio>

#include "app/window_script.h"
#include "app/workbench_options.h"
#include "engine/base/version.h"
#include "engine/store/store.h"
#include "ui/log_messages.h"
#include "ui/main_window.h"
#include "ui/theme.h"
#include "ui/translation.h"
#include "ui/workbench.h"
#include "ui/workers/pdf_report.h"

namespace {

constexpr int kFailed = 1;
constexpr int kBadUsage = 2;

QStringList argumentsOf(int argc, char** argv) {
    QStringList list;
    for (int i = 0; i < argc; ++i)
        list << QString::fromLocal8Bit(argv[i]);
    return list;
}

/// Qt ends the program with a page of plugin talk when there is no display; one clear line is better.
bool hasDisplay() {
    for (const char* name : {"DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM"})
        if (!qEnvironmentVariableIsEmpty(name))
            return true;
    return false;
}

ui::Settings settingsFor(const WorkbenchOptions& options, const QString& file) {
    auto settings = ui::Settings::load(file);
    if (!options.theme.isEmpty())
        settings.theme = ui::themeModeFromName(options.theme);
    if (!options.page.isEmpty())
        settings.page = options.page;
    if (options.size) {
        settings.width = options.size->width();
        settings.height = options.size->height();
    }
    if (!options.models.isEmpty()) {
        settings.lanes.clear();
        for (const auto& model : options.models)
            settings.lanes.push_back({model});
        settings.chatModel = settings.lanes.front();
    }
    return settings;
}

QString databaseOf(const WorkbenchOptions& options) {
    return options.database.isEmpty() ? QString::fromStdString(engine::Store::defaultPath().string())
                                      : options.database;
}

/// --report: no window at all.
int writeReport(const WorkbenchOptions& options) {
    const std::vector<std::int64_t> runs(options.reportRuns.begin(), options.reportRuns.end());
    const auto written = ui::writePdfReport(databaseOf(options), runs, options.report);
    if (!written)
        std::fprintf(stderr, "anven-workbench: %s\n", written.error().message.c_str());
    return written ? 0 : kFailed;
}

}  // namespace

int main(int argc, char** argv) {
    const auto [options, error, text] = parseWorkbenchOptions(argumentsOf(argc, argv));
    if (!error.isEmpty()) {
        std::fprintf(stderr, "anven-workbench: %s; see anven-workbench --help\n", qPrintable(error));
        return kBadUsage;
    }
    if (!text.isEmpty()) {
        std::fputs(qPrintable(text), stdout);
        return 0;
    }
    if (!hasDisplay()) {
        if (options.screenshot.isEmpty() && options.report.isEmpty()) {
            std::fprintf(stderr,
                         "anven-workbench: there is no display (DISPLAY and WAYLAND_DISPLAY are not set); "
                         "use the command line program anven, or --screenshot FILE\n");
            return kFailed;
        }
        qputenv("QT_QPA_PLATFORM", "offscreen");
    }
    QApplication application(argc, argv);
    QApplication::setApplicationName(QStringLiteral("anven-workbench"));
    QApplication::setApplicationDisplayName(QStringLiteral("Anven Workbench"));
    QApplication::setApplicationVersion(QString::fromStdString(std::string(engine::buildInfo().version)));
    QApplication::setDesktopFileName(QStringLiteral("org.anven.Workbench"));

    const QString file = options.settings.isEmpty() ? ui::Settings::defaultFile() : options.settings;
    const bool isFirstStart = !QFileInfo::exists(file);
    const auto settings = settingsFor(options, file);
    ui::installTranslation(settings.language);
    if (!options.report.isEmpty())
        return writeReport(options);
    ui::keepMessages();
    ui::Theme::instance().apply(settings.theme);
    ui::Workbench workbench(settings, databaseOf(options));
    ui::MainWindow window(workbench);
    window.resize(settings.width, settings.height);
    window.show();
    if (options.screenshot.isEmpty())
        QObject::connect(&workbench, &ui::Workbench::settingsWorthKeeping, &workbench,
                         [&workbench, &file] { workbench.currentSettings().save(file); });
    if (isFirstStart && options.asksNothing())
        window.openFirstSteps();
    WindowScript script(options, workbench, window);
    script.start();
    const int code = QApplication::exec();
    if (options.screenshot.isEmpty())  // a scripted window leaves no trace in what the person had chosen
        workbench.currentSettings().save(file);
    return code;
}
