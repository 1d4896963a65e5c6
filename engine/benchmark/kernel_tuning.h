#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

#include "engine/base/result.h"
#include "engine/runtime/kernel_table.h"

namespace engine {

/// What is measured for a kernel table.
struct TuningRequest {
    struct Matrix {
        std::int64_t rows = 0;
        std::int64_t cols = 0;
    };
    int repetitions = 15;
    /// Wide, tall and square matrices of the 1B and the 3B model: FFN up and down, attention.
    std::vector<Matrix> matrices{{8192, 2048}, {2048, 8192}, {2048, 2048}, {8192, 3072}, {3072, 3072}};
    /// One number of tokens for each TokenClass.
    std::array<std::int64_t, kTokenClasses> tokens{1, 8, 32, 128};
    /// Read between two measurements, so that weights come from memory as they do in a model; absent: twice
    /// the last-level cache, at most 256 MiB.
    std::optional<std::int64_t> evictBytes;
};

struct KernelTuning {
    KernelTable table;                 ///< for this CPU and its model
    std::vector<std::string> leftOut;  ///< variants that may not compete, and why
};

/// Times the variants of every matmul on one thread: a row's variants take turns, in another order each
/// time; per matrix the median counts, and a row's speed is all its operations by all its medians. A variant
/// that this CPU runs but that misses the reference by more than the contract allows is left out; so is the
/// reference itself, unless it is alone. `progress` gets what is measured next. Errors: cancelled;
/// unavailable on a CPU without any feature that variants ask for.
Result<KernelTuning> tuneKernels(const TuningRequest& request,
                                 const std::function<void(const std::string&)>& progress = {},
                                 std::stop_token stop = {});

}  // namespace engine
