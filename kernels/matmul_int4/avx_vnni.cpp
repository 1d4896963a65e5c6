// 8-bit dot products of four columns at a time for 8 rows (vpdpbusd), for CPUs with AVX-VNNI and no AVX-512.
#include "kernels/matmul_int4/half_tiles.h"

namespace kernels::matmul_int4::avx_vnni {
namespace {

struct Dpbusd {
    static __m256i add(__m256i acc, __m256i nibbles, __m256i activations) noexcept {
        return _mm256_dpbusd_avx_epi32(acc, nibbles, activations);
    }
    static __m256i total(__m256i acc) noexcept { return acc; }
};
using Product = HalfTiles<Dpbusd>;

}  // namespace
extern const Variant<Fn> variant{"avx_vnni",
                                 CpuFeature::avx2 | CpuFeature::fma | CpuFeature::f16c | CpuFeature::avxVnni,
                                 {tileBytesOf, packTileRows, Product::scratchBytes, Product::run, kLayout}};
}  // namespace kernels::matmul_int4::avx_vnni
