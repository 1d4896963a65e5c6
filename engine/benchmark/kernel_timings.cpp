#include "engine/benchmark/kernel_timings.h"

#include <algorithm>

#include "engine/base/units.h"
#include "engine/benchmark/kernel_bound.h"
#include "engine/benchmark/kernel_trial.h"
#include "engine/metrics/statistics.h"
#include "engine/runtime/kernel_plan.h"

namespace engine {
namespace {

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
        const auto variants = variantsOf(trial);
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

}  // namespace engine
