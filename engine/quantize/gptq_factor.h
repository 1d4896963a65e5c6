#pragma once

#include <cstdint>
#include <optional>
#include <vector>

namespace engine {

/// Upper triangular U with U^T U = H^-1 for a symmetric positive definite H [n, n], row-major; nothing when H
/// is not positive definite. From the factorization H = V V^T with V upper triangular: U = V^-1.
std::optional<std::vector<double>> upperFactorOfInverse(const std::vector<double>& h, std::int64_t n);

}  // namespace engine
