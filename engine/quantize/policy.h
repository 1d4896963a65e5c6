#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/base/result.h"
#include "engine/checkpoint/weight_scheme.h"
#include "engine/quantize/promotion.h"
#include "engine/quantize/quantizer.h"
#include "engine/quantize/rotation_learning.h"

namespace engine {

/// hadamard: random signs and Hadamard transforms; learned: R1 and R2 go on from there.
enum class Rotation : std::uint8_t { none, hadamard, learned };
enum class VariantLayout : std::uint8_t { meta, safetensors, gguf };

std::optional<VariantLayout> variantLayoutNamed(std::string_view name);
std::string_view name(VariantLayout layout);

/// Which scheme the tensors have whose names fit a pattern (shell wildcards).
struct PolicyRule {
    std::string tensors;
    WeightScheme scheme;
};

/// What a variant is made by, from profiles/quantize/<id>.yaml.
struct QuantizationPolicy {
    std::string id;  ///< the file's name
    std::string name;
    std::string description;
    std::string method = "rtn";
    MethodOptions options;
    Rotation rotation = Rotation::none;
    RotationLearning learning;  ///< of learned rotations
    bool rotateHeads = false;   ///< R3: heads of q and k, online, where keys are kept in 8 bits
    int activationBits = 8;     ///< of what the blocks' linears read, 2..8
    VariantLayout layout = VariantLayout::safetensors;
    std::optional<Promotion> promotion;  ///< by errors of outputs, of weights without calibration
    std::vector<PolicyRule> rules;       ///< the first that fits decides; what fits none stays bf16

    /// `tensor`: Meta's name without .weight.
    WeightScheme schemeOf(std::string_view tensor) const;
    /// The same policy for another layout. GGUF has neither scales of 32 bits nor int8 channels: 8-bit groups
    /// of 32 (Q8_0) take their place.
    QuantizationPolicy in(VariantLayout other) const;
};

/// Errors: as readYaml and FieldReader, with file, line and column.
Result<QuantizationPolicy> readPolicy(const std::filesystem::path& file);
Result<QuantizationPolicy> parsePolicy(std::string_view text, const std::filesystem::path& file);
/// The policy in a .yaml file, or one that ships by its id. Errors: notFound, naming those that there are.
Result<QuantizationPolicy> policyNamed(const std::string& word);
/// Those that ship, by id. Errors: as readPolicy.
Result<std::vector<QuantizationPolicy>> shippedPolicies();
/// Everything that decides the result, as JSON with sorted keys: what a resumed job has to share.
std::string canonicalText(const QuantizationPolicy& policy);

}  // namespace engine
