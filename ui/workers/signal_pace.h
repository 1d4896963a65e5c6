#pragma once

#include <chrono>

namespace ui {

/// Says when the next signal may go to the window: at most 30 per second, the first one at once.
class SignalPace {
public:
    bool due() {
        const auto now = std::chrono::steady_clock::now();
        if (now - last_ < kGap)
            return false;
        last_ = now;
        return true;
    }

private:
    static constexpr std::chrono::milliseconds kGap{33};
    std::chrono::steady_clock::time_point last_{};
};

}  // namespace ui
