#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "engine/base/result.h"
#include "engine/model/model_config.h"

namespace engine {

/// A model architecture that the decoder runs: pre-norm blocks of grouped-query attention and SwiGLU. What
/// differs between architectures is data (biases, pair order, epsilon) and stands in ModelConfig.
struct Architecture {
    std::string_view id;  ///< as files name it: "llama", "qwen2"
    std::string_view displayName;
    bool attentionBias;  ///< q, k and v have biases
};

/// Every architecture; a new one is a line here and, where its blocks differ, a file beside this one.
std::span<const Architecture> architectures();

/// Errors: unsupported, naming what is there.
Result<const Architecture*> findArchitecture(std::string_view id);

/// Names of every linear of block `layer`, without ".weight".
std::vector<std::string> linearNames(std::int64_t layer);

}  // namespace engine
