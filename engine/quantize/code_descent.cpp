#include "engine/quantize/code_descent.h"

#include <cmath>

namespace engine {
namespace {

/// A row on its way: the gradient g = H (w - q) is kept current, so that every move is judged exactly.
class RowDescent {
public:
    RowDescent(const OutputLoss& loss, std::span<const float> weight, const RoundingOptions& options,
               std::int64_t row, GroupCodes& codes)
        : loss_(loss), options_(options), row_(row), codes_(codes), g_(weight.size()), step_(weight.size()) {
        std::vector<float> q(weight.size());
        codes.dequantizeRow(row, q.data());
        for (std::int64_t i = 0; i < loss.cols; ++i)
            if (const float error = weight[static_cast<std::size_t>(i)] - q[static_cast<std::size_t>(i)];
                error != 0.0F)
                add(error, i, g_);
    }

    /// Whether anything moved.
    bool sweep() {
        bool moved = false;
        for (std::int64_t group = 0; group < codes_.groups(); ++group) {
            const auto begin = group * codes_.groupSize;
            const auto end = std::min(begin + codes_.groupSize, loss_.cols);
            moved = fitScale(group, begin, end) || moved;
            for (auto i = begin; i < end; ++i)
                moved = moveCode(group, i) || moved;
        }
        return moved;
    }

private:
    /// to += factor * H[i, :].
    void add(float factor, std::int64_t i, std::vector<float>& to) const {
        const float* h = loss_.h.data() + i * loss_.cols;
        for (std::size_t j = 0; j < to.size(); ++j)
            to[j] += factor * h[j];
    }
    std::uint8_t& code(std::int64_t i) {
        return codes_.codes[static_cast<std::size_t>(row_ * loss_.cols + i)];
    }

    bool fitScale(std::int64_t group, std::int64_t begin, std::int64_t end) {
        auto& grid = codes_.grid(row_, group);
        std::fill(step_.begin(), step_.end(), 0.0F);
        double slope = 0.0;
        for (auto i = begin; i < end; ++i)
            if (const int level = code(i) - grid.zero; level != 0) {
                add(static_cast<float>(level), i, step_);
                slope += double{g_[static_cast<std::size_t>(i)]} * level;
            }
        double curvature = 0.0;
        for (auto i = begin; i < end; ++i)
            curvature += double{step_[static_cast<std::size_t>(i)]} * (code(i) - grid.zero);
        if (!(curvature > 0.0))
            return false;
        const float scale =
            storableScale(static_cast<float>(grid.scale + slope / curvature), options_.scales);
        const double moved = double{scale} - double{grid.scale};
        if (moved == 0.0 || !(2.0 * moved * slope - moved * moved * curvature > 0.0))
            return false;
        grid.scale = scale;
        for (std::size_t j = 0; j < g_.size(); ++j)
            g_[j] -= static_cast<float>(moved) * step_[j];
        return true;
    }

    bool moveCode(std::int64_t group, std::int64_t i) {
        const auto& grid = codes_.grid(row_, group);
        const float curvature = loss_.h[static_cast<std::size_t>(i * loss_.cols + i)];
        const float slope = g_[static_cast<std::size_t>(i)];
        const float now = grid.value(code(i));
        const int best = grid.code(now + slope / curvature, options_.bits);
        const float moved = grid.value(best) - now;
        if (best == code(i) || !(2.0F * moved * slope - moved * moved * curvature > 0.0F))
            return false;
        code(i) = static_cast<std::uint8_t>(best);
        add(-moved, i, g_);
        return true;
    }

    const OutputLoss& loss_;
    const RoundingOptions& options_;
    std::int64_t row_;
    GroupCodes& codes_;
    std::vector<float> g_;     // [cols]
    std::vector<float> step_;  // [cols]
};

}  // namespace

void refineRow(const OutputLoss& loss, std::span<const float> weight, const RoundingOptions& options,
               int sweeps, std::int64_t row, GroupCodes& codes) {
    if (sweeps < 1)
        return;
    RowDescent descent(loss, weight, options, row, codes);
    for (int sweep = 0; sweep < sweeps; ++sweep)
        if (!descent.sweep())
            return;
}

}  // namespace engine
