#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace engine {

/// One thing to time: prefill of `prompt` tokens or `generate` decode steps, after `depth` tokens of context.
struct BenchmarkTest {
    std::string test;  ///< "prefill" or "decode"
    std::int64_t prompt = 0;
    std::int64_t generate = 0;
    std::int64_t depth = 0;
    bool operator==(const BenchmarkTest&) const = default;
};

/// Every prefill length and decode length at every depth.
std::vector<BenchmarkTest> makeTests(const std::vector<std::int64_t>& prefills,
                                     const std::vector<std::int64_t>& decodes,
                                     const std::vector<std::int64_t>& depths);

/// "prefill 512 @ 2048", "decode 64", "quality".
std::string testText(const BenchmarkTest& test);
/// The metric that a test is repeated for: prefill_tokens_per_s or decode_tokens_per_s.
std::string speedMetric(const BenchmarkTest& test);

}  // namespace engine
