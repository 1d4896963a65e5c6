#include "engine/quantize/cayley_sgd.h"

#include <algorithm>
#include <cmath>

#include "engine/train/matrix_product.h"

namespace engine {
namespace {

using train::MatrixProduct;
using train::Transposed;
using Matrix = std::vector<float>;

constexpr int kIterations = 5;

Matrix product(std::int64_t n, const float* a, const float* b, Transposed transposed = Transposed::none) {
    Matrix c(static_cast<std::size_t>(n * n));
    MatrixProduct<float>{n, n, n, a, n, b, n, transposed}.writeTo(c.data(), n, false);
    return c;
}

/// (A - A^T) / 2.
Matrix skew(const Matrix& a, std::int64_t n) {
    Matrix w(a.size());
    for (std::int64_t i = 0; i < n; ++i)
        for (std::int64_t j = 0; j < n; ++j)
            w[static_cast<std::size_t>(i * n + j)] =
                (a[static_cast<std::size_t>(i * n + j)] - a[static_cast<std::size_t>(j * n + i)]) / 2.0F;
    return w;
}

double largestColumnSum(const Matrix& w, std::int64_t n) {
    std::vector<double> sums(static_cast<std::size_t>(n));
    for (std::size_t i = 0; i < w.size(); ++i)
        sums[i % sums.size()] += std::abs(double{w[i]});
    return *std::max_element(sums.begin(), sums.end());
}

void orthonormalize(std::span<float> r, std::int64_t n) {
    auto middle = product(n, r.data(), r.data(), Transposed::first);
    for (std::int64_t i = 0; i < n; ++i)
        for (std::int64_t j = 0; j < n; ++j) {
            auto& value = middle[static_cast<std::size_t>(i * n + j)];
            value = ((i == j ? 3.0F : 0.0F) - value) / 2.0F;
        }
    const auto better = product(n, r.data(), middle.data());
    std::copy(better.begin(), better.end(), r.begin());
}

}  // namespace

void CayleySgd::step(std::span<float> r, std::span<const float> gradient, double rate) {
    const auto n = size_;
    moved_.resize(gradient.size());
    for (std::size_t i = 0; i < moved_.size(); ++i)
        moved_[i] = static_cast<float>(momentum_) * moved_[i] + gradient[i];
    const auto w = skew(product(n, moved_.data(), r.data(), Transposed::second), n);
    const auto wr = product(n, w.data(), r.data());
    const auto a = static_cast<float>(std::min(rate, 1.0 / (largestColumnSum(w, n) + 1e-8)));
    Matrix y(r.size());
    for (std::size_t i = 0; i < y.size(); ++i)
        y[i] = r[i] - a * wr[i];
    for (int iteration = 0; iteration < kIterations; ++iteration) {
        const auto wy = product(n, w.data(), y.data());
        for (std::size_t i = 0; i < y.size(); ++i)
            y[i] = r[i] - a / 2.0F * (wr[i] + wy[i]);
    }
    if (momentum_ != 0.0)
        moved_ = wr;  // of M only what lies along the orthogonal matrices goes on
    std::copy(y.begin(), y.end(), r.begin());
    // Five iterations may leave 1/64; each repetition squares what is left.
    for (int repetition = 0; repetition < 2; ++repetition)
        orthonormalize(r, n);
}

double orthogonalityError(std::span<const float> r, std::int64_t size) {
    double worst = 0.0;
    for (std::int64_t i = 0; i < size; ++i)
        for (std::int64_t j = 0; j <= i; ++j) {
            double sum = i == j ? -1.0 : 0.0;
            for (std::int64_t k = 0; k < size; ++k)
                sum += double{r[static_cast<std::size_t>(i * size + k)]} *
                       double{r[static_cast<std::size_t>(j * size + k)]};
            worst = std::max(worst, std::abs(sum));
        }
    return worst;
}

}  // namespace engine
