#include "engine/quantize/gptq_factor.h"

#include <Eigen/Cholesky>

namespace engine {

std::optional<std::vector<double>> upperFactorOfInverse(const std::vector<double>& h, std::int64_t n) {
    using Matrix = Eigen::Matrix<double, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;
    const Eigen::Map<const Matrix> given(h.data(), n, n);
    // Cholesky of the reversed matrix gives the factor from the other end: J H J = L L^T, V = J L J.
    const Eigen::LLT<Eigen::MatrixXd> reversed(given.reverse());
    if (reversed.info() != Eigen::Success)
        return std::nullopt;
    Eigen::MatrixXd inverse = Eigen::MatrixXd::Identity(n, n);
    reversed.matrixL().solveInPlace(inverse);
    std::vector<double> u(static_cast<std::size_t>(n * n));
    Eigen::Map<Matrix>(u.data(), n, n) = inverse.reverse();
    return u;
}

}  // namespace engine
