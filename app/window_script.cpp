#include "app/window_script.h"

#include <QApplication>
#include <QPlainTextEdit>
#include <cstdio>

namespace {

constexpr int kTickMs = 100;
constexpr int kQuietTicks = 5;        // half a second without work: late signals and layouts are done
constexpr int kMostTicks = 10 * 300;  // five minutes; a picture that never comes is an error

}  // namespace

WindowScript::WindowScript(const WorkbenchOptions& options, ui::Workbench& workbench, ui::MainWindow& window)
    : options_(options), workbench_(workbench), window_(window) {
    connect(&timer_, &QTimer::timeout, this, &WindowScript::takePictureWhenSettled);
    connect(&workbench_, &ui::Workbench::machineRead, this, [this] { machineRead_ = true; });
}

void WindowScript::start() {
    fill();
    if (!options_.screenshot.isEmpty())
        timer_.start(kTickMs);
}

void WindowScript::fill() {
    if (options_.run && window_.page() == QLatin1String("benchmark")) {
        // The database opens first: a benchmark keeps every sample.
        connect(&workbench_, &ui::Workbench::databaseOpened, this,
                [this] { QTimer::singleShot(0, this, [this] { workbench_.benchmark().start(); }); });
        return;
    }
    if (options_.prompt.isEmpty())
        return;
    const bool chat = window_.page() == QLatin1String("chat");
    if (auto* prompt = window_.findChild<QPlainTextEdit*>(chat ? QStringLiteral("chatPrompt")
                                                               : QStringLiteral("comparePrompt")))
        prompt->setPlainText(options_.prompt);
    if (options_.run && chat)
        workbench_.chat().send();
    else if (options_.run)
        workbench_.compare().start();
}

bool WindowScript::settled() const {
    if (options_.run && window_.page() == QLatin1String("benchmark") &&
        workbench_.benchmark().storedRun() == 0)
        return false;
    return !workbench_.benchmark().busy() && machineRead_ && workbench_.results().loaded() &&
           workbench_.compare().state() == ui::CompareController::State::idle &&
           workbench_.chat().state() == ui::ChatController::State::idle &&
           workbench_.roofline().state() == ui::RooflineController::State::idle;
}

void WindowScript::takePictureWhenSettled() {
    quietTicks_ = settled() ? quietTicks_ + 1 : 0;
    if (++ticks_ > kMostTicks) {
        std::fprintf(
            stderr,
            "anven-workbench: the window did not come to rest within five minutes; no picture was taken\n");
        QApplication::exit(1);
        return;
    }
    if (quietTicks_ < kQuietTicks)
        return;
    timer_.stop();
    if (window_.grab().save(options_.screenshot, "PNG")) {
        QApplication::exit(0);
        return;
    }
    std::fprintf(stderr, "anven-workbench: cannot write %s; is its folder there and writable?\n",
                 qPrintable(options_.screenshot));
    QApplication::exit(1);
}
