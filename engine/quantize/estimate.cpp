#include "engine/quantize/estimate.h"

#include <algorithm>

#include "engine/checkpoint/checkpoint.h"
#include "engine/quantize/source_checks.h"
#include "engine/runtime/topology.h"

namespace engine {
namespace {

// Rates of one AVX-512 core on a model of 2.4 M weights (0.3 s, 3.1 s and 48 s for a searched range, GPTQ and
// AutoRound on two cores); other shapes and machines differ, so that this tells minutes from hours and no
// more.
constexpr double kRoundingSecondsPerWeight = 2.5e-7;
constexpr double kProductsPerSecond = 9e9;  // moments, factors and the forward pass
constexpr double kTunedPerSecond = 2.9e10;  // forward and backward passes of block methods
constexpr double kPassesPerStep = 3.0;      // forward, and backward to inputs and to weights
constexpr std::int64_t kTextsPerStep = 8;   // at most

bool isLinear(const std::string& name) {
    return name.starts_with("layers.") && name.ends_with(".weight");
}

/// Meta's layout keeps a byte for every code and scales in f32; the others pack codes and keep scales of 16
/// bits.
std::int64_t storedBytes(const QuantizationPolicy& policy, const std::string& tensor, std::int64_t rows,
                         std::int64_t cols) {
    const auto scheme = policy.schemeOf(tensor);
    if (policy.layout != VariantLayout::meta || scheme.floating())
        return scheme.bytes(rows, cols);
    const auto scales = scheme.kind == WeightScheme::Kind::groups ? rows * scheme.groups(cols) : rows;
    return rows * cols + scales * static_cast<std::int64_t>(sizeof(float));
}

}  // namespace

Result<QuantizeEstimate> estimateQuantize(const QuantizeRequest& request) {
    auto policy = policyNamed(request.policy);
    if (!policy)
        return policy.error();
    const auto method = quantizerNamed(policy->method);
    if (!method)
        return method.error();
    auto source = Checkpoint::open(request.model);
    if (!source)
        return source.error();
    if (auto ok = checkFloating(**source); !ok)
        return ok.error();
    const auto& checkpoint = **source;
    const auto& config = checkpoint.config;
    const auto tokens =
        static_cast<double>(request.windows * std::min(request.windowSize, config.contextLength));
    QuantizeEstimate estimate;
    const bool learned = policy->rotation == Rotation::learned;
    const bool calibrated = (*method)->calibrated;
    estimate.calibrated = calibrated || learned;
    double weights = 0.0;
    double products = 0.0;
    double tuned = 0.0;
    std::int64_t widest = 0;
    const double tokensPerRun =
        (*method)->tuneBlock == nullptr
            ? 0.0
            : static_cast<double>(policy->options.steps * std::min(kTextsPerStep, request.windows) *
                                  std::min(request.windowSize, config.contextLength));
    const auto learnedTokens = static_cast<double>(std::min(policy->learning.windows, request.windows) *
                                                   std::min(request.windowSize, config.contextLength));
    for (const auto& [name, tensor] : checkpoint.tensors) {
        estimate.sourceBytes += static_cast<std::int64_t>(tensor.bytes());
        if (name.find(".adaptor.") != std::string::npos)
            continue;  // added into the weights
        const auto elements = static_cast<double>(tensor.elements());
        if (tensor.shape.size() != 2 || !name.ends_with(".weight")) {
            estimate.weightsBytes += tensor.elements() * 2;
            continue;
        }
        const auto rows = tensor.shape[0];
        const auto cols = tensor.shape[1];
        const auto base = name.substr(0, name.size() - std::string(".weight").size());
        estimate.weightsBytes += storedBytes(*policy, base, rows, cols);
        weights += policy->schemeOf(base).floating() ? 0.0 : elements;
        if (!isLinear(name))
            continue;
        widest = std::max(widest, cols);
        const auto width = static_cast<double>(cols);
        tuned += kPassesPerStep * tokensPerRun * elements;
        // Two times forward and once back to inputs; weights are turned twice.
        if (learned)
            tuned += static_cast<double>(policy->learning.steps) * elements *
                     (kPassesPerStep * learnedTokens + 2.0 * static_cast<double>(config.dim));
        if (calibrated)
            products += elements * width + tokens * (elements + width * width / 2) + width * width * width;
    }
    // A rotated model's head is a table of its own: the final norm is folded into it.
    if (policy->rotation != Rotation::none && config.tiedEmbeddings)
        estimate.weightsBytes += storedBytes(*policy, "output", config.vocabSize, config.dim);
    const auto block =
        config.dim * (config.dim * 2 + 2 * config.nKvHeads * config.headDim + 3 * config.hiddenDim);
    estimate.peakBytes = block * 4 * 2;
    if (calibrated)
        estimate.peakBytes += (3 * config.dim * config.dim + 2 * widest * widest) * 8 +
                              static_cast<std::int64_t>(tokens) * config.dim * 4;
    if (learned)
        estimate.peakBytes +=
            static_cast<std::int64_t>(learnedTokens) * config.dim * (config.nLayers + 1) * 4;
    const int threads = request.threads > 0 ? request.threads : static_cast<int>(computeCpus().size());
    estimate.seconds =
        (weights * kRoundingSecondsPerWeight + products / kProductsPerSecond + tuned / kTunedPerSecond) /
        std::max(1, threads);
    return estimate;
}

}  // namespace engine
