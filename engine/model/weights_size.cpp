#include "engine/model/weights_size.h"

#include <set>

#include "engine/model/architectures.h"
#include "engine/model/vision_names.h"
#include "kernels/base/tile.h"

namespace engine {
namespace {

constexpr std::string_view kWeight = ".weight";

/// packed, and for 8-bit rows a scale and a sum each (PackedMatrix::bytes()).
Result<std::int64_t> matrixBytes(const Checkpoint& checkpoint, const std::string& name,
                                 const KernelPlan& plan, const PackOptions& options) {
    auto bytes = packedBytes(checkpoint, name, plan, options);
    if (!bytes)
        return bytes;
    const bool rowScales = options.quantized == QuantizedArithmetic::dynamicInt8 &&
                           checkpoint.find(name)->type == DType::i8 &&
                           checkpoint.schemeOf(name) == "int8_channel";
    return *bytes + (rowScales ? kernels::tilesOf(checkpoint.find(name)->shape[0]) * kernels::kTileRows * 8
                               : std::int64_t{0});
}

std::int64_t floatBytes(const Checkpoint& checkpoint, const std::string& name) {
    const auto* tensor = checkpoint.find(name);
    return tensor == nullptr ? 0 : tensor->elements() * static_cast<std::int64_t>(sizeof(float));
}

/// Weight, bias and adapter of one linear layer.
Result<std::int64_t> linearBytes(const Checkpoint& checkpoint, const std::string& prefix,
                                 const KernelPlan& plan, const PackOptions& options) {
    auto total = matrixBytes(checkpoint, prefix + ".weight", plan, options);
    if (!total)
        return total;
    for (const char* part : {".adaptor.A.weight", ".adaptor.B.weight"}) {
        if (checkpoint.find(prefix + part) == nullptr)
            continue;
        auto bytes = matrixBytes(checkpoint, prefix + part, plan, options);
        if (!bytes)
            return bytes;
        *total += *bytes;
    }
    return *total + floatBytes(checkpoint, prefix + ".bias");
}

PackOptions linearOptions(const ModelOptions& options) {
    return {options.linears, options.exact};
}

}  // namespace

Result<std::int64_t> weightsSize(const Checkpoint& checkpoint, const KernelPlan& plan,
                                 const ModelOptions& options) {
    const bool ownOutput = checkpoint.find("output.weight") != nullptr;
    auto total = linearBytes(checkpoint, ownOutput ? "output" : "tok_embeddings", plan,
                             {options.outputHead, options.exact});
    if (!total)
        return total;
    for (std::int64_t layer = 0; layer < checkpoint.config.nLayers; ++layer) {
        for (const auto& name : linearNames(layer)) {
            auto bytes = linearBytes(checkpoint, name, plan, linearOptions(options));
            if (!bytes)
                return bytes;
            *total += *bytes;
        }
        const auto prefix = "layers." + std::to_string(layer);
        *total += floatBytes(checkpoint, prefix + ".attention_norm.weight") +
                  floatBytes(checkpoint, prefix + ".ffn_norm.weight");
    }
    *total += floatBytes(checkpoint, "norm.weight");
    auto vision = visionSize(checkpoint, plan, options);
    if (!vision)
        return vision;
    *total += *vision;
    if (ownOutput)  // else the table is the output's, and its rows are read in place
        if (const auto* table = checkpoint.find("tok_embeddings.weight"))
            *total +=
                static_cast<std::int64_t>(table->bytes()) + floatBytes(checkpoint, "tok_embeddings.scales");
    return *total;
}

Result<std::int64_t> visionSize(const Checkpoint& checkpoint, const KernelPlan& plan,
                                const ModelOptions& options) {
    std::int64_t total = 0;
    if (!checkpoint.config.vision)
        return total;
    std::set<std::string> counted;
    for (const auto& name : visionLinearNames(*checkpoint.config.vision)) {
        auto bytes = linearBytes(checkpoint, name, plan, linearOptions(options));
        if (!bytes)
            return bytes;
        total += *bytes;
        counted.insert({name + ".weight", name + ".bias", name + ".scales"});
    }
    for (const auto& [name, tensor] : checkpoint.tensors)
        if (isVisionTensor(name) && !isTileTable(name) && !counted.contains(name))
            total += floatBytes(checkpoint, name);
    return total;
}

Result<std::int64_t> packedSize(const Checkpoint& checkpoint, const std::string& name, const KernelPlan& plan,
                                const ModelOptions& options) {
    auto tensor = checkpoint.require(name);
    if (!tensor)
        return tensor.error();
    if (name.ends_with(".scales"))
        return std::int64_t{0};
    if (isTileTable(name))
        return static_cast<std::int64_t>((*tensor)->bytes());
    if ((*tensor)->shape.size() != 2 || !name.ends_with(kWeight))
        return floatBytes(checkpoint, name);
    if (name == "tok_embeddings.weight" && checkpoint.find("output.weight") != nullptr)
        return static_cast<std::int64_t>((*tensor)->bytes()) +
               floatBytes(checkpoint, "tok_embeddings.scales");
    const bool head = name == "output.weight" || name == "tok_embeddings.weight";
    return matrixBytes(checkpoint, name, plan,
                       head ? PackOptions{options.outputHead, options.exact} : linearOptions(options));
}

}  // namespace engine
