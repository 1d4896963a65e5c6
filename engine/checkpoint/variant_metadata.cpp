#include "engine/checkpoint/variant_metadata.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "engine/checkpoint/coded_weight.h"
#include "engine/checkpoint/json_file.h"

namespace engine {
namespace {

using Json = nlohmann::json;

constexpr std::string_view kKeys[] = {"variant", "hadamard_ffn", "hadamard_heads", "activation_bits",
                                      "weights"};

/// A word of a file, for a message.
std::string shown(const std::string& key) {
    return isPlainName(key.substr(0, 40)) ? key.substr(0, 40) : "?";
}

constexpr std::int64_t kMostExtent = std::int64_t{1} << 24;

Error corrupt(const std::string& what) {
    return {ErrorCode::corrupt, std::string(kVariantMetadata) + " " + what};
}

Result<VariantMetadata::Weight> readWeight(const std::string& name, const Json& json) {
    if (!json.is_object())
        return corrupt("says nothing readable of " + name);
    const auto scheme = WeightScheme::parse(textAt(json, "scheme").value_or(""));
    if (!scheme)
        return corrupt("gives " + name + " a scheme that is not known here; a newer version may read it");
    const auto rows = integerAt(json, "rows").value_or(0);
    const auto cols = integerAt(json, "cols").value_or(0);
    if (rows < 1 || cols < 1 || rows > kMostExtent || cols > kMostExtent)
        return corrupt("gives " + name + " a shape that is not possible");
    return VariantMetadata::Weight{*scheme, rows, cols};
}

}  // namespace

std::string toText(const VariantMetadata& metadata) {
    Json weights = Json::object();
    for (const auto& [name, weight] : metadata.weights)
        weights[name] = {{"scheme", weight.scheme.name()}, {"rows", weight.rows}, {"cols", weight.cols}};
    Json json{{"variant", metadata.variant}, {"hadamard_ffn", metadata.hadamardFfn}, {"weights", weights}};
    if (metadata.hadamardHeads)
        json["hadamard_heads"] = true;
    if (metadata.activationBits != 8)
        json["activation_bits"] = metadata.activationBits;
    return json.dump(-1, ' ', false, Json::error_handler_t::replace);
}

Result<VariantMetadata> readVariantMetadata(std::string_view text) {
    if (!withinLimits(text, {}))
        return corrupt("is nested too deep or has too many values");
    const auto json = Json::parse(text, nullptr, false);
    if (json.is_discarded() || !json.is_object())
        return corrupt("is not a JSON object");
    for (const auto& [key, value] : json.items())
        if (std::find(std::begin(kKeys), std::end(kKeys), key) == std::end(kKeys))
            return Error{ErrorCode::unsupported, std::string(kVariantMetadata) + " asks for '" + shown(key) +
                                                     "', which is not known here; a newer version may do it"};
    VariantMetadata metadata;
    metadata.variant = textAt(json, "variant").value_or("").substr(0, 80);
    if (!isPlainName(metadata.variant))
        metadata.variant.clear();
    metadata.hadamardFfn = flagAt(json, "hadamard_ffn").value_or(false);
    metadata.hadamardHeads = flagAt(json, "hadamard_heads").value_or(false);
    const auto bits = json.contains("activation_bits") ? integerAt(json, "activation_bits").value_or(0) : 8;
    if (bits < 2 || bits > 8)
        return corrupt("gives activations a number of bits that is not 2 to 8");
    metadata.activationBits = static_cast<int>(bits);
    if (const auto weights = json.find("weights"); weights != json.end() && weights->is_object())
        for (const auto& [name, entry] : weights->items()) {
            auto weight = readWeight(name.substr(0, 80), entry);
            if (!weight)
                return weight.error();
            metadata.weights.emplace(name, *weight);
        }
    return metadata;
}

namespace {

/// Whether a weight that is stored as it is has the shape that the metadata gives.
Result<void> checkShape(const Checkpoint& checkpoint, const std::string& name,
                        const VariantMetadata::Weight& weight) {
    const auto stored = checkpoint.tensors.find(name + ".weight");
    if (stored != checkpoint.tensors.end() &&
        stored->second.shape == std::vector<std::int64_t>{weight.rows, weight.cols})
        return {};
    return Error{ErrorCode::corrupt, name + ".weight is not the " + std::to_string(weight.rows) + " x " +
                                         std::to_string(weight.cols) + " that the metadata gives"};
}

}  // namespace

Result<void> applyVariant(Checkpoint& checkpoint, const VariantMetadata& metadata) {
    checkpoint.config.variant = metadata.variant;
    checkpoint.config.hadamardFfn = metadata.hadamardFfn;
    checkpoint.config.hadamardHeads = metadata.hadamardHeads;
    checkpoint.config.activationBits = metadata.activationBits;
    for (const auto& [name, weight] : metadata.weights) {
        checkpoint.schemes.emplace(name, weight.scheme.name());
        if (!isCoded(weight.scheme)) {
            if (auto ok = checkShape(checkpoint, name, weight); !ok)
                return ok;
            continue;
        }
        auto coded = CodedWeight::create(checkpoint.tensors, name, weight.scheme, weight.rows, weight.cols);
        if (!coded)
            return coded.error();
        Tensor tensor;
        tensor.type = DType::coded;
        tensor.shape = {weight.rows, weight.cols};
        tensor.data = checkpoint.tensors.at(name + ".weight").data;
        tensor.coded = std::move(*coded);
        for (const auto* part : kCodedParts)
            checkpoint.tensors.erase(name + "." + part);
        checkpoint.tensors.insert_or_assign(name + ".weight", std::move(tensor));
    }
    return {};
}

}  // namespace engine
