#include "engine/generate/draft_length.h"

#include <algorithm>

namespace engine {

void DraftLength::record(std::int64_t drafted, std::int64_t accepted) {
    if (drafted == 0)
        return;
    if (accepted > 0) {
        lastPause_ = 0;
        length_ = std::min(most_, accepted == drafted ? std::max(length_, drafted) + 2 : accepted + 1);
        return;
    }
    if (length_ == 1)
        pause_ = lastPause_ = std::min(kLongestPause, std::max<std::int64_t>(1, 2 * lastPause_));
    length_ = std::max<std::int64_t>(1, length_ / 2);
}

}  // namespace engine
