#pragma once

#include <span>

#include "kernels/base/variant.h"

namespace kernels {

/// What is known of a variant without its types: for listing, planning and `anven kernels list`.
struct VariantInfo {
    const char* name;
    CpuFeature needs;
    Trait traits;
};
struct OpInfo {
    const char* name;
    std::span<const VariantInfo> variants;  // preferred first, reference last
};

/// Every op of the library, in the order of ops.cmake.
std::span<const OpInfo> ops();

}  // namespace kernels
