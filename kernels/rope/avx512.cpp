#include <immintrin.h>

#include "kernels/rope/rope.h"

namespace kernels::rope::avx512 {
namespace {

/// Mask of the first `count` lanes, all 16 when there are more.
__mmask16 lanes(int64_t count) noexcept {
    return count >= 16 ? static_cast<__mmask16>(0xffffu) : static_cast<__mmask16>((1u << count) - 1u);
}

/// The heads of one token.
struct Heads {
    float* x;
    int64_t count;
    int64_t dim;
};

/// Pairs i to i + 7 of every head, eight adjacent pairs per vector: even lanes a*cos - b*sin, odd lanes b*cos
/// + a*sin. The heads are the inner loop because they share the spread-out sines and cosines.
void rotateAdjacent(Heads heads, int64_t i, const float* cosRow, const float* sinRow) noexcept {
    const __m512i twice = _mm512_setr_epi32(0, 0, 1, 1, 2, 2, 3, 3, 4, 4, 5, 5, 6, 6, 7, 7);
    const int64_t pairsLeft = heads.dim / 2 - i;
    const __mmask16 mask = lanes(2 * pairsLeft);
    const auto inTable = static_cast<__mmask16>(lanes(pairsLeft) & 0xffu);
    const __m512 c = _mm512_permutexvar_ps(twice, _mm512_maskz_loadu_ps(inTable, cosRow + i));
    const __m512 s = _mm512_permutexvar_ps(twice, _mm512_maskz_loadu_ps(inTable, sinRow + i));
    float* at = heads.x + 2 * i;
    for (int64_t h = 0; h < heads.count; ++h, at += heads.dim) {
        const __m512 pairs = _mm512_maskz_loadu_ps(mask, at);
        const __m512 swapped = _mm512_mul_ps(_mm512_permute_ps(pairs, 0xB1), s);
        _mm512_mask_storeu_ps(at, mask, _mm512_fmaddsub_ps(pairs, c, swapped));
    }
}

/// Pairs i to i + 15 of every head, whose second halves lie dim / 2 further.
void rotateHalves(Heads heads, int64_t i, const float* cosRow, const float* sinRow) noexcept {
    const int64_t half = heads.dim / 2;
    const __mmask16 mask = lanes(half - i);
    const __m512 c = _mm512_maskz_loadu_ps(mask, cosRow + i);
    const __m512 s = _mm512_maskz_loadu_ps(mask, sinRow + i);
    float* at = heads.x + i;
    for (int64_t h = 0; h < heads.count; ++h, at += heads.dim) {
        const __m512 a = _mm512_maskz_loadu_ps(mask, at);
        const __m512 b = _mm512_maskz_loadu_ps(mask, at + half);
        _mm512_mask_storeu_ps(at, mask, _mm512_fmsub_ps(a, c, _mm512_mul_ps(b, s)));
        _mm512_mask_storeu_ps(at + half, mask, _mm512_fmadd_ps(a, s, _mm512_mul_ps(b, c)));
    }
}

void run(float* x, int64_t ldx, int64_t tokens, int64_t heads, int64_t headDim, const float* cosTable,
         const float* sinTable, int64_t position0, PairOrder order) noexcept {
    const int64_t half = headDim / 2;
    for (int64_t t = 0; t < tokens; ++t) {
        const Heads ofToken{x + t * ldx, heads, headDim};
        const float* cosRow = cosTable + (position0 + t) * half;
        const float* sinRow = sinTable + (position0 + t) * half;
        if (order == PairOrder::adjacent)
            for (int64_t i = 0; i < half; i += 8)
                rotateAdjacent(ofToken, i, cosRow, sinRow);
        else
            for (int64_t i = 0; i < half; i += 16)
                rotateHalves(ofToken, i, cosRow, sinRow);
    }
}

}  // namespace
extern const Variant<Fn> variant{
    "avx512", CpuFeature::avx512 | CpuFeature::avx2 | CpuFeature::fma | CpuFeature::f16c, run};
}  // namespace kernels::rope::avx512
