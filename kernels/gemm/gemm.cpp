#include "kernels/gemm/gemm.h"

namespace kernels::gemm {

#define KERNEL_VARIANT(name)          \
    namespace name {                  \
    extern const Variant<Fn> variant; \
    }
#include "gemm_variants.inc"
#undef KERNEL_VARIANT

namespace {
#define KERNEL_VARIANT(name) &name::variant,
constexpr const Variant<Fn>* kVariants[] = {
#include "gemm_variants.inc"
};
#undef KERNEL_VARIANT
}  // namespace

std::span<const Variant<Fn>* const> variants() noexcept {
    return kVariants;
}

}  // namespace kernels::gemm
