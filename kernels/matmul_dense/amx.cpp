// Tile products of 16 tokens with 16 rows over 32 columns at a time (tdpbf16ps) for BF16 weights, activations
// rounded to BF16; other weights, and fewer than 16 tokens, as avx512_bf16 does. Compiled, selected by CPUID,
// and checked with emulated instructions (tests/kernels/emulated_amx), but never run on a CPU that has them:
// it has to be asked for.
#include "kernels/base/tiles_amx.h"
#include "kernels/matmul_dense/layout.h"
#include "kernels/matmul_dense/round_avx512.h"

namespace kernels::matmul_dense {
namespace avx512_bf16 {
extern const Variant<Fn> variant;
}

namespace amx {
namespace {

// 2 tiles of weights x 2 of tokens: 4 accumulators (registers 0 to 3), 2 of tokens (4, 5), 2 of weights (6,
// 7). Activations of so many tokens stay in the L2 cache while every tile passes over them.
constexpr int64_t kTokenChunk = 8 * kTileTokens;
constexpr size_t kPaddedBytes = 1024;

/// Columns of a row of rounded activations.
int64_t roundedOf(int64_t cols) noexcept {
    return roundUp(cols, 32);
}

std::size_t scratchBytes(std::int64_t tokens, std::int64_t cols) noexcept {
    const std::size_t other = avx512_bf16::variant.fn.scratchBytes(tokens, cols);
    const int64_t whole = tokens < kTokenChunk ? tokens : kTokenChunk;
    const std::size_t own = 2 * kPaddedBytes + static_cast<std::size_t>(whole * roundedOf(cols)) * 2;
    return other > own ? other : own;
}

void storeOutputs(const Weights& w, const float* sums, int64_t tile, float* y, int64_t ldy) noexcept {
    const int64_t row = tile * kTileRows;
    const int64_t left = w.rows - row;
    const auto mask = static_cast<__mmask16>(left >= kTileRows ? 0xffff : (1 << left) - 1);
    for (int64_t t = 0; t < kTileTokens; ++t)
        _mm512_mask_storeu_ps(y + t * ldy + row, mask, _mm512_loadu_ps(sums + t * kTileRows));
}

/// `x`: rounded activations of the block's tokens; `padded`: the last lines of each tile, 1 KiB each, where
/// they are fewer than 16; y of the block's first token.
template <int Tiles, int Blocks>
void block(const Weights& w, const uint16_t* x, const uint8_t* padded, int64_t tile, float* y,
           int64_t ldy) noexcept {
    const size_t stride = tileBytesOf(w.type, w.cols);
    const auto* lines = static_cast<const uint8_t*>(w.packed) + static_cast<size_t>(tile) * stride;
    const int64_t count = pairsOf(w.cols);
    const int64_t ld = roundedOf(w.cols);
    _tile_zero(0);
    _tile_zero(1);
    _tile_zero(2);
    _tile_zero(3);
    for (int64_t k = 0; k < count; k += 16) {
        const bool whole = k + 16 <= count;
        const uint8_t* first = whole ? lines + 64 * k : padded;
        _tile_loadd(4, x + 2 * k, 2 * ld);
        _tile_loadd(6, first, 64);
        _tile_dpbf16ps(0, 4, 6);
        if constexpr (Blocks == 2) {
            _tile_loadd(5, x + kTileTokens * ld + 2 * k, 2 * ld);
            _tile_dpbf16ps(1, 5, 6);
        }
        if constexpr (Tiles == 2) {
            _tile_loadd(7, first + (whole ? stride : kPaddedBytes), 64);
            _tile_dpbf16ps(2, 4, 7);
            if constexpr (Blocks == 2)
                _tile_dpbf16ps(3, 5, 7);
        }
    }
    alignas(64) float sums[4][kTileTokens * kTileRows];
    _tile_stored(0, sums[0], 64);
    _tile_stored(1, sums[1], 64);
    _tile_stored(2, sums[2], 64);
    _tile_stored(3, sums[3], 64);
    for (int i = 0; i < Tiles; ++i)
        for (int b = 0; b < Blocks; ++b)
            storeOutputs(w, sums[2 * i + b], tile + i, y + b * kTileTokens * ldy, ldy);
}

using BlockFn = void (*)(const Weights&, const uint16_t*, const uint8_t*, int64_t, float*, int64_t) noexcept;
constexpr BlockFn kBlocks[2][2] = {{block<1, 1>, block<1, 2>}, {block<2, 1>, block<2, 2>}};

void runWhole(const Weights& w, const float* x, int64_t ldx, int64_t tokens, int64_t tileBegin,
              int64_t tileEnd, float* y, int64_t ldy, void* scratch) noexcept {
    auto* padded = static_cast<uint8_t*>(scratch);
    auto* rounded = reinterpret_cast<uint16_t*>(padded + 2 * kPaddedBytes);
    const int64_t ld = roundedOf(w.cols);
    const size_t stride = tileBytesOf(w.type, w.cols);
    const int64_t whole = pairsOf(w.cols) / 16 * 16;
    const auto* packed = static_cast<const uint8_t*>(w.packed);
    _tile_loadconfig(&kFullTiles);
    for (int64_t chunk = 0; chunk < tokens; chunk += kTokenChunk) {
        const int64_t count = tokens - chunk < kTokenChunk ? tokens - chunk : kTokenChunk;
        for (int64_t t = 0; t < count; ++t)
            roundRow(x + (chunk + t) * ldx, w.cols, ld, rounded + t * ld);
        writesBeforeTileLoads();
        for (int64_t tile = tileBegin; tile < tileEnd; tile += 2) {
            const int64_t tiles = tileEnd - tile < 2 ? 1 : 2;
            for (int64_t i = 0; whole < pairsOf(w.cols) && i < tiles; ++i)
                padLines(packed + static_cast<size_t>(tile + i) * stride + 64 * whole,
                         pairsOf(w.cols) - whole, padded + static_cast<size_t>(i) * kPaddedBytes);
            for (int64_t t = 0; t < count; t += 2 * kTileTokens) {
                const int64_t blocks = count - t < 2 * kTileTokens ? 1 : 2;
                kBlocks[tiles - 1][blocks - 1](w, rounded + t * ld, padded, tile, y + (chunk + t) * ldy, ldy);
            }
        }
    }
    _tile_release();
}

void run(const Weights& w, const float* x, std::int64_t ldx, std::int64_t tokens, std::int64_t tileBegin,
         std::int64_t tileEnd, float* y, std::int64_t ldy, void* scratch) noexcept {
    const int64_t whole = w.type == WeightType::bf16 ? tokens / kTileTokens * kTileTokens : 0;
    if (whole > 0)
        runWhole(w, x, ldx, whole, tileBegin, tileEnd, y, ldy, scratch);
    if (whole < tokens)
        avx512_bf16::variant.fn.run(w, x + whole * ldx, ldx, tokens - whole, tileBegin, tileEnd,
                                    y + whole * ldy, ldy, scratch);
}

}  // namespace
extern const Variant<Fn> variant{
    "amx",
    CpuFeature::avx512 | CpuFeature::avx512Bf16 | CpuFeature::amxTile | CpuFeature::amxBf16,
    {tileBytesOf, packTileLines, scratchBytes, run, kLayout},
    Trait::roundsActivations | Trait::dependsOnBatch};
}  // namespace amx
}  // namespace kernels::matmul_dense
