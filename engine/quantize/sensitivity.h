#pragma once

#include <filesystem>
#include <functional>
#include <stop_token>
#include <string>
#include <vector>

#include "engine/quantize/divergence_probe.h"
#include "engine/quantize/quantizer.h"

namespace engine {

struct ScanRequest {
    std::string model;                  ///< BF16, F16 or F32 checkpoint: path or demo:NAME
    std::string method = "rtn";         ///< as quantizerNamed()
    MethodOptions options;              ///< of the method
    std::vector<WeightScheme> schemes;  ///< each is tried; empty = 2, 3, 4 and 8 bits in groups of 32
    bool wholeBlocks = false;           ///< one block at a time instead of one linear
    std::filesystem::path text;         ///< UTF-8; empty = the one that ships
    std::int64_t windows = 8;           ///< of text, at most
    std::int64_t windowSize = 256;      ///< tokens
    int threads = 0;                    ///< 0 = one per physical core
};

/// One linear, or block, in one scheme with all else as it was.
struct Sensitivity {
    std::string name;  ///< Meta's, without .weight; "layers.N" for a block
    WeightScheme scheme;
    double kl = 0.0;         ///< to the original model, nats per token
    double relError = 0.0;   ///< |W' - W| / |W|, Frobenius, over what was changed
    std::int64_t bytes = 0;  ///< of what was changed, in the scheme
    std::int64_t parameters = 0;
};

struct ScanReport {
    std::string model;
    std::string method;
    bool wholeBlocks = false;
    std::int64_t tokens = 0;
    double seconds = 0.0;
    std::vector<Sensitivity> rows;  ///< by layer, linear, scheme
};

/// What rounding does to weights.
struct ChangedWeights {
    double lost = 0.0;  ///< sum of squared errors
    double all = 0.0;   ///< of squared weights
};
/// Replaces a linear's weights by what the scheme makes of them. Errors: the method's.
Result<ChangedWeights> roundLinear(LinearWeights& linear, const Gram* gram, const WeightScheme& scheme,
                                   std::string_view method, const MethodOptions& options, ThreadTeam& team);

/// How much the model suffers from each linear (or block) alone. Errors: as Checkpoint::open(),
/// DivergenceProbe::create(); invalidInput for quantized sources; cancelled.
Result<ScanReport> scanSensitivity(
    const ScanRequest& request,
    const std::function<void(std::int64_t done, std::int64_t layers)>& progress = {},
    std::stop_token stop = {});

/// What `anven quantize --scan --json` prints.
std::string toText(const ScanReport& report);

}  // namespace engine
