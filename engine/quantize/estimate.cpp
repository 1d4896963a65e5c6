#include "engine/quantize/estimate.h"

#include <algorithm>

#include "engine/checkpoint/checkpoint.h"
#include "engine/quantize/source_checks.h"
#include "engine/runtime/topology.h"

namespace engine {
namespace {

// One core's rates, rounded from runs on an AVX2 and an AVX-512 machine; good for "minutes or hours".
constexpr double kRoundingSecondsPerWeight = 4e-8;  // a searched range
constexpr double kProductsPerSecond = 4e9;          // multiply-adds of moments, factors and the forward pass

bool isLinear(const std::string& name) {
    return name.starts_with("layers.") && name.ends_with(".weight");
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
    estimate.calibrated = (*method)->calibrated;
    double weights = 0.0;
    double products = 0.0;
    std::int64_t widest = 0;
    for (const auto& [name, tensor] : checkpoint.tensors) {
        estimate.sourceBytes += static_cast<std::int64_t>(tensor.bytes());
        const auto elements = static_cast<double>(tensor.elements());
        if (tensor.shape.size() != 2) {
            estimate.weightsBytes += tensor.elements() * 2;
            continue;
        }
        const auto rows = tensor.shape[0];
        const auto cols = tensor.shape[1];
        const auto scheme = policy->schemeOf(name.substr(0, name.size() - std::string(".weight").size()));
        estimate.weightsBytes += scheme.bytes(rows, cols);
        weights += scheme.floating() ? 0.0 : elements;
        if (!isLinear(name))
            continue;
        widest = std::max(widest, cols);
        const auto width = static_cast<double>(cols);
        if (estimate.calibrated)
            products += elements * width + tokens * (elements + width * width / 2) + width * width * width;
    }
    const auto block =
        config.dim * (config.dim * 2 + 2 * config.nKvHeads * config.headDim + 3 * config.hiddenDim);
    estimate.peakBytes = block * 4 * 2;
    if (estimate.calibrated)
        estimate.peakBytes += (3 * config.dim * config.dim + 2 * widest * widest) * 8 +
                              static_cast<std::int64_t>(tokens) * config.dim * 4;
    const int threads = request.threads > 0 ? request.threads : static_cast<int>(computeCpus().size());
    estimate.seconds =
        (weights * kRoundingSecondsPerWeight + products / kProductsPerSecond) / std::max(1, threads);
    return estimate;
}

}  // namespace engine
