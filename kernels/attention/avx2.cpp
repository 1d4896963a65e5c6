// Blocks of keys with 8 f32 lanes; BF16 keys are transposed as pairs, which halves the shuffles.
#include <immintrin.h>
#include <string.h>

#include "kernels/attention/blockwise.h"
#include "kernels/attention/partial.h"
#include "kernels/base/exp_avx2.h"
#include "kernels/base/tail_avx2.h"

namespace kernels::attention::avx2 {
namespace {

struct Avx2 {
    using Vector = __m256;
    using Words = __m256i;
    static constexpr bool kPairs = false;
    static constexpr int64_t kLanes = 8;
    static constexpr int kRows = 6;
    static constexpr int kVectors = 2;

    static Vector zero() noexcept { return _mm256_setzero_ps(); }
    static Vector broadcast(float value) noexcept { return _mm256_set1_ps(value); }
    static Vector load(const float* from) noexcept { return _mm256_loadu_ps(from); }
    static void store(float* to, Vector v) noexcept { _mm256_storeu_ps(to, v); }
    static Vector mul(Vector a, Vector b) noexcept { return _mm256_mul_ps(a, b); }
    static Vector add(Vector a, Vector b) noexcept { return _mm256_add_ps(a, b); }
    static Vector fma(Vector a, Vector b, Vector c) noexcept { return _mm256_fmadd_ps(a, b, c); }
    static Vector max(Vector a, Vector b) noexcept { return _mm256_max_ps(a, b); }
    static Vector inRegister(Vector v) noexcept {
        asm("" : "+x"(v));
        return v;
    }
    static Vector exp(Vector v) noexcept { return expAvx2(v); }

    static float sumOf(Vector v) noexcept {
        __m128 half = _mm_add_ps(_mm256_castps256_ps128(v), _mm256_extractf128_ps(v, 1));
        half = _mm_add_ps(half, _mm_movehl_ps(half, half));
        return _mm_cvtss_f32(_mm_add_ss(half, _mm_movehdup_ps(half)));
    }
    static float largestOf(Vector v) noexcept {
        __m128 half = _mm_max_ps(_mm256_castps256_ps128(v), _mm256_extractf128_ps(v, 1));
        half = _mm_max_ps(half, _mm_movehl_ps(half, half));
        return _mm_cvtss_f32(_mm_max_ss(half, _mm_movehdup_ps(half)));
    }

    static Vector keepFirst(Vector v, int64_t count) noexcept {
        return _mm256_blendv_ps(_mm256_set1_ps(-__builtin_inff()), v,
                                _mm256_castsi256_ps(tailMaskAvx2(count)));
    }
    static void storeFirst(float* to, Vector v, int64_t count) noexcept {
        _mm256_maskstore_ps(to, tailMaskAvx2(count), v);
    }
    static Vector load(const uint16_t* from) noexcept {
        const __m256i wide = _mm256_cvtepu16_epi32(_mm_loadu_si128(reinterpret_cast<const __m128i*>(from)));
        return _mm256_castsi256_ps(_mm256_slli_epi32(wide, 16));
    }
    static Vector load(const int8_t* from) noexcept {
        return _mm256_cvtepi32_ps(
            _mm256_cvtepi8_epi32(_mm_loadl_epi64(reinterpret_cast<const __m128i*>(from))));
    }
    static Vector loadHalf(const uint16_t* from) noexcept {
        return _mm256_cvtph_ps(_mm_loadu_si128(reinterpret_cast<const __m128i*>(from)));
    }
    static Vector loadFirst(const float* from, int64_t count) noexcept {
        return count >= 8 ? _mm256_loadu_ps(from) : _mm256_maskload_ps(from, tailMaskAvx2(count));
    }
    template <class E>
    static Vector loadFirst(const E* from, int64_t count) noexcept {
        if (count >= 8)
            return load(from);
        E padded[8] = {};
        memcpy(padded, from, static_cast<size_t>(count) * sizeof(E));
        return load(padded);
    }
    static Vector loadPairs(const uint16_t* from, int64_t count) noexcept {
        if (count >= 16)
            return _mm256_castsi256_ps(_mm256_loadu_si256(reinterpret_cast<const __m256i*>(from)));
        uint16_t padded[16] = {};
        memcpy(padded, from, static_cast<size_t>(count) * sizeof(uint16_t));
        return _mm256_castsi256_ps(_mm256_loadu_si256(reinterpret_cast<const __m256i*>(padded)));
    }
    static Vector evenOf(Vector pairs) noexcept {
        return _mm256_castsi256_ps(_mm256_slli_epi32(_mm256_castps_si256(pairs), 16));
    }
    static Vector oddOf(Vector pairs) noexcept {
        return _mm256_castsi256_ps(
            _mm256_and_si256(_mm256_castps_si256(pairs), _mm256_set1_epi32(static_cast<int>(0xffff0000U))));
    }

    static Words loadWords(const uint32_t* from) noexcept {
        return _mm256_loadu_si256(reinterpret_cast<const __m256i*>(from));
    }
    static Words shifted(Words words, int bits) noexcept {
        return _mm256_srl_epi32(words, _mm_cvtsi32_si128(bits));
    }
    static Vector masked(Words words, uint32_t mask) noexcept {
        return _mm256_cvtepi32_ps(_mm256_and_si256(words, _mm256_set1_epi32(static_cast<int>(mask))));
    }

    static void transposeQuads(Vector (&lines)[4]) noexcept {
        const __m256d a = _mm256_castps_pd(_mm256_unpacklo_ps(lines[0], lines[1]));
        const __m256d b = _mm256_castps_pd(_mm256_unpackhi_ps(lines[0], lines[1]));
        const __m256d c = _mm256_castps_pd(_mm256_unpacklo_ps(lines[2], lines[3]));
        const __m256d d = _mm256_castps_pd(_mm256_unpackhi_ps(lines[2], lines[3]));
        lines[0] = _mm256_castpd_ps(_mm256_unpacklo_pd(a, c));
        lines[1] = _mm256_castpd_ps(_mm256_unpackhi_pd(a, c));
        lines[2] = _mm256_castpd_ps(_mm256_unpacklo_pd(b, d));
        lines[3] = _mm256_castpd_ps(_mm256_unpackhi_pd(b, d));
    }
    /// Sums inside the halves of four vectors, one per lane.
    static Vector sumQuads(const Vector* lines) noexcept {
        Vector quad[4] = {lines[0], lines[1], lines[2], lines[3]};
        transposeQuads(quad);
        return add(add(quad[0], quad[1]), add(quad[2], quad[3]));
    }
    static Vector sumEach(const Vector (&lines)[8]) noexcept {
        const Vector a = sumQuads(lines);
        const Vector b = sumQuads(lines + 4);
        return add(_mm256_permute2f128_ps(a, b, 0x20), _mm256_permute2f128_ps(a, b, 0x31));
    }

    /// 8 x 8 lanes: blocks of 2 x 2 and 4 x 4 inside the halves, then the halves.
    static void transpose(Vector (&lines)[8]) noexcept {
        Vector quads[2][4];
        for (int half = 0; half < 2; ++half) {
            for (int i = 0; i < 4; ++i)
                quads[half][i] = lines[4 * half + i];
            transposeQuads(quads[half]);
        }
        for (int i = 0; i < 4; ++i) {
            lines[i] = _mm256_permute2f128_ps(quads[0][i], quads[1][i], 0x20);
            lines[4 + i] = _mm256_permute2f128_ps(quads[0][i], quads[1][i], 0x31);
        }
    }
};

}  // namespace
extern const Variant<Fn> variant{
    "avx2",
    CpuFeature::avx2 | CpuFeature::fma | CpuFeature::f16c,
    {Partial<Avx2>::scratchBytes, Blockwise<Avx2>::run, Partial<Avx2>::run, Partial<Avx2>::merge}};
}  // namespace kernels::attention::avx2
