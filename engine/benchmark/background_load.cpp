#include "engine/benchmark/background_load.h"

#include <charconv>
#include <fstream>
#include <string_view>

namespace engine {
namespace {

template <class T>
std::optional<T> numberAt(std::string_view text) {
    T value{};
    const auto [end, code] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (code != std::errc())
        return std::nullopt;
    return value;
}

template <class T>
std::optional<T> numberAfter(std::string_view line, std::string_view word) {
    const auto at = line.find(word);
    return at == std::string_view::npos ? std::nullopt : numberAt<T>(line.substr(at + word.size()));
}

}  // namespace

BackgroundLoad readBackgroundLoad(const std::string& root) {
    BackgroundLoad load;
    std::string line;
    std::ifstream pressure(root + "/proc/pressure/cpu");
    while (std::getline(pressure, line))
        if (line.starts_with("some ")) {
            load.pressureAvg10 = numberAfter<double>(line, "avg10=");
            load.stalledUs = numberAfter<std::int64_t>(line, "total=");
        }
    std::ifstream average(root + "/proc/loadavg");
    if (std::getline(average, line))
        load.loadAverage = numberAt<double>(line);
    return load;
}

}  // namespace engine
