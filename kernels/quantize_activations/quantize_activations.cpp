#include "kernels/quantize_activations/quantize_activations.h"

namespace kernels::quantize_activations {

#define KERNEL_VARIANT(name)          \
    namespace name {                  \
    extern const Variant<Fn> variant; \
    }
#include "quantize_activations_variants.inc"
#undef KERNEL_VARIANT

namespace {
#define KERNEL_VARIANT(name) &name::variant,
constexpr const Variant<Fn>* kVariants[] = {
#include "quantize_activations_variants.inc"
};
#undef KERNEL_VARIANT
}  // namespace

std::span<const Variant<Fn>* const> variants() noexcept {
    return kVariants;
}

}  // namespace kernels::quantize_activations
