// Blocks of keys with 16 f32 lanes; BF16 keys are transposed as pairs, which halves the shuffles.
#include "kernels/attention/blockwise.h"
#include "kernels/attention/partial.h"
#include "kernels/attention/vectors_avx512.h"

namespace kernels::attention::avx512 {
extern const Variant<Fn> variant{
    "avx512",
    CpuFeature::avx512 | CpuFeature::avx2 | CpuFeature::fma | CpuFeature::f16c,
    {Partial<Avx512>::scratchBytes, Blockwise<Avx512>::run, Partial<Avx512>::run, Partial<Avx512>::merge}};
}  // namespace kernels::attention::avx512
