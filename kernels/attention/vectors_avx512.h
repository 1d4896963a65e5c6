#pragma once

#include <immintrin.h>
#include <stdint.h>

#include "kernels/base/exp_avx512.h"

// In an unnamed namespace, so that no variant's copy can be used by another (see README); include it in
// AVX-512 variant files only.
namespace kernels::attention {
namespace {

/// 16 f32 lanes for widen.h, blockwise.h and partial.h.
struct Avx512 {
    using Vector = __m512;
    using Words = __m512i;
    static constexpr bool kPairs = false;
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
    static Vector inRegister(Vector v) noexcept {
        asm("" : "+v"(v));
        return v;
    }
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
    static Vector load(const uint16_t* from) noexcept {
        const __m512i wide =
            _mm512_cvtepu16_epi32(_mm256_loadu_si256(reinterpret_cast<const __m256i*>(from)));
        return _mm512_castsi512_ps(_mm512_slli_epi32(wide, 16));
    }
    static Vector load(const int8_t* from) noexcept {
        return _mm512_cvtepi32_ps(
            _mm512_cvtepi8_epi32(_mm_loadu_si128(reinterpret_cast<const __m128i*>(from))));
    }
    static Vector loadHalf(const uint16_t* from) noexcept {
        return _mm512_cvtph_ps(_mm256_loadu_si256(reinterpret_cast<const __m256i*>(from)));
    }
    static Vector loadFirst(const uint16_t* from, int64_t count) noexcept {
        const __m512i wide = _mm512_cvtepu16_epi32(_mm256_maskz_loadu_epi16(lanes(count), from));
        return _mm512_castsi512_ps(_mm512_slli_epi32(wide, 16));
    }
    static Vector loadFirst(const int8_t* from, int64_t count) noexcept {
        return _mm512_cvtepi32_ps(_mm512_cvtepi8_epi32(_mm_maskz_loadu_epi8(lanes(count), from)));
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

    static Words loadWords(const uint32_t* from) noexcept { return _mm512_loadu_si512(from); }
    static Words shifted(Words words, int bits) noexcept {
        return _mm512_srl_epi32(words, _mm_cvtsi32_si128(bits));
    }
    static Vector masked(Words words, uint32_t mask) noexcept {
        return _mm512_cvtepi32_ps(_mm512_and_si512(words, _mm512_set1_epi32(static_cast<int>(mask))));
    }

    static void transposeQuads(Vector (&lines)[4]) noexcept {
        const __m512d a = _mm512_castps_pd(_mm512_unpacklo_ps(lines[0], lines[1]));
        const __m512d b = _mm512_castps_pd(_mm512_unpackhi_ps(lines[0], lines[1]));
        const __m512d c = _mm512_castps_pd(_mm512_unpacklo_ps(lines[2], lines[3]));
        const __m512d d = _mm512_castps_pd(_mm512_unpackhi_ps(lines[2], lines[3]));
        lines[0] = _mm512_castpd_ps(_mm512_unpacklo_pd(a, c));
        lines[1] = _mm512_castpd_ps(_mm512_unpackhi_pd(a, c));
        lines[2] = _mm512_castpd_ps(_mm512_unpacklo_pd(b, d));
        lines[3] = _mm512_castpd_ps(_mm512_unpackhi_pd(b, d));
    }
    /// Sums inside the quarters of four vectors, one per lane.
    static Vector sumQuads(const Vector* lines) noexcept {
        Vector quad[4] = {lines[0], lines[1], lines[2], lines[3]};
        transposeQuads(quad);
        return add(add(quad[0], quad[1]), add(quad[2], quad[3]));
    }
    static Vector sumEach(const Vector (&lines)[16]) noexcept {
        const Vector a = sumQuads(lines);
        const Vector b = sumQuads(lines + 4);
        const Vector c = sumQuads(lines + 8);
        const Vector d = sumQuads(lines + 12);
        const Vector ab = add(_mm512_shuffle_f32x4(a, b, 0x88), _mm512_shuffle_f32x4(a, b, 0xdd));
        const Vector cd = add(_mm512_shuffle_f32x4(c, d, 0x88), _mm512_shuffle_f32x4(c, d, 0xdd));
        return add(_mm512_shuffle_f32x4(ab, cd, 0x88), _mm512_shuffle_f32x4(ab, cd, 0xdd));
    }

    /// 16 x 16 lanes: blocks of 2 x 2 and 4 x 4 inside the 128-bit quarters, then the quarters.
    static void transpose(Vector (&lines)[16]) noexcept {
        Vector quads[4][4];
        for (int g = 0; g < 4; ++g) {
            for (int i = 0; i < 4; ++i)
                quads[g][i] = lines[4 * g + i];
            transposeQuads(quads[g]);
        }
        // quads[g][i]: columns i, 4 + i, 8 + i, 12 + i of rows 4g .. 4g + 3, one per quarter.
        for (int i = 0; i < 4; ++i) {
            const Vector a = _mm512_shuffle_f32x4(quads[0][i], quads[1][i], 0x88);
            const Vector b = _mm512_shuffle_f32x4(quads[0][i], quads[1][i], 0xdd);
            const Vector c = _mm512_shuffle_f32x4(quads[2][i], quads[3][i], 0x88);
            const Vector d = _mm512_shuffle_f32x4(quads[2][i], quads[3][i], 0xdd);
            lines[i] = _mm512_shuffle_f32x4(a, c, 0x88);
            lines[8 + i] = _mm512_shuffle_f32x4(a, c, 0xdd);
            lines[4 + i] = _mm512_shuffle_f32x4(b, d, 0x88);
            lines[12 + i] = _mm512_shuffle_f32x4(b, d, 0xdd);
        }
    }
};

}  // namespace
}  // namespace kernels::attention
