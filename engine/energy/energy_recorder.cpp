#include <algorithm>
#include <condition_variable>
#include <mutex>
#include <thread>

#include "engine/energy/meters.h"
#include "engine/energy/sysfs.h"

namespace engine {
namespace {

/// Counters wrap after minutes at the soonest; reading every second misses no wrap.
constexpr std::chrono::seconds kPollInterval{1};
constexpr std::chrono::milliseconds kIdleSlice{100};  // a request to stop is seen this late

/// Reads a meter now and then, so that its counter never wraps twice between two reads.
class Poller {
public:
    explicit Poller(EnergyMeter& meter)
        : thread_([this, &meter](const std::stop_token& stop) {
              std::unique_lock lock(mutex_);
              while (!wake_.wait_for(lock, stop, kPollInterval, [] { return false; }) &&
                     !stop.stop_requested())
                  if (!meter.read())
                      return;  // the read at the end tells
          }) {}

private:
    std::mutex mutex_;
    std::condition_variable_any wake_;
    std::jthread thread_;
};

std::string reasonsOf(const std::string& root) {
    if (inVirtualMachine(root))
        return "virtual machine without energy counters";
    std::string text;
    for (const auto& status : meterStatuses(root))
        if (!status.available)
            text += (text.empty() ? "" : "; ") + status.name + ": " + status.reason;
    return text;
}

}  // namespace

struct EnergyRecorder::State {
    EnergyOptions options;
    std::unique_ptr<EnergyMeter> meter;
    std::string reason;
    std::optional<double> idleWatts;
    TimePoint startTime;
    std::optional<Result<Joules>> startEnergy;
    std::optional<Poller> poller;
};

EnergyRecorder::EnergyRecorder(const EnergyOptions& options) : state_(std::make_unique<State>()) {
    state_->options = options;
    state_->idleWatts = options.idleWatts;
    for (const auto& entry : meters())
        if (auto meter = entry.open(options.root)) {
            state_->meter = std::move(*meter);
            return;
        }
    if (options.estimateFromCpuTime && options.estimateWattsPerCore > 0.0)
        state_->meter = makeCpuTimeMeter(options.estimateWattsPerCore);
    else
        state_->reason = reasonsOf(options.root);
}

EnergyRecorder::~EnergyRecorder() = default;

void EnergyRecorder::measureIdle(const std::stop_token& stop) {
    auto& state = *state_;
    // The CPU-time model counts this process alone, which idles at nothing.
    if (!state.meter || state.options.idleBaseline.count() == 0 ||
        state.meter->provenance() != Provenance::measured)
        return;
    const auto before = state.meter->read();
    const auto begin = Clock::now();
    while (Clock::now() - begin < state.options.idleBaseline) {
        if (stop.stop_requested())
            return;
        std::this_thread::sleep_for(
            std::min<Clock::duration>(kIdleSlice, state.options.idleBaseline - (Clock::now() - begin)));
    }
    const double elapsed = seconds(Clock::now() - begin);
    const auto after = state.meter->read();
    if (before && after && elapsed > 0.0)
        state.idleWatts = (*after - *before).value / elapsed;
}

std::optional<double> EnergyRecorder::idleWatts() const {
    return state_->idleWatts;
}

void EnergyRecorder::start() {
    auto& state = *state_;
    if (!state.meter)
        return;
    state.startEnergy = state.meter->read();
    state.startTime = Clock::now();
    state.poller.emplace(*state.meter);
}

EnergyResult EnergyRecorder::stop(std::int64_t tokens) {
    auto& state = *state_;
    EnergyResult result;
    result.reason = state.meter ? "the measurement was not started" : state.reason;
    if (!state.meter || !state.startEnergy)
        return result;
    const auto end = state.meter->read();
    const auto elapsed = Clock::now() - state.startTime;
    state.poller.reset();
    const auto& begin = *state.startEnergy;
    result.source = state.meter->source();
    result.reason.clear();
    if (!begin || !end) {
        result.reason = (begin ? end : begin).error().message;
    } else if (elapsed < state.meter->shortestWindow()) {
        result.reason = "window too short: " + std::to_string(static_cast<long>(milliseconds(elapsed))) +
                        " ms, " + result.source + " needs " +
                        std::to_string(state.meter->shortestWindow().count()) + " ms";
    } else {
        result.provenance = state.meter->provenance();
        result.grossJoules = (*end - *begin).value;
        result.idleWatts = state.idleWatts;
        result.joules = *result.grossJoules - state.idleWatts.value_or(0.0) * seconds(elapsed);
        if (tokens > 0)
            result.joulesPerToken = *result.joules / static_cast<double>(tokens);
    }
    return result;
}

}  // namespace engine
