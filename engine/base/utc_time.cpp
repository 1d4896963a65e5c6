#include "engine/base/utc_time.h"

#include <chrono>
#include <ctime>

namespace engine {

std::string utcNow() {
    const auto now = std::chrono::system_clock::now();
    const auto time = std::chrono::system_clock::to_time_t(now);
    const auto ms =
        std::chrono::duration_cast<std::chrono::milliseconds>(now.time_since_epoch()).count() % 1000;
    std::tm utc{};
    ::gmtime_r(&time, &utc);
    char text[40];
    const auto length = std::strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%S", &utc);
    std::string stamp(text, length);
    const auto digits = std::to_string(1000 + ms);
    return stamp + "." + digits.substr(1) + "Z";
}

}  // namespace engine
