#include "engine/model/linear.h"

namespace engine {

std::int64_t Linear::bytes() const {
    return weight.bytes() + static_cast<std::int64_t>(bias.size() * 4) +
           (lora ? lora->a.bytes() + lora->b.bytes() : 0);
}

Result<Linear> loadLinear(const Checkpoint& checkpoint, const std::string& prefix, const KernelPlan& plan,
                          const PackOptions& options, ThreadTeam& team) {
    Linear linear;
    auto weight = pack(checkpoint, prefix + ".weight", plan, options, team);
    if (!weight)
        return weight.error();
    linear.weight = std::move(*weight);
    if (const auto* bias = checkpoint.find(prefix + ".bias"))
        linear.bias = toFloats(*bias);
    if (checkpoint.find(prefix + ".adaptor.A.weight") != nullptr) {
        auto a = pack(checkpoint, prefix + ".adaptor.A.weight", plan, options, team);
        if (!a)
            return a.error();
        auto b = pack(checkpoint, prefix + ".adaptor.B.weight", plan, options, team);
        if (!b)
            return b.error();
        const float scale = checkpoint.config.lora ? checkpoint.config.lora->scale : 1.0F;
        linear.lora = LoraAdapter{std::move(*a), std::move(*b), scale};
    }
    return linear;
}

}  // namespace engine
