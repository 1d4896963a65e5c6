#pragma once

#include <span>
#include <vector>

namespace engine {

/// A longest common subsequence: which elements of `a` and `b` belong to it, in equal number and order.
struct CommonElements {
    std::vector<bool> ofA;
    std::vector<bool> ofB;
};
/// Myers 1986, section 4b: O((|a| + |b|) D) time for D differences, linear space.
CommonElements commonElements(std::span<const int> a, std::span<const int> b);

}  // namespace engine
