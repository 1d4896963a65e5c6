#include <cmath>

#include "kernels/hadamard/hadamard.h"
#include "kernels/hadamard/tables.h"

namespace kernels::hadamard::reference {
namespace {

void sylvester(float* x, std::int64_t n) noexcept {
    for (std::int64_t half = 1; half < n; half *= 2)
        for (std::int64_t block = 0; block < n; block += 2 * half)
            for (std::int64_t i = block; i < block + half; ++i) {
                const float a = x[i];
                const float b = x[i + half];
                x[i] = a + b;
                x[i + half] = a - b;
            }
}

/// y = H_m x across pieces of length n.
void acrossPieces(const Table& table, const float* x, std::int64_t n, float* y) noexcept {
    for (std::int64_t r = 0; r < table.order; ++r)
        for (std::int64_t i = 0; i < n; ++i) {
            double sum = 0.0;
            for (std::int64_t c = 0; c < table.order; ++c)
                sum += table.rows[r][c] == '+' ? double{x[c * n + i]} : -double{x[c * n + i]};
            y[r * n + i] = static_cast<float>(sum);
        }
}

void run(float* x, std::int64_t ldx, std::int64_t rows, std::int64_t dim, float* scratch) noexcept {
    const std::int64_t m = factorOf(dim);
    const std::int64_t n = dim / m;
    const float scale = static_cast<float>(1.0 / std::sqrt(static_cast<double>(dim)));
    for (std::int64_t row = 0; row < rows; ++row) {
        float* at = x + row * ldx;
        for (std::int64_t piece = 0; piece < m; ++piece)
            sylvester(at + piece * n, n);
        if (const Table* table = tableOf(m)) {
            acrossPieces(*table, at, n, scratch);
            for (std::int64_t i = 0; i < dim; ++i)
                at[i] = scratch[i];
        }
        for (std::int64_t i = 0; i < dim; ++i)
            at[i] *= scale;
    }
}

}  // namespace
extern const Variant<Fn> variant{"reference", CpuFeature::none, run};
}  // namespace kernels::hadamard::reference
