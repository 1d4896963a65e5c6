// Products of 2 tokens with 2 rows over 8 columns at a time (smmla), the columns of two lines; a lone token
// as neon_dotprod does.
#include "kernels/matmul_int8/dot_neon.h"

namespace kernels::matmul_int8::neon_i8mm {
namespace {

// 8 pairs of rows x 3 pairs of tokens: 24 accumulators, 3 registers of activations, 2 of weights of the 32.
constexpr int kPairs = 3;
constexpr int64_t kTokenChunk = 21 * 2 * kPairs;

using OneToken = TilesNeon<DotNeon>;

/// Rows of activations of a block; a last token without a partner stands in for it.
template <int Pairs>
struct Rows {
    const int8_t* first[Pairs];
    const int8_t* second[Pairs];
};

/// Lines k and k + 1, or `next` = null: the columns beyond the last line are 0.
template <int Pairs>
inline void addLines(int32x4_t (&acc)[8][Pairs], const int8_t* line, const int8_t* next,
                     const Rows<Pairs>& rows, int64_t column) noexcept {
    int8x16_t q[Pairs];
    for (int p = 0; p < Pairs; ++p)
        q[p] = vcombine_s8(vld1_s8(rows.first[p] + column), vld1_s8(rows.second[p] + column));
    for (int i = 0; i < 4; ++i) {
        const int32x4_t a = vreinterpretq_s32_s8(vld1q_s8(line + 16 * i));
        const int32x4_t b = next != nullptr ? vreinterpretq_s32_s8(vld1q_s8(next + 16 * i)) : vdupq_n_s32(0);
        const int8x16_t low = vreinterpretq_s8_s32(vzip1q_s32(a, b));
        const int8x16_t high = vreinterpretq_s8_s32(vzip2q_s32(a, b));
        for (int p = 0; p < Pairs; ++p) {
            acc[2 * i][p] = vmmlaq_s32(acc[2 * i][p], q[p], low);
            acc[2 * i + 1][p] = vmmlaq_s32(acc[2 * i + 1][p], q[p], high);
        }
    }
}

/// One tile for `Pairs` pairs of tokens from `token` on.
template <int Pairs>
void block(const Weights& w, const QuantizedRows& x, int64_t tile, int64_t token, float* y,
           int64_t ldy) noexcept {
    const auto* lines =
        static_cast<const int8_t*>(w.packed) + static_cast<size_t>(tile) * tileBytesOf(w.cols);
    Rows<Pairs> rows;
    for (int p = 0; p < Pairs; ++p) {
        const int64_t first = token + 2 * p;
        rows.first[p] = x.q + first * x.ld;
        rows.second[p] = first + 1 < x.tokens ? rows.first[p] + x.ld : rows.first[p];
    }
    // Lanes: rows r and r + 1 for the first token, then for the second.
    int32x4_t acc[8][Pairs];
    for (int i = 0; i < 8; ++i)
        for (int p = 0; p < Pairs; ++p)
            acc[i][p] = vdupq_n_s32(0);
    const int64_t count = linesOf(w.cols);
    int64_t k = 0;
    for (; k + 2 <= count; k += 2)
        addLines<Pairs>(acc, lines + 64 * k, lines + 64 * (k + 1), rows, 4 * k);
    if (k < count)
        addLines<Pairs>(acc, lines + 64 * k, nullptr, rows, 4 * k);
    for (int i = 0; i < 4; ++i)
        for (int p = 0; p < Pairs; ++p) {
            const int64x2_t low = vreinterpretq_s64_s32(acc[2 * i][p]);
            const int64x2_t high = vreinterpretq_s64_s32(acc[2 * i + 1][p]);
            const int64_t row = tile * kTileRows + 4 * i;
            const int64_t first = token + 2 * p;
            storeOutputsNeon(w, x, first, row, vreinterpretq_s32_s64(vzip1q_s64(low, high)), y, ldy);
            if (first + 1 < x.tokens)
                storeOutputsNeon(w, x, first + 1, row, vreinterpretq_s32_s64(vzip2q_s64(low, high)), y, ldy);
        }
}

using BlockFn = void (*)(const Weights&, const QuantizedRows&, int64_t, int64_t, float*, int64_t) noexcept;
constexpr BlockFn kBlocks[kPairs] = {block<1>, block<2>, block<3>};

void run(const Weights& w, const QuantizedRows& x, std::int64_t tileBegin, std::int64_t tileEnd, float* y,
         std::int64_t ldy, void*) noexcept {
    if (x.tokens == 1)
        return OneToken::run(w, x, tileBegin, tileEnd, y, ldy, nullptr);
    for (int64_t chunk = 0; chunk < x.tokens; chunk += kTokenChunk) {
        const int64_t end = chunk + kTokenChunk < x.tokens ? chunk + kTokenChunk : x.tokens;
        for (int64_t tile = tileBegin; tile < tileEnd; ++tile)
            for (int64_t token = chunk; token < end; token += 2 * kPairs) {
                const int64_t pairs = (end - token + 1) / 2;
                kBlocks[(pairs < kPairs ? pairs : kPairs) - 1](w, x, tile, token, y, ldy);
            }
    }
}

}  // namespace
extern const Variant<Fn> variant{"neon_i8mm",
                                 CpuFeature::asimd | CpuFeature::asimdDp | CpuFeature::i8mm,
                                 {tileBytesOf, packTileLines, OneToken::scratchBytes, run, kLayout}};
}  // namespace kernels::matmul_int8::neon_i8mm
