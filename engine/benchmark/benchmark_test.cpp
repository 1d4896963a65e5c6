#include "engine/benchmark/benchmark_test.h"

namespace engine {

std::vector<BenchmarkTest> makeTests(const std::vector<std::int64_t>& prefills,
                                     const std::vector<std::int64_t>& decodes,
                                     const std::vector<std::int64_t>& depths) {
    std::vector<BenchmarkTest> tests;
    for (const auto depth : depths.empty() ? std::vector<std::int64_t>{0} : depths) {
        for (const auto tokens : prefills)
            tests.push_back({"prefill", tokens, 0, depth});
        for (const auto tokens : decodes)
            tests.push_back({"decode", 0, tokens, depth});
    }
    return tests;
}

std::string testText(const BenchmarkTest& test) {
    if (test.test == "evaluate")
        return "quality";
    return test.test + " " + std::to_string(test.prompt > 0 ? test.prompt : test.generate) +
           (test.depth > 0 ? " @ " + std::to_string(test.depth) : "");
}

std::string speedMetric(const BenchmarkTest& test) {
    return test.test == "prefill" ? "prefill_tokens_per_s" : "decode_tokens_per_s";
}

}  // namespace engine
