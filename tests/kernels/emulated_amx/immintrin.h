#pragma once

#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "kernels/base/half.h"

// Stands in for the compiler's header of this name when the AMX variants are compiled for tst_emulated_amx:
// the instructions that they use, written out for a CPU that has none of them. Tile instructions as in Intel
// SDM vol. 2; what would be an exception aborts.

typedef float __m512 __attribute__((vector_size(64)));
typedef long long __m512i __attribute__((vector_size(64)));
typedef long long __m256i __attribute__((vector_size(32)));
typedef long long __m256bh __attribute__((vector_size(32)));
typedef uint16_t __mmask16;

namespace emulated {

typedef int32_t Ints __attribute__((vector_size(64)));
typedef uint16_t Words __attribute__((vector_size(64)));
typedef int8_t Bytes __attribute__((vector_size(64)));

struct Configuration {
    uint8_t palette;
    uint8_t startRow;
    uint8_t reserved[14];
    uint16_t rowBytes[16];
    uint8_t rows[16];
};
static_assert(sizeof(Configuration) == 64);

struct Register {
    uint8_t bytes[16][64];
};

struct Tiles {
    Configuration configuration{};
    Register registers[8]{};

    static void require(bool condition) noexcept {
        if (!condition)
            abort();
    }
    void configure(const void* from) noexcept {
        memcpy(&configuration, from, sizeof configuration);
        require(configuration.palette == 1 && configuration.startRow == 0);
        for (const uint8_t byte : configuration.reserved)
            require(byte == 0);
        for (int i = 0; i < 16; ++i) {
            require(configuration.rows[i] <= (i < 8 ? 16 : 0));
            require(configuration.rowBytes[i] <= (i < 8 ? 64 : 0));
            require((configuration.rows[i] == 0) == (configuration.rowBytes[i] == 0));
        }
        memset(registers, 0, sizeof registers);
    }
    void release() noexcept { *this = {}; }
    int rows(int tile) const noexcept {
        require(configuration.palette == 1 && configuration.rows[tile] > 0);
        return configuration.rows[tile];
    }
    int rowBytes(int tile) const noexcept { return configuration.rowBytes[tile]; }
    void zero(int tile) noexcept {
        require(rows(tile) > 0);
        registers[tile] = {};
    }
    void load(int tile, const void* base, int64_t stride) noexcept {
        const int count = rows(tile);
        registers[tile] = {};
        for (int r = 0; r < count; ++r)
            memcpy(registers[tile].bytes[r], static_cast<const char*>(base) + r * stride,
                   static_cast<size_t>(rowBytes(tile)));
    }
    void store(int tile, void* base, int64_t stride) const noexcept {
        for (int r = 0; r < rows(tile); ++r)
            memcpy(static_cast<char*>(base) + r * stride, registers[tile].bytes[r],
                   static_cast<size_t>(rowBytes(tile)));
    }

    /// Adds `dot` of four bytes of row m of `a` and row k of `b` to every sum of `to`.
    template <class Sum, class Dot>
    void multiply(int to, int a, int b, Dot dot) noexcept {
        require(rows(to) == rows(a) && rowBytes(to) == rowBytes(b) && rowBytes(a) == 4 * rows(b));
        require(to != a && to != b && a != b);
        for (int m = 0; m < rows(to); ++m)
            for (int n = 0; n < rowBytes(to) / 4; ++n) {
                Sum sum;
                memcpy(&sum, registers[to].bytes[m] + 4 * n, sizeof sum);
                for (int k = 0; k < rows(b); ++k)
                    sum += dot(registers[a].bytes[m] + 4 * k, registers[b].bytes[k] + 4 * n);
                memcpy(registers[to].bytes[m] + 4 * n, &sum, sizeof sum);
            }
    }
};

static Tiles tiles;

static inline int32_t signedBytes(const uint8_t* a, const uint8_t* b) noexcept {
    int32_t sum = 0;
    for (int i = 0; i < 4; ++i)
        sum += static_cast<int8_t>(a[i]) * static_cast<int8_t>(b[i]);
    return sum;
}
static inline float bf16Pair(const uint8_t* a, const uint8_t* b) noexcept {
    uint16_t x[2];
    uint16_t y[2];
    memcpy(x, a, 4);
    memcpy(y, b, 4);
    return kernels::bf16ToFloat(x[0]) * kernels::bf16ToFloat(y[0]) +
           kernels::bf16ToFloat(x[1]) * kernels::bf16ToFloat(y[1]);
}

/// The elements of `from` that the mask selects; the others are 0.
template <class Vector>
static inline Vector loadMasked(__mmask16 mask, const void* from) noexcept {
    char bytes[64] = {};
    for (int i = 0; i < 16; ++i)
        if ((mask >> i & 1) != 0)
            memcpy(bytes + 4 * i, static_cast<const char*>(from) + 4 * i, 4);
    Vector v;
    memcpy(&v, bytes, sizeof v);
    return v;
}
template <class Vector>
static inline Vector load(const void* from) noexcept {
    Vector v;
    memcpy(&v, from, sizeof v);
    return v;
}

}  // namespace emulated

#define _tile_loadconfig(from) emulated::tiles.configure(from)
#define _tile_release() emulated::tiles.release()
#define _tile_zero(tile) emulated::tiles.zero(tile)
#define _tile_loadd(tile, base, stride) emulated::tiles.load(tile, base, static_cast<int64_t>(stride))
#define _tile_stored(tile, base, stride) emulated::tiles.store(tile, base, static_cast<int64_t>(stride))
#define _tile_dpbssd(to, a, b) emulated::tiles.multiply<int32_t>(to, a, b, emulated::signedBytes)
#define _tile_dpbf16ps(to, a, b) emulated::tiles.multiply<float>(to, a, b, emulated::bf16Pair)

static inline __m512 _mm512_setzero_ps() {
    return __m512{};
}
static inline __m512i _mm512_setzero_si512() {
    return __m512i{};
}
static inline __m512 _mm512_set1_ps(float v) {
    return __m512{} + v;
}
static inline __m512i _mm512_set1_epi32(int v) {
    return (__m512i)(emulated::Ints{} + v);
}
static inline __m512i _mm512_set1_epi8(char v) {
    return (__m512i)(emulated::Bytes{} + static_cast<int8_t>(v));
}

static inline __m512 _mm512_loadu_ps(const void* from) {
    return emulated::load<__m512>(from);
}
static inline __m512i _mm512_loadu_si512(const void* from) {
    return emulated::load<__m512i>(from);
}
static inline __m256i _mm256_loadu_si256(const __m256i* from) {
    return emulated::load<__m256i>(from);
}
static inline __m512 _mm512_maskz_loadu_ps(__mmask16 mask, const void* from) {
    return emulated::loadMasked<__m512>(mask, from);
}
static inline __m512i _mm512_maskz_loadu_epi32(__mmask16 mask, const void* from) {
    return emulated::loadMasked<__m512i>(mask, from);
}
static inline void _mm512_storeu_si512(void* to, __m512i v) {
    memcpy(to, &v, sizeof v);
}
static inline void _mm512_mask_storeu_ps(void* to, __mmask16 mask, __m512 v) {
    for (int i = 0; i < 16; ++i)
        if ((mask >> i & 1) != 0)
            memcpy(static_cast<float*>(to) + i, reinterpret_cast<const char*>(&v) + 4 * i, 4);
}
static inline void _mm256_mask_storeu_epi16(void* to, __mmask16 mask, __m256i v) {
    for (int i = 0; i < 16; ++i)
        if ((mask >> i & 1) != 0)
            memcpy(static_cast<uint16_t*>(to) + i, reinterpret_cast<const char*>(&v) + 2 * i, 2);
}

static inline __m512i _mm512_and_si512(__m512i a, __m512i b) {
    return a & b;
}
static inline __m512i _mm512_srli_epi16(__m512i v, unsigned bits) {
    return (__m512i)((emulated::Words)v >> static_cast<uint16_t>(bits));
}
static inline __m512i _mm512_sub_epi8(__m512i a, __m512i b) {
    return (__m512i)((emulated::Bytes)a - (emulated::Bytes)b);
}
static inline __m512i _mm512_sub_epi32(__m512i a, __m512i b) {
    return (__m512i)((emulated::Ints)a - (emulated::Ints)b);
}
static inline __m512i _mm512_mullo_epi32(__m512i a, __m512i b) {
    return (__m512i)((emulated::Ints)a * (emulated::Ints)b);
}
static inline __m512 _mm512_mul_ps(__m512 a, __m512 b) {
    return a * b;
}
static inline __m512 _mm512_fmadd_ps(__m512 a, __m512 b, __m512 c) {
    for (int i = 0; i < 16; ++i)
        c[i] = fmaf(a[i], b[i], c[i]);
    return c;
}
static inline __m512 _mm512_fnmadd_ps(__m512 a, __m512 b, __m512 c) {
    return _mm512_fmadd_ps(-a, b, c);
}
static inline __m512 _mm512_cvtepi32_ps(__m512i v) {
    return __builtin_convertvector((emulated::Ints)v, __m512);
}
static inline __m512 _mm512_cvtph_ps(__m256i v) {
    uint16_t halves[16];
    memcpy(halves, &v, sizeof v);
    __m512 floats{};
    for (int i = 0; i < 16; ++i)
        floats[i] = kernels::halfToFloat(halves[i]);
    return floats;
}
static inline __m256bh _mm512_cvtneps_pbh(__m512 v) {
    uint16_t rounded[16];
    for (int i = 0; i < 16; ++i)
        rounded[i] = kernels::floatToBf16(v[i]);
    return emulated::load<__m256bh>(rounded);
}
