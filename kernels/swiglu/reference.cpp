#include <cmath>

#include "kernels/swiglu/swiglu.h"

namespace kernels::swiglu::reference {
namespace {

void run(const float* gate, const float* up, std::int64_t n, float* y) noexcept {
    for (std::int64_t i = 0; i < n; ++i) {
        const double g = double{gate[i]};
        y[i] = static_cast<float>(g / (1.0 + std::exp(-g)) * double{up[i]});
    }
}

}  // namespace
extern const Variant<Fn> variant{"reference", CpuFeature::none, run};
}  // namespace kernels::swiglu::reference
