#include "kernels/hadamard/hadamard.h"

#include "kernels/hadamard/tables.h"

namespace kernels::hadamard {

#define KERNEL_VARIANT(name)          \
    namespace name {                  \
    extern const Variant<Fn> variant; \
    }
#include "hadamard_variants.inc"
#undef KERNEL_VARIANT

namespace {
#define KERNEL_VARIANT(name) &name::variant,
constexpr const Variant<Fn>* kVariants[] = {
#include "hadamard_variants.inc"
};
#undef KERNEL_VARIANT
}  // namespace

std::int64_t factorOf(std::int64_t dim) noexcept {
    const auto powerOfTwo = [](std::int64_t n) { return n > 0 && (n & (n - 1)) == 0; };
    if (powerOfTwo(dim))
        return 1;
    int count = 0;
    const Table* all = tables(count);
    for (int i = 0; i < count; ++i)
        if (dim % all[i].order == 0 && powerOfTwo(dim / all[i].order))
            return all[i].order;
    return 0;
}

const Table* tableOf(std::int64_t m) noexcept {
    int count = 0;
    const Table* all = tables(count);
    for (int i = 0; i < count; ++i)
        if (all[i].order == m)
            return all + i;
    return nullptr;
}

std::span<const Variant<Fn>* const> variants() noexcept {
    return kVariants;
}

}  // namespace kernels::hadamard
