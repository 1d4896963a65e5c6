// How long the window keeps its event loop waiting while three lanes stream at once; see README.md.
#include <QApplication>
#include <QElapsedTimer>
#include <QTimer>
#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <vector>

#include "tests/ui/open_window.h"
#include "tests/ui/unusual_models.h"

namespace {

constexpr int kTickMs = 2;
constexpr int kWarmUpMs = 1000;  // loading the models and the first paint are not streaming
constexpr int kDefaultSeconds = 20;
constexpr double kLimitMs = 100.0;

ui::Settings threeLanes(const ui::LaneChoice& model) {
    ui::Settings settings;
    settings.page = "compare";
    settings.compare = uitest::endlessGeneration();
    settings.lanes = {model, model, model};
    return settings;
}

/// The times between two turns of the event loop, in milliseconds, for `seconds`.
std::vector<double> gapsFor(int seconds) {
    std::vector<double> gaps;
    QElapsedTimer clock;
    QTimer tick;
    tick.setTimerType(Qt::PreciseTimer);
    qint64 before = 0;
    QObject::connect(&tick, &QTimer::timeout, &tick, [&] {
        const qint64 now = clock.nsecsElapsed();
        gaps.push_back(static_cast<double>(now - before) / 1e6);
        before = now;
    });
    clock.start();
    tick.start(kTickMs);
    QTest::qWait(seconds * 1000);
    return gaps;
}

}  // namespace

int main(int argc, char** argv) {
    const QApplication application(argc, argv);
    const int seconds = argc > 1 ? std::atoi(argv[1]) : kDefaultSeconds;
    if (seconds < 1) {
        std::fprintf(stderr, "usage: bench_window_stalls [SECONDS [MODEL]]\n");
        return 2;
    }
    const QTemporaryDir folder;
    ui::LaneChoice model{argc > 2 ? QString::fromLocal8Bit(argv[2])
                                  : uitest::endlessModel(folder.path()).model};
    uitest::OpenWindow open(threeLanes(model));
    open.click("atOnceButton");
    open.workbench().compare().setPrompt("Hi");
    open.workbench().compare().start();
    QTest::qWait(kWarmUpMs);
    auto gaps = gapsFor(seconds);
    const bool streaming = open.workbench().compare().state() == ui::CompareController::State::running;
    std::ranges::sort(gaps);
    const auto at = [&](double share) {
        return gaps[static_cast<std::size_t>(share * static_cast<double>(gaps.size() - 1))];
    };
    const auto late = gaps.end() - std::ranges::lower_bound(gaps, kLimitMs);
    std::printf(
        "event loop while three lanes stream%s: %zu turns, median %.1f ms, p99 %.1f ms, longest %.1f ms, "
        "%td over %.0f ms\n",
        streaming ? "" : " (they ended before the time was over)", gaps.size(), at(0.5), at(0.99),
        gaps.back(), late, kLimitMs);
    return 0;
}
