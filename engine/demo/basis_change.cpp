#include "engine/demo/basis_change.h"

#include <algorithm>
#include <cmath>

#include "engine/train/matrix_product.h"

namespace engine::demo {
namespace {

using Matrix = std::vector<double>;
using train::MatrixProduct;
using train::Transposed;

/// A weight as floats; int8 rows times their scales.
std::vector<double> embeddingOf(const Checkpoint& checkpoint) {
    const auto values = toFloats(*checkpoint.find("tok_embeddings.weight"));
    std::vector<double> result(values.begin(), values.end());
    if (const auto* scales = checkpoint.find("tok_embeddings.scales")) {
        const auto factors = toFloats(*scales);
        const auto width = result.size() / factors.size();
        for (std::size_t i = 0; i < result.size(); ++i)
            result[i] *= static_cast<double>(factors[i / width]);
    }
    return result;
}

Matrix product(const Matrix& a, const Matrix& b, std::int64_t m, std::int64_t n, std::int64_t k,
               Transposed transposed) {
    Matrix c(static_cast<std::size_t>(m * n));
    MatrixProduct<double>{m,
                          n,
                          k,
                          a.data(),
                          transposed == Transposed::first ? m : k,
                          b.data(),
                          transposed == Transposed::second ? k : n,
                          transposed}
        .writeTo(c.data(), n, false);
    return c;
}

double norm(const Matrix& a) {
    double squares = 0.0;
    for (const double value : a)
        squares += value * value;
    return std::sqrt(squares);
}

/// How far x^T x is from the identity, in the Frobenius norm.
double skewness(const Matrix& x, std::int64_t n) {
    auto gram = product(x, x, n, n, n, Transposed::first);
    for (std::int64_t i = 0; i < n; ++i)
        gram[static_cast<std::size_t>(i * n + i)] -= 1.0;
    return norm(gram);
}

/// The orthogonal factor of a square matrix of full rank, by Newton and Schulz: x <- x (3 - x^T x) / 2, which
/// converges from any matrix whose largest singular value is below sqrt(3).
Matrix polarFactor(Matrix x, std::int64_t n) {
    constexpr int kMostRounds = 200;
    const double scale = norm(x);  // no smaller than the largest singular value
    for (double& value : x)
        value /= scale;
    for (int round = 0; round < kMostRounds && skewness(x, n) > 1e-12 * static_cast<double>(n); ++round) {
        auto gram = product(x, x, n, n, n, Transposed::first);
        for (std::int64_t i = 0; i < n; ++i)
            for (std::int64_t j = 0; j < n; ++j) {
                double& value = gram[static_cast<std::size_t>(i * n + j)];
                value = ((i == j ? 3.0 : 0.0) - value) / 2.0;
            }
        x = product(x, gram, n, n, n, Transposed::none);
    }
    return x;
}

std::vector<float> narrowed(const Matrix& values) {
    std::vector<float> result(values.size());
    std::transform(values.begin(), values.end(), result.begin(),
                   [](double v) { return static_cast<float>(v); });
    return result;
}

}  // namespace

Result<std::vector<double>> basisBetween(const Checkpoint& model, const Checkpoint& variant) {
    const auto dim = model.config.dim;
    const auto vocab = model.config.vocabSize;
    const auto before = embeddingOf(model);
    const auto after = embeddingOf(variant);
    auto basis = polarFactor(product(before, after, dim, dim, vocab, Transposed::first), dim);
    auto rest = product(before, basis, vocab, dim, dim, Transposed::none);
    for (std::size_t i = 0; i < rest.size(); ++i)
        rest[i] -= after[i];
    // 8-bit rounding leaves under a hundredth; two models that have nothing in common leave all.
    constexpr double kMostRest = 0.05;
    if (!(norm(rest) < kMostRest * norm(after)))
        return Error{ErrorCode::invalidInput,
                     variant.path.string() + " is no rotation of " + model.path.string() +
                         "; quantize the model that learned to see, or its text model"};
    return basis;
}

std::vector<float> timesBasis(const std::vector<float>& w, std::int64_t rows, std::int64_t dim,
                              const std::vector<double>& basis) {
    return narrowed(product(Matrix(w.begin(), w.end()), basis, rows, dim, dim, Transposed::none));
}

std::vector<float> transposedBasisTimes(const std::vector<float>& w, std::int64_t cols, std::int64_t dim,
                                        const std::vector<double>& basis) {
    return narrowed(product(basis, Matrix(w.begin(), w.end()), dim, cols, dim, Transposed::first));
}

}  // namespace engine::demo
