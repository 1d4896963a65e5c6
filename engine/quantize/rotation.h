#pragma once

#include <cstdint>
#include <vector>

namespace engine {

/// An orthogonal change of basis x -> x R of rows of `size` numbers. Either random signs and then the
/// orthonormal Hadamard transform that kernels/hadamard computes online, in double (where no Hadamard matrix
/// of that order is known, the largest power of two that divides it is transformed piece by piece); or any
/// orthogonal matrix, in f32.
class RowRotation {
public:
    RowRotation() = default;
    /// Without signs (the online R3 and R4).
    static RowRotation hadamard(std::int64_t size);
    static RowRotation randomHadamard(std::int64_t size, std::uint64_t seed);
    /// `matrix`: R, [size, size].
    static RowRotation dense(std::int64_t size, std::vector<float> matrix);

    std::int64_t size() const { return size_; }
    std::vector<float> matrix() const;  // R, [size, size]
    /// Rows of [rows, cols], each in pieces of `size`: W <- W R.
    void applyToRows(std::vector<double>& w) const;
    /// W <- W R^T.
    void undoOnRows(std::vector<double>& w) const;
    /// Columns of [rows, cols], each in pieces of `size`: W <- R^T W.
    void applyToColumns(std::vector<double>& w, std::int64_t cols) const;

private:
    enum class Direction { there, back };
    void transform(double* x, Direction direction) const;  // [size]
    /// Rows in pieces of `size` times the matrix or its transpose.
    void multiply(std::vector<double>& rows, Direction direction) const;

    std::int64_t size_ = 0;
    std::vector<double> signs_;  // [size], empty for a matrix
    std::vector<float> matrix_;  // [size, size], else empty
};

}  // namespace engine
