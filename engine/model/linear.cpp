#include "engine/model/linear.h"

namespace engine {

std::int64_t Linear::bytes() const {
    return weight.bytes() + static_cast<std::int64_t>(bias.size() * 4) +
           (lora ? lora->a.bytes() + lora->b.bytes() : 0);
}

Result<Linear> loadLinear(WeightLoader& weights, const std::string& prefix, const PackOptions& options) {
    const Checkpoint& checkpoint = weights.checkpoint();
    Linear linear;
    auto weight = weights.load(prefix + ".weight", options);
    if (!weight)
        return weight.error();
    linear.weight = std::move(*weight);
    if (const auto* bias = checkpoint.find(prefix + ".bias"))
        linear.bias = toFloats(*bias);
    if (checkpoint.find(prefix + ".adaptor.A.weight") != nullptr) {
        auto a = weights.load(prefix + ".adaptor.A.weight", options);
        if (!a)
            return a.error();
        auto b = weights.load(prefix + ".adaptor.B.weight", options);
        if (!b)
            return b.error();
        const float scale = checkpoint.config.lora ? checkpoint.config.lora->scale : 1.0F;
        linear.lora = LoraAdapter{std::move(*a), std::move(*b), scale};
    }
    return linear;
}

}  // namespace engine
