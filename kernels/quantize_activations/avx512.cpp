// The reference's arithmetic, 16 values at a time: the same integers and scales bit for bit.
#include <immintrin.h>

#include "kernels/quantize_activations/quantize_activations.h"

namespace kernels::quantize_activations::avx512 {
namespace {

constexpr int kNearest = _MM_FROUND_TO_NEAREST_INT | _MM_FROUND_NO_EXC;

inline __mmask16 maskOf(std::int64_t count) noexcept {
    return static_cast<__mmask16>(count >= 16 ? 0xffff : count <= 0 ? 0 : (1 << count) - 1);
}

inline float nearest(float value) noexcept {
    return _mm_cvtss_f32(_mm_round_ss(_mm_setzero_ps(), _mm_set_ss(value), kNearest));
}

void quantizeRow(const float* x, float scaleFloor, std::int64_t row, const QuantizedRows& out) noexcept {
    __m512 lows = _mm512_setzero_ps();
    __m512 highs = _mm512_setzero_ps();
    for (std::int64_t i = 0; i < out.cols; i += 16) {
        const __m512 v = _mm512_maskz_loadu_ps(maskOf(out.cols - i), x + i);
        lows = _mm512_min_ps(lows, v);
        highs = _mm512_max_ps(highs, v);
    }
    const float low = _mm512_reduce_min_ps(lows);
    const float high = _mm512_reduce_max_ps(highs);
    const float least = -static_cast<float>(1 << (out.bits - 1));
    const float most = -least - 1.0F;
    float scale = (high - low) / (most - least);
    scale = scale > scaleFloor ? scale : scaleFloor;
    float zeroPoint = least - nearest(low / scale);
    zeroPoint = zeroPoint < least ? least : zeroPoint > most ? most : zeroPoint;
    out.scale[row] = scale;
    out.zeroPoint[row] = static_cast<std::int32_t>(zeroPoint);

    const __m512 inverse = _mm512_set1_ps(1.0F / scale);
    const __m512 offset = _mm512_set1_ps(zeroPoint);
    const __m512 smallest = _mm512_set1_ps(least);
    const __m512 largest = _mm512_set1_ps(most);
    std::int8_t* q = out.q + row * out.ld;
    std::int32_t* sums = out.groupSums + row * (out.ld / kGroupSize);
    for (std::int64_t i = 0; i < out.ld; i += kGroupSize) {
        __m512i both = _mm512_setzero_si512();
        for (std::int64_t h = 0; h < kGroupSize; h += 16) {
            const __mmask16 mask = maskOf(out.cols - i - h);
            const __m512 rounded = _mm512_roundscale_ps(
                _mm512_mul_ps(_mm512_maskz_loadu_ps(mask, x + i + h), inverse), kNearest);
            const __m512 clamped =
                _mm512_max_ps(smallest, _mm512_min_ps(largest, _mm512_add_ps(rounded, offset)));
            const __m512i integers = _mm512_maskz_cvttps_epi32(mask, clamped);
            _mm_storeu_si128(reinterpret_cast<__m128i*>(q + i + h), _mm512_cvtepi32_epi8(integers));
            both = _mm512_add_epi32(both, integers);
        }
        sums[i / kGroupSize] = _mm512_reduce_add_epi32(both);
    }
}

void run(const float* x, std::int64_t ldx, float scaleFloor, std::int64_t rowBegin, std::int64_t rowEnd,
         const QuantizedRows& out) noexcept {
    for (std::int64_t row = rowBegin; row < rowEnd; ++row)
        quantizeRow(x + row * ldx, scaleFloor, row, out);
}

}  // namespace
extern const Variant<Fn> variant{"avx512", CpuFeature::avx512, run};
}  // namespace kernels::quantize_activations::avx512
