// maddubs of unsigned nibbles and signed activations: 8 products of at most 15 * 128 add up to 30720, which
// fits 16 bits.
#include "kernels/matmul_int4/half_tiles.h"

namespace kernels::matmul_int4::avx2 {
namespace {

struct Maddubs {
    static __m256i add(__m256i acc, __m256i nibbles, __m256i activations) noexcept {
        return _mm256_add_epi16(acc, _mm256_maddubs_epi16(nibbles, activations));
    }
    static __m256i total(__m256i acc) noexcept { return _mm256_madd_epi16(acc, _mm256_set1_epi16(1)); }
};
using Product = HalfTiles<Maddubs>;

}  // namespace
extern const Variant<Fn> variant{"avx2",
                                 CpuFeature::avx2 | CpuFeature::fma | CpuFeature::f16c,
                                 {tileBytesOf, packTileRows, Product::scratchBytes, Product::run, kLayout}};
}  // namespace kernels::matmul_int4::avx2
