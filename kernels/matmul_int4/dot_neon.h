#pragma once

#include "kernels/matmul_int4/tiles_neon.h"

// In an unnamed namespace, so that no variant's copy can be used by another (see README); include it in files
// compiled with dot products only.
namespace kernels::matmul_int4 {
namespace {

/// 8-bit dot products of four columns at a time for 4 rows (sdot), for tiles_neon.h.
struct DotNeon {
    using Sums = int32x4_t;
    static Sums zero() noexcept { return vdupq_n_s32(0); }
    template <int Lane>
    static void add(Sums& sums, int8x16_t nibbles, int8x16_t q) noexcept {
        sums = vdotq_laneq_s32(sums, nibbles, q, Lane);
    }
    static int32x4_t total(Sums sums) noexcept { return sums; }
};

}  // namespace
}  // namespace kernels::matmul_int4
