#include "engine/generate/stop_matcher.h"

#include <algorithm>
#include <utility>

namespace engine {
namespace {

/// Length of the longest end of `text` that begins `stop`.
std::size_t overlap(std::string_view text, std::string_view stop) {
    for (std::size_t length = std::min(text.size(), stop.size() - 1); length > 0; --length)
        if (text.substr(text.size() - length) == stop.substr(0, length))
            return length;
    return 0;
}

}  // namespace

StopMatcher::StopMatcher(std::vector<std::string> stops) : stops_(std::move(stops)) {
    std::erase_if(stops_, [](const std::string& stop) { return stop.empty(); });
}

std::string StopMatcher::push(std::string_view text) {
    if (stopped_)
        return {};
    held_ += text;
    // The stop that is complete first ends the text, so that the answer does not depend on how it was cut
    // into tokens.
    std::size_t first = std::string::npos;
    std::size_t end = std::string::npos;
    std::size_t keep = 0;
    for (const auto& stop : stops_) {
        if (const auto found = held_.find(stop); found != std::string::npos) {
            const auto complete = found + stop.size();
            if (complete < end || (complete == end && found < first)) {
                first = found;
                end = complete;
            }
        }
        keep = std::max(keep, overlap(held_, stop));
    }
    if (first != std::string::npos) {
        stopped_ = true;
        return std::exchange(held_, {}).substr(0, first);
    }
    auto safe = held_.substr(0, held_.size() - keep);
    held_.erase(0, safe.size());
    return safe;
}

std::string StopMatcher::finish() {
    return stopped_ ? std::string{} : std::exchange(held_, {});
}

}  // namespace engine
