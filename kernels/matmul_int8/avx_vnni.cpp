// 8-bit dot products of four columns at a time for 8 rows (vpdpbusd), for CPUs with AVX-VNNI and no AVX-512.
#include "kernels/matmul_int8/half_tiles.h"

namespace kernels::matmul_int8::avx_vnni {
namespace {

struct Dpbusd {
    struct Sums {
        __m256i total;
    };
    static void add(Sums& sums, __m256i weights, __m256i activations) noexcept {
        sums.total = _mm256_dpbusd_avx_epi32(sums.total, weights, activations);
    }
    static void flush(Sums&) noexcept {}
};
using Product = HalfTiles<Dpbusd>;

}  // namespace
extern const Variant<Fn> variant{"avx_vnni",
                                 CpuFeature::avx2 | CpuFeature::avxVnni,
                                 {tileBytesOf, packTileLines, Product::scratchBytes, Product::run, kLayout}};
}  // namespace kernels::matmul_int8::avx_vnni
