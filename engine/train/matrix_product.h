#pragma once

#include <cstdint>
#include <functional>

namespace engine::train {

/// Which of the two factors lie transposed in memory.
enum class Transposed { none, first, second };

/// c[m, n] = first * second, added to c where `accumulate`. Row-major with row strides; float goes through
/// kernels::gemm, double (for checking gradients) through plain loops. Runs on the calling thread.
template <class Real>
struct MatrixProduct {
    std::int64_t m = 0;
    std::int64_t n = 0;
    std::int64_t k = 0;
    const Real* first = nullptr;
    std::int64_t ldFirst = 0;
    const Real* second = nullptr;
    std::int64_t ldSecond = 0;
    Transposed transposed = Transposed::none;

    void writeTo(Real* c, std::int64_t ldc, bool accumulate) const;
};

/// Writes rows [begin, end) of a matrix, row-major.
template <class Real>
using RowReader = std::function<void(std::int64_t begin, std::int64_t end, Real* out)>;

/// A weight matrix [rows, cols]: in memory, or read in ranges of rows where it stays in a smaller form (BF16
/// in a mapping, 4 bit).
template <class Real>
struct MatrixView {
    const Real* data = nullptr;
    RowReader<Real> reader;
    std::int64_t rows = 0;
    std::int64_t cols = 0;

    bool empty() const { return data == nullptr && !reader; }
};

/// Calls use(firstRow, rows, values) for slices of at most `slice` rows; one slice where the matrix is in
/// memory and slice is 0.
template <class Real, class Scratch, class Use>
void forSlices(const MatrixView<Real>& matrix, std::int64_t slice, Scratch& scratch, const Use& use) {
    const auto step = slice > 0 ? slice : matrix.rows;
    for (std::int64_t begin = 0; begin < matrix.rows; begin += step) {
        const auto end = begin + step < matrix.rows ? begin + step : matrix.rows;
        if (matrix.data != nullptr) {
            use(begin, end - begin, matrix.data + begin * matrix.cols);
            continue;
        }
        scratch.resize(static_cast<std::size_t>(step * matrix.cols));
        matrix.reader(begin, end, scratch.data());
        use(begin, end - begin, static_cast<const Real*>(scratch.data()));
    }
}

}  // namespace engine::train
