#include "engine/compare/myers.h"

#include <algorithm>
#include <climits>
#include <utility>

namespace engine {
namespace {

constexpr int kNowhere = INT_MIN / 2;  // of a diagonal that no path has reached

/// Furthest points of the paths with d differences: x by diagonal k = x - y, inside an n by m box.
class Frontier {
public:
    Frontier(int n, int m)
        : n_(n), m_(m), at_(2 * static_cast<std::size_t>(n + m) + 3, kNowhere), zero_(n + m + 1) {}
    int operator[](int k) const { return at_[static_cast<std::size_t>(zero_ + k)]; }

    /// Takes diagonal k one difference further, then along `equal(x, y)`. Returns x.
    template <class Equal>
    int advance(int k, int differences, const Equal& equal) {
        int x = differences == 0 ? 0 : kNowhere;
        if (const int right = (*this)[k - 1] + 1; differences > 0 && right > 0 && right <= n_)
            x = right;
        if (const int down = (*this)[k + 1]; differences > 0 && down >= 0 && down - k <= m_)
            x = std::max(x, down);
        while (x >= 0 && x < n_ && x - k < m_ && equal(x, x - k))
            ++x;
        return at_[static_cast<std::size_t>(zero_ + k)] = x;
    }

private:
    int n_, m_;
    std::vector<int> at_;
    int zero_;
};

class Solver {
public:
    Solver(std::span<const int> a, std::span<const int> b)
        : a_(a), b_(b), found_{std::vector<bool>(a.size()), std::vector<bool>(b.size())} {}

    void solve(int aLow, int aHigh, int bLow, int bHigh) {
        while (aLow < aHigh && bLow < bHigh && equal(aLow, bLow))
            keep(aLow++, bLow++);
        while (aLow < aHigh && bLow < bHigh && equal(aHigh - 1, bHigh - 1))
            keep(--aHigh, --bHigh);
        if (aLow == aHigh || bLow == bHigh)
            return;
        const auto [x, y] = middle(aLow, aHigh, bLow, bHigh);
        solve(aLow, x, bLow, y);
        solve(x, aHigh, y, bHigh);
    }
    CommonElements take() { return std::move(found_); }

private:
    bool equal(int i, int j) const {
        return a_[static_cast<std::size_t>(i)] == b_[static_cast<std::size_t>(j)];
    }
    void keep(int i, int j) {
        found_.ofA[static_cast<std::size_t>(i)] = true;
        found_.ofB[static_cast<std::size_t>(j)] = true;
    }

    /// A point in the middle of a shortest path, no corner of the box: where paths from both ends meet.
    std::pair<int, int> middle(int aLow, int aHigh, int bLow, int bHigh) const {
        const int n = aHigh - aLow;
        const int m = bHigh - bLow;
        const int delta = n - m;
        Frontier forward(n, m);
        Frontier backward(n, m);
        for (int d = 0;; ++d) {
            for (int k = -d; k <= d; k += 2) {
                const int x = forward.advance(k, d, [&](int i, int j) { return equal(aLow + i, bLow + j); });
                if (delta % 2 != 0 && std::abs(delta - k) < d && meets(x, backward[delta - k], n))
                    return {aLow + x, bLow + x - k};
            }
            for (int k = -d; k <= d; k += 2) {
                const int x =
                    backward.advance(k, d, [&](int i, int j) { return equal(aHigh - 1 - i, bHigh - 1 - j); });
                if (delta % 2 == 0 && std::abs(delta - k) <= d && meets(x, forward[delta - k], n))
                    return {aHigh - x, bHigh - (x - k)};
            }
        }
    }
    static bool meets(int x, int other, int n) { return x >= 0 && other >= 0 && x + other >= n; }

    std::span<const int> a_, b_;
    CommonElements found_;
};

}  // namespace

CommonElements commonElements(std::span<const int> a, std::span<const int> b) {
    Solver solver(a, b);
    solver.solve(0, static_cast<int>(a.size()), 0, static_cast<int>(b.size()));
    return solver.take();
}

}  // namespace engine
