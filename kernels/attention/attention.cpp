#include "kernels/attention/attention.h"

namespace kernels::attention {

#define KERNEL_VARIANT(name)          \
    namespace name {                  \
    extern const Variant<Fn> variant; \
    }
#include "attention_variants.inc"
#undef KERNEL_VARIANT

namespace {
#define KERNEL_VARIANT(name) &name::variant,
constexpr const Variant<Fn>* kVariants[] = {
#include "attention_variants.inc"
};
#undef KERNEL_VARIANT
}  // namespace

std::span<const Variant<Fn>* const> variants() noexcept {
    return kVariants;
}

}  // namespace kernels::attention
