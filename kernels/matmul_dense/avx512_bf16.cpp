// Pairs of BF16 products added in f32 (vdpbf16ps) for BF16 weights, activations rounded to BF16; other
// weights as avx512 does.
#include "kernels/matmul_dense/round_avx512.h"
#include "kernels/matmul_dense/tiled.h"
#include "kernels/matmul_dense/vectors_avx512.h"

namespace kernels::matmul_dense::avx512_bf16 {
namespace {

// 2 tiles x 12 tokens: 24 accumulators, 2 weights, 1 pair of activations.
constexpr int kTokens = 12;
constexpr int kTiles = 2;
// A lone token is bound by memory: lines are asked for so many bytes before they are read.
constexpr int64_t kPrefetchBytes = 4096;
constexpr int64_t kTokenChunk =
    10 * kTokens;  // their activations stay in the L2 cache while every tile passes over them

std::size_t scratchBytes(std::int64_t tokens, std::int64_t cols) noexcept {
    return static_cast<std::size_t>((tokens < kTokenChunk ? tokens : kTokenChunk) *
                                    roundUp(pairsOf(cols) * 4, 64));
}

template <int Tiles, int Tokens>
inline void block(const Weights& w, int64_t tile, const uint16_t* x, int64_t ldx, float* y,
                  int64_t ldy) noexcept {
    const size_t stride = tileBytesOf(w.type, w.cols);
    const char* lines = static_cast<const char*>(w.packed) + static_cast<size_t>(tile) * stride;
    __m512 total[Tiles][Tokens];
    for (int i = 0; i < Tiles; ++i)
        for (int t = 0; t < Tokens; ++t)
            total[i][t] = _mm512_setzero_ps();
    const int64_t pairs = pairsOf(w.cols);
    for (int64_t part = 0; part < pairs; part += kPartColumns / 2) {
        const int64_t end = part + kPartColumns / 2 < pairs ? part + kPartColumns / 2 : pairs;
        __m512 acc[Tiles][Tokens];
        for (int i = 0; i < Tiles; ++i)
            for (int t = 0; t < Tokens; ++t)
                acc[i][t] = _mm512_setzero_ps();
        for (int64_t k = part; k < end; ++k) {
            if constexpr (Tokens == 1)
                for (int i = 0; i < Tiles; ++i)
                    _mm_prefetch(lines + static_cast<size_t>(i) * stride + k * 64 + kPrefetchBytes,
                                 _MM_HINT_T0);
            __m512bh weights[Tiles];
            for (int i = 0; i < Tiles; ++i)
                weights[i] = reinterpret_cast<__m512bh>(
                    _mm512_load_si512(lines + static_cast<size_t>(i) * stride + k * 64));
            for (int t = 0; t < Tokens; ++t) {
                int32_t pair;
                memcpy(&pair, x + t * ldx + 2 * k, 4);
                const auto value = reinterpret_cast<__m512bh>(_mm512_set1_epi32(pair));
                for (int i = 0; i < Tiles; ++i)
                    acc[i][t] = _mm512_dpbf16_ps(acc[i][t], weights[i], value);
            }
        }
        for (int i = 0; i < Tiles; ++i)
            for (int t = 0; t < Tokens; ++t)
                total[i][t] = _mm512_add_ps(total[i][t], acc[i][t]);
    }
    for (int i = 0; i < Tiles; ++i)
        for (int t = 0; t < Tokens; ++t)
            Avx512::store(y + t * ldy + (tile + i) * kTileRows, total[i][t], w.rows - (tile + i) * kTileRows);
}

using BlockFn = void (*)(const Weights&, int64_t, const uint16_t*, int64_t, float*, int64_t) noexcept;
constexpr BlockFn kBlocks[kTiles][kTokens] = {
    {block<1, 1>, block<1, 2>, block<1, 3>, block<1, 4>, block<1, 5>, block<1, 6>, block<1, 7>, block<1, 8>,
     block<1, 9>, block<1, 10>, block<1, 11>, block<1, 12>},
    {block<2, 1>, block<2, 2>, block<2, 3>, block<2, 4>, block<2, 5>, block<2, 6>, block<2, 7>, block<2, 8>,
     block<2, 9>, block<2, 10>, block<2, 11>, block<2, 12>}};

void run(const Weights& w, const float* x, std::int64_t ldx, std::int64_t tokens, std::int64_t tileBegin,
         std::int64_t tileEnd, float* y, std::int64_t ldy, void* scratch) noexcept {
    if (w.type != WeightType::bf16) {
        Tiled<Avx512>::run(w, x, ldx, tokens, tileBegin, tileEnd, y, ldy);
        return;
    }
    auto* rounded = static_cast<uint16_t*>(scratch);
    const int64_t ld = roundUp(pairsOf(w.cols) * 4, 64) / 2;
    for (int64_t chunk = 0; chunk < tokens; chunk += kTokenChunk) {
        const int64_t count = tokens - chunk < kTokenChunk ? tokens - chunk : kTokenChunk;
        for (int64_t t = 0; t < count; ++t)
            roundRow(x + (chunk + t) * ldx, w.cols, 2 * pairsOf(w.cols), rounded + t * ld);
        for (int64_t tile = tileBegin; tile < tileEnd; tile += kTiles) {
            const int64_t tiles = tileEnd - tile < kTiles ? tileEnd - tile : kTiles;
            for (int64_t t = 0; t < count; t += kTokens) {
                const int64_t n = count - t < kTokens ? count - t : kTokens;
                kBlocks[tiles - 1][n - 1](w, tile, rounded + t * ld, ld, y + (chunk + t) * ldy, ldy);
            }
        }
    }
}

}  // namespace
extern const Variant<Fn> variant{"avx512_bf16",
                                 CpuFeature::avx512 | CpuFeature::avx512Bf16,
                                 {tileBytesOf, packTileLines, scratchBytes, run, kLayout},
                                 Trait::roundsActivations};
}  // namespace kernels::matmul_dense::avx512_bf16
