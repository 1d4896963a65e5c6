#pragma once

#include <immintrin.h>
#include <stdint.h>

// Included by the AVX-512 variants; unnamed on purpose (see tiled.h).
namespace kernels::matmul_dense {
namespace {

struct Avx512 {
    using Vector = __m512;
    static constexpr int64_t kLanes = 16;
    static constexpr int kVectors = 2;
    static constexpr int kTokens = 10;  // 20 accumulators, 2 weights, 1 activation

    static Vector zero() noexcept { return _mm512_setzero_ps(); }
    static Vector broadcast(float value) noexcept { return _mm512_set1_ps(value); }
    static Vector add(Vector a, Vector b) noexcept { return _mm512_add_ps(a, b); }
    static Vector fma(Vector a, Vector b, Vector c) noexcept { return _mm512_fmadd_ps(a, b, c); }
    static void store(float* to, Vector v, int64_t lanes) noexcept {
        _mm512_mask_storeu_ps(to, static_cast<__mmask16>(lanes >= 16 ? 0xffff : (1 << lanes) - 1), v);
    }
    static Vector f32(const void* line) noexcept { return _mm512_load_ps(line); }
    static Vector f16(const void* line) noexcept {
        return _mm512_cvtph_ps(_mm256_load_si256(static_cast<const __m256i*>(line)));
    }
    static Vector bf16Even(const void* line) noexcept {
        return _mm512_castsi512_ps(_mm512_slli_epi32(_mm512_load_si512(line), 16));
    }
    static Vector bf16Odd(const void* line) noexcept {
        return _mm512_castsi512_ps(
            _mm512_and_si512(_mm512_load_si512(line), _mm512_set1_epi32(static_cast<int>(0xffff0000U))));
    }
};

}  // namespace
}  // namespace kernels::matmul_dense
