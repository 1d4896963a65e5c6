#include "engine/train/row_passes.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <type_traits>

#include "engine/train/train_kernels.h"

namespace engine::train {

template <class Real>
void rmsnormForward(const Real* x, const Real* weight, Real eps, std::int64_t rows, std::int64_t dim, Real* y,
                    Real* inverse) {
    for (std::int64_t r = 0; r < rows; ++r) {
        const Real* row = x + r * dim;
        double squares = 0.0;
        for (std::int64_t i = 0; i < dim; ++i)
            squares += static_cast<double>(row[i]) * static_cast<double>(row[i]);
        const auto scale =
            static_cast<Real>(1.0 / std::sqrt(squares / static_cast<double>(dim) + static_cast<double>(eps)));
        inverse[r] = scale;
        for (std::int64_t i = 0; i < dim; ++i)
            y[r * dim + i] = row[i] * scale * weight[i];
    }
}

template <class Real>
void rmsnormBackward(const Real* x, const Real* weight, const Real* inverse, const Real* dy,
                     std::int64_t rows, std::int64_t dim, Real* dx, Real* weightGrad) {
    for (std::int64_t r = 0; r < rows; ++r) {
        const Real* row = x + r * dim;
        const Real* dRow = dy + r * dim;
        double projection = 0.0;
        for (std::int64_t i = 0; i < dim; ++i)
            projection += static_cast<double>(dRow[i] * weight[i] * row[i]);
        const Real scale = inverse[r];
        const auto along = static_cast<Real>(projection / static_cast<double>(dim)) * scale * scale;
        for (std::int64_t i = 0; i < dim; ++i)
            dx[r * dim + i] += scale * (dRow[i] * weight[i] - row[i] * along);
        if (weightGrad != nullptr)
            for (std::int64_t i = 0; i < dim; ++i)
                weightGrad[i] += dRow[i] * row[i] * scale;
    }
}

template <class Real>
void layerNormForward(const Real* x, const Real* weight, const Real* bias, Real eps, std::int64_t rows,
                      std::int64_t dim, Real* y, Real* mean, Real* inverse) {
    for (std::int64_t r = 0; r < rows; ++r) {
        const Real* row = x + r * dim;
        double sum = 0.0;
        for (std::int64_t i = 0; i < dim; ++i)
            sum += static_cast<double>(row[i]);
        const double centre = sum / static_cast<double>(dim);
        double squares = 0.0;
        for (std::int64_t i = 0; i < dim; ++i)
            squares += (static_cast<double>(row[i]) - centre) * (static_cast<double>(row[i]) - centre);
        mean[r] = static_cast<Real>(centre);
        inverse[r] =
            static_cast<Real>(1.0 / std::sqrt(squares / static_cast<double>(dim) + static_cast<double>(eps)));
        for (std::int64_t i = 0; i < dim; ++i)
            y[r * dim + i] = (row[i] - mean[r]) * inverse[r] * weight[i] + bias[i];
    }
}

template <class Real>
void layerNormBackward(const Real* x, const Real* weight, const Real* mean, const Real* inverse,
                       const Real* dy, std::int64_t rows, std::int64_t dim, Real* dx, Real* weightGrad,
                       Real* biasGrad) {
    for (std::int64_t r = 0; r < rows; ++r) {
        const Real* row = x + r * dim;
        const Real* dRow = dy + r * dim;
        const Real scale = inverse[r];
        double sum = 0.0;
        double projection = 0.0;
        for (std::int64_t i = 0; i < dim; ++i) {
            const Real g = dRow[i] * weight[i];
            sum += static_cast<double>(g);
            projection += static_cast<double>(g * (row[i] - mean[r]) * scale);
        }
        const auto level = static_cast<Real>(sum / static_cast<double>(dim));
        const auto along = static_cast<Real>(projection / static_cast<double>(dim));
        for (std::int64_t i = 0; i < dim; ++i)
            dx[r * dim + i] += scale * (dRow[i] * weight[i] - level - (row[i] - mean[r]) * scale * along);
        if (weightGrad != nullptr)
            for (std::int64_t i = 0; i < dim; ++i)
                weightGrad[i] += dRow[i] * (row[i] - mean[r]) * scale;
        if (biasGrad != nullptr)
            for (std::int64_t i = 0; i < dim; ++i)
                biasGrad[i] += dRow[i];
    }
}

namespace {

template <class Real>
Real normalDistribution(Real x) {
    return Real(0.5) * (1 + std::erf(x * Real(0.70710678118654752440)));
}

}  // namespace

template <class Real>
void geluForward(const Real* x, std::int64_t n, Real* y) {
    for (std::int64_t i = 0; i < n; ++i)
        y[i] = x[i] * normalDistribution(x[i]);
}

template <class Real>
void geluBackward(const Real* x, const Real* dy, std::int64_t n, Real* dx) {
    constexpr auto kInverseRootOfTau = static_cast<Real>(0.39894228040143267794);
    for (std::int64_t i = 0; i < n; ++i) {
        const Real density = kInverseRootOfTau * std::exp(-x[i] * x[i] / 2);
        dx[i] = dy[i] * (normalDistribution(x[i]) + x[i] * density);
    }
}

template <class Real>
void swigluForward(const Real* gate, const Real* up, std::int64_t n, Real* h) {
    if constexpr (std::is_same_v<Real, float>) {
        trainKernels().swiglu(gate, up, n, h);
    } else {
        for (std::int64_t i = 0; i < n; ++i)
            h[i] = gate[i] / (1 + std::exp(-gate[i])) * up[i];
    }
}

namespace {

/// silu of a block; float through the kernel, whose second factor is one.
constexpr std::int64_t kBlock = 256;

template <class Real>
void silu(const Real* gate, std::int64_t n, Real* y) {
    if constexpr (std::is_same_v<Real, float>) {
        static const auto ones = [] {
            std::array<float, kBlock> values{};
            values.fill(1.0F);
            return values;
        }();
        trainKernels().swiglu(gate, ones.data(), n, y);
    } else {
        for (std::int64_t i = 0; i < n; ++i)
            y[i] = gate[i] / (1 + std::exp(-gate[i]));
    }
}

}  // namespace

template <class Real>
void swigluBackward(const Real* gate, const Real* up, const Real* dh, std::int64_t n, Real* dgate,
                    Real* dup) {
    // Below this the quotient silu / gate loses digits; the series 1/2 + gate/4 has an error of gate^3/48.
    constexpr auto kSmall = static_cast<Real>(std::is_same_v<Real, float> ? 1e-3 : 1e-6);
    Real activated[kBlock];
    for (std::int64_t begin = 0; begin < n; begin += kBlock) {
        const auto count = std::min(kBlock, n - begin);
        silu(gate + begin, count, activated);
        for (std::int64_t j = 0; j < count; ++j) {
            const auto i = begin + j;
            const Real g = gate[i];
            const Real quotient = activated[j] / (std::abs(g) < kSmall ? Real{1} : g);
            const Real sigmoid = std::abs(g) < kSmall ? Real(0.5) + g / 4 : quotient;
            const Real d = dh[i];
            dgate[i] = d * up[i] * (sigmoid + activated[j] * (1 - sigmoid));
            dup[i] = d * activated[j];
        }
    }
}

template <class Real>
void rotate(Real* x, std::int64_t tokens, std::int64_t heads, std::int64_t headDim, const RopeTable& table,
            RopePairs pairs, RopeDirection direction) {
    const auto half = headDim / 2;
    const std::int64_t step = pairs == RopePairs::adjacent ? 2 : 1;
    const std::int64_t partner = pairs == RopePairs::adjacent ? 1 : half;
    const Real sign = direction == RopeDirection::forward ? Real{1} : Real{-1};
    for (std::int64_t t = 0; t < tokens; ++t) {
        const float* cosRow = table.cos.data() + t * half;
        const float* sinRow = table.sin.data() + t * half;
        for (std::int64_t h = 0; h < heads; ++h)
            for (std::int64_t i = 0; i < half; ++i) {
                Real& a = x[(t * heads + h) * headDim + i * step];
                Real& b = x[(t * heads + h) * headDim + i * step + partner];
                const auto c = static_cast<Real>(cosRow[i]);
                const Real s = sign * static_cast<Real>(sinRow[i]);
                const Real rotated = a * c - b * s;
                b = a * s + b * c;
                a = rotated;
            }
    }
}

template <class Real>
void causalSoftmax(Real* x, std::int64_t rows, std::int64_t dim, std::int64_t firstWidth) {
    for (std::int64_t r = 0; r < rows; ++r) {
        Real* row = x + r * dim;
        const auto width = std::min(dim, firstWidth + r);
        if constexpr (std::is_same_v<Real, float>) {
            trainKernels().softmax(row, 1, width, row);
        } else {
            const Real most = *std::max_element(row, row + width);
            Real sum = 0;
            for (std::int64_t i = 0; i < width; ++i)
                sum += row[i] = std::exp(row[i] - most);
            for (std::int64_t i = 0; i < width; ++i)
                row[i] /= sum;
        }
        std::fill(row + width, row + dim, Real{0});
    }
}

#define INSTANTIATE(Real)                                                                                   \
    template void rmsnormForward(const Real*, const Real*, Real, std::int64_t, std::int64_t, Real*, Real*); \
    template void rmsnormBackward(const Real*, const Real*, const Real*, const Real*, std::int64_t,         \
                                  std::int64_t, Real*, Real*);                                              \
    template void layerNormForward(const Real*, const Real*, const Real*, Real, std::int64_t, std::int64_t, \
                                   Real*, Real*, Real*);                                                    \
    template void layerNormBackward(const Real*, const Real*, const Real*, const Real*, const Real*,        \
                                    std::int64_t, std::int64_t, Real*, Real*, Real*);                       \
    template void geluForward(const Real*, std::int64_t, Real*);                                            \
    template void geluBackward(const Real*, const Real*, std::int64_t, Real*);                              \
    template void swigluForward(const Real*, const Real*, std::int64_t, Real*);                             \
    template void swigluBackward(const Real*, const Real*, const Real*, std::int64_t, Real*, Real*);        \
    template void rotate(Real*, std::int64_t, std::int64_t, std::int64_t, const RopeTable&, RopePairs,      \
                         RopeDirection);                                                                    \
    template void causalSoftmax(Real*, std::int64_t, std::int64_t, std::int64_t);
INSTANTIATE(float)
INSTANTIATE(double)
#undef INSTANTIATE

}  // namespace engine::train
