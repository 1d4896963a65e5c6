#include "engine/benchmark/kernel_checks.h"

#include <algorithm>
#include <cmath>

#include "engine/benchmark/kernel_trial.h"
#include "kernels/ops.h"

namespace engine {
namespace {

std::vector<std::string> featuresOf(kernels::CpuFeature needed, bool missingOnly) {
    int count = 0;
    const auto* names = kernels::cpuFeatureNames(count);
    std::vector<std::string> features;
    for (int i = 0; i < count; ++i)
        if ((needed & names[i].feature) != kernels::CpuFeature::none &&
            !(missingOnly && kernels::has(names[i].feature)))
            features.emplace_back(names[i].name);
    return features;
}

std::string reasonOf(const kernels::VariantInfo& variant) {
    std::string missing;
    for (const auto& feature : featuresOf(variant.needs, true))
        missing += (missing.empty() ? "" : ", ") + feature;
    return missing.empty() ? "" : "this CPU lacks " + missing;
}

KernelCheck compare(const KernelTrial& trial, const kernels::VariantInfo& variant, std::size_t index,
                    const std::vector<float>& reference) {
    KernelCheck check;
    check.op = trial.op;
    check.shape = trial.shape;
    check.variant = variant.name;
    check.skipped = reasonOf(variant);
    if (!check.skipped.empty())
        return check;
    auto prepared = trial.prepare(index);
    prepared.execute();
    const auto output = prepared.output();
    const auto allowed = trial.tolerance(index, reference);
    check.ok = output.size() == reference.size();
    for (std::size_t i = 0; check.ok && i < output.size(); ++i) {
        const double error = std::abs(static_cast<double>(output[i]) - reference[i]);
        if (std::isnan(error)) {
            check.maxError = check.worstShare = INFINITY;
            break;
        }
        check.maxError = std::max(check.maxError, error);
        if (error > 0.0)
            check.worstShare = std::max(check.worstShare, error / static_cast<double>(allowed[i]));
    }
    check.ok = check.ok && check.worstShare <= 1.0;
    return check;
}

}  // namespace

Result<std::vector<KernelCheck>> verifyKernels(std::stop_token stop, std::string_view op) {
    std::vector<KernelCheck> checks;
    for (const auto& trial : verificationTrials()) {
        if (!op.empty() && trial.op != op)
            continue;
        const auto variants = variantsOf(trial);
        auto reference = trial.prepare(variants.size() - 1);
        reference.execute();
        const auto expected = reference.output();
        for (std::size_t i = 0; i + 1 < variants.size(); ++i) {
            if (stop.stop_requested())
                return Error{ErrorCode::cancelled, "stopped before every variant was verified"};
            checks.push_back(compare(trial, variants[i], i, expected));
        }
    }
    return checks;
}

std::vector<KernelListing> listKernels() {
    std::vector<KernelListing> list;
    for (const auto& op : kernels::ops())
        for (const auto& variant : op.variants) {
            KernelListing entry;
            entry.op = op.name;
            entry.variant = variant.name;
            entry.reason = reasonOf(variant);
            entry.available = entry.reason.empty();
            entry.features = featuresOf(variant.needs, false);
            entry.roundsActivations = kernels::hasTrait(variant.traits, kernels::Trait::roundsActivations);
            entry.ownThreads = kernels::hasTrait(variant.traits, kernels::Trait::ownThreads);
            list.push_back(std::move(entry));
        }
    return list;
}

}  // namespace engine
