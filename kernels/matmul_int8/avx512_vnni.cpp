// vpdpbusd with the activations as unsigned bytes, q + 128; what that adds, 128 * rowSum, is taken off with
// the zero point.
#include <immintrin.h>

#include "kernels/matmul_int8/layout.h"
#include "kernels/matmul_int8/matmul_int8.h"

namespace kernels::matmul_int8::avx512_vnni {
namespace {

// 2 tiles x 12 tokens: 24 accumulators, 2 weights, 1 group of activations.
constexpr int kTokens = 12;
constexpr int kTiles = 2;
constexpr int64_t kTokenChunk = 10 * kTokens;
// A lone token is bound by memory: lines are asked for so many bytes before they are read.
constexpr int64_t kPrefetchBytes = 4096;

std::size_t scratchBytes(std::int64_t tokens, std::int64_t cols) noexcept {
    return static_cast<std::size_t>((tokens < kTokenChunk ? tokens : kTokenChunk) * roundUp(cols, 64));
}

template <int Tiles, int Tokens>
inline void block(const Weights& w, const QuantizedRows& x, const uint8_t* q, int64_t tile, int64_t token,
                  float* y, int64_t ldy) noexcept {
    const size_t stride = tileBytesOf(w.cols);
    const auto* lines = static_cast<const uint8_t*>(w.packed) + static_cast<size_t>(tile) * stride;
    __m512i acc[Tiles][Tokens];
    for (int i = 0; i < Tiles; ++i)
        for (int t = 0; t < Tokens; ++t)
            acc[i][t] = _mm512_setzero_si512();
    const int64_t count = linesOf(w.cols);
    for (int64_t k = 0; k < count; ++k) {
        if constexpr (Tokens == 1)
            _mm_prefetch(lines + k * 64 + kPrefetchBytes, _MM_HINT_T0);
        __m512i weights[Tiles];
        for (int i = 0; i < Tiles; ++i)
            weights[i] = _mm512_load_si512(lines + static_cast<size_t>(i) * stride + k * 64);
        for (int t = 0; t < Tokens; ++t) {
            int32_t four;
            memcpy(&four, q + t * x.ld + 4 * k, 4);
            const __m512i value = _mm512_set1_epi32(four);
            for (int i = 0; i < Tiles; ++i)
                acc[i][t] = _mm512_dpbusd_epi32(acc[i][t], value, weights[i]);
        }
    }
    for (int i = 0; i < Tiles; ++i) {
        const int64_t row = (tile + i) * kTileRows;
        const int64_t left = w.rows - row;
        const auto mask = static_cast<__mmask16>(left >= kTileRows ? 0xffff : (1 << left) - 1);
        const __m512i rowSums = _mm512_maskz_loadu_epi32(mask, w.rowSums + row);
        const __m512 scales = _mm512_maskz_loadu_ps(mask, w.scales + row);
        for (int t = 0; t < Tokens; ++t) {
            const __m512i offset = _mm512_set1_epi32(x.zeroPoint[token + t] + 128);
            const __m512i exact = _mm512_sub_epi32(acc[i][t], _mm512_mullo_epi32(offset, rowSums));
            const __m512 scale = _mm512_mul_ps(scales, _mm512_set1_ps(x.scale[token + t]));
            _mm512_mask_storeu_ps(y + (token + t) * ldy + row, mask,
                                  _mm512_mul_ps(_mm512_cvtepi32_ps(exact), scale));
        }
    }
}

using BlockFn = void (*)(const Weights&, const QuantizedRows&, const uint8_t*, int64_t, int64_t, float*,
                         int64_t) noexcept;
constexpr BlockFn kBlocks[kTiles][kTokens] = {
    {block<1, 1>, block<1, 2>, block<1, 3>, block<1, 4>, block<1, 5>, block<1, 6>, block<1, 7>, block<1, 8>,
     block<1, 9>, block<1, 10>, block<1, 11>, block<1, 12>},
    {block<2, 1>, block<2, 2>, block<2, 3>, block<2, 4>, block<2, 5>, block<2, 6>, block<2, 7>, block<2, 8>,
     block<2, 9>, block<2, 10>, block<2, 11>, block<2, 12>}};

void run(const Weights& w, const QuantizedRows& x, std::int64_t tileBegin, std::int64_t tileEnd, float* y,
         std::int64_t ldy, void* scratch) noexcept {
    auto* shifted = static_cast<uint8_t*>(scratch);
    const __m512i flip = _mm512_set1_epi8(static_cast<char>(0x80));
    // One token reads one linear stream; more tokens share each broadcast between two tiles.
    const int64_t tilesAtOnce = x.tokens == 1 ? 1 : kTiles;
    for (int64_t chunk = 0; chunk < x.tokens; chunk += kTokenChunk) {
        const int64_t count = x.tokens - chunk < kTokenChunk ? x.tokens - chunk : kTokenChunk;
        for (int64_t i = 0; i < count * x.ld; i += 64)
            _mm512_store_si512(shifted + i,
                               _mm512_xor_si512(_mm512_loadu_si512(x.q + chunk * x.ld + i), flip));
        for (int64_t tile = tileBegin; tile < tileEnd; tile += tilesAtOnce) {
            const int64_t tiles = tileEnd - tile < tilesAtOnce ? tileEnd - tile : tilesAtOnce;
            for (int64_t t = 0; t < count; t += kTokens) {
                const int64_t n = count - t < kTokens ? count - t : kTokens;
                kBlocks[tiles - 1][n - 1](w, x, shifted + t * x.ld, tile, chunk + t, y, ldy);
            }
        }
    }
}

}  // namespace
extern const Variant<Fn> variant{"avx512_vnni",
                                 CpuFeature::avx512 | CpuFeature::avx512Vnni,
                                 {tileBytesOf, packTileLines, scratchBytes, run, kLayout}};
}  // namespace kernels::matmul_int8::avx512_vnni
