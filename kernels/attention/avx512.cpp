// Blocks of keys with 16 f32 lanes; BF16 keys are transposed as pairs, which halves the shuffles.
#include <immintrin.h>

#include "kernels/attention/blockwise.h"
#include "kernels/base/exp_avx512.h"

namespace kernels::attention::avx512 {
namespace {

struct Avx512 {
    using Vector = __m512;
    static constexpr int64_t kLanes = 16;
    static constexpr int kRows = 6;
    static constexpr int kVectors = 4;

    static Vector zero() noexcept { return _mm512_setzero_ps(); }
    static Vector broadcast(float value) noexcept { return _mm512_set1_ps(value); }
    static Vector load(const float* from) noexcept { return _mm512_loadu_ps(from); }
    static void store(float* to, Vector v) noexcept { _mm512_storeu_ps(to, v); }
    static Vector mul(Vector a, Vector b) noexcept { return _mm512_mul_ps(a, b); }
    static Vector add(Vector a, Vector b) noexcept { return _mm512_add_ps(a, b); }
    static Vector fma(Vector a, Vector b, Vector c) noexcept { return _mm512_fmadd_ps(a, b, c); }
    static Vector max(Vector a, Vector b) noexcept { return _mm512_max_ps(a, b); }
    static Vector exp(Vector v) noexcept { return expAvx512(v); }
    static float sumOf(Vector v) noexcept { return _mm512_reduce_add_ps(v); }
    static float largestOf(Vector v) noexcept { return _mm512_reduce_max_ps(v); }

    static __mmask16 lanes(int64_t count) noexcept {
        return count >= 16 ? __mmask16{0xffff} : static_cast<__mmask16>((1U << (count > 0 ? count : 0)) - 1U);
    }
    static Vector keepFirst(Vector v, int64_t count) noexcept {
        return _mm512_mask_mov_ps(_mm512_set1_ps(-__builtin_inff()), lanes(count), v);
    }
    static void storeFirst(float* to, Vector v, int64_t count) noexcept {
        _mm512_mask_storeu_ps(to, lanes(count), v);
    }
    static Vector loadFirst(const float* from, int64_t count) noexcept {
        return _mm512_maskz_loadu_ps(lanes(count), from);
    }
    static Vector loadBf16(const uint16_t* from, int64_t count) noexcept {
        const __m512i wide = _mm512_cvtepu16_epi32(_mm256_maskz_loadu_epi16(lanes(count), from));
        return _mm512_castsi512_ps(_mm512_slli_epi32(wide, 16));
    }
    static Vector loadPairs(const uint16_t* from, int64_t count) noexcept {
        const __mmask32 mask = count >= 32 ? __mmask32{0xffffffff} : (1U << count) - 1U;
        return _mm512_castsi512_ps(_mm512_maskz_loadu_epi16(mask, from));
    }
    static Vector evenOf(Vector pairs) noexcept {
        return _mm512_castsi512_ps(_mm512_slli_epi32(_mm512_castps_si512(pairs), 16));
    }
    static Vector oddOf(Vector pairs) noexcept {
        return _mm512_castsi512_ps(
            _mm512_and_si512(_mm512_castps_si512(pairs), _mm512_set1_epi32(static_cast<int>(0xffff0000U))));
    }

    /// 16 x 16 lanes: blocks of 2 x 2 and 4 x 4 inside the 128-bit quarters, then the quarters.
    static void transpose(Vector (&lines)[16]) noexcept {
        Vector quads[16];
        for (int i = 0; i < 16; i += 4) {
            const __m512d a = _mm512_castps_pd(_mm512_unpacklo_ps(lines[i], lines[i + 1]));
            const __m512d b = _mm512_castps_pd(_mm512_unpackhi_ps(lines[i], lines[i + 1]));
            const __m512d c = _mm512_castps_pd(_mm512_unpacklo_ps(lines[i + 2], lines[i + 3]));
            const __m512d d = _mm512_castps_pd(_mm512_unpackhi_ps(lines[i + 2], lines[i + 3]));
            quads[i] = _mm512_castpd_ps(_mm512_unpacklo_pd(a, c));
            quads[i + 1] = _mm512_castpd_ps(_mm512_unpackhi_pd(a, c));
            quads[i + 2] = _mm512_castpd_ps(_mm512_unpacklo_pd(b, d));
            quads[i + 3] = _mm512_castpd_ps(_mm512_unpackhi_pd(b, d));
        }
        // quads[4g + i]: columns i, 4 + i, 8 + i, 12 + i of rows 4g .. 4g + 3, one per quarter.
        for (int i = 0; i < 4; ++i) {
            const Vector a = _mm512_shuffle_f32x4(quads[i], quads[4 + i], 0x88);
            const Vector b = _mm512_shuffle_f32x4(quads[i], quads[4 + i], 0xdd);
            const Vector c = _mm512_shuffle_f32x4(quads[8 + i], quads[12 + i], 0x88);
            const Vector d = _mm512_shuffle_f32x4(quads[8 + i], quads[12 + i], 0xdd);
            lines[i] = _mm512_shuffle_f32x4(a, c, 0x88);
            lines[8 + i] = _mm512_shuffle_f32x4(a, c, 0xdd);
            lines[4 + i] = _mm512_shuffle_f32x4(b, d, 0x88);
            lines[12 + i] = _mm512_shuffle_f32x4(b, d, 0xdd);
        }
    }
};

}  // namespace
extern const Variant<Fn> variant{
    "avx512", CpuFeature::avx512, {Blockwise<Avx512>::scratchBytes, Blockwise<Avx512>::run}};
}  // namespace kernels::attention::avx512
