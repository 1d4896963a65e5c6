#pragma once

#include <string>
#include <vector>

namespace engine {

/// One thing about the machine that decides whether a benchmark is worth its time.
struct PreflightCheck {
    enum class State { good, warning, unknown };
    std::string id;  ///< power, governor, load, temperature, energy
    State state = State::unknown;
    std::string text;     ///< a few words: "governor powersave"
    std::string advice;   ///< a sentence: what it means and what to do; empty where all is well
    std::string command;  ///< that mends it, to be copied; empty where none does
};

/// AC power, governor, background load, temperature and energy, in this order. `root` is "/" outside tests.
std::vector<PreflightCheck> runPreflight(const std::string& root = "/");

}  // namespace engine
