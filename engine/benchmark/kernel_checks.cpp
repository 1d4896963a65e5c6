#include "engine/benchmark/kernel_checks.h"

#include <algorithm>
#include <cmath>

#include "engine/base/units.h"
#include "engine/benchmark/kernel_bound.h"
#include "engine/benchmark/kernel_trial.h"
#include "engine/metrics/statistics.h"
#include "engine/runtime/kernel_plan.h"
#include "kernels/ops.h"

namespace engine {
namespace {

const kernels::OpInfo& infoOf(const std::string& op) {
    const auto all = kernels::ops();
    return *std::find_if(all.begin(), all.end(), [&](const auto& info) { return op == info.name; });
}

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

/// The type whose peak bounds the op here.
const char* boundingType(KernelTrial::Arithmetic arithmetic, const Roofline& roofline) {
    if (arithmetic == KernelTrial::Arithmetic::int8 && roofline.int8)
        return "int8";
    return arithmetic == KernelTrial::Arithmetic::bf16 && roofline.bf16 ? "bf16" : "fp32";
}

bool isChosen(const KernelPlan& plan, const std::string& op, const std::string& variant) {
    return std::any_of(plan.choices.begin(), plan.choices.end(),
                       [&](const auto& choice) { return choice.op == op && choice.variant == variant; });
}

struct Contender {
    std::string variant;
    KernelTrial::Prepared prepared;
    std::vector<double> milliseconds;
};

}  // namespace

Result<std::vector<KernelCheck>> verifyKernels(std::stop_token stop) {
    std::vector<KernelCheck> checks;
    for (const auto& trial : verificationTrials()) {
        const auto variants = infoOf(trial.op).variants;
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

Result<KernelBenchmark> benchmarkKernels(int repetitions, const KernelBenchmarkProgress& progress,
                                         std::stop_token stop) {
    RooflineRequest request;
    request.threads = 1;
    auto roofline = measureRoofline(request, stop);
    if (!roofline)
        return roofline.error();
    KernelBenchmark result;
    result.roofline = std::move(*roofline);
    auto plan = KernelPlan::make("auto", false);
    if (!plan)
        return plan.error();
    const auto cacheBytes = lastLevelCacheBytes();
    const auto trials = benchmarkTrials();
    for (std::size_t t = 0; t < trials.size(); ++t) {
        const auto& trial = trials[t];
        if (progress)
            progress(trial.op + " " + trial.shape, t, trials.size());
        const auto variants = infoOf(trial.op).variants;
        std::vector<Contender> contenders;
        for (std::size_t i = 0; i < variants.size(); ++i)
            if (kernels::has(variants[i].needs))
                contenders.push_back({variants[i].name, trial.prepare(i), {}});
        for (int repetition = -1; repetition < repetitions; ++repetition)
            for (auto& contender : contenders) {
                if (stop.stop_requested())
                    return Error{ErrorCode::cancelled, "stopped before every variant was timed"};
                // The reference shows the scale; repeating it would take most of the time.
                if (contender.variant == "reference" && repetition > 0)
                    continue;
                const auto begin = Clock::now();
                contender.prepared.execute();
                if (repetition >= 0)
                    contender.milliseconds.push_back(milliseconds(Clock::now() - begin));
            }
        for (const auto& contender : contenders) {
            KernelTiming timing;
            timing.op = trial.op;
            timing.shape = trial.shape;
            timing.variant = contender.variant;
            timing.arithmetic = boundingType(trial.arithmetic, result.roofline);
            timing.inUse = isChosen(*plan, trial.op, contender.variant);
            timing.milliseconds = median(contender.milliseconds);
            timing.gops = trial.operations * 1e-6 / timing.milliseconds;
            timing.gbps = trial.bytes * 1e-6 / timing.milliseconds;
            const auto share = shareOfPeak(trial, timing.milliseconds * 1e-3, result.roofline, cacheBytes);
            timing.percentOfPeak = share.binding();
            timing.percentOfMemory = share.memory;
            timing.percentOfArithmetic = share.arithmetic;
            result.timings.push_back(std::move(timing));
        }
    }
    return result;
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
