// 8-bit dot products of four columns at a time for 4 rows (sdot).
#include "kernels/matmul_int4/dot_neon.h"

namespace kernels::matmul_int4::neon_dotprod {
namespace {

using Product = TilesNeon<DotNeon>;

}  // namespace
extern const Variant<Fn> variant{"neon_dotprod",
                                 CpuFeature::asimd | CpuFeature::asimdDp,
                                 {tileBytesOf, packTileRows, Product::scratchBytes, Product::run, kLayout}};
}  // namespace kernels::matmul_int4::neon_dotprod
