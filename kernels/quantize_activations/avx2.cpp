// The reference's arithmetic, 8 values at a time: the same integers and scales bit for bit.
#include <immintrin.h>

#include "kernels/quantize_activations/quantize_activations.h"

namespace kernels::quantize_activations::avx2 {
namespace {

constexpr int kNearest = _MM_FROUND_TO_NEAREST_INT | _MM_FROUND_NO_EXC;

inline __m256i maskOf(std::int64_t count) noexcept {
    const int limit = count >= 8 ? 8 : count <= 0 ? 0 : static_cast<int>(count);
    return _mm256_cmpgt_epi32(_mm256_set1_epi32(limit), _mm256_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7));
}

inline float nearest(float value) noexcept {
    return _mm_cvtss_f32(_mm_round_ss(_mm_setzero_ps(), _mm_set_ss(value), kNearest));
}

/// Sum of 8 lanes.
inline std::int32_t total(__m256i v) noexcept {
    __m128i s = _mm_add_epi32(_mm256_castsi256_si128(v), _mm256_extracti128_si256(v, 1));
    s = _mm_add_epi32(s, _mm_shuffle_epi32(s, 0x4e));
    return _mm_cvtsi128_si32(_mm_add_epi32(s, _mm_shuffle_epi32(s, 0xb1)));
}

void quantizeRow(const float* x, float scaleFloor, std::int64_t row, const QuantizedRows& out) noexcept {
    __m256 lows = _mm256_setzero_ps();
    __m256 highs = _mm256_setzero_ps();
    for (std::int64_t i = 0; i < out.cols; i += 8) {
        const __m256 v = _mm256_maskload_ps(x + i, maskOf(out.cols - i));
        lows = _mm256_min_ps(lows, v);
        highs = _mm256_max_ps(highs, v);
    }
    float low = 0.0F;
    float high = 0.0F;
    float lanes[16];
    _mm256_storeu_ps(lanes, lows);
    _mm256_storeu_ps(lanes + 8, highs);
    for (int i = 0; i < 8; ++i) {
        low = lanes[i] < low ? lanes[i] : low;
        high = lanes[8 + i] > high ? lanes[8 + i] : high;
    }
    const float least = -static_cast<float>(1 << (out.bits - 1));
    const float most = -least - 1.0F;
    float scale = (high - low) / (most - least);
    scale = scale > scaleFloor ? scale : scaleFloor;
    float zeroPoint = least - nearest(low / scale);
    zeroPoint = zeroPoint < least ? least : zeroPoint > most ? most : zeroPoint;
    out.scale[row] = scale;
    out.zeroPoint[row] = static_cast<std::int32_t>(zeroPoint);

    const __m256 inverse = _mm256_set1_ps(1.0F / scale);
    const __m256 offset = _mm256_set1_ps(zeroPoint);
    const __m256 smallest = _mm256_set1_ps(least);
    const __m256 largest = _mm256_set1_ps(most);
    std::int8_t* q = out.q + row * out.ld;
    std::int32_t* sums = out.groupSums + row * (out.ld / kGroupSize);
    for (std::int64_t i = 0; i < out.ld; i += kGroupSize) {
        __m256i all = _mm256_setzero_si256();
        for (std::int64_t h = 0; h < kGroupSize; h += 8) {
            const __m256i mask = maskOf(out.cols - i - h);
            const __m256 rounded =
                _mm256_round_ps(_mm256_mul_ps(_mm256_maskload_ps(x + i + h, mask), inverse), kNearest);
            const __m256 clamped =
                _mm256_max_ps(smallest, _mm256_min_ps(largest, _mm256_add_ps(rounded, offset)));
            const __m256i integers = _mm256_and_si256(_mm256_cvttps_epi32(clamped), mask);
            const __m128i words =
                _mm_packs_epi32(_mm256_castsi256_si128(integers), _mm256_extracti128_si256(integers, 1));
            _mm_storel_epi64(reinterpret_cast<__m128i*>(q + i + h), _mm_packs_epi16(words, words));
            all = _mm256_add_epi32(all, integers);
        }
        sums[i / kGroupSize] = total(all);
    }
}

void run(const float* x, std::int64_t ldx, float scaleFloor, std::int64_t rowBegin, std::int64_t rowEnd,
         const QuantizedRows& out) noexcept {
    for (std::int64_t row = rowBegin; row < rowEnd; ++row)
        quantizeRow(x + row * ldx, scaleFloor, row, out);
}

}  // namespace
extern const Variant<Fn> variant{"avx2", CpuFeature::avx2, run};
}  // namespace kernels::quantize_activations::avx2
