#pragma once

#include <cstdint>

namespace kernels::hadamard {

/// A Hadamard matrix that is no power of two: `order` rows of `order` characters '+' or '-'.
struct Table {
    std::int64_t order;
    const char* const* rows;
};

/// All tables in the order in which factors are tried (the source's order: the larger multiple before the
/// smaller).
const Table* tables(int& count) noexcept;

/// The table of order m; null for m = 1 and unknown orders.
const Table* tableOf(std::int64_t m) noexcept;

}  // namespace kernels::hadamard
