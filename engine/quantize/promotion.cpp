#include "engine/quantize/promotion.h"

#include <algorithm>

namespace engine {

std::vector<std::string> choosePromoted(std::vector<PromotionCandidate> candidates, std::int64_t bytes) {
    std::stable_sort(candidates.begin(), candidates.end(), [](const auto& a, const auto& b) {
        return a.loss * static_cast<double>(b.extraBytes) > b.loss * static_cast<double>(a.extraBytes);
    });
    std::vector<std::string> chosen;
    for (const auto& candidate : candidates)
        if (candidate.loss > 0.0 && candidate.extraBytes <= bytes) {
            bytes -= candidate.extraBytes;
            chosen.push_back(candidate.name);
        }
    return chosen;
}

}  // namespace engine
