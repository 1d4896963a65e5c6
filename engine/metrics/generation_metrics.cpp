#include "engine/metrics/generation_metrics.h"

#include <fstream>
#include <string>

#include "engine/metrics/statistics.h"

namespace engine {

GenerationMetrics deriveMetrics(const GenerationTimes& times, std::int64_t promptTokens) {
    GenerationMetrics metrics;
    metrics.promptTokens = promptTokens;
    metrics.generatedTokens = static_cast<std::int64_t>(times.tokens.size());
    if (const double prefill = seconds(times.prefillEnd - times.prefillBegin);
        prefill > 0.0 && promptTokens > 0)
        metrics.prefillTokensPerSecond = static_cast<double>(promptTokens) / prefill;
    if (times.tokens.empty())
        return metrics;
    metrics.ttftMs = milliseconds(times.tokens.front() - times.accepted);
    for (std::size_t i = 1; i < times.tokens.size(); ++i)
        metrics.itlMs.push_back(milliseconds(times.tokens[i] - times.tokens[i - 1]));
    if (metrics.itlMs.empty())
        return metrics;
    const double decode = seconds(times.tokens.back() - times.tokens.front());
    if (decode > 0.0)
        metrics.decodeTokensPerSecond = static_cast<double>(metrics.itlMs.size()) / decode;
    const auto gaps = summarize(metrics.itlMs);
    metrics.tpotMs = gaps.mean;
    metrics.itlP50Ms = gaps.p50;
    metrics.itlP90Ms = gaps.p90;
    metrics.itlP99Ms = gaps.p99;
    return metrics;
}

std::optional<std::int64_t> peakRssBytes() {
    std::ifstream status("/proc/self/status");
    for (std::string line; std::getline(status, line);)
        if (line.starts_with("VmHWM:"))
            return std::stoll(line.substr(6)) * 1024;  // "VmHWM:	  12345 kB"
    return std::nullopt;
}

}  // namespace engine
