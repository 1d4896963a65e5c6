// f32 multiply-add, 8 rows per register; activations are used as they are.
#include <immintrin.h>

#include "kernels/matmul_dense/tiled.h"

namespace kernels::matmul_dense::avx2 {
namespace {

struct Avx2 {
    using Vector = __m256;
    static constexpr int64_t kLanes = 8;
    static constexpr int kVectors = 2;
    static constexpr int kTokens = 5;  // 10 accumulators, 2 weights, 1 activation of the 16 registers

    static Vector zero() noexcept { return _mm256_setzero_ps(); }
    static Vector broadcast(float value) noexcept { return _mm256_set1_ps(value); }
    static Vector add(Vector a, Vector b) noexcept { return _mm256_add_ps(a, b); }
    static Vector fma(Vector a, Vector b, Vector c) noexcept { return _mm256_fmadd_ps(a, b, c); }
    static void store(float* to, Vector v, int64_t lanes) noexcept {
        const int limit = lanes >= 8 ? 8 : static_cast<int>(lanes);
        _mm256_maskstore_ps(
            to, _mm256_cmpgt_epi32(_mm256_set1_epi32(limit), _mm256_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7)), v);
    }
    static Vector f32(const void* line) noexcept { return _mm256_load_ps(static_cast<const float*>(line)); }
    static Vector f16(const void* line) noexcept {
        return _mm256_cvtph_ps(_mm_load_si128(static_cast<const __m128i*>(line)));
    }
    static Vector bf16Even(const void* line) noexcept {
        return _mm256_castsi256_ps(
            _mm256_slli_epi32(_mm256_load_si256(static_cast<const __m256i*>(line)), 16));
    }
    static Vector bf16Odd(const void* line) noexcept {
        return _mm256_castsi256_ps(_mm256_and_si256(_mm256_load_si256(static_cast<const __m256i*>(line)),
                                                    _mm256_set1_epi32(static_cast<int>(0xffff0000U))));
    }
};

std::size_t scratchBytes(std::int64_t, std::int64_t) noexcept {
    return 0;
}

void run(const Weights& w, const float* x, std::int64_t ldx, std::int64_t tokens, std::int64_t tileBegin,
         std::int64_t tileEnd, float* y, std::int64_t ldy, void*) noexcept {
    Tiled<Avx2>::run(w, x, ldx, tokens, tileBegin, tileEnd, y, ldy);
}

}  // namespace
extern const Variant<Fn> variant{"avx2",
                                 CpuFeature::avx2 | CpuFeature::fma | CpuFeature::f16c,
                                 {tileBytesOf, packTileLines, scratchBytes, run, kLayout}};
}  // namespace kernels::matmul_dense::avx2
