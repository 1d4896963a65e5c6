// Products of 2 tokens with 2 rows over 8 columns at a time (smmla), the columns of a line's low and high
// nibbles; a lone token as neon_dotprod does.
#include "kernels/matmul_int4/dot_neon.h"

namespace kernels::matmul_int4::neon_i8mm {
namespace {

// 2 quarters of a tile x 3 pairs of tokens: 12 integer and 12 float accumulators, 4 registers of weights, 1
// of activations of the 32.
constexpr int kPairs = 3;
constexpr int kQuarters = 2;
// Activations of so many pairs stay in the L2 cache while every tile passes over them.
constexpr int64_t kPairChunk = 21 * kPairs;

/// A pair of tokens and a group of 32 columns, in the order of the weights: in step j columns 4j..4j+3 and
/// 16+4j..16+4j+3 of one token, then of the other.
struct PairGroup {
    int8_t steps[4][16];
    int32_t corrections[4];  // -8 * sum of q over the group, for the +8 of stored nibbles; twice each token
};

using OneToken = TilesNeon<DotNeon>;

std::size_t scratchBytes(std::int64_t tokens, std::int64_t cols) noexcept {
    const int64_t pairs = (tokens + 1) / 2;
    return static_cast<std::size_t>((pairs < kPairChunk ? pairs : kPairChunk) * groupsOf(cols)) *
           sizeof(PairGroup);
}

/// A last token without a partner stands in for it.
void arrange(const QuantizedRows& x, int64_t token, int64_t groups, PairGroup* out) noexcept {
    const int64_t partner = token + 1 < x.tokens ? token + 1 : token;
    for (int64_t g = 0; g < groups; ++g) {
        const auto both = [&](int64_t t, int64_t half) {
            const int8_t* q = x.q + t * x.ld + g * kGroupSize;
            const int32x4_t low = vreinterpretq_s32_s8(vld1q_s8(q));
            const int32x4_t high = vreinterpretq_s32_s8(vld1q_s8(q + 16));
            return vreinterpretq_s64_s32(half == 0 ? vzip1q_s32(low, high) : vzip2q_s32(low, high));
        };
        for (int64_t half = 0; half < 2; ++half) {
            const int64x2_t a = both(token, half);
            const int64x2_t b = both(partner, half);
            vst1q_s8(out[g].steps[2 * half], vreinterpretq_s8_s64(vzip1q_s64(a, b)));
            vst1q_s8(out[g].steps[2 * half + 1], vreinterpretq_s8_s64(vzip2q_s64(a, b)));
        }
        const int64_t xGroups = x.ld / kGroupSize;
        out[g].corrections[0] = out[g].corrections[1] = -8 * x.groupSums[token * xGroups + g];
        out[g].corrections[2] = out[g].corrections[3] = -8 * x.groupSums[partner * xGroups + g];
    }
}

/// Rows 4 * quarter .. 4 * (quarter + kQuarters) - 1 of a tile for `Pairs` pairs of tokens from `token` on.
template <ScaleType Type, int Pairs>
void block(const Weights& w, const QuantizedRows& x, const PairGroup* pairs, int64_t tile, int64_t quarter,
           int64_t token, float* y, int64_t ldy) noexcept {
    const int64_t groups = groupsOf(w.cols);
    const auto* packed =
        static_cast<const uint8_t*>(w.packed) + static_cast<size_t>(tile) * tileBytesOf(Type, w.cols);
    // Lanes: rows r and r + 1 for the first token, then for the second.
    float32x4_t sums[2 * kQuarters][Pairs];
    for (int i = 0; i < 2 * kQuarters; ++i)
        for (int p = 0; p < Pairs; ++p)
            sums[i][p] = vdupq_n_f32(0.0F);
    for (int64_t g = 0; g < groups; ++g) {
        const uint8_t* lines = groupLines(packed, Type, g) + 16 * quarter;
        const uint8_t* scales = groupScales(packed, Type, g);
        int32x4_t acc[2 * kQuarters][Pairs];
        for (int p = 0; p < Pairs; ++p)
            for (int i = 0; i < 2 * kQuarters; ++i)
                acc[i][p] = vld1q_s32(pairs[p * groups + g].corrections);
#pragma GCC unroll 4
        for (int j = 0; j < 4; ++j) {
            int8x16_t weights[2 * kQuarters];
            for (int i = 0; i < kQuarters; ++i) {
                const uint8x16_t line = vld1q_u8(lines + 64 * j + 16 * i);
                const uint32x4_t low = vreinterpretq_u32_u8(vandq_u8(line, vdupq_n_u8(15)));
                const uint32x4_t high = vreinterpretq_u32_u8(vshrq_n_u8(line, 4));
                weights[2 * i] = vreinterpretq_s8_u32(vzip1q_u32(low, high));
                weights[2 * i + 1] = vreinterpretq_s8_u32(vzip2q_u32(low, high));
            }
            for (int p = 0; p < Pairs; ++p) {
                const int8x16_t q = vld1q_s8(pairs[p * groups + g].steps[j]);
                for (int i = 0; i < 2 * kQuarters; ++i)
                    acc[i][p] = vmmlaq_s32(acc[i][p], q, weights[i]);
            }
        }
        for (int i = 0; i < kQuarters; ++i) {
            const float64x2_t four = vreinterpretq_f64_f32(loadScalesNeon<Type>(scales, quarter + i));
            const float32x4_t low = vreinterpretq_f32_f64(vdupq_laneq_f64(four, 0));
            const float32x4_t high = vreinterpretq_f32_f64(vdupq_laneq_f64(four, 1));
            for (int p = 0; p < Pairs; ++p) {
                sums[2 * i][p] = vfmaq_f32(sums[2 * i][p], vcvtq_f32_s32(acc[2 * i][p]), low);
                sums[2 * i + 1][p] = vfmaq_f32(sums[2 * i + 1][p], vcvtq_f32_s32(acc[2 * i + 1][p]), high);
            }
        }
    }
    const float* rowSums = tileRowSums(packed, Type, w.cols) + 4 * quarter;
    const int64_t row = tile * kTileRows + 4 * quarter;
    for (int i = 0; i < kQuarters; ++i)
        for (int p = 0; p < Pairs; ++p) {
            const float64x2_t low = vreinterpretq_f64_f32(sums[2 * i][p]);
            const float64x2_t high = vreinterpretq_f64_f32(sums[2 * i + 1][p]);
            const float32x4_t ofToken[2] = {vreinterpretq_f32_f64(vzip1q_f64(low, high)),
                                            vreinterpretq_f32_f64(vzip2q_f64(low, high))};
            for (int64_t s = 0; s < 2 && token + 2 * p + s < x.tokens; ++s) {
                const int64_t t = token + 2 * p + s;
                const float32x4_t value =
                    vfmsq_n_f32(ofToken[s], vld1q_f32(rowSums + 4 * i), static_cast<float>(x.zeroPoint[t]));
                storeFirstNeon(y + t * ldy + row + 4 * i, vmulq_n_f32(value, x.scale[t]),
                               w.rows - row - 4 * i);
            }
        }
}

template <ScaleType Type>
void runTiles(const Weights& w, const QuantizedRows& x, int64_t tileBegin, int64_t tileEnd, float* y,
              int64_t ldy, PairGroup* arranged) noexcept {
    constexpr decltype(&block<Type, 1>) kBlocks[kPairs] = {block<Type, 1>, block<Type, 2>, block<Type, 3>};
    const int64_t groups = groupsOf(w.cols);
    const int64_t all = (x.tokens + 1) / 2;
    for (int64_t chunk = 0; chunk < all; chunk += kPairChunk) {
        const int64_t count = all - chunk < kPairChunk ? all - chunk : kPairChunk;
        for (int64_t p = 0; p < count; ++p)
            arrange(x, 2 * (chunk + p), groups, arranged + p * groups);
        for (int64_t tile = tileBegin; tile < tileEnd; ++tile)
            for (int64_t p = 0; p < count; p += kPairs)
                for (int64_t quarter = 0; quarter < 4; quarter += kQuarters)
                    kBlocks[(count - p < kPairs ? count - p : kPairs) - 1](w, x, arranged + p * groups, tile,
                                                                           quarter, 2 * (chunk + p), y, ldy);
    }
}

void run(const Weights& w, const QuantizedRows& x, std::int64_t tileBegin, std::int64_t tileEnd, float* y,
         std::int64_t ldy, void* scratch) noexcept {
    auto* arranged = static_cast<PairGroup*>(scratch);
    if (x.tokens == 1)
        OneToken::run(w, x, tileBegin, tileEnd, y, ldy, nullptr);
    else if (w.scales == ScaleType::f16)
        runTiles<ScaleType::f16>(w, x, tileBegin, tileEnd, y, ldy, arranged);
    else
        runTiles<ScaleType::f32>(w, x, tileBegin, tileEnd, y, ldy, arranged);
}

}  // namespace
extern const Variant<Fn> variant{"neon_i8mm",
                                 CpuFeature::asimd | CpuFeature::asimdDp | CpuFeature::i8mm,
                                 {tileBytesOf, packTileRows, scratchBytes, run, kLayout}};
}  // namespace kernels::matmul_int4::neon_i8mm
