#pragma once

#include <vector>

#include "engine/base/result.h"
#include "engine/checkpoint/checkpoint.h"

namespace engine::demo {

/// The orthogonal R [dim, dim] with E' = E R for the token embeddings E of one variant and E' of another,
/// whose residual stream is rotated and whose embedding may be rounded: the polar factor of E^T E'
/// (Schoenemann 1966, the orthogonal Procrustes problem). Errors: invalidInput where no rotation leads from
/// one to the other.
Result<std::vector<double>> basisBetween(const Checkpoint& model, const Checkpoint& variant);

/// W R of W [rows, dim].
std::vector<float> timesBasis(const std::vector<float>& w, std::int64_t rows, std::int64_t dim,
                              const std::vector<double>& basis);
/// R^T W of W [dim, cols].
std::vector<float> transposedBasisTimes(const std::vector<float>& w, std::int64_t cols, std::int64_t dim,
                                        const std::vector<double>& basis);

}  // namespace engine::demo
