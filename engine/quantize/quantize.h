#pragma once

#include <filesystem>
#include <functional>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

#include "engine/base/result.h"
#include "engine/evaluate/perplexity.h"
#include "engine/quantize/part_store.h"
#include "engine/quantize/policy.h"

namespace engine {

struct QuantizeRequest {
    std::string model;                     ///< BF16, F16 or F32 checkpoint: path or demo:NAME
    std::string adapter = {};              ///< PEFT LoRA adapter that is added to the weights first; or empty
    std::string policy;                    ///< id of one that ships, or a .yaml file
    std::filesystem::path out;             ///< folder to make
    std::optional<VariantLayout> layout;   ///< instead of the policy's
    std::filesystem::path text;            ///< calibration, UTF-8; empty = the one that ships
    std::int64_t windows = 64;             ///< of calibration, at most
    std::int64_t windowSize = 256;         ///< tokens
    std::uint64_t seed = 42;               ///< of random rotations
    int threads = 0;                       ///< 0 = one per physical core
    bool evaluate = true;                  ///< compare with the source afterwards
    std::filesystem::path evaluationText;  ///< held-out text for that; empty = the one that ships
    std::int64_t evaluationWindows = 32;   ///< at most
};

struct QuantizeProgress {
    std::string what;    ///< "layer 3 of 16", "evaluating"
    double share = 0.0;  ///< done, 0..1
    std::optional<double> secondsLeft;
};

struct QuantizeReport {
    std::string policy;
    std::string method;
    std::string source;            ///< the model as it was asked for
    std::int64_t sourceBytes = 0;  ///< of the source's tensors
    std::filesystem::path path;
    double seconds = 0.0;
    std::int64_t peakRssBytes = 0;
    std::int64_t weightsBytes = 0;  ///< of the variant's tensors in the file
    std::int64_t resumedLayers = 0;
    std::vector<LayerError> layers;
    std::optional<EvaluationResult> quality;  ///< against the source
    bool heldOut = true;                      ///< false: quality was measured on the calibration text
};

/// Makes a variant block by block: memory is one block, its second moments and, for calibrated methods, the
/// hidden states of the calibration text. Every finished block is kept beside `out` (OUT.unfinished), so that
/// the same request goes on where it was stopped or killed. Deterministic. Beside the weights lies
/// quality.json. Errors: as Checkpoint::open, policyNamed, readCalibration; invalidInput for a source that is
/// quantized or an `out` that holds something else; unsupported layouts; io; cancelled.
Result<QuantizeReport> quantizeModel(const QuantizeRequest& request,
                                     const std::function<void(const QuantizeProgress&)>& progress = {},
                                     std::stop_token stop = {});

/// What `anven quantize --json` prints, and quality.json.
std::string toText(const QuantizeReport& report);

}  // namespace engine
