// Tile products of 16 tokens with 16 rows over 64 columns at a time (tdpbssd); fewer than 16 tokens as
// avx512_vnni does. Compiled, selected by CPUID, and checked with emulated instructions
// (tests/kernels/emulated_amx), but never run on a CPU that has them: it has to be asked for.
#include "kernels/base/tiles_amx.h"
#include "kernels/matmul_int8/layout.h"
#include "kernels/matmul_int8/matmul_int8.h"

namespace kernels::matmul_int8 {
namespace avx512_vnni {
extern const Variant<Fn> variant;
}

namespace amx {
namespace {

// 2 tiles of weights x 2 of tokens: 4 accumulators (registers 0 to 3), 2 of tokens (4, 5), 2 of weights (6,
// 7). Activations of so many tokens stay in the L2 cache while every tile passes over them.
constexpr int64_t kTokenChunk = 8 * kTileTokens;
constexpr size_t kPaddedBytes = 1024;

std::size_t scratchBytes(std::int64_t tokens, std::int64_t cols) noexcept {
    const std::size_t other = avx512_vnni::variant.fn.scratchBytes(tokens % kTileTokens, cols);
    return other > 2 * kPaddedBytes ? other : 2 * kPaddedBytes;
}

/// 16 outputs of each of 16 tokens from their exact dot products.
void storeOutputs(const Weights& w, const QuantizedRows& x, const int32_t* dots, int64_t tile, int64_t token,
                  float* y, int64_t ldy) noexcept {
    const int64_t row = tile * kTileRows;
    const int64_t left = w.rows - row;
    const auto mask = static_cast<__mmask16>(left >= kTileRows ? 0xffff : (1 << left) - 1);
    const __m512i rowSums = _mm512_maskz_loadu_epi32(mask, w.rowSums + row);
    const __m512 scales = _mm512_maskz_loadu_ps(mask, w.scales + row);
    for (int64_t t = 0; t < kTileTokens; ++t) {
        const __m512i zeroPoint = _mm512_set1_epi32(x.zeroPoint[token + t]);
        const __m512i exact = _mm512_sub_epi32(_mm512_loadu_si512(dots + t * kTileRows),
                                               _mm512_mullo_epi32(zeroPoint, rowSums));
        const __m512 scale = _mm512_mul_ps(scales, _mm512_set1_ps(x.scale[token + t]));
        _mm512_mask_storeu_ps(y + (token + t) * ldy + row, mask,
                              _mm512_mul_ps(_mm512_cvtepi32_ps(exact), scale));
    }
}

/// `padded`: the last lines of each tile, 1 KiB each, where they are fewer than 16.
template <int Tiles, int Blocks>
void block(const Weights& w, const QuantizedRows& x, const uint8_t* padded, int64_t tile, int64_t token,
           float* y, int64_t ldy) noexcept {
    const size_t stride = tileBytesOf(w.cols);
    const auto* lines = static_cast<const uint8_t*>(w.packed) + static_cast<size_t>(tile) * stride;
    const int64_t count = linesOf(w.cols);
    _tile_zero(0);
    _tile_zero(1);
    _tile_zero(2);
    _tile_zero(3);
    for (int64_t k = 0; k < count; k += 16) {
        const bool whole = k + 16 <= count;
        const uint8_t* first = whole ? lines + 64 * k : padded;
        const int8_t* q = x.q + token * x.ld + 4 * k;
        _tile_loadd(4, q, x.ld);
        _tile_loadd(6, first, 64);
        _tile_dpbssd(0, 4, 6);
        if constexpr (Blocks == 2) {
            _tile_loadd(5, q + kTileTokens * x.ld, x.ld);
            _tile_dpbssd(1, 5, 6);
        }
        if constexpr (Tiles == 2) {
            _tile_loadd(7, first + (whole ? stride : kPaddedBytes), 64);
            _tile_dpbssd(2, 4, 7);
            if constexpr (Blocks == 2)
                _tile_dpbssd(3, 5, 7);
        }
    }
    alignas(64) int32_t dots[4][kTileTokens * kTileRows];
    _tile_stored(0, dots[0], 64);
    _tile_stored(1, dots[1], 64);
    _tile_stored(2, dots[2], 64);
    _tile_stored(3, dots[3], 64);
    for (int i = 0; i < Tiles; ++i)
        for (int b = 0; b < Blocks; ++b)
            storeOutputs(w, x, dots[2 * i + b], tile + i, token + b * kTileTokens, y, ldy);
}

using BlockFn = void (*)(const Weights&, const QuantizedRows&, const uint8_t*, int64_t, int64_t, float*,
                         int64_t) noexcept;
constexpr BlockFn kBlocks[2][2] = {{block<1, 1>, block<1, 2>}, {block<2, 1>, block<2, 2>}};

void runWhole(const Weights& w, const QuantizedRows& x, int64_t tokens, int64_t tileBegin, int64_t tileEnd,
              float* y, int64_t ldy, uint8_t* padded) noexcept {
    const size_t stride = tileBytesOf(w.cols);
    const int64_t rest = linesOf(w.cols) % 16;
    const auto* packed = static_cast<const uint8_t*>(w.packed);
    _tile_loadconfig(&kFullTiles);
    for (int64_t chunk = 0; chunk < tokens; chunk += kTokenChunk) {
        const int64_t end = chunk + kTokenChunk < tokens ? chunk + kTokenChunk : tokens;
        for (int64_t tile = tileBegin; tile < tileEnd; tile += 2) {
            const int64_t tiles = tileEnd - tile < 2 ? 1 : 2;
            for (int64_t i = 0; rest != 0 && i < tiles; ++i)
                padLines(packed + static_cast<size_t>(tile + i + 1) * stride - 64 * rest, rest,
                         padded + static_cast<size_t>(i) * kPaddedBytes);
            for (int64_t token = chunk; token < end; token += 2 * kTileTokens) {
                const int64_t blocks = end - token < 2 * kTileTokens ? 1 : 2;
                kBlocks[tiles - 1][blocks - 1](w, x, padded, tile, token, y, ldy);
            }
        }
    }
    _tile_release();
}

void run(const Weights& w, const QuantizedRows& x, std::int64_t tileBegin, std::int64_t tileEnd, float* y,
         std::int64_t ldy, void* scratch) noexcept {
    const int64_t whole = x.tokens / kTileTokens * kTileTokens;
    if (whole > 0)
        runWhole(w, x, whole, tileBegin, tileEnd, y, ldy, static_cast<uint8_t*>(scratch));
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
    {tileBytesOf, packTileLines, scratchBytes, run, kLayout}};
}  // namespace amx
}  // namespace kernels::matmul_int8
