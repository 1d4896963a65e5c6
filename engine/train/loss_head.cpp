#include "engine/train/loss_head.h"

#include <algorithm>
#include <cmath>

#include "engine/train/fake_quantize.h"
#include "engine/train/row_passes.h"

namespace engine::train {
namespace {

constexpr std::int64_t kRows = 128;    // 2 MiB of logits with 4096 tokens in the vocabulary
constexpr std::int64_t kSlice = 2048;  // rows of a head that is widened piece by piece

template <class Real>
void gather(std::span<const Real> hidden, std::span<const std::int64_t> at, const OutputHead<Real>& head,
            std::vector<Real>& out) {
    const auto dim = head.weight.cols;
    out.resize(at.size() * static_cast<std::size_t>(dim));
    for (std::size_t r = 0; r < at.size(); ++r)
        std::copy_n(hidden.data() + at[r] * dim, dim, out.data() + static_cast<std::int64_t>(r) * dim);
    if (head.quantizeInput)
        fakeQuantizeRows(out.data(), static_cast<std::int64_t>(at.size()), dim, out.data());
}

template <class Real>
std::int64_t sliceOf(const OutputHead<Real>& head) {
    return head.weight.data != nullptr ? 0 : kSlice;
}

/// Row-wise log-sum-exp of logits, which become probabilities.
template <class Real>
void toProbabilities(Real* logits, std::int64_t rows, std::int64_t vocab, std::vector<Real>& logSums) {
    logSums.resize(static_cast<std::size_t>(rows));
    for (std::int64_t r = 0; r < rows; ++r)
        logSums[static_cast<std::size_t>(r)] =
            *std::max_element(logits + r * vocab, logits + (r + 1) * vocab);
    causalSoftmax(logits, rows, vocab, vocab);
    // The largest probability is 1 / sum exp(x - max), so ln of it says what the maximum lacks.
    for (std::int64_t r = 0; r < rows; ++r)
        logSums[static_cast<std::size_t>(r)] -=
            std::log(*std::max_element(logits + r * vocab, logits + (r + 1) * vocab));
}

template <class Real>
class Loss {
public:
    Loss(const OutputHead<Real>& head, std::span<const Real> hidden, const LossRows<Real>& rows,
         std::span<Real> dHidden, Real* dWeight, std::span<Real> logProbabilities)
        : head_(head),
          hidden_(hidden),
          rows_(rows),
          dHidden_(dHidden),
          dWeight_(dWeight),
          logs_(logProbabilities) {}

    LossSums run() {
        std::fill(dHidden_.begin(), dHidden_.end(), Real{0});
        std::fill(logs_.begin(), logs_.end(), Real{0});
        std::vector<std::int64_t> wanted;
        for (std::size_t t = 0; t < rows_.weights.size(); ++t)
            if (rows_.weights[t] != 0)
                wanted.push_back(static_cast<std::int64_t>(t));
        const std::span<const std::int64_t> all(wanted);
        for (std::size_t begin = 0; begin < all.size(); begin += kRows)
            chunk(all.subspan(begin, std::min<std::size_t>(kRows, all.size() - begin)));
        return sums_;
    }

private:
    static void logitsOf(const OutputHead<Real>& head, const std::vector<Real>& rows, std::int64_t count,
                         std::vector<Real>& logits, std::vector<Real>& scratch) {
        const auto vocab = head.weight.rows;
        const auto dim = head.weight.cols;
        logits.resize(static_cast<std::size_t>(count * vocab));
        forSlices(
            head.weight, sliceOf(head), scratch, [&](std::int64_t first, std::int64_t n, const Real* w) {
                MatrixProduct<Real>{count, n, dim, rows.data(), dim, w, dim, Transposed::second}.writeTo(
                    logits.data() + first, vocab, false);
            });
    }

    void chunk(std::span<const std::int64_t> at) {
        const auto count = static_cast<std::int64_t>(at.size());
        const auto vocab = head_.weight.rows;
        gather(hidden_, at, head_, gathered_);
        logitsOf(head_, gathered_, count, p_, scratch_);
        targetLogits_.resize(at.size());
        for (std::size_t r = 0; r < at.size(); ++r)
            targetLogits_[r] =
                p_[r * static_cast<std::size_t>(vocab) + static_cast<std::size_t>(targetOf(at[r]))];
        toProbabilities(p_.data(), count, vocab, logSums_);
        if (rows_.teacher != nullptr)
            teach(at);
        for (std::size_t r = 0; r < at.size(); ++r)
            row(at[r], r);
        if (!dHidden_.empty())
            backward(at);
    }

    /// Makes the teacher's probabilities of these rows.
    void teach(std::span<const std::int64_t> at) {
        gather(rows_.teacher->hidden, at, rows_.teacher->head, teacherRows_);
        logitsOf(rows_.teacher->head, teacherRows_, static_cast<std::int64_t>(at.size()), q_, scratch_);
        toProbabilities(q_.data(), static_cast<std::int64_t>(at.size()), head_.weight.rows, teacherSums_);
    }

    /// Adds one row's loss and turns its probabilities into the gradient to its logits.
    void row(std::int64_t t, std::size_t r) {
        const auto vocab = static_cast<std::size_t>(head_.weight.rows);
        Real* p = p_.data() + r * vocab;
        const auto target = static_cast<std::size_t>(targetOf(t));
        const double nll = static_cast<double>(logSums_[r] - targetLogits_[r]);
        const Real weight = rows_.weights[static_cast<std::size_t>(t)];
        const Real share = rows_.teacher != nullptr ? rows_.teacher->share : Real{0};
        if (!logs_.empty())
            logs_[static_cast<std::size_t>(t)] = static_cast<Real>(-nll);
        sums_.correct += *std::max_element(p, p + vocab) == p[target] ? 1 : 0;
        double kl = 0.0;
        if (rows_.teacher != nullptr) {
            const Real* q = q_.data() + r * vocab;
            constexpr Real kTiny = 1e-30F;
            for (std::size_t i = 0; i < vocab; ++i)
                if (q[i] > kTiny)
                    kl += static_cast<double>(q[i] * (std::log(q[i]) - std::log(std::max(p[i], kTiny))));
            for (std::size_t i = 0; i < vocab; ++i)
                p[i] = weight * (p[i] - share * q[i]);
        } else {
            for (std::size_t i = 0; i < vocab; ++i)
                p[i] *= weight;
        }
        p[target] -= weight * (1 - share);
        sums_.nll += nll;
        sums_.kl += kl;
        sums_.loss += static_cast<double>(weight) *
                      (static_cast<double>(1 - share) * nll + static_cast<double>(share) * kl);
        ++sums_.rows;
    }

    void backward(std::span<const std::int64_t> at) {
        const auto count = static_cast<std::int64_t>(at.size());
        const auto vocab = head_.weight.rows;
        const auto dim = head_.weight.cols;
        dRows_.resize(static_cast<std::size_t>(count * dim));
        forSlices(head_.weight, sliceOf(head_), scratch_,
                  [&](std::int64_t first, std::int64_t n, const Real* w) {
                      MatrixProduct<Real>{count, dim, n, p_.data() + first, vocab, w, dim}.writeTo(
                          dRows_.data(), dim, first > 0);
                  });
        for (std::size_t r = 0; r < at.size(); ++r)
            std::copy_n(dRows_.data() + static_cast<std::int64_t>(r) * dim, dim,
                        dHidden_.data() + at[r] * dim);
        if (dWeight_ != nullptr)
            MatrixProduct<Real>{vocab, dim, count, p_.data(), vocab, gathered_.data(), dim, Transposed::first}
                .writeTo(dWeight_, dim, true);
    }

    std::int32_t targetOf(std::int64_t t) const { return rows_.targets[static_cast<std::size_t>(t)]; }

    const OutputHead<Real>& head_;
    std::span<const Real> hidden_;
    const LossRows<Real>& rows_;
    std::span<Real> dHidden_;
    Real* dWeight_;
    std::span<Real> logs_;
    LossSums sums_;
    std::vector<Real> gathered_, teacherRows_, p_, q_, logSums_, teacherSums_, targetLogits_, dRows_,
        scratch_;
};

}  // namespace

template <class Real>
LossSums lossOfRows(const OutputHead<Real>& head, std::span<const Real> hidden, const LossRows<Real>& rows,
                    std::span<Real> dHidden, Real* dWeight, std::span<Real> logProbabilities) {
    return Loss<Real>(head, hidden, rows, dHidden, dWeight, logProbabilities).run();
}
template LossSums lossOfRows(const OutputHead<float>&, std::span<const float>, const LossRows<float>&,
                             std::span<float>, float*, std::span<float>);
template LossSums lossOfRows(const OutputHead<double>&, std::span<const double>, const LossRows<double>&,
                             std::span<double>, double*, std::span<double>);

}  // namespace engine::train
