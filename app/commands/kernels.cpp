// anven kernels (list|verify|bench): what variants exist, whether they agree with the reference, how fast
// they are here.
#include <cstdio>
#include <iostream>
#include <nlohmann/json.hpp>

#include "app/command_line.h"
#include "app/commands/commands.h"
#include "engine/benchmark/kernel_checks.h"
#include "engine/benchmark/kernel_measurement.h"

namespace app {
namespace {

using Json = nlohmann::json;

Result<void> list(Context& context) {
    Json variants = Json::array();
    for (const auto& entry : engine::listKernels()) {
        variants.push_back({{"op", entry.op},
                            {"name", entry.variant},
                            {"available", entry.available},
                            {"reason", entry.reason},
                            {"features", entry.features},
                            {"rounds_activations", entry.roundsActivations},
                            {"own_threads", entry.ownThreads}});
        if (!context.json)
            std::printf("%-22s %-14s %s\n", entry.op.c_str(), entry.variant.c_str(),
                        entry.available ? "available" : entry.reason.c_str());
    }
    if (context.json)
        printJson({{"variants", variants}});
    return {};
}

Result<void> verify(Context& context) {
    auto checks = engine::verifyKernels(context.stop.get_token());
    if (!checks)
        return checks.error();
    Json list = Json::array();
    std::int64_t failed = 0;
    std::int64_t skipped = 0;
    for (const auto& check : *checks) {
        const bool ran = check.skipped.empty();
        failed += ran && !check.ok ? 1 : 0;
        skipped += ran ? 0 : 1;
        list.push_back({{"op", check.op},
                        {"shape", check.shape},
                        {"variant", check.variant},
                        {"max_error", ran ? Json(check.maxError) : Json(nullptr)},
                        {"share_of_tolerance", ran ? Json(check.worstShare) : Json(nullptr)},
                        {"ok", ran ? Json(check.ok) : Json(nullptr)},
                        {"skipped", check.skipped}});
        if (!context.json && ran && !check.ok)
            std::printf("FAILED %s %s %s: max error %.3g, %.3g times the tolerance\n", check.op.c_str(),
                        check.variant.c_str(), check.shape.c_str(), check.maxError, check.worstShare);
    }
    if (context.json)
        printJson({{"checks", list}});
    else
        std::cout << checks->size() << " checks, " << failed << " failed, " << skipped
                  << " skipped on this CPU" << std::endl;
    if (failed > 0)
        return engine::Error{
            engine::ErrorCode::internal,
            std::to_string(failed) + " kernel checks differ from the reference by more than their tolerance"};
    return {};
}

Result<void> bench(Context& context, int repetitions) {
    ProgressLine progress;
    auto result = engine::benchmarkKernels(
        repetitions, [&](const std::string& shape, std::size_t, std::size_t) { progress.show(shape); },
        context.stop.get_token());
    progress.clear();
    if (!result)
        return result.error();
    if (context.json) {
        printJson(Json::parse(engine::kernelBenchmarkJson(*result)));
        return {};
    }
    std::printf("one thread; memory is read at %.1f GB/s, int8 peak %.0f, BF16 %.0f, FP32 %.0f Gop/s\n",
                result->roofline.readGbPerS, result->roofline.int8Gops(), result->roofline.bf16Gops(),
                result->roofline.fp32.gops);
    for (const auto& timing : result->timings)
        std::printf("%-20s %-44s %-13s %9.3f ms %8.1f Gop/s %7.2f GB/s  %.0f %% of %s\n", timing.op.c_str(),
                    timing.shape.c_str(), timing.variant.c_str(), timing.milliseconds, timing.gops,
                    timing.gbps, timing.percentOfPeak,
                    timing.percentOfPeak > timing.percentOfArithmetic ? "memory" : "arithmetic");
    return {};
}

}  // namespace

void addKernels(Commands& commands) {
    struct Options {
        int repetitions = 7;
    };
    auto [command, options] = commands.add<Options>("kernels", "List, verify or time the kernel variants");
    command->require_subcommand(1);
    commands.onChosen(commands.addCommand(*command, "list", "Every op's variants and whether they run here"),
                      list);
    commands.onChosen(commands.addCommand(*command, "verify", "Check every variant against the reference"),
                      verify);
    auto* timing =
        commands.addCommand(*command, "bench", "Time every variant on the shapes of a 1B model, one thread");
    timing->add_option("--repetitions", options->repetitions, "Measured repetitions")
        ->check(CLI::Range(1, 1000))
        ->capture_default_str();
    commands.onChosen(timing,
                      [options = options](Context& context) { return bench(context, options->repetitions); });
}

}  // namespace app
