#include "engine/train/linear_passes.h"

namespace engine::train {
namespace {

// Rows of a weight that are widened at once: 2 MiB of f32 at 2048 columns.
constexpr std::int64_t kSlice = 256;

template <class Real>
std::int64_t sliceOf(const MatrixView<Real>& matrix) {
    return matrix.data != nullptr ? 0 : kSlice;
}

}  // namespace

template <class Real>
void linearForward(const LinearWeights<Real>& linear, const LinearInput<Real>& input, std::int64_t tokens,
                   Real* y, LinearTrace<Real>& trace, std::vector<Real>& scratch) {
    const auto rows = linear.weight.rows;
    const auto cols = linear.weight.cols;
    const auto product = [](std::int64_t m, std::int64_t n, std::int64_t k, const Real* a, const Real* b) {
        return MatrixProduct<Real>{m, n, k, a, k, b, k, Transposed::second};
    };
    forSlices(linear.weight, sliceOf(linear.weight), scratch,
              [&](std::int64_t begin, std::int64_t count, const Real* w) {
                  product(tokens, count, cols, input.quantized, w).writeTo(y + begin, rows, false);
              });
    if (linear.bias != nullptr)
        for (std::int64_t t = 0; t < tokens; ++t)
            for (std::int64_t r = 0; r < rows; ++r)
                y[t * rows + r] += linear.bias[r];
    if (linear.loraA == nullptr)
        return;
    trace.low.resize(static_cast<std::size_t>(tokens * linear.rank));
    product(tokens, linear.rank, cols, input.plain, linear.loraA)
        .writeTo(trace.low.data(), linear.rank, false);
    scratch.assign(trace.low.begin(), trace.low.end());
    for (auto& value : scratch)
        value *= linear.loraScale;
    product(tokens, rows, linear.rank, scratch.data(), linear.loraB).writeTo(y, rows, true);
}

template <class Real>
void linearBackward(const LinearWeights<Real>& linear, const LinearInput<Real>& input,
                    const LinearTrace<Real>& trace, const Real* dy, std::int64_t tokens, Real* dx,
                    bool accumulate, const LinearGradients<Real>& gradients, std::vector<Real>& scratch) {
    const auto rows = linear.weight.rows;
    const auto cols = linear.weight.cols;
    if (gradients.weight != nullptr)
        MatrixProduct<Real>{rows, cols, tokens, dy, rows, input.quantized, cols, Transposed::first}.writeTo(
            gradients.weight, cols, true);
    if (gradients.bias != nullptr)
        for (std::int64_t t = 0; t < tokens; ++t)
            for (std::int64_t r = 0; r < rows; ++r)
                gradients.bias[r] += dy[t * rows + r];
    if (dx != nullptr)
        forSlices(linear.weight, sliceOf(linear.weight), scratch,
                  [&](std::int64_t begin, std::int64_t count, const Real* w) {
                      MatrixProduct<Real>{tokens, cols, count, dy + begin, rows, w, cols}.writeTo(
                          dx, cols, accumulate || begin > 0);
                  });
    if (linear.loraA == nullptr)
        return;
    const auto rank = linear.rank;
    scratch.resize(static_cast<std::size_t>((tokens + rows) * rank));
    Real* dLow = scratch.data();  // [tokens, rank] scale * dy B
    MatrixProduct<Real>{tokens, rank, rows, dy, rows, linear.loraB, rank}.writeTo(dLow, rank, false);
    for (std::int64_t i = 0; i < tokens * rank; ++i)
        dLow[i] *= linear.loraScale;
    if (gradients.loraB != nullptr) {
        Real* dB = scratch.data() + tokens * rank;  // [rows, rank], before the scale
        MatrixProduct<Real>{rows, rank, tokens, dy, rows, trace.low.data(), rank, Transposed::first}.writeTo(
            dB, rank, false);
        for (std::int64_t i = 0; i < rows * rank; ++i)
            gradients.loraB[i] += linear.loraScale * dB[i];
    }
    if (gradients.loraA != nullptr)
        MatrixProduct<Real>{rank, cols, tokens, dLow, rank, input.plain, cols, Transposed::first}.writeTo(
            gradients.loraA, cols, true);
    if (dx != nullptr)
        MatrixProduct<Real>{tokens, cols, rank, dLow, rank, linear.loraA, cols}.writeTo(dx, cols, true);
}

#define INSTANTIATE(Real)                                                                                  \
    template void linearForward(const LinearWeights<Real>&, const LinearInput<Real>&, std::int64_t, Real*, \
                                LinearTrace<Real>&, std::vector<Real>&);                                   \
    template void linearBackward(const LinearWeights<Real>&, const LinearInput<Real>&,                     \
                                 const LinearTrace<Real>&, const Real*, std::int64_t, Real*, bool,         \
                                 const LinearGradients<Real>&, std::vector<Real>&);
INSTANTIATE(float)
INSTANTIATE(double)
#undef INSTANTIATE

}  // namespace engine::train
