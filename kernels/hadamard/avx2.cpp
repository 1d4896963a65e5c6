#include <immintrin.h>

#include "kernels/base/tail_avx2.h"
#include "kernels/hadamard/hadamard.h"
#include "kernels/hadamard/tables.h"

namespace kernels::hadamard::avx2 {
namespace {

/// One butterfly stage inside a vector: `swapped` holds each lane's partner, kLower the lanes that are
/// subtracted.
template <int kLower>
static __m256 stage(__m256 v, __m256 swapped) noexcept {
    return _mm256_blend_ps(_mm256_add_ps(v, swapped), _mm256_sub_ps(swapped, v), kLower);
}

/// The stages of spans 1 to 4, as far as a transform of length n has them.
__m256 insideVector(__m256 v, int64_t n) noexcept {
    if (n > 1)
        v = stage<0xAA>(v, _mm256_permute_ps(v, 0xB1));
    if (n > 2)
        v = stage<0xCC>(v, _mm256_permute_ps(v, 0x4E));
    if (n > 4)
        v = stage<0xF0>(v, _mm256_permute2f128_ps(v, v, 0x01));
    return v;
}

/// The stages of spans `half` and 2 * half, in one pass over x.
void twoStages(float* x, int64_t n, int64_t half) noexcept {
    for (int64_t block = 0; block < n; block += 4 * half)
        for (float* at = x + block; at < x + block + half; at += 8) {
            const __m256 a = _mm256_loadu_ps(at);
            const __m256 b = _mm256_loadu_ps(at + half);
            const __m256 c = _mm256_loadu_ps(at + 2 * half);
            const __m256 d = _mm256_loadu_ps(at + 3 * half);
            const __m256 ab = _mm256_add_ps(a, b);
            const __m256 cd = _mm256_add_ps(c, d);
            const __m256 abLess = _mm256_sub_ps(a, b);
            const __m256 cdLess = _mm256_sub_ps(c, d);
            _mm256_storeu_ps(at, _mm256_add_ps(ab, cd));
            _mm256_storeu_ps(at + half, _mm256_add_ps(abLess, cdLess));
            _mm256_storeu_ps(at + 2 * half, _mm256_sub_ps(ab, cd));
            _mm256_storeu_ps(at + 3 * half, _mm256_sub_ps(abLess, cdLess));
        }
}

void oneStage(float* x, int64_t n, int64_t half) noexcept {
    for (int64_t block = 0; block < n; block += 2 * half)
        for (float* at = x + block; at < x + block + half; at += 8) {
            const __m256 a = _mm256_loadu_ps(at);
            const __m256 b = _mm256_loadu_ps(at + half);
            _mm256_storeu_ps(at, _mm256_add_ps(a, b));
            _mm256_storeu_ps(at + half, _mm256_sub_ps(a, b));
        }
}

void sylvester(float* x, int64_t n, __m256 scale) noexcept {
    for (int64_t i = 0; i < n; i += 8) {
        const __m256i mask = tailMaskAvx2(n - i);
        _mm256_maskstore_ps(x + i, mask,
                            insideVector(_mm256_mul_ps(_mm256_maskload_ps(x + i, mask), scale), n));
    }
    int64_t half = 8;
    for (; 4 * half <= n; half *= 4)
        twoStages(x, n, half);
    if (2 * half <= n)
        oneStage(x, n, half);
}

/// Four vectors of one output piece: sum over pieces c of +-x[c], so that a sign serves four loads.
void signedSum(const char* signs, int64_t order, const float* x, int64_t n, int64_t columns,
               float* y) noexcept {
    const __m256i masks[4] = {tailMaskAvx2(columns), tailMaskAvx2(columns - 8), tailMaskAvx2(columns - 16),
                              tailMaskAvx2(columns - 24)};
    __m256 sums[4] = {_mm256_setzero_ps(), _mm256_setzero_ps(), _mm256_setzero_ps(), _mm256_setzero_ps()};
    for (int64_t c = 0; c < order; ++c) {
        const __m256 sign = _mm256_castsi256_ps(_mm256_set1_epi32(signs[c] == '-' ? INT32_MIN : 0));
        for (int k = 0; k < 4; ++k)
            sums[k] =
                _mm256_add_ps(sums[k], _mm256_xor_ps(sign, _mm256_maskload_ps(x + c * n + 8 * k, masks[k])));
    }
    for (int k = 0; k < 4; ++k)
        _mm256_maskstore_ps(y + 8 * k, masks[k], sums[k]);
}

/// y = H_m x across pieces of length n.
void acrossPieces(const Table& table, const float* x, int64_t n, float* y) noexcept {
    for (int64_t i = 0; i < n; i += 32)
        for (int64_t r = 0; r < table.order; ++r)
            signedSum(table.rows[r], table.order, x + i, n, n - i, y + r * n + i);
}

void run(float* x, int64_t ldx, int64_t rows, int64_t dim, float* scratch) noexcept {
    const int64_t m = factorOf(dim);
    const int64_t n = dim / m;
    const Table* table = tableOf(m);
    const __m256d root = _mm256_sqrt_pd(_mm256_set1_pd(static_cast<double>(dim)));
    const __m256 scale = _mm256_set1_ps(static_cast<float>(1.0 / _mm256_cvtsd_f64(root)));
    for (int64_t row = 0; row < rows; ++row) {
        float* at = x + row * ldx;
        for (int64_t piece = 0; piece < m; ++piece)
            sylvester(at + piece * n, n, scale);
        if (table != nullptr) {
            acrossPieces(*table, at, n, scratch);
            for (int64_t i = 0; i < dim; i += 8) {
                const __m256i mask = tailMaskAvx2(dim - i);
                _mm256_maskstore_ps(at + i, mask, _mm256_maskload_ps(scratch + i, mask));
            }
        }
    }
}

}  // namespace
extern const Variant<Fn> variant{"avx2", CpuFeature::avx2 | CpuFeature::fma | CpuFeature::f16c, run};
}  // namespace kernels::hadamard::avx2
