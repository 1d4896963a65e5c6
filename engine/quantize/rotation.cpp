#include "engine/quantize/rotation.h"

#include <algorithm>
#include <cmath>
#include <random>

#include "engine/train/matrix_product.h"
#include "kernels/hadamard/hadamard.h"
#include "kernels/hadamard/tables.h"

namespace engine {
namespace {

using train::MatrixProduct;
using train::Transposed;

void walsh(double* x, std::int64_t n) {
    for (std::int64_t half = 1; half < n; half *= 2)
        for (std::int64_t i = 0; i < n; i += 2 * half)
            for (std::int64_t j = i; j < i + half; ++j) {
                const double a = x[j];
                const double b = x[j + half];
                x[j] = a + b;
                x[j + half] = a - b;
            }
}

/// x <- (H_m (x) I_piece) x, or with the transpose of H_m.
void across(double* x, std::int64_t m, std::int64_t piece, bool transposed) {
    const auto* table = kernels::hadamard::tableOf(m);
    std::vector<double> in(static_cast<std::size_t>(m));
    for (std::int64_t p = 0; p < piece; ++p) {
        for (std::int64_t i = 0; i < m; ++i)
            in[static_cast<std::size_t>(i)] = x[i * piece + p];
        for (std::int64_t i = 0; i < m; ++i) {
            double sum = 0.0;
            for (std::int64_t j = 0; j < m; ++j) {
                const auto sign = transposed ? table->rows[j][i] : table->rows[i][j];
                sum += sign == '+' ? in[static_cast<std::size_t>(j)] : -in[static_cast<std::size_t>(j)];
            }
            x[i * piece + p] = sum;
        }
    }
}

std::vector<float> narrowed(const std::vector<double>& values) {
    std::vector<float> narrow(values.size());
    std::transform(values.begin(), values.end(), narrow.begin(),
                   [](double v) { return static_cast<float>(v); });
    return narrow;
}

}  // namespace

RowRotation RowRotation::hadamard(std::int64_t size) {
    RowRotation rotation;
    rotation.size_ = size;
    rotation.signs_.assign(static_cast<std::size_t>(size), 1.0);
    return rotation;
}

RowRotation RowRotation::randomHadamard(std::int64_t size, std::uint64_t seed) {
    auto rotation = hadamard(size);
    std::mt19937_64 bits(seed);
    for (auto& sign : rotation.signs_)
        sign = (bits() >> 63) != 0 ? 1.0 : -1.0;
    return rotation;
}

RowRotation RowRotation::dense(std::int64_t size, std::vector<float> matrix) {
    RowRotation rotation;
    rotation.size_ = size;
    rotation.matrix_ = std::move(matrix);
    return rotation;
}

std::vector<float> RowRotation::matrix() const {
    if (!matrix_.empty())
        return matrix_;
    std::vector<double> rows(static_cast<std::size_t>(size_ * size_), 0.0);
    for (std::int64_t i = 0; i < size_; ++i)
        rows[static_cast<std::size_t>(i * size_ + i)] = 1.0;
    applyToRows(rows);
    return narrowed(rows);
}

void RowRotation::transform(double* x, Direction direction) const {
    const auto n = size_;
    const bool back = direction == Direction::back;
    const auto sign = [&] {
        for (std::int64_t i = 0; i < n; ++i)
            x[i] *= signs_[static_cast<std::size_t>(i)];
    };
    if (!back)
        sign();
    const auto m = kernels::hadamard::factorOf(n);
    const auto piece = m != 0 ? n / m : n & -n;
    for (std::int64_t begin = 0; begin < n; begin += piece)
        walsh(x + begin, piece);
    if (m > 1)
        across(x, m, piece, back);
    const double scale = 1.0 / std::sqrt(static_cast<double>(m != 0 ? n : piece));
    for (std::int64_t i = 0; i < n; ++i)
        x[i] *= scale;
    if (back)
        sign();
}

void RowRotation::multiply(std::vector<double>& rows, Direction direction) const {
    if (matrix_.empty()) {
        for (std::size_t begin = 0; begin < rows.size(); begin += signs_.size())
            transform(rows.data() + begin, direction);
        return;
    }
    const auto x = narrowed(rows);
    std::vector<float> y(x.size());
    const auto count = static_cast<std::int64_t>(rows.size()) / size_;
    MatrixProduct<float>{
        count, size_,          size_, x.data(),
        size_, matrix_.data(), size_, direction == Direction::back ? Transposed::second : Transposed::none}
        .writeTo(y.data(), size_, false);
    rows.assign(y.begin(), y.end());
}

void RowRotation::applyToRows(std::vector<double>& w) const {
    multiply(w, Direction::there);
}

void RowRotation::undoOnRows(std::vector<double>& w) const {
    multiply(w, Direction::back);
}

// R^T W is the transpose of W^T R.
void RowRotation::applyToColumns(std::vector<double>& w, std::int64_t cols) const {
    const auto rows = static_cast<std::int64_t>(w.size()) / cols;
    std::vector<double> transposed(w.size());
    for (std::int64_t r = 0; r < rows; ++r)
        for (std::int64_t c = 0; c < cols; ++c)
            transposed[static_cast<std::size_t>(c * rows + r)] = w[static_cast<std::size_t>(r * cols + c)];
    multiply(transposed, Direction::there);
    for (std::int64_t r = 0; r < rows; ++r)
        for (std::int64_t c = 0; c < cols; ++c)
            w[static_cast<std::size_t>(r * cols + c)] = transposed[static_cast<std::size_t>(c * rows + r)];
}

}  // namespace engine
