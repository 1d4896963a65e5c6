// maddubs of nibbles: a weight of 0..255 is 16 * high + low with both in 0..15, so that no pair of products
// saturates 16 bits and 8 lines of them add up to at most 8 * 2 * 15 * 128 = 30720.
#include "kernels/matmul_int8/half_tiles.h"

namespace kernels::matmul_int8::avx2 {
namespace {

struct Maddubs {
    struct Sums {
        __m256i low;   // 16 bits
        __m256i high;  // 16 bits
        __m256i total;
    };
    static void add(Sums& sums, __m256i weights, __m256i activations) noexcept {
        const __m256i nibble = _mm256_set1_epi8(15);
        const __m256i low = _mm256_and_si256(weights, nibble);
        const __m256i high = _mm256_and_si256(_mm256_srli_epi16(weights, 4), nibble);
        sums.low = _mm256_add_epi16(sums.low, _mm256_maddubs_epi16(low, activations));
        sums.high = _mm256_add_epi16(sums.high, _mm256_maddubs_epi16(high, activations));
    }
    static void flush(Sums& sums) noexcept {
        const __m256i low = _mm256_madd_epi16(sums.low, _mm256_set1_epi16(1));
        const __m256i high = _mm256_madd_epi16(sums.high, _mm256_set1_epi16(16));
        sums.total = _mm256_add_epi32(sums.total, _mm256_add_epi32(low, high));
        sums.low = _mm256_setzero_si256();
        sums.high = _mm256_setzero_si256();
    }
};
using Product = HalfTiles<Maddubs>;

}  // namespace
extern const Variant<Fn> variant{
    "avx2", CpuFeature::avx2, {tileBytesOf, packTileLines, Product::scratchBytes, Product::run, kLayout}};
}  // namespace kernels::matmul_int8::avx2
