// 8-bit dot products of four columns at a time for 16 rows (vpdpbusd), weights as unsigned nibbles.
#include <immintrin.h>

#include "kernels/matmul_int4/layout.h"
#include "kernels/matmul_int4/matmul_int4.h"

namespace kernels::matmul_int4::avx512_vnni {
namespace {

// 2 tiles x 6 tokens: 12 integer and 12 float accumulators, 4 registers of weights, 2 of activations, 1 mask
// of the 32.
constexpr int kTokens = 6;
constexpr int kTiles = 2;
// Activations of so many tokens stay in the L2 cache while every tile passes over them.
constexpr int64_t kTokenChunk = 21 * kTokens;
// A lone token is bound by memory: lines are asked for so many bytes before they are read.
constexpr int64_t kPrefetchBytes = 4096;

std::size_t scratchBytes(std::int64_t tokens, std::int64_t cols) noexcept {
    return static_cast<std::size_t>(roundUp(tokens * groupsOf(cols) * 4, 64));
}

/// What a block of outputs needs: the first of its tiles and of its tokens.
struct Block {
    const uint8_t* tile;  // first tile
    size_t tileStride;
    const int8_t* q;  // first token
    int64_t ldq;
    const int32_t*
        corrections;  // [tokens, groups]: -8 * sum of q over the group, for the +8 of stored nibbles
    int64_t groups;
};

/// 16 scales.
template <ScaleType Type>
inline __m512 loadScales(const uint8_t* scales) noexcept {
    if constexpr (Type == ScaleType::f16)
        return _mm512_cvtph_ps(_mm256_load_si256(reinterpret_cast<const __m256i*>(scales)));
    else
        return _mm512_load_ps(scales);
}

template <ScaleType Type, int Tiles, int Tokens>
inline void dots(const Block& b, __m512 (&sums)[Tiles][Tokens]) noexcept {
    const __m512i low = _mm512_set1_epi8(15);
    for (int t = 0; t < Tokens; ++t)
        for (int i = 0; i < Tiles; ++i)
            sums[i][t] = _mm512_setzero_ps();
    for (int64_t g = 0; g < b.groups; ++g) {
        const uint8_t* lines = groupLines(b.tile, Type, g);
        const uint8_t* scales = groupScales(b.tile, Type, g);
        const int8_t* q = b.q + g * kGroupSize;
        __m512i acc[Tiles][Tokens];
        for (int t = 0; t < Tokens; ++t)
            for (int i = 0; i < Tiles; ++i)
                acc[i][t] = _mm512_set1_epi32(b.corrections[t * b.groups + g]);
#pragma GCC unroll 4
        for (int j = 0; j < 4; ++j) {
            if constexpr (Tokens == 1)
                _mm_prefetch(lines + 64 * j + kPrefetchBytes, _MM_HINT_T0);
            __m512i first[Tiles];
            __m512i second[Tiles];
            for (int i = 0; i < Tiles; ++i) {
                const __m512i line =
                    _mm512_load_si512(lines + static_cast<size_t>(i) * b.tileStride + 64 * j);
                first[i] = _mm512_and_si512(line, low);
                second[i] = _mm512_and_si512(_mm512_srli_epi16(line, 4), low);
            }
            for (int t = 0; t < Tokens; ++t) {
                int32_t a;
                int32_t c;
                memcpy(&a, q + t * b.ldq + 4 * j, 4);
                memcpy(&c, q + t * b.ldq + 16 + 4 * j, 4);
                const __m512i left = _mm512_set1_epi32(a);
                const __m512i right = _mm512_set1_epi32(c);
                for (int i = 0; i < Tiles; ++i) {
                    acc[i][t] = _mm512_dpbusd_epi32(acc[i][t], first[i], left);
                    acc[i][t] = _mm512_dpbusd_epi32(acc[i][t], second[i], right);
                }
            }
        }
        for (int i = 0; i < Tiles; ++i) {
            const __m512 scale = loadScales<Type>(scales + static_cast<size_t>(i) * b.tileStride);
            for (int t = 0; t < Tokens; ++t)
                sums[i][t] = _mm512_fmadd_ps(_mm512_cvtepi32_ps(acc[i][t]), scale, sums[i][t]);
        }
    }
}

/// Outputs of `Tiles` tiles from `tile` on for `Tokens` tokens from `token` on.
template <ScaleType Type, int Tiles, int Tokens>
inline void block(const Weights& w, const QuantizedRows& x, const int32_t* corrections, int64_t tile,
                  int64_t token, float* y, int64_t ldy) noexcept {
    const int64_t groups = groupsOf(w.cols);
    const size_t stride = tileBytesOf(Type, w.cols);
    const Block b{static_cast<const uint8_t*>(w.packed) + static_cast<size_t>(tile) * stride,
                  stride,
                  x.q + token * x.ld,
                  x.ld,
                  corrections + token * groups,
                  groups};
    __m512 sums[Tiles][Tokens];
    dots<Type, Tiles, Tokens>(b, sums);
    for (int i = 0; i < Tiles; ++i) {
        const __m512 rowSums =
            _mm512_load_ps(tileRowSums(b.tile + static_cast<size_t>(i) * stride, Type, w.cols));
        const int64_t row = (tile + i) * kTileRows;
        const int64_t left = w.rows - row;
        const auto mask = static_cast<__mmask16>(left >= kTileRows ? 0xffff : (1 << left) - 1);
        for (int t = 0; t < Tokens; ++t) {
            const __m512 zeroPoint = _mm512_set1_ps(static_cast<float>(x.zeroPoint[token + t]));
            const __m512 value = _mm512_fnmadd_ps(zeroPoint, rowSums, sums[i][t]);
            _mm512_mask_storeu_ps(y + (token + t) * ldy + row, mask,
                                  _mm512_mul_ps(value, _mm512_set1_ps(x.scale[token + t])));
        }
    }
}

using BlockFn = void (*)(const Weights&, const QuantizedRows&, const int32_t*, int64_t, int64_t, float*,
                         int64_t) noexcept;
template <ScaleType Type>
constexpr BlockFn kBlocks[kTiles][kTokens] = {{block<Type, 1, 1>, block<Type, 1, 2>, block<Type, 1, 3>,
                                               block<Type, 1, 4>, block<Type, 1, 5>, block<Type, 1, 6>},
                                              {block<Type, 2, 1>, block<Type, 2, 2>, block<Type, 2, 3>,
                                               block<Type, 2, 4>, block<Type, 2, 5>, block<Type, 2, 6>}};

void run(const Weights& w, const QuantizedRows& x, std::int64_t tileBegin, std::int64_t tileEnd, float* y,
         std::int64_t ldy, void* scratch) noexcept {
    const int64_t groups = groupsOf(w.cols);
    auto* corrections = static_cast<int32_t*>(scratch);
    for (int64_t t = 0; t < x.tokens; ++t)
        for (int64_t g = 0; g < groups; ++g)
            corrections[t * groups + g] = -8 * x.groupSums[t * (x.ld / kGroupSize) + g];
    const auto& blocks = w.scales == ScaleType::f16 ? kBlocks<ScaleType::f16> : kBlocks<ScaleType::f32>;
    // One token reads one linear stream; more tokens share each broadcast between two tiles.
    const int64_t tilesAtOnce = x.tokens == 1 ? 1 : kTiles;
    for (int64_t chunk = 0; chunk < x.tokens; chunk += kTokenChunk) {
        const int64_t end = chunk + kTokenChunk < x.tokens ? chunk + kTokenChunk : x.tokens;
        for (int64_t tile = tileBegin; tile < tileEnd; tile += tilesAtOnce) {
            const int64_t tiles = tileEnd - tile < tilesAtOnce ? tileEnd - tile : tilesAtOnce;
            for (int64_t token = chunk; token < end; token += kTokens) {
                const int64_t tokens = end - token < kTokens ? end - token : kTokens;
                blocks[tiles - 1][tokens - 1](w, x, corrections, tile, token, y, ldy);
            }
        }
    }
}

}  // namespace
extern const Variant<Fn> variant{"avx512_vnni",
                                 CpuFeature::avx512 | CpuFeature::avx512Vnni,
                                 {tileBytesOf, packTileRows, scratchBytes, run, kLayout}};
}  // namespace kernels::matmul_int4::avx512_vnni
