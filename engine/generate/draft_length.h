#pragma once

#include <cstdint>

namespace engine {

/// How many tokens to guess next: more while guesses hold, fewer when they fail, and none for a while where
/// not even one holds, so that a text that cannot be guessed costs little.
class DraftLength {
public:
    /// Passes without guesses after a failure, at most: bounds the loss to one wasted place in nine passes.
    static constexpr std::int64_t kLongestPause = 8;

    explicit DraftLength(std::int64_t most) : most_(most), length_(most) {}

    /// For the next pass; 0 during a pause.
    std::int64_t next() {
        if (pause_ == 0)
            return length_;
        --pause_;
        return 0;
    }
    /// What became of a pass's guesses. Nothing guessed says nothing.
    void record(std::int64_t drafted, std::int64_t accepted);

private:
    std::int64_t most_;
    std::int64_t length_;
    std::int64_t pause_ = 0;
    std::int64_t lastPause_ = 0;
};

}  // namespace engine
