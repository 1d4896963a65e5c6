#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "engine/base/ids.h"
#include "engine/base/result.h"
#include "engine/metrics/generation_metrics.h"
#include "engine/prompt/prompt_format.h"
#include "engine/sampling/sampler.h"

namespace engine {

/// What is asked of a model: a dialog to be answered, or a text to be continued when `messages` is empty.
struct GenerationRequest {
    std::vector<Message> messages;
    std::string completion;
    SamplingOptions sampling;
    std::int64_t maxTokens = 256;
    std::vector<std::string> stop;    ///< texts that end the answer and are not part of it
    bool ignoreStopTokens = false;    ///< benchmarks generate exactly maxTokens
    EnergyOptions energy;
};

enum class FinishReason { stop, length, contextFull, cancelled };
std::string_view name(FinishReason reason);   ///< "stop", "length", "context", "cancelled"

/// One generated token as it is known; `text` is complete UTF-8 and may be empty.
struct TokenEvent {
    TokenId id{};
    std::string text;
};

/// The finished answer with everything measured.
struct GenerationRecord {
    std::string text;
    std::vector<TokenId> promptTokens;
    std::vector<TokenId> tokens;       ///< generated ids, a final stop token included
    FinishReason finishReason = FinishReason::length;
    GenerationMetrics metrics;
    std::string kernels;               ///< the resolved plan in one line: "matmul_int4=avx512_vnni …"
    int threads = 0;
    std::uint64_t seed = 0;
};

}  // namespace engine
