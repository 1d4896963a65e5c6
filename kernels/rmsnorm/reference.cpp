#include <cmath>

#include "kernels/rmsnorm/rmsnorm.h"

namespace kernels::rmsnorm::reference {
namespace {

void run(const float* x, const float* weight, float eps, std::int64_t rows, std::int64_t dim,
         float* y) noexcept {
    for (std::int64_t r = 0; r < rows; ++r) {
        const float* in = x + r * dim;
        double sum = 0.0;
        for (std::int64_t i = 0; i < dim; ++i)
            sum += double{in[i]} * double{in[i]};
        const double scale = 1.0 / std::sqrt(sum / static_cast<double>(dim) + double{eps});
        for (std::int64_t i = 0; i < dim; ++i)
            y[r * dim + i] = static_cast<float>(double{in[i]} * scale) * weight[i];
    }
}

}  // namespace
extern const Variant<Fn> variant{"reference", CpuFeature::none, run};
}  // namespace kernels::rmsnorm::reference
