#include "engine/quantize/rotation.h"

#include <algorithm>
#include <cmath>
#include <random>

#include "kernels/hadamard/hadamard.h"
#include "kernels/hadamard/tables.h"

namespace engine {
namespace {

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

/// x <- (H_m (x) I_piece) x.
void across(double* x, std::int64_t m, std::int64_t piece) {
    const auto* table = kernels::hadamard::tableOf(m);
    std::vector<double> in(static_cast<std::size_t>(m));
    for (std::int64_t p = 0; p < piece; ++p) {
        for (std::int64_t i = 0; i < m; ++i)
            in[static_cast<std::size_t>(i)] = x[i * piece + p];
        for (std::int64_t i = 0; i < m; ++i) {
            double sum = 0.0;
            for (std::int64_t j = 0; j < m; ++j)
                sum += table->rows[i][j] == '+' ? in[static_cast<std::size_t>(j)]
                                                : -in[static_cast<std::size_t>(j)];
            x[i * piece + p] = sum;
        }
    }
}

}  // namespace

HadamardRotation HadamardRotation::plain(std::int64_t size) {
    HadamardRotation rotation;
    rotation.signs_.assign(static_cast<std::size_t>(size), 1.0);
    return rotation;
}

HadamardRotation HadamardRotation::random(std::int64_t size, std::uint64_t seed) {
    auto rotation = plain(size);
    std::mt19937_64 bits(seed);
    for (auto& sign : rotation.signs_)
        sign = (bits() >> 63) != 0 ? 1.0 : -1.0;
    return rotation;
}

void HadamardRotation::apply(double* x) const {
    const auto n = size();
    for (std::int64_t i = 0; i < n; ++i)
        x[i] *= signs_[static_cast<std::size_t>(i)];
    const auto m = kernels::hadamard::factorOf(n);
    const auto piece = m != 0 ? n / m : n & -n;
    for (std::int64_t begin = 0; begin < n; begin += piece)
        walsh(x + begin, piece);
    if (m > 1)
        across(x, m, piece);
    const double scale = 1.0 / std::sqrt(static_cast<double>(m != 0 ? n : piece));
    for (std::int64_t i = 0; i < n; ++i)
        x[i] *= scale;
}

void HadamardRotation::applyToRows(std::vector<double>& w) const {
    for (std::size_t begin = 0; begin < w.size(); begin += signs_.size())
        apply(w.data() + begin);
}

void HadamardRotation::applyToColumns(std::vector<double>& w, std::int64_t cols) const {
    const auto rows = static_cast<std::int64_t>(w.size()) / cols;
    std::vector<double> column(static_cast<std::size_t>(rows));
    for (std::int64_t c = 0; c < cols; ++c) {
        for (std::int64_t r = 0; r < rows; ++r)
            column[static_cast<std::size_t>(r)] = w[static_cast<std::size_t>(r * cols + c)];
        for (std::int64_t begin = 0; begin < rows; begin += size())
            apply(column.data() + begin);
        for (std::int64_t r = 0; r < rows; ++r)
            w[static_cast<std::size_t>(r * cols + c)] = column[static_cast<std::size_t>(r)];
    }
}

}  // namespace engine
