#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "engine/base/ids.h"
#include "engine/base/result.h"
#include "engine/generate/speculation.h"
#include "engine/metrics/generation_metrics.h"
#include "engine/prompt/prompt_format.h"
#include "engine/sampling/sampler.h"

namespace engine {

/// How messages become a prompt.
enum class PromptStyle {
    automatic,   ///< a dialog, except a single user message to a model without chat tokens: that text is
                 ///< continued
    dialog,      ///< always the model's chat format
    completion,  ///< the messages' text continued as it is
};

std::string_view name(PromptStyle style);  ///< "automatic", "dialog", "completion"

/// What is asked of a model: a dialog to be answered or a text to be continued.
struct GenerationRequest {
    std::vector<Message> messages;
    PromptStyle style = PromptStyle::automatic;
    SamplingOptions sampling;
    std::int64_t maxTokens = 256;
    std::vector<std::string> stop;  ///< texts that end the answer and are not part of it
    bool ignoreStopTokens = false;  ///< benchmarks generate exactly maxTokens
    EnergyOptions energy;
    SpeculationOptions speculation;
    bool offersTools = false;  ///< functions are defined in one of the messages' texts
};

enum class FinishReason { stop, length, contextFull, cancelled };
std::string_view name(FinishReason reason);  ///< "stop", "length", "context", "cancelled"

/// One generated token as it is known; `text` is complete UTF-8 and may be empty.
struct TokenEvent {
    TokenId id{};
    std::string text;
};

/// The finished answer with everything measured.
struct GenerationRecord {
    std::string text;
    std::vector<TokenId> promptTokens;
    std::vector<TokenId> tokens;  ///< generated ids, a final stop token included
    FinishReason finishReason = FinishReason::length;
    GenerationMetrics metrics;
    std::string kernels;  ///< the resolved plan in one line: "matmul_int4=avx512_vnni …"
    int threads = 0;
    std::uint64_t seed = 0;
    std::optional<SpeculationResult> speculation;  ///< absent when it was off
};

}  // namespace engine
