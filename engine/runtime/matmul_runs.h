#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include "engine/runtime/token_class.h"
#include "kernels/base/variant.h"

namespace engine {

/// Which variant of a matmul computes, by weight type (the op's enum as a number; 0 where it has one type)
/// and number of tokens. All read the same packed layout.
template <class Fn>
struct MatmulRuns {
    std::vector<std::array<const kernels::Variant<Fn>*, kTokenClasses>> byType;

    const kernels::Variant<Fn>& of(std::size_t type, std::int64_t tokens) const {
        return *byType[type][static_cast<std::size_t>(tokenClassOf(tokens))];
    }
    /// Calls `visit` with every variant, some of them more than once.
    template <class Visit>
    void forEach(const Visit& visit) const {
        for (const auto& byTokens : byType)
            for (const auto* variant : byTokens)
                visit(*variant);
    }
};

}  // namespace engine
