// anven kernels (list|verify|bench|tune): what variants exist, whether they agree with the reference, how
// fast they are here, and which of them the plan should use.
#include <cstdio>
#include <filesystem>
#include <iostream>
#include <nlohmann/json.hpp>

#include "app/command_line.h"
#include "app/commands/commands.h"
#include "engine/benchmark/kernel_checks.h"
#include "engine/benchmark/kernel_measurement.h"
#include "engine/benchmark/kernel_timings.h"
#include "engine/benchmark/kernel_tuning.h"
#include "engine/runtime/kernel_plan.h"
#include "engine/worker/worker_json.h"

namespace app {
namespace {

using Json = nlohmann::json;

/// The table that decides here, as JSON and as a line for people.
Json tableJson(const engine::KernelTable& table) {
    return {{"path", table.source.empty() ? Json(nullptr) : Json(table.source)},
            {"measured", table.measured},
            {"problem", table.problem}};
}

void printPlan(const engine::KernelPlan& plan, const engine::KernelTable& table) {
    std::printf("\nthe plan (--kernels auto):\n");
    for (const auto& choice : plan.choices)
        std::printf("%-22s %-14s %s\n", choice.op.c_str(), choice.variant.c_str(), choice.reason.c_str());
    if (const auto dependent = plan.batchDependent(); !dependent.empty())
        std::printf("last bits depend on the number of tokens computed at once: %s\n", dependent.c_str());
    if (!table.problem.empty())
        std::printf("a kernel table is not used: %s\n", table.problem.c_str());
}

Result<void> list(Context& context) {
    const auto table = engine::kernelTableHere();
    const auto plan = engine::KernelPlan::make("auto", false, table);
    if (!plan)
        return plan.error();
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
        printJson({{"variants", variants},
                   {"plan", engine::toJson(plan->choices)},
                   {"batch_dependent", plan->batchDependent()},
                   {"table", tableJson(table)}});
    else
        printPlan(*plan, table);
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

Json rowJson(const engine::KernelTableRow& row) {
    Json variants = Json::array();
    for (const auto& variant : row.variants)
        variants.push_back({{"name", variant.variant},
                            {"gops", variant.gops},
                            {"gbps", variant.gbps},
                            {"spread", variant.spread}});
    return {{"op", row.op}, {"weights", row.weights}, {"tokens", name(row.tokens)}, {"variants", variants}};
}

void printRow(const engine::KernelTableRow& row) {
    std::printf("%-13s %-13s %-6s", row.op.c_str(), row.weights.c_str(), name(row.tokens).data());
    for (const auto& variant : row.variants)
        std::printf("  %s %.1f Gop/s %.2f GB/s +-%.1f %%", variant.variant.c_str(), variant.gops,
                    variant.gbps, 100.0 * variant.spread);
    std::printf("\n");
}

Result<void> tune(Context& context, const engine::TuningRequest& request, const std::string& out) {
    ProgressLine progress;
    auto tuning = engine::tuneKernels(
        request, [&](const std::string& next) { progress.show(next); }, context.stop.get_token());
    progress.clear();
    if (!tuning)
        return tuning.error();
    const auto file =
        out.empty() ? engine::userKernelTablePath(engine::CpuClass::here()) : std::filesystem::path(out);
    if (auto written = tuning->table.write(file); !written)
        return written.error();
    const auto table = engine::KernelTable::read(file);  // as every later plan reads it, rounded
    if (!table)
        return table.error();
    const auto plan = engine::KernelPlan::make("auto", false, *table);
    if (!plan)
        return plan.error();
    Json rows = Json::array();
    for (const auto& row : table->rows) {
        rows.push_back(rowJson(row));
        if (!context.json)
            printRow(row);
    }
    if (context.json) {
        printJson({{"path", file.string()},
                   {"cpu", table->cpu},
                   {"features", table->features},
                   {"measured", table->measured},
                   {"rows", rows},
                   {"left_out", tuning->leftOut},
                   {"plan", engine::toJson(plan->choices)},
                   {"batch_dependent", plan->batchDependent()}});
        return {};
    }
    for (const auto& reason : tuning->leftOut)
        std::printf("left out: %s\n", reason.c_str());
    printPlan(*plan, *table);
    std::printf("written: %s\n", file.c_str());
    return {};
}

/// "2048x8192"; the parser has checked it.
engine::TuningRequest::Matrix matrixOf(const std::string& text) {
    return {std::stoll(text), std::stoll(text.substr(text.find('x') + 1))};
}

std::string checkMatrix(const std::string& text) {
    constexpr long kMost = 1 << 20;
    long rows = 0;
    long cols = 0;
    int end = 0;
    const bool read = std::sscanf(text.c_str(), "%7ldx%7ld%n", &rows, &cols, &end) == 2;
    if (read && static_cast<std::size_t>(end) == text.size() && rows > 0 && cols > 0 && rows <= kMost &&
        cols <= kMost)
        return "";
    return "'" + text + "' is not ROWSxCOLS, such as 8192x2048";
}

void addTune(Commands& commands, CLI::App& parent) {
    struct Options {
        engine::TuningRequest request;
        std::vector<std::string> matrices;
        std::string out;
    };
    const auto options = std::make_shared<Options>();
    auto* command = commands.addCommand(
        parent, "tune", "Time the matmul variants and write the table that --kernels auto decides by");
    command->add_option("--repetitions", options->request.repetitions, "Measured repetitions")
        ->check(CLI::Range(1, 1000))
        ->capture_default_str();
    command
        ->add_option("--matrices", options->matrices,
                     "Shapes ROWSxCOLS to measure instead of those of the 1B and 3B models")
        ->delimiter(',')
        ->check(checkMatrix, "SHAPE");
    command->add_option("--out", options->out,
                        "File to write instead of the user's table, which goes before the shipped one");
    commands.onChosen(command, [options](Context& context) {
        auto request = options->request;
        if (!options->matrices.empty()) {
            request.matrices.clear();
            for (const auto& text : options->matrices)
                request.matrices.push_back(matrixOf(text));
        }
        return tune(context, request, options->out);
    });
}

}  // namespace

void addKernels(Commands& commands) {
    struct Options {
        int repetitions = 7;
    };
    auto [command, options] =
        commands.add<Options>("kernels", "List, verify, time or choose the kernel variants");
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
    addTune(commands, *command);
}

}  // namespace app
