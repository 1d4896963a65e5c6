#include <stdlib.h>

#include <oneapi/dnnl/dnnl.hpp>

#include "kernels/base/one_thread_scope.h"
#include "kernels/gemm/gemm.h"

// oneDNN's own sgemm, the same call in versions 2 and 3: row-major, leading dimensions as here.
namespace kernels::gemm::onednn {
namespace {

void run(const Problem& p) noexcept {
    if (p.m <= 0 || p.n <= 0)
        return;
    const OneThreadScope scope;
    if (dnnl_sgemm(p.transposeA ? 'T' : 'N', p.transposeB ? 'T' : 'N', p.m, p.n, p.k, 1.0F, p.a, p.lda, p.b,
                   p.ldb, p.accumulate ? 1.0F : 0.0F, p.c, p.ldc) != dnnl_success)
        abort();  // only out of memory: shapes are the contract's
}

}  // namespace
extern const Variant<Fn> variant{"onednn", CpuFeature::avx2, run};
}  // namespace kernels::gemm::onednn
