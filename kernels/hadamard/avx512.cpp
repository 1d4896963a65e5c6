#include <immintrin.h>

#include "kernels/hadamard/hadamard.h"
#include "kernels/hadamard/tables.h"

namespace kernels::hadamard::avx512 {
namespace {

/// Mask of the first `count` lanes, all 16 when there are more.
__mmask16 lanes(int64_t count) noexcept {
    return count >= 16 ? static_cast<__mmask16>(0xffffu) : static_cast<__mmask16>((1u << count) - 1u);
}

/// One butterfly stage inside a vector: `swapped` holds each lane's partner, `lower` the lanes that are
/// subtracted.
__m512 stage(__m512 v, __m512 swapped, __mmask16 lower) noexcept {
    return _mm512_mask_sub_ps(_mm512_add_ps(v, swapped), lower, swapped, v);
}

/// The stages of spans 1 to 8, as far as a transform of length n has them.
__m512 insideVector(__m512 v, int64_t n) noexcept {
    if (n > 1)
        v = stage(v, _mm512_permute_ps(v, 0xB1), 0xAAAA);
    if (n > 2)
        v = stage(v, _mm512_permute_ps(v, 0x4E), 0xCCCC);
    if (n > 4)
        v = stage(v, _mm512_shuffle_f32x4(v, v, 0xB1), 0xF0F0);
    if (n > 8)
        v = stage(v, _mm512_shuffle_f32x4(v, v, 0x4E), 0xFF00);
    return v;
}

/// The stages of spans `half` and 2 * half, in one pass over x.
void twoStages(float* x, int64_t n, int64_t half) noexcept {
    for (int64_t block = 0; block < n; block += 4 * half)
        for (float* at = x + block; at < x + block + half; at += 16) {
            const __m512 a = _mm512_loadu_ps(at);
            const __m512 b = _mm512_loadu_ps(at + half);
            const __m512 c = _mm512_loadu_ps(at + 2 * half);
            const __m512 d = _mm512_loadu_ps(at + 3 * half);
            const __m512 ab = _mm512_add_ps(a, b);
            const __m512 cd = _mm512_add_ps(c, d);
            const __m512 abLess = _mm512_sub_ps(a, b);
            const __m512 cdLess = _mm512_sub_ps(c, d);
            _mm512_storeu_ps(at, _mm512_add_ps(ab, cd));
            _mm512_storeu_ps(at + half, _mm512_add_ps(abLess, cdLess));
            _mm512_storeu_ps(at + 2 * half, _mm512_sub_ps(ab, cd));
            _mm512_storeu_ps(at + 3 * half, _mm512_sub_ps(abLess, cdLess));
        }
}

void oneStage(float* x, int64_t n, int64_t half) noexcept {
    for (int64_t block = 0; block < n; block += 2 * half)
        for (float* at = x + block; at < x + block + half; at += 16) {
            const __m512 a = _mm512_loadu_ps(at);
            const __m512 b = _mm512_loadu_ps(at + half);
            _mm512_storeu_ps(at, _mm512_add_ps(a, b));
            _mm512_storeu_ps(at + half, _mm512_sub_ps(a, b));
        }
}

void sylvester(float* x, int64_t n, __m512 scale) noexcept {
    for (int64_t i = 0; i < n; i += 16) {
        const __mmask16 mask = lanes(n - i);
        _mm512_mask_storeu_ps(x + i, mask,
                              insideVector(_mm512_mul_ps(_mm512_maskz_loadu_ps(mask, x + i), scale), n));
    }
    int64_t half = 16;
    for (; 4 * half <= n; half *= 4)
        twoStages(x, n, half);
    if (2 * half <= n)
        oneStage(x, n, half);
}

/// Four vectors of one output piece: sum over pieces c of +-x[c], so that a sign serves four loads.
void signedSum(const char* signs, int64_t order, const float* x, int64_t n, int64_t columns,
               float* y) noexcept {
    const __mmask16 masks[4] = {lanes(columns), lanes(columns < 16 ? 0 : columns - 16),
                                lanes(columns < 32 ? 0 : columns - 32),
                                lanes(columns < 48 ? 0 : columns - 48)};
    __m512 sums[4] = {_mm512_setzero_ps(), _mm512_setzero_ps(), _mm512_setzero_ps(), _mm512_setzero_ps()};
    for (int64_t c = 0; c < order; ++c) {
        const __m512 sign = _mm512_castsi512_ps(_mm512_set1_epi32(signs[c] == '-' ? INT32_MIN : 0));
        for (int k = 0; k < 4; ++k)
            sums[k] = _mm512_add_ps(sums[k],
                                    _mm512_xor_ps(sign, _mm512_maskz_loadu_ps(masks[k], x + c * n + 16 * k)));
    }
    for (int k = 0; k < 4; ++k)
        _mm512_mask_storeu_ps(y + 16 * k, masks[k], sums[k]);
}

/// y = H_m x across pieces of length n.
void acrossPieces(const Table& table, const float* x, int64_t n, float* y) noexcept {
    for (int64_t i = 0; i < n; i += 64)
        for (int64_t r = 0; r < table.order; ++r)
            signedSum(table.rows[r], table.order, x + i, n, n - i, y + r * n + i);
}

void run(float* x, int64_t ldx, int64_t rows, int64_t dim, float* scratch) noexcept {
    const int64_t m = factorOf(dim);
    const int64_t n = dim / m;
    const Table* table = tableOf(m);
    const __m512d root = _mm512_sqrt_pd(_mm512_set1_pd(static_cast<double>(dim)));
    const __m512 scale = _mm512_set1_ps(static_cast<float>(1.0 / _mm512_cvtsd_f64(root)));
    for (int64_t row = 0; row < rows; ++row) {
        float* at = x + row * ldx;
        for (int64_t piece = 0; piece < m; ++piece)
            sylvester(at + piece * n, n, scale);
        if (table != nullptr) {
            acrossPieces(*table, at, n, scratch);
            for (int64_t i = 0; i < dim; i += 16)
                _mm512_mask_storeu_ps(at + i, lanes(dim - i),
                                      _mm512_maskz_loadu_ps(lanes(dim - i), scratch + i));
        }
    }
}

}  // namespace
extern const Variant<Fn> variant{
    "avx512", CpuFeature::avx512 | CpuFeature::avx2 | CpuFeature::fma | CpuFeature::f16c, run};
}  // namespace kernels::hadamard::avx512
