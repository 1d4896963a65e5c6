#include <arm_neon.h>

#include "kernels/base/lanes_neon.h"
#include "kernels/hadamard/hadamard.h"
#include "kernels/hadamard/tables.h"

namespace kernels::hadamard::neon {
namespace {

/// The stages of spans 1 and 2, as far as a transform of length n has them.
float32x4_t insideVector(float32x4_t v, int64_t n) noexcept {
    if (n > 1) {
        const float32x4_t swapped = vrev64q_f32(v);
        v = vtrn1q_f32(vaddq_f32(v, swapped), vsubq_f32(v, swapped));
    }
    if (n > 2) {
        const float32x4_t swapped = vextq_f32(v, v, 2);
        v = vcombine_f32(vget_low_f32(vaddq_f32(v, swapped)), vget_low_f32(vsubq_f32(v, swapped)));
    }
    return v;
}

/// The stages of spans `half` and 2 * half, in one pass over x.
void twoStages(float* x, int64_t n, int64_t half) noexcept {
    for (int64_t block = 0; block < n; block += 4 * half)
        for (float* at = x + block; at < x + block + half; at += 4) {
            const float32x4_t a = vld1q_f32(at);
            const float32x4_t b = vld1q_f32(at + half);
            const float32x4_t c = vld1q_f32(at + 2 * half);
            const float32x4_t d = vld1q_f32(at + 3 * half);
            const float32x4_t ab = vaddq_f32(a, b);
            const float32x4_t cd = vaddq_f32(c, d);
            const float32x4_t abLess = vsubq_f32(a, b);
            const float32x4_t cdLess = vsubq_f32(c, d);
            vst1q_f32(at, vaddq_f32(ab, cd));
            vst1q_f32(at + half, vaddq_f32(abLess, cdLess));
            vst1q_f32(at + 2 * half, vsubq_f32(ab, cd));
            vst1q_f32(at + 3 * half, vsubq_f32(abLess, cdLess));
        }
}

void oneStage(float* x, int64_t n, int64_t half) noexcept {
    for (int64_t block = 0; block < n; block += 2 * half)
        for (float* at = x + block; at < x + block + half; at += 4) {
            const float32x4_t a = vld1q_f32(at);
            const float32x4_t b = vld1q_f32(at + half);
            vst1q_f32(at, vaddq_f32(a, b));
            vst1q_f32(at + half, vsubq_f32(a, b));
        }
}

void sylvester(float* x, int64_t n, float scale) noexcept {
    for (int64_t i = 0; i < n; i += 4)
        storeFirstNeon(x + i, insideVector(vmulq_n_f32(loadFirstNeon(x + i, n - i), scale), n), n - i);
    int64_t half = 4;
    for (; 4 * half <= n; half *= 4)
        twoStages(x, n, half);
    if (2 * half <= n)
        oneStage(x, n, half);
}

/// `Vectors` vectors of one output piece: sum over pieces c of +-x[c], so that a sign serves all of them. The
/// last vector may end early, after `columns` of all.
template <int Vectors>
void signedSum(const char* signs, int64_t order, const float* x, int64_t n, int64_t columns,
               float* y) noexcept {
    float32x4_t sums[Vectors];
    for (int k = 0; k < Vectors; ++k)
        sums[k] = vdupq_n_f32(0.0F);
    for (int64_t c = 0; c < order; ++c) {
        const uint32x4_t sign = vdupq_n_u32(signs[c] == '-' ? 0x80000000U : 0U);
        for (int k = 0; k < Vectors; ++k) {
            const float32x4_t v = loadFirstNeon(x + c * n + 4 * k, columns - 4 * k);
            sums[k] = vaddq_f32(sums[k], vreinterpretq_f32_u32(veorq_u32(vreinterpretq_u32_f32(v), sign)));
        }
    }
    for (int k = 0; k < Vectors; ++k)
        storeFirstNeon(y + 4 * k, sums[k], columns - 4 * k);
}

/// y = H_m x across pieces of length n, a power of two.
void acrossPieces(const Table& table, const float* x, int64_t n, float* y) noexcept {
    const auto sum = n >= 16 ? signedSum<4> : signedSum<1>;
    const int64_t step = n >= 16 ? 16 : 4;
    for (int64_t i = 0; i < n; i += step)
        for (int64_t r = 0; r < table.order; ++r)
            sum(table.rows[r], table.order, x + i, n, n - i, y + r * n + i);
}

void run(float* x, int64_t ldx, int64_t rows, int64_t dim, float* scratch) noexcept {
    const int64_t m = factorOf(dim);
    const int64_t n = dim / m;
    const Table* table = tableOf(m);
    const double root = vget_lane_f64(vsqrt_f64(vdup_n_f64(static_cast<double>(dim))), 0);
    const auto scale = static_cast<float>(1.0 / root);
    for (int64_t row = 0; row < rows; ++row) {
        float* at = x + row * ldx;
        for (int64_t piece = 0; piece < m; ++piece)
            sylvester(at + piece * n, n, scale);
        if (table != nullptr) {
            acrossPieces(*table, at, n, scratch);
            for (int64_t i = 0; i < dim; i += 4)
                storeFirstNeon(at + i, loadFirstNeon(scratch + i, dim - i), dim - i);
        }
    }
}

}  // namespace
extern const Variant<Fn> variant{"neon", CpuFeature::asimd, run};
}  // namespace kernels::hadamard::neon
