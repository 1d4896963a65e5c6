#include "engine/benchmark/machine_watch.h"

#include <unistd.h>

#include <algorithm>
#include <fstream>
#include <utility>

namespace engine {
namespace {

using Clock = std::chrono::steady_clock;

/// Once a second: some hundred µs of one CPU, far below what a repetition's spread shows.
constexpr std::chrono::seconds kGap{1};

std::optional<std::int64_t> residentBytes(int pid) {
    if (pid <= 0)
        return std::nullopt;
    std::ifstream file("/proc/" + std::to_string(pid) + "/statm");
    std::int64_t total = 0;
    std::int64_t resident = 0;
    if (!(file >> total >> resident))
        return std::nullopt;
    return resident * static_cast<std::int64_t>(::sysconf(_SC_PAGESIZE));
}

}  // namespace

MachineWatch::MachineWatch(Sources sources, std::function<void(const LiveSample&)> sampled)
    : sources_(std::move(sources)), sampled_(std::move(sampled)), begin_(Clock::now()), marked_(begin_) {
    if (sampled_)
        for (const auto& entry : meters())
            if (auto meter = entry.open(sources_.root)) {
                meter_ = std::move(*meter);
                break;
            }
    thread_ = std::jthread([this](const std::stop_token& stop) {
        std::optional<Result<Joules>> lastEnergy;
        auto lastTime = Clock::now();
        while (!stop.stop_requested()) {
            sample(lastEnergy, lastTime);
            std::unique_lock lock(mutex_);
            wake_.wait_for(lock, stop, kGap, [] { return false; });
        }
    });
}

MachineWatch::~MachineWatch() = default;

void MachineWatch::watchProcess(int pid) {
    const std::lock_guard lock(mutex_);
    pid_ = pid;
}

void MachineWatch::sample(std::optional<Result<Joules>>& lastEnergy, Clock::time_point& lastTime) {
    LiveSample live;
    live.machine = sources_.machine();
    int pid = 0;
    {
        const std::lock_guard lock(mutex_);
        note(live.machine);
        pid = pid_;
    }
    if (!sampled_)
        return;
    const auto now = Clock::now();
    live.seconds = std::chrono::duration<double>(now - begin_).count();
    live.background = sources_.background();
    live.rssBytes = residentBytes(pid);
    if (meter_) {
        auto energy = meter_->read();
        const double elapsed = std::chrono::duration<double>(now - lastTime).count();
        if (energy && lastEnergy && *lastEnergy && elapsed > 0.0)
            live.watts = (*energy - **lastEnergy).value / elapsed;
        lastEnergy = std::move(energy);
    }
    lastTime = now;
    sampled_(live);
}

void MachineWatch::note(const MachineState& state) {
    if (state.mhz)
        span_.lowestMhz = span_.lowestMhz ? std::min(*span_.lowestMhz, *state.mhz) : state.mhz;
    if (state.celsius)
        span_.hottestCelsius =
            span_.hottestCelsius ? std::max(*span_.hottestCelsius, *state.celsius) : state.celsius;
    if (state.throttles && span_.start.throttles)
        span_.throttles = std::max<std::int64_t>(0, *state.throttles - *span_.start.throttles);
}

void MachineWatch::mark() {
    const auto background = sources_.background();
    const auto machine = sources_.machine();
    const std::lock_guard lock(mutex_);
    span_ = {};
    span_.before = background;
    span_.start = machine;
    marked_ = Clock::now();
}

WatchedSpan MachineWatch::sinceMark() {
    const auto us = std::chrono::duration<double, std::micro>(Clock::now() - marked_).count();
    const auto machine = sources_.machine();  // at once: the clock falls when the work ends
    const auto background = sources_.background();
    const std::lock_guard lock(mutex_);
    note(machine);
    auto span = span_;
    if (span.before.stalledUs && background.stalledUs && us > 0.0)
        span.pressurePercent = std::clamp(
            100.0 * static_cast<double>(*background.stalledUs - *span.before.stalledUs) / us, 0.0, 100.0);
    return span;
}

}  // namespace engine
