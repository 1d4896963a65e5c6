// GPTQ: rounds column by column and lets the columns that follow make up for each error. Frantar et al. 2022,
// arXiv:2210.17323, algorithm 1.
#include <algorithm>
#include <cmath>
#include <numeric>

#include "engine/quantize/code_descent.h"
#include "engine/quantize/gptq_factor.h"
#include "engine/quantize/quantizer.h"

namespace engine {
namespace {

constexpr std::int64_t kBlock = 128;  // columns whose errors reach the rest together
constexpr std::int64_t kRows = 16;    // that take turns with a block of the factor while the caches hold it

/// What all rows share: the order of columns and the factor of the inverse, both in that order.
struct Shared {
    std::vector<std::int64_t> order;  // column of the weight at each step
    std::vector<float> u;             // [cols, cols], upper triangular
    std::vector<char> dead;           // [cols], by column: inputs that were always zero
    OutputLoss loss;                  // damped, in the weight's order; empty without refinement
};

/// `h` back in the weight's order of columns.
OutputLoss lossOf(const std::vector<double>& h, const std::vector<std::int64_t>& order) {
    const auto n = order.size();
    OutputLoss loss{static_cast<std::int64_t>(n), std::vector<float>(n * n)};
    for (std::size_t i = 0; i < n; ++i)
        for (std::size_t j = 0; j < n; ++j)
            loss.h[static_cast<std::size_t>(order[i]) * n + static_cast<std::size_t>(order[j])] =
                static_cast<float>(h[i * n + j]);
    return loss;
}

Shared prepare(const Gram& gram, const MethodOptions& options, bool& damped) {
    const auto n = gram.cols;
    const auto at = [n](std::int64_t row, std::int64_t col) {
        return static_cast<std::size_t>(row * n + col);
    };
    Shared shared;
    shared.order.resize(static_cast<std::size_t>(n));
    std::iota(shared.order.begin(), shared.order.end(), 0);
    if (options.actOrder)
        std::stable_sort(shared.order.begin(), shared.order.end(), [&](std::int64_t a, std::int64_t b) {
            return gram.values[at(a, a)] > gram.values[at(b, b)];
        });
    shared.dead.resize(static_cast<std::size_t>(n));
    std::vector<double> h(gram.values.size());
    double mean = 0.0;
    for (std::int64_t i = 0; i < n; ++i) {
        const auto column = shared.order[static_cast<std::size_t>(i)];
        for (std::int64_t j = 0; j < n; ++j)
            h[at(i, j)] = gram.values[at(column, shared.order[static_cast<std::size_t>(j)])];
        if (h[at(i, i)] == 0.0) {
            shared.dead[static_cast<std::size_t>(column)] = 1;
            h[at(i, i)] = 1.0;
        }
        mean += h[at(i, i)] / static_cast<double>(n);
    }
    double added = 0.0;
    for (double damp = options.damp; damp <= 1.0; damp *= 10.0) {
        for (std::int64_t i = 0; i < n; ++i)
            h[at(i, i)] += damp * mean - added;
        added = damp * mean;
        if (const auto u = upperFactorOfInverse(h, n)) {
            shared.u.assign(u->begin(), u->end());
            if (options.refine > 0)
                shared.loss = lossOf(h, shared.order);
            damped = true;
            return shared;
        }
    }
    damped = false;
    return shared;
}

/// One thread's rows.
class RowQuantizer {
public:
    RowQuantizer(const LinearTask& task, const MethodOptions& options, const Shared& shared, GroupCodes& out)
        : task_(task),
          rounding_(roundingOf(task, options)),
          staticGroups_(options.actOrder),
          refine_(options.refine),
          shared_(shared),
          out_(out),
          memory_(static_cast<std::size_t>(kRows * task.cols)),
          errors_(static_cast<std::size_t>(kBlock)) {}

    /// Rows [begin, end), at most kRows.
    void run(std::int64_t begin, std::int64_t end) {
        for (std::int64_t row = begin; row < end; ++row)
            load(row, weightsOf(row - begin));
        for (std::int64_t block = 0; block < task_.cols; block += kBlock)
            for (std::int64_t row = begin; row < end; ++row)
                runBlock(row, weightsOf(row - begin), block, std::min(block + kBlock, task_.cols));
        for (std::int64_t row = begin; row < end; ++row)
            refineRow(shared_.loss, alive(row), rounding_, refine_, row, out_);
    }

private:
    float* weightsOf(std::int64_t slot) { return memory_.data() + slot * task_.cols; }
    const float* factorRow(std::int64_t i) const { return shared_.u.data() + i * task_.cols; }

    /// The row's weights, zero where the input always was.
    std::vector<float> alive(std::int64_t row) const {
        const auto cols = static_cast<std::size_t>(task_.cols);
        const auto original = task_.weight.subspan(static_cast<std::size_t>(row) * cols, cols);
        std::vector<float> weights(original.begin(), original.end());
        for (std::size_t c = 0; c < cols; ++c)
            if (shared_.dead[c] != 0)
                weights[c] = 0.0F;
        return weights;
    }

    /// The row's weights in the shared order.
    void load(std::int64_t row, float* weights) {
        const auto original = alive(row);
        if (staticGroups_)
            roundRow(original, {}, rounding_, row, out_);  // for its grids
        for (std::size_t i = 0; i < original.size(); ++i)
            weights[i] = original[static_cast<std::size_t>(shared_.order[i])];
    }

    void runBlock(std::int64_t row, float* weights, std::int64_t begin, std::int64_t end) {
        for (std::int64_t i = begin; i < end; ++i) {
            const auto column = shared_.order[static_cast<std::size_t>(i)];
            const auto group = column / out_.groupSize;
            if (!staticGroups_ && i % out_.groupSize == 0)
                chooseLive(row, group, i, weights);
            const auto& grid = out_.grid(row, group);
            const float weight = weights[i];
            const int code = grid.code(weight, rounding_.bits);
            out_.codes[static_cast<std::size_t>(row * task_.cols + column)] = static_cast<std::uint8_t>(code);
            const float* u = factorRow(i);
            const float error = (weight - grid.value(code)) / u[i];
            errors_[static_cast<std::size_t>(i - begin)] = error;
            for (std::int64_t j = i + 1; j < end; ++j)
                weights[j] -= error * u[j];
        }
        for (std::int64_t i = begin; i < end; ++i) {
            const float error = errors_[static_cast<std::size_t>(i - begin)];
            const float* u = factorRow(i);
            for (std::int64_t j = end; j < task_.cols; ++j)
                weights[j] -= error * u[j];
        }
    }

    /// The grid of the group that begins at column i, from the weights as compensation has left them. A group
    /// that is longer than a block has not seen the whole of it yet, so that large groups use what is known.
    void chooseLive(std::int64_t row, std::int64_t group, std::int64_t i, const float* weights) {
        const auto size = std::min(out_.groupSize, task_.cols - i);
        const std::span<const float> live(weights + i, static_cast<std::size_t>(size));
        out_.grid(row, group) = chooseGrid(live, {}, rounding_);
    }

    const LinearTask& task_;
    RoundingOptions rounding_;
    bool staticGroups_;
    int refine_;
    const Shared& shared_;
    GroupCodes& out_;
    std::vector<float> memory_;  // [kRows, cols]
    std::vector<float> errors_;  // [kBlock]
};

}  // namespace

Result<GroupCodes> quantizeGptq(const LinearTask& task, const MethodOptions& options, ThreadTeam& team) {
    if (task.gram == nullptr || task.gram->cols != task.cols)
        return Error{ErrorCode::invalidInput, task.name + ": gptq needs the second moments of its inputs"};
    bool damped = false;
    const auto shared = prepare(*task.gram, options, damped);
    if (!damped)  // not even with the whole mean added
        return quantizeRtn(task, options, team);
    GroupCodes out(task.rows, task.cols, groupSizeOf(task));
    team.run([&](const TeamMember& member) {
        RowQuantizer quantizer(task, options, shared, out);
        const auto [begin, end] = member.share(task.rows);
        for (std::int64_t row = begin; row < end; row += kRows)
            quantizer.run(row, std::min(row + kRows, end));
    });
    return out;
}

}  // namespace engine
