#pragma once

#include <immintrin.h>
#include <stdint.h>

// Static, so that no variant's copy can be used by another (see README); include it in AVX2 variant files
// only.
namespace kernels {

/// Mask for maskload/maskstore of the first `count` of 8 lanes.
static inline __m256i tailMaskAvx2(int64_t count) noexcept {
    return _mm256_cmpgt_epi32(_mm256_set1_epi32(static_cast<int>(count)),
                              _mm256_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7));
}

}  // namespace kernels
