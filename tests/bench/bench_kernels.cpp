// Every variant of every op on the shapes of a 1B model, one thread, with Google Benchmark:
//   bench_kernels --benchmark_filter='rmsnorm|rope' --benchmark_repetitions=5
//   --benchmark_report_aggregates_only=true
// The reference of a shape comes first, then its variants; "vs_reference" is the ratio of their speeds. The
// peaks are measured before the first benchmark: "%peak" is the share of the limit that binds, "%memory" of
// the bandwidth (where the data do not stay in the caches), "%arithmetic" of the op's type of multiplication.
#include <benchmark/benchmark.h>

#include <chrono>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "engine/benchmark/kernel_bound.h"
#include "engine/benchmark/kernel_trial.h"
#include "kernels/ops.h"

namespace {

using Clock = std::chrono::steady_clock;

/// A trial and the variant of it that is prepared now: one at a time, because packed weights fill hundreds of
/// megabytes.
struct Shape {
    engine::KernelTrial trial;
    double referenceSeconds = 0.0;  // per execution, once the reference has run
};
struct Current {
    const Shape* shape = nullptr;
    std::size_t variant = 0;
    engine::KernelTrial::Prepared prepared;
};

/// What this machine allows one thread.
struct Machine {
    engine::Result<engine::Roofline> roofline = engine::measureRoofline([] {
        engine::RooflineRequest one;
        one.threads = 1;
        return one;
    }());
    std::int64_t cacheBytes = engine::lastLevelCacheBytes();
};

const Machine& machine() {
    static const Machine measured;
    return measured;
}

void measure(benchmark::State& state, Shape& shape, std::size_t variant, bool isReference) {
    static Current current;
    if (!machine().roofline) {
        state.SkipWithError(machine().roofline.error().message.c_str());
        return;
    }
    if (current.shape != &shape || current.variant != variant) {
        current = {};
        current = {&shape, variant, shape.trial.prepare(variant)};
        current.prepared.execute();  // touches every page once
    }
    const auto begin = Clock::now();
    for ([[maybe_unused]] auto iteration : state) {
        current.prepared.execute();
        benchmark::ClobberMemory();
    }
    const double seconds = std::chrono::duration<double>(Clock::now() - begin).count();
    const auto executions = static_cast<double>(state.iterations());
    if (isReference)
        shape.referenceSeconds = seconds / executions;
    state.counters["GB/s"] = executions * shape.trial.bytes / seconds * 1e-9;
    state.counters["Gop/s"] = executions * shape.trial.operations / seconds * 1e-9;
    const auto share =
        engine::shareOfPeak(shape.trial, seconds / executions, *machine().roofline, machine().cacheBytes);
    state.counters["%peak"] = share.binding();
    state.counters["%arithmetic"] = share.arithmetic;
    if (share.memory)
        state.counters["%memory"] = *share.memory;
    if (shape.referenceSeconds > 0.0)
        state.counters["vs_reference"] = shape.referenceSeconds * executions / seconds;
}

void registerVariants(Shape& shape, const kernels::OpInfo& op) {
    for (std::size_t i = op.variants.size(); i-- > 0;) {  // the reference is last in the list
        const auto& variant = op.variants[i];
        const bool isReference = std::string_view(variant.name) == "reference";
        const std::string name = shape.trial.op + " " + shape.trial.shape + " " + variant.name;
        if (!kernels::has(variant.needs)) {
            benchmark::RegisterBenchmark(
                name.c_str(), [](benchmark::State& state) { state.SkipWithError("this CPU lacks it"); });
            continue;
        }
        benchmark::RegisterBenchmark(
            name.c_str(),
            [&shape, i, isReference](benchmark::State& state) { measure(state, shape, i, isReference); })
            ->Unit(benchmark::kMicrosecond)
            ->UseRealTime();
    }
}

}  // namespace

int main(int argc, char** argv) {
    std::vector<std::unique_ptr<Shape>> shapes;
    for (auto& trial : engine::benchmarkTrials())
        shapes.push_back(std::make_unique<Shape>(Shape{std::move(trial), 0.0}));
    for (const auto& shape : shapes)
        for (const auto& op : kernels::ops())
            if (shape->trial.op == op.name)
                registerVariants(*shape, op);
    benchmark::Initialize(&argc, argv);
    if (benchmark::ReportUnrecognizedArguments(argc, argv))
        return 2;
    if (const auto& roofline = machine().roofline)
        benchmark::AddCustomContext("roofline", engine::rooflineJson(*roofline));
    benchmark::RunSpecifiedBenchmarks();
    benchmark::Shutdown();
    return 0;
}
