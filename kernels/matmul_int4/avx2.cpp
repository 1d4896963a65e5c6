// maddubs of unsigned nibbles and signed activations: 8 products of at most 15 * 128 add up to 30720, which
// fits 16 bits.
#include <immintrin.h>

#include "kernels/matmul_int4/layout.h"
#include "kernels/matmul_int4/matmul_int4.h"

namespace kernels::matmul_int4::avx2 {
namespace {

// 4 tokens: 4 x 16-bit and 4 x float accumulators per half tile beside weights, activations and constants in
// 16 registers.
constexpr int kTokens = 4;
constexpr int64_t kTokenChunk = 32 * kTokens;
constexpr int64_t kHalfRows = 8;

std::size_t tileBytes(std::int64_t cols) noexcept {
    return tileBytesOf(cols);
}
std::size_t scratchBytes(std::int64_t, std::int64_t) noexcept {
    return 0;
}

/// Rows 8*half .. 8*half+7 of `tile` for `Tokens` tokens from `token` on.
template <int Tokens>
inline void block(const Weights& w, const QuantizedRows& x, int64_t tile, int64_t half, int64_t token,
                  float* y, int64_t ldy) noexcept {
    const int64_t groups = groupsOf(w.cols);
    const int64_t xGroups = x.ld / kGroupSize;
    const auto* packed =
        static_cast<const uint8_t*>(w.packed) + static_cast<size_t>(tile) * tileBytesOf(w.cols);
    const __m256i low = _mm256_set1_epi8(15);
    const __m256i ones = _mm256_set1_epi16(1);
    __m256 sums[Tokens];
    for (int t = 0; t < Tokens; ++t)
        sums[t] = _mm256_setzero_ps();
    for (int64_t g = 0; g < groups; ++g) {
        const uint8_t* group = packed + g * kBlockBytes + 32 * half;
        const int8_t* q = x.q + token * x.ld + g * kGroupSize;
        __m256i acc[Tokens];
        for (int t = 0; t < Tokens; ++t)
            acc[t] = _mm256_setzero_si256();
#pragma GCC unroll 4
        for (int j = 0; j < 4; ++j) {
            const __m256i line = _mm256_load_si256(reinterpret_cast<const __m256i*>(group + 64 + 64 * j));
            const __m256i first = _mm256_and_si256(line, low);
            const __m256i second = _mm256_and_si256(_mm256_srli_epi16(line, 4), low);
            for (int t = 0; t < Tokens; ++t) {
                int32_t a;
                int32_t b;
                memcpy(&a, q + t * x.ld + 4 * j, 4);
                memcpy(&b, q + t * x.ld + 16 + 4 * j, 4);
                acc[t] = _mm256_add_epi16(acc[t], _mm256_maddubs_epi16(first, _mm256_set1_epi32(a)));
                acc[t] = _mm256_add_epi16(acc[t], _mm256_maddubs_epi16(second, _mm256_set1_epi32(b)));
            }
        }
        const __m256 scale =
            _mm256_load_ps(reinterpret_cast<const float*>(packed + g * kBlockBytes) + kHalfRows * half);
        for (int t = 0; t < Tokens; ++t) {
            const __m256i dot =
                _mm256_add_epi32(_mm256_madd_epi16(acc[t], ones),
                                 _mm256_set1_epi32(-8 * x.groupSums[(token + t) * xGroups + g]));
            sums[t] = _mm256_fmadd_ps(_mm256_cvtepi32_ps(dot), scale, sums[t]);
        }
    }
    const __m256 rowSums =
        _mm256_load_ps(reinterpret_cast<const float*>(packed + groups * kBlockBytes) + kHalfRows * half);
    const int64_t row = tile * kTileRows + kHalfRows * half;
    const __m256i lane = _mm256_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7);
    const int64_t left = w.rows - row;
    const __m256i mask =
        _mm256_cmpgt_epi32(_mm256_set1_epi32(left < kHalfRows ? static_cast<int>(left) : 8), lane);
    for (int t = 0; t < Tokens; ++t) {
        const __m256 zeroPoint = _mm256_set1_ps(static_cast<float>(x.zeroPoint[token + t]));
        const __m256 value =
            _mm256_mul_ps(_mm256_fnmadd_ps(zeroPoint, rowSums, sums[t]), _mm256_set1_ps(x.scale[token + t]));
        _mm256_maskstore_ps(y + (token + t) * ldy + row, mask, value);
    }
}

using BlockFn = void (*)(const Weights&, const QuantizedRows&, int64_t, int64_t, int64_t, float*,
                         int64_t) noexcept;
constexpr BlockFn kBlocks[kTokens] = {block<1>, block<2>, block<3>, block<4>};

void run(const Weights& w, const QuantizedRows& x, std::int64_t tileBegin, std::int64_t tileEnd, float* y,
         std::int64_t ldy, void*) noexcept {
    for (int64_t chunk = 0; chunk < x.tokens; chunk += kTokenChunk) {
        const int64_t end = chunk + kTokenChunk < x.tokens ? chunk + kTokenChunk : x.tokens;
        for (int64_t tile = tileBegin; tile < tileEnd; ++tile)
            for (int64_t half = 0; half < 2 && tile * kTileRows + half * kHalfRows < w.rows; ++half)
                for (int64_t token = chunk; token < end; token += kTokens)
                    kBlocks[(end - token < kTokens ? end - token : kTokens) - 1](w, x, tile, half, token, y,
                                                                                 ldy);
    }
}

}  // namespace
extern const Variant<Fn> variant{
    "avx2", CpuFeature::avx2 | CpuFeature::fma, {tileBytes, packTileRows, scratchBytes, run}};
}  // namespace kernels::matmul_int4::avx2
