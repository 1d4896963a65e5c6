#include <cmath>

#include "kernels/softmax/softmax.h"

namespace kernels::softmax::reference {
namespace {

void run(const float* x, std::int64_t rows, std::int64_t dim, float* y) noexcept {
    for (std::int64_t r = 0; r < rows; ++r) {
        const float* in = x + r * dim;
        float* out = y + r * dim;
        float top = in[0];
        for (std::int64_t i = 1; i < dim; ++i)
            top = in[i] > top ? in[i] : top;
        double sum = 0.0;
        for (std::int64_t i = 0; i < dim; ++i)
            sum += std::exp(double{in[i]} - double{top});
        for (std::int64_t i = 0; i < dim; ++i)
            out[i] = static_cast<float>(std::exp(double{in[i]} - double{top}) / sum);
    }
}

}  // namespace
extern const Variant<Fn> variant{"reference", CpuFeature::none, run};
}  // namespace kernels::softmax::reference
