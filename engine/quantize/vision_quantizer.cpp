#include "engine/quantize/vision_quantizer.h"

#include <algorithm>

#include "engine/model/vision_names.h"

namespace engine {
namespace {

constexpr std::string_view kWeight = ".weight";

/// "vision.cross_attention_layers.3", "vision.global_transformer.7" or "vision.rest".
std::string partOf(const std::string& name) {
    constexpr std::string_view kBlocks = ".resblocks.";
    constexpr std::string_view kCross = "cross_attention_layers.";
    const auto blocks = name.find(kBlocks);
    std::size_t number = 0;
    if (name.starts_with(kCross))
        number = kCross.size();
    else if (blocks != std::string::npos)
        number = blocks + kBlocks.size();
    else
        return "vision.rest";
    const auto begin = name.starts_with(kVisionEncoder) ? kVisionEncoder.size() : 0;
    return "vision." + name.substr(begin, name.find('.', number) - begin);
}

}  // namespace

std::map<std::string, std::vector<std::string>> visionParts(const Checkpoint& source) {
    std::map<std::string, std::vector<std::string>> parts;
    if (source.config.vision)
        for (const auto& [name, tensor] : source.tensors)
            if (isVisionTensor(name))
                parts[partOf(name)].push_back(name);
    return parts;
}

Result<QuantizedPart> quantizeVisionPart(const Checkpoint& source, const std::vector<std::string>& tensors,
                                         const QuantizationPolicy& policy, ThreadTeam& team) {
    const auto linears = visionLinearNames(*source.config.vision);
    QuantizedPart part;
    for (const auto& name : tensors) {
        const auto& tensor = *source.find(name);
        const auto values = toFloats(tensor);
        const auto linear = name.substr(0, name.size() - std::min(name.size(), kWeight.size()));
        const bool isLinear =
            name.ends_with(kWeight) && std::find(linears.begin(), linears.end(), linear) != linears.end();
        const auto scheme = isLinear ? policy.schemeOf(linear) : WeightScheme{};
        if (scheme.floating()) {
            part.tensors.push_back(storeFloats(name, values, tensor.shape, DType::bf16));
            continue;
        }
        if (scheme.kind != WeightScheme::Kind::int8Channel)
            return Error{ErrorCode::unsupported, linear + " cannot be stored as " + scheme.name() +
                                                     ": the image encoder and cross-attention are BF16 or "
                                                     "int8_channel"};
        const LinearTask task{linear, tensor.shape[0], tensor.shape[1], values, scheme, nullptr};
        const auto codes = quantizeRtn(task, policy.options, team);
        if (!codes)
            return codes.error();
        part.errors.push_back(errorOf(task, *codes));
        for (auto& stored : storeCodes(linear, *codes, scheme, policy.layout))
            part.tensors.push_back(std::move(stored));
    }
    return part;
}

}  // namespace engine
