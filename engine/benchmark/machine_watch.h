#pragma once

#include <chrono>
#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <thread>

#include "engine/benchmark/background_load.h"
#include "engine/benchmark/machine_state.h"
#include "engine/energy/energy.h"

namespace engine {

/// What the machine does at one moment of a run.
struct LiveSample {
    double seconds = 0.0;  ///< since the watch began
    MachineState machine;
    BackgroundLoad background;
    std::optional<double> watts;           ///< of the best meter, over the last interval
    std::optional<std::int64_t> rssBytes;  ///< of the lane that is measured
};

/// What happened since mark().
struct WatchedSpan {
    BackgroundLoad before;
    MachineState start;
    std::optional<double> pressurePercent;  ///< share of the time in which some thread waited for a CPU
    std::optional<double> lowestMhz;        ///< of the readings inside and at the end
    std::optional<double> hottestCelsius;
    std::optional<std::int64_t> throttles;  ///< that were added
};

/// Reads the machine once a second on a thread of its own while a run lasts. mark() and sinceMark() are the
/// benchmark's thread's; `sampled` is called on the watch's.
class MachineWatch {
public:
    struct Sources {
        std::function<BackgroundLoad()> background;
        std::function<MachineState()> machine;
        std::string root = "/";  ///< where energy meters are looked for
    };
    MachineWatch(Sources sources, std::function<void(const LiveSample&)> sampled);
    ~MachineWatch();

    void watchProcess(int pid);  ///< whose memory is sampled; 0 = none
    void mark();
    WatchedSpan sinceMark();

private:
    void sample(std::optional<Result<Joules>>& lastEnergy, std::chrono::steady_clock::time_point& lastTime);
    void note(const MachineState& state);

    Sources sources_;
    std::function<void(const LiveSample&)> sampled_;
    std::unique_ptr<EnergyMeter> meter_;
    std::chrono::steady_clock::time_point begin_;
    std::chrono::steady_clock::time_point marked_;
    std::mutex mutex_;
    std::condition_variable_any wake_;
    int pid_ = 0;
    WatchedSpan span_;
    std::jthread thread_;
};

}  // namespace engine
