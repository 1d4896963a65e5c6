// Tile products of 16 tokens with 16 rows over a group of 32 columns at a time (tdpbssd), the nibbles of a
// tile widened to bytes once for all tokens; fewer than 16 tokens as avx512_vnni does. Compiled, selected by
// CPUID, and checked with emulated instructions (tests/kernels/emulated_amx), but never run on a CPU that has
// them: it has to be asked for.
#include "kernels/base/tiles_amx.h"
#include "kernels/matmul_int4/layout.h"
#include "kernels/matmul_int4/matmul_int4.h"

namespace kernels::matmul_int4 {
namespace avx512_vnni {
extern const Variant<Fn> variant;
}

namespace amx {
namespace {

// Activations of so many tokens stay in the L2 cache while every tile passes over them.
constexpr int64_t kTokenChunk = 8 * kTileTokens;
// A group of a tile as bytes: 8 lines of four columns for each row.
constexpr int64_t kWideBytes = 512;

// Registers 0, 1: sums of two groups; 2, 3: 32 columns of 16 tokens; 4, 5: 8 lines of weights.
constexpr TileConfig kConfig{1, 0, {}, {64, 64, 32, 32, 64, 64}, {16, 16, 16, 16, 8, 8}};

std::size_t scratchBytes(std::int64_t tokens, std::int64_t cols) noexcept {
    const std::size_t other = avx512_vnni::variant.fn.scratchBytes(tokens % kTileTokens, cols);
    const auto wide = static_cast<std::size_t>(roundUp(groupsOf(cols), 2) * kWideBytes);
    return other > wide ? other : wide;
}

/// Lines 0 to 3 of a group are columns 0 to 15, lines 4 to 7 columns 16 to 31, -8..7.
void widen(const uint8_t* tile, ScaleType type, int64_t groups, uint8_t* wide) noexcept {
    const __m512i low = _mm512_set1_epi8(15);
    const __m512i eight = _mm512_set1_epi8(8);
    for (int64_t g = 0; g < groups; ++g)
        for (int64_t j = 0; j < 4; ++j) {
            const __m512i line = _mm512_loadu_si512(groupLines(tile, type, g) + 64 * j);
            const __m512i high = _mm512_and_si512(_mm512_srli_epi16(line, 4), low);
            uint8_t* to = wide + g * kWideBytes + 64 * j;
            _mm512_storeu_si512(to, _mm512_sub_epi8(_mm512_and_si512(line, low), eight));
            _mm512_storeu_si512(to + 256, _mm512_sub_epi8(high, eight));
        }
    writesBeforeTileLoads();
}

/// 16 scales.
template <ScaleType Type>
__m512 loadScales(const uint8_t* scales) noexcept {
    if constexpr (Type == ScaleType::f16)
        return _mm512_cvtph_ps(_mm256_loadu_si256(reinterpret_cast<const __m256i*>(scales)));
    else
        return _mm512_loadu_ps(scales);
}

/// sums[t] += dots[t] * scale
void addScaled(__m512 (&sums)[kTileTokens], const int32_t* dots, __m512 scale) noexcept {
#pragma GCC unroll 16
    for (int64_t t = 0; t < kTileTokens; ++t)
        sums[t] =
            _mm512_fmadd_ps(_mm512_cvtepi32_ps(_mm512_loadu_si512(dots + t * kTileRows)), scale, sums[t]);
}

/// One tile for 16 tokens. An odd last group's partner has scales of 0 and, beyond the last column,
/// activations of 0.
template <ScaleType Type>
void block(const Weights& w, const QuantizedRows& x, const uint8_t* tile, const uint8_t* wide, int64_t row,
           int64_t token, float* y, int64_t ldy) noexcept {
    __m512 sums[kTileTokens];
#pragma GCC unroll 16
    for (int64_t t = 0; t < kTileTokens; ++t)
        sums[t] = _mm512_setzero_ps();
    alignas(64) int32_t dots[2][kTileTokens * kTileRows];
    for (int64_t g = 0; g < groupsOf(w.cols); g += 2) {
        const int8_t* q = x.q + token * x.ld + g * kGroupSize;
        _tile_zero(0);
        _tile_zero(1);
        _tile_loadd(2, q, x.ld);
        _tile_loadd(4, wide + g * kWideBytes, 64);
        _tile_dpbssd(0, 2, 4);
        _tile_loadd(3, q + kGroupSize, x.ld);
        _tile_loadd(5, wide + (g + 1) * kWideBytes, 64);
        _tile_dpbssd(1, 3, 5);
        _tile_stored(0, dots[0], 64);
        _tile_stored(1, dots[1], 64);
        addScaled(sums, dots[0], loadScales<Type>(groupScales(tile, Type, g)));
        addScaled(sums, dots[1], loadScales<Type>(groupScales(tile, Type, g + 1)));
    }
    const __m512 rowSums = _mm512_loadu_ps(tileRowSums(tile, Type, w.cols));
    const int64_t left = w.rows - row;
    const auto mask = static_cast<__mmask16>(left >= kTileRows ? 0xffff : (1 << left) - 1);
#pragma GCC unroll 16
    for (int64_t t = 0; t < kTileTokens; ++t) {
        const __m512 zeroPoint = _mm512_set1_ps(static_cast<float>(x.zeroPoint[token + t]));
        const __m512 value = _mm512_fnmadd_ps(zeroPoint, rowSums, sums[t]);
        _mm512_mask_storeu_ps(y + (token + t) * ldy + row, mask,
                              _mm512_mul_ps(value, _mm512_set1_ps(x.scale[token + t])));
    }
}

template <ScaleType Type>
void runWhole(const Weights& w, const QuantizedRows& x, int64_t tokens, int64_t tileBegin, int64_t tileEnd,
              float* y, int64_t ldy, uint8_t* wide) noexcept {
    _tile_loadconfig(&kConfig);
    for (int64_t chunk = 0; chunk < tokens; chunk += kTokenChunk) {
        const int64_t end = chunk + kTokenChunk < tokens ? chunk + kTokenChunk : tokens;
        for (int64_t i = tileBegin; i < tileEnd; ++i) {
            const auto* tile =
                static_cast<const uint8_t*>(w.packed) + static_cast<size_t>(i) * tileBytesOf(Type, w.cols);
            widen(tile, Type, roundUp(groupsOf(w.cols), 2), wide);
            for (int64_t token = chunk; token < end; token += kTileTokens)
                block<Type>(w, x, tile, wide, i * kTileRows, token, y, ldy);
        }
    }
    _tile_release();
}

void run(const Weights& w, const QuantizedRows& x, std::int64_t tileBegin, std::int64_t tileEnd, float* y,
         std::int64_t ldy, void* scratch) noexcept {
    const int64_t whole = x.tokens / kTileTokens * kTileTokens;
    auto* wide = static_cast<uint8_t*>(scratch);
    if (whole > 0 && w.scales == ScaleType::f16)
        runWhole<ScaleType::f16>(w, x, whole, tileBegin, tileEnd, y, ldy, wide);
    else if (whole > 0)
        runWhole<ScaleType::f32>(w, x, whole, tileBegin, tileEnd, y, ldy, wide);
    if (whole == x.tokens)
        return;
    const QuantizedRows rest{x.q + whole * x.ld,
                             x.scale + whole,
                             x.zeroPoint + whole,
                             x.groupSums + whole * (x.ld / kGroupSize),
                             x.tokens - whole,
                             x.cols,
                             x.ld};
    avx512_vnni::variant.fn.run(w, rest, tileBegin, tileEnd, y + whole * ldy, ldy, scratch);
}

}  // namespace
extern const Variant<Fn> variant{
    "amx",
    CpuFeature::avx512 | CpuFeature::avx512Vnni | CpuFeature::amxTile | CpuFeature::amxInt8,
    {tileBytesOf, packTileRows, scratchBytes, run, kLayout}};
}  // namespace amx
}  // namespace kernels::matmul_int4
