// Both sides widened to 16 bits and multiplied in pairs (madd): exact, where maddubs would saturate with
// 8-bit weights.
#include <immintrin.h>

#include "kernels/matmul_int8/layout.h"
#include "kernels/matmul_int8/matmul_int8.h"

namespace kernels::matmul_int8::avx2 {
namespace {

constexpr int kTokens = 4;
constexpr int64_t kTokenChunk = 32 * kTokens;
constexpr int64_t kHalfRows = 8;

std::size_t scratchBytes(std::int64_t, std::int64_t) noexcept {
    return 0;
}

/// 8 rows x 4 columns of bytes become two vectors of 16-bit pairs: columns 0, 1 and columns 2, 3 of every
/// row.
inline void widen(__m256i bytes, __m256i& first, __m256i& second) noexcept {
    first =
        _mm256_srai_epi16(_mm256_shuffle_epi8(bytes, _mm256_setr_epi8(-1, 0, -1, 1, -1, 4, -1, 5, -1, 8, -1,
                                                                      9, -1, 12, -1, 13, -1, 0, -1, 1, -1, 4,
                                                                      -1, 5, -1, 8, -1, 9, -1, 12, -1, 13)),
                          8);
    second =
        _mm256_srai_epi16(_mm256_shuffle_epi8(bytes, _mm256_setr_epi8(-1, 2, -1, 3, -1, 6, -1, 7, -1, 10, -1,
                                                                      11, -1, 14, -1, 15, -1, 2, -1, 3, -1, 6,
                                                                      -1, 7, -1, 10, -1, 11, -1, 14, -1, 15)),
                          8);
}

template <int Tokens>
inline void block(const Weights& w, const QuantizedRows& x, int64_t tile, int64_t half, int64_t token,
                  float* y, int64_t ldy) noexcept {
    const auto* lines =
        static_cast<const uint8_t*>(w.packed) + static_cast<size_t>(tile) * tileBytesOf(w.cols) + 32 * half;
    __m256i acc[Tokens];
    for (int t = 0; t < Tokens; ++t)
        acc[t] = _mm256_setzero_si256();
    const int64_t count = linesOf(w.cols);
    for (int64_t k = 0; k < count; ++k) {
        __m256i first;
        __m256i second;
        widen(_mm256_load_si256(reinterpret_cast<const __m256i*>(lines + k * 64)), first, second);
        for (int t = 0; t < Tokens; ++t) {
            int32_t four;
            memcpy(&four, x.q + (token + t) * x.ld + 4 * k, 4);
            const __m128i wide = _mm_cvtepi8_epi16(_mm_cvtsi32_si128(four));
            acc[t] = _mm256_add_epi32(acc[t], _mm256_madd_epi16(first, _mm256_broadcastd_epi32(wide)));
            acc[t] = _mm256_add_epi32(
                acc[t], _mm256_madd_epi16(second, _mm256_broadcastd_epi32(_mm_shuffle_epi32(wide, 1))));
        }
    }
    const int64_t row = tile * kTileRows + kHalfRows * half;
    const int64_t left = w.rows - row;
    const __m256i mask = _mm256_cmpgt_epi32(_mm256_set1_epi32(left < kHalfRows ? static_cast<int>(left) : 8),
                                            _mm256_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7));
    const __m256i rowSums = _mm256_maskload_epi32(w.rowSums + row, mask);
    const __m256 scales = _mm256_maskload_ps(w.scales + row, mask);
    for (int t = 0; t < Tokens; ++t) {
        const __m256i exact =
            _mm256_sub_epi32(acc[t], _mm256_mullo_epi32(_mm256_set1_epi32(x.zeroPoint[token + t]), rowSums));
        const __m256 scale = _mm256_mul_ps(scales, _mm256_set1_ps(x.scale[token + t]));
        _mm256_maskstore_ps(y + (token + t) * ldy + row, mask,
                            _mm256_mul_ps(_mm256_cvtepi32_ps(exact), scale));
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
extern const Variant<Fn> variant{"avx2", CpuFeature::avx2, {tileBytesOf, packTileLines, scratchBytes, run}};
}  // namespace kernels::matmul_int8::avx2
