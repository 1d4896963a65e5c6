#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "engine/base/ids.h"
#include "engine/model/vision_config.h"

namespace engine {

/// Llama 3 frequency scaling (see checkpoint formats: wavelength bands around the original context).
struct RopeScaling {
    float factor = 8.0F;
    float lowFreqFactor = 1.0F;
    float highFreqFactor = 4.0F;
    std::int64_t originalContext = 8192;
    bool operator==(const RopeScaling&) const = default;
};

/// How the two numbers of a rotated pair lie in a head.
enum class RopePairs { adjacent /* Meta, GGUF llama */, halves /* Hugging Face, GGUF qwen2 */ };

struct RopeConfig {
    double theta = 500000.0;
    std::optional<RopeScaling> scaling;
    std::vector<float>
        frequencyDivisors;  ///< GGUF rope_freqs: [headDim/2], divides frequency i; empty = none
    RopePairs pairs = RopePairs::adjacent;
    bool operator==(const RopeConfig&) const = default;
};

struct LoraConfig {
    std::int64_t rank = 0;
    float scale = 1.0F;
    bool operator==(const LoraConfig&) const = default;
};

/// Everything that the arithmetic of a text model depends on, whatever file it came from.
struct ModelConfig {
    std::string name;          ///< for people: directory or general.name
    std::string architecture;  ///< "llama", "mllama" or "qwen2"
    std::string variant;       ///< "BF16", "QAT+LoRA", "SpinQuant", "Q4_0", "Q8_0", "F16", "F32"
    std::int64_t dim = 0;
    std::int64_t nLayers = 0;
    std::int64_t nHeads = 0;
    std::int64_t nKvHeads = 0;
    std::int64_t headDim = 0;
    std::int64_t hiddenDim = 0;  ///< FFN width
    std::int64_t vocabSize = 0;
    std::int64_t contextLength = 0;
    float normEps = 1e-5F;
    RopeConfig rope;
    bool tiedEmbeddings = false;
    bool attentionBias = false;  ///< biases on q, k, v (Qwen2.5)
    std::optional<LoraConfig> lora;
    std::optional<VisionConfig> vision;  ///< absent for text models
    bool answersDialogs = false;      ///< params.json says "dialogs": true (for models without chat tokens)
    bool hadamardFfn = false;         ///< online Hadamard on the input of w2 (SpinQuant R4)
    bool hadamardHeads = false;       ///< online Hadamard on heads of q and k after RoPE (SpinQuant R3)
    int activationBits = 8;           ///< 2..8, of what quantized linears of the blocks read
    std::int64_t groupSize = 32;      ///< of int4 tensors
    std::vector<TokenId> stopTokens;  ///< from config / metadata; may be empty
    std::vector<std::string> notes;   ///< decisions taken while reading, in words ("RoPE factor 32: …")
};

}  // namespace engine
