#include "engine/quantize/quantizer.h"

namespace engine {
namespace {

constexpr QuantizerEntry kQuantizers[] = {
    {"rtn", false, quantizeRtn, nullptr},
    {"gptq", true, quantizeGptq, nullptr},
    {"autoround", true, nullptr, tuneAutoRound},
};

}  // namespace

std::span<const QuantizerEntry> quantizers() {
    return kQuantizers;
}

Result<const QuantizerEntry*> quantizerNamed(std::string_view id) {
    std::string known;
    for (const auto& entry : kQuantizers) {
        if (entry.id == id)
            return &entry;
        known += (known.empty() ? "" : ", ") + std::string(entry.id);
    }
    return Error{ErrorCode::notFound,
                 "there is no quantization method '" + std::string(id) + "'; there are " + known};
}

RoundingOptions roundingOf(const LinearTask& task, const MethodOptions& options) {
    if (task.scheme.kind == WeightScheme::Kind::int8Channel)
        return {RangeChoice::sym, 8, ScaleType::f32};
    // The scheme decides whether there are zero points; the range choice, whether there is a search.
    auto range = options.range;
    if (task.scheme.symmetric != isSymmetric(range))
        range = task.scheme.symmetric ? RangeChoice::symMse : RangeChoice::asymMse;
    return {range, task.scheme.bits, options.scales};
}

std::int64_t groupSizeOf(const LinearTask& task) {
    return task.scheme.kind == WeightScheme::Kind::int8Channel ? task.cols : task.scheme.groupSize;
}

}  // namespace engine
