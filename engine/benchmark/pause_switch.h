#pragma once

#include <atomic>
#include <chrono>
#include <stop_token>
#include <thread>

namespace engine {

/// Holds a benchmark between two repetitions. Any thread; pause() also from a signal handler.
class PauseSwitch {
public:
    void pause() noexcept { paused_.store(true, std::memory_order_relaxed); }
    void resume() noexcept { paused_.store(false, std::memory_order_relaxed); }
    bool paused() const noexcept { return paused_.load(std::memory_order_relaxed); }
    /// Returns when it is resumed or `stop` is requested.
    void wait(const std::stop_token& stop) const {
        while (paused() && !stop.stop_requested())
            std::this_thread::sleep_for(std::chrono::milliseconds(20));
    }

private:
    std::atomic<bool> paused_{false};
    static_assert(std::atomic<bool>::is_always_lock_free);
};

}  // namespace engine
