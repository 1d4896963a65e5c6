#include "kernels/gemm/gemm.h"

namespace kernels::gemm::reference {
namespace {

void run(const Problem& p) noexcept {
    for (std::int64_t i = 0; i < p.m; ++i)
        for (std::int64_t j = 0; j < p.n; ++j) {
            double sum = p.accumulate ? double{p.c[i * p.ldc + j]} : 0.0;
            for (std::int64_t k = 0; k < p.k; ++k)
                sum += double{p.transposeA ? p.a[k * p.lda + i] : p.a[i * p.lda + k]} *
                       double{p.transposeB ? p.b[j * p.ldb + k] : p.b[k * p.ldb + j]};
            p.c[i * p.ldc + j] = static_cast<float>(sum);
        }
}

}  // namespace
extern const Variant<Fn> variant{"reference", CpuFeature::none, run};
}  // namespace kernels::gemm::reference
