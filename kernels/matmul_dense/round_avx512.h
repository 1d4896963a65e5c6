#pragma once

#include <immintrin.h>
#include <stdint.h>

// In an unnamed namespace, so that no variant's copy can be used by another (see README); include it in files
// compiled with AVX-512 BF16 only.
namespace kernels::matmul_dense {
namespace {

inline int64_t pairsOf(int64_t cols) noexcept {
    return (cols + 1) / 2;
}

/// One row of activations to BF16, nearest even, with 0 from `cols` up to `padded` columns.
inline void roundRow(const float* x, int64_t cols, int64_t padded, uint16_t* out) noexcept {
    const auto lanes = [](int64_t left) {
        return static_cast<__mmask16>(left >= 16 ? 0xffff : left <= 0 ? 0 : (1 << left) - 1);
    };
    for (int64_t i = 0; i < padded; i += 16) {
        const __m256bh rounded = _mm512_cvtneps_pbh(_mm512_maskz_loadu_ps(lanes(cols - i), x + i));
        _mm256_mask_storeu_epi16(out + i, lanes(padded - i), reinterpret_cast<__m256i>(rounded));
    }
}

}  // namespace
}  // namespace kernels::matmul_dense
