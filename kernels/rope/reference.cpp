#include "kernels/rope/rope.h"

namespace kernels::rope::reference {
namespace {

void run(float* x, std::int64_t ldx, std::int64_t tokens, std::int64_t heads, std::int64_t headDim,
         const float* cosTable, const float* sinTable, std::int64_t position0, PairOrder order) noexcept {
    const std::int64_t half = headDim / 2;
    const std::int64_t step = order == PairOrder::adjacent ? 2 : 1;
    const std::int64_t partner = order == PairOrder::adjacent ? 1 : half;
    for (std::int64_t t = 0; t < tokens; ++t) {
        const float* cosRow = cosTable + (position0 + t) * half;
        const float* sinRow = sinTable + (position0 + t) * half;
        for (std::int64_t h = 0; h < heads; ++h)
            for (std::int64_t i = 0; i < half; ++i) {
                float& a = x[t * ldx + h * headDim + i * step];
                float& b = x[t * ldx + h * headDim + i * step + partner];
                const float rotated = a * cosRow[i] - b * sinRow[i];
                b = a * sinRow[i] + b * cosRow[i];
                a = rotated;
            }
    }
}

}  // namespace
extern const Variant<Fn> variant{"reference", CpuFeature::none, run};
}  // namespace kernels::rope::reference
