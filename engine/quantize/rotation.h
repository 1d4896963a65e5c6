#pragma once

#include <cstdint>
#include <vector>

namespace engine {

/// An orthogonal change of basis x -> x R of rows of `size` numbers: random signs, then the orthonormal
/// Hadamard transform that kernels/hadamard computes online, in double. Where no Hadamard matrix of that
/// order is known, the largest power of two that divides it is transformed piece by piece.
class HadamardRotation {
public:
    HadamardRotation() = default;
    /// Without signs (the online R4).
    static HadamardRotation plain(std::int64_t size);
    static HadamardRotation random(std::int64_t size, std::uint64_t seed);

    std::int64_t size() const { return static_cast<std::int64_t>(signs_.size()); }
    void apply(double* x) const;  // [size]
    /// Rows of [rows, cols], each in pieces of `size`: W <- W R.
    void applyToRows(std::vector<double>& w) const;
    /// Columns of [rows, cols], each in pieces of `size`: W <- R^T W.
    void applyToColumns(std::vector<double>& w, std::int64_t cols) const;

private:
    std::vector<double> signs_;
};

}  // namespace engine
