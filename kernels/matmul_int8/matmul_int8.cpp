#include "kernels/matmul_int8/matmul_int8.h"

namespace kernels::matmul_int8 {

#define KERNEL_VARIANT(name)          \
    namespace name {                  \
    extern const Variant<Fn> variant; \
    }
#include "matmul_int8_variants.inc"
#undef KERNEL_VARIANT

namespace {
#define KERNEL_VARIANT(name) &name::variant,
constexpr const Variant<Fn>* kVariants[] = {
#include "matmul_int8_variants.inc"
};
#undef KERNEL_VARIANT
}  // namespace

std::span<const Variant<Fn>* const> variants() noexcept {
    return kVariants;
}

}  // namespace kernels::matmul_int8
