#pragma once

#include "kernels/base/cpu_features.h"

namespace kernels {

/// Facts about a variant that the plan needs beside its instruction set.
enum class Trait : unsigned {
    none = 0,
    roundsActivations = 1u << 0,  ///< activations are rounded to BF16: not for exact runs
    ownThreads = 1u << 1,         ///< brings its own threads: call once with the whole problem
    dependsOnBatch = 1u << 2,     ///< a token's last bits depend on how many tokens are computed with it
};
constexpr Trait operator|(Trait a, Trait b) {
    return static_cast<Trait>(static_cast<unsigned>(a) | static_cast<unsigned>(b));
}
constexpr bool hasTrait(Trait set, Trait trait) {
    return (static_cast<unsigned>(set) & static_cast<unsigned>(trait)) != 0;
}

/// One implementation of an op. `name` is its file's name (`reference`, `avx2`, `avx512_vnni`, `onednn` …).
template <class Fn>
struct Variant {
    const char* name;
    CpuFeature needs;
    Fn fn;
    Trait traits = Trait::none;
};

}  // namespace kernels
