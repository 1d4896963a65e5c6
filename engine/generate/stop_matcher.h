#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace engine {

/// Finds stop texts in streamed output and holds back what may be the beginning of one.
class StopMatcher {
public:
    explicit StopMatcher(std::vector<std::string> stops);

    /// Text that is safe to show now. After a stop text was found, stopped() is true and nothing more comes
    /// out.
    std::string push(std::string_view text);
    /// What was held back, when the answer ends for another reason.
    std::string finish();
    bool stopped() const { return stopped_; }

private:
    std::vector<std::string> stops_;
    std::string held_;
    bool stopped_ = false;
};

}  // namespace engine
