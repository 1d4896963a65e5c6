#pragma once

#include <array>
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
    std::int64_t steps = 200;  ///< autoround: of gradient descent per block
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

struct BlockTask;                              // block_task.h
using BlockCodes = std::array<GroupCodes, 7>;  ///< of a block's linears; empty for floating schemes

/// A way to choose codes, of one linear or of a decoder block's linears together: one of the two functions is
/// there. Deterministic: the number of threads changes nothing.
struct QuantizerEntry {
    std::string_view id;  ///< "rtn", "gptq", "autoround"
    bool calibrated;      ///< wants LinearTask::gram, or a BlockTask
    /// Errors: invalidInput.
    Result<GroupCodes> (*quantize)(const LinearTask& task, const MethodOptions& options, ThreadTeam& team);
    Result<BlockCodes> (*tuneBlock)(const BlockTask& task, const MethodOptions& options, ThreadTeam& team);
};

/// Every method; a new one is its file and a line in quantizers.cpp.
std::span<const QuantizerEntry> quantizers();
/// Errors: notFound, naming those that there are.
Result<const QuantizerEntry*> quantizerNamed(std::string_view id);

Result<GroupCodes> quantizeRtn(const LinearTask& task, const MethodOptions& options, ThreadTeam& team);
Result<GroupCodes> quantizeGptq(const LinearTask& task, const MethodOptions& options, ThreadTeam& team);

Result<BlockCodes> tuneAutoRound(const BlockTask& task, const MethodOptions& options, ThreadTeam& team);

/// The rounding of a task's scheme: an int8 channel is one group of all columns.
RoundingOptions roundingOf(const LinearTask& task, const MethodOptions& options);
std::int64_t groupSizeOf(const LinearTask& task);

}  // namespace engine
