#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "engine/base/result.h"
#include "engine/checkpoint/weight_scheme.h"
#include "engine/quantize/group_rounding.h"
#include "engine/runtime/thread_team.h"

namespace engine {

/// Second moments of a linear's inputs over the calibration text: sum of x x^T, [cols, cols], symmetric.
struct Gram {
    std::int64_t cols = 0;
    std::vector<double> values;  // [cols, cols]
};

/// What a policy may set of its method.
struct MethodOptions {
    RangeChoice range = RangeChoice::symMse;
    ScaleType scales = ScaleType::f16Normal;
    bool actOrder = false;  ///< gptq: columns of large second moments first, grids from the original weights
    int refine = 0;         ///< gptq: sweeps of refineRow() behind it
    double damp = 0.01;     ///< gptq: share of the mean of the Gram matrix's diagonal that is added to it
    std::uint64_t seed = 42;
};

/// One linear layer to quantize.
struct LinearTask {
    std::string name;  ///< Meta's, without .weight
    std::int64_t rows = 0;
    std::int64_t cols = 0;
    std::span<const float> weight;  // [rows, cols]
    WeightScheme scheme;            ///< groups or int8Channel
    const Gram* gram = nullptr;     ///< of calibrated methods
};

/// A way to choose a linear's codes. Deterministic: the number of threads changes nothing. Methods that tune
/// a whole decoder block by gradients will get an entry of their own beside `quantize`.
struct QuantizerEntry {
    std::string_view id;  ///< "rtn", "gptq"
    bool calibrated;      ///< wants LinearTask::gram
    /// Errors: invalidInput.
    Result<GroupCodes> (*quantize)(const LinearTask& task, const MethodOptions& options, ThreadTeam& team);
};

/// Every method; a new one is its file and a line in quantizers.cpp.
std::span<const QuantizerEntry> quantizers();
/// Errors: notFound, naming those that there are.
Result<const QuantizerEntry*> quantizerNamed(std::string_view id);

Result<GroupCodes> quantizeRtn(const LinearTask& task, const MethodOptions& options, ThreadTeam& team);
Result<GroupCodes> quantizeGptq(const LinearTask& task, const MethodOptions& options, ThreadTeam& team);

/// The rounding of a task's scheme: an int8 channel is one group of all columns.
RoundingOptions roundingOf(const LinearTask& task, const MethodOptions& options);
std::int64_t groupSizeOf(const LinearTask& task);

}  // namespace engine
