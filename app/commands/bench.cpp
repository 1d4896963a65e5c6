// anven bench --model NAME=PATH --prefill 64,512 --decode 64 --depth 0,2048: timed tests, lanes interleaved.
#include <cstdio>
#include <iostream>
#include <nlohmann/json.hpp>

#include "app/command_line.h"
#include "app/commands/commands.h"
#include "engine/benchmark/benchmark.h"
#include "engine/report/report.h"
#include "engine/report/run_json.h"

namespace app {
namespace {

struct BenchOptions {
    std::vector<std::string> models;
    std::vector<std::string> positional;
    std::vector<std::int64_t> prefill;
    std::vector<std::int64_t> decode;
    std::vector<std::int64_t> depth{0};
    std::vector<int> threads{0};
    std::vector<std::string> kernels{"auto"};
    engine::LoadRequest load;
    engine::BenchmarkRequest request;
    std::string database;
};

/// "NAME=PATH" or a path alone; a path may hold '=' only after a name.
engine::LaneSpec laneOf(const std::string& text) {
    engine::LaneSpec lane;
    const auto equals = text.find('=');
    lane.load.model = equals == std::string::npos ? text : text.substr(equals + 1);
    lane.name = equals == std::string::npos ? text : text.substr(0, equals);
    return lane;
}

/// Every model with every number of threads and every kernel choice.
std::vector<engine::LaneSpec> lanesOf(const BenchOptions& options) {
    auto models = options.positional;
    models.insert(models.end(), options.models.begin(), options.models.end());
    std::vector<engine::LaneSpec> lanes;
    for (const auto& model : models)
        for (const int threads : options.threads)
            for (const auto& kernels : options.kernels) {
                auto lane = laneOf(model);
                const auto path = lane.load.model;
                lane.load = options.load;
                lane.load.model = path;
                lane.load.threads = threads;
                lane.load.kernels = kernels;
                if (options.threads.size() > 1)
                    lane.name += " " + std::to_string(threads) + "t";
                if (options.kernels.size() > 1)
                    lane.name += " " + kernels;
                lanes.push_back(std::move(lane));
            }
    return lanes;
}

void printTable(const engine::RunReport& report) {
    for (const auto& lane : report.lanes) {
        std::cout << lane.lane.name << " (" << lane.lane.status
                  << (lane.lane.error.empty() ? "" : ": " + lane.lane.error) << ")\n";
        for (const auto& result : lane.results) {
            char text[200];
            const auto& s = result.summary;
            std::snprintf(text, sizeof text,
                          "  %-8s prompt %5lld generate %5lld depth %5lld  %-22s median %.5g %s",
                          result.test.c_str(), static_cast<long long>(result.prompt),
                          static_cast<long long>(result.generate), static_cast<long long>(result.depth),
                          result.metric.c_str(), s.median, result.unit.c_str());
            std::cout << text;
            if (s.ci95) {
                std::snprintf(text, sizeof text, "  [%.5g, %.5g]", s.ci95->low, s.ci95->high);
                std::cout << text;
            }
            std::cout << "  n=" << s.n << '\n';
        }
    }
    std::cout << std::flush;
}

engine::BenchmarkListener listenerFor(const engine::BenchmarkRequest& request, ProgressLine& progress) {
    engine::BenchmarkListener listener;
    listener.laneFailed = [&](std::size_t lane, const engine::Error& error) {
        progress.clear();
        std::cerr << "anven: lane " << request.lanes[lane].name << ": " << error.message << std::endl;
    };
    listener.measured = [&](std::int64_t done, std::int64_t total, std::size_t lane,
                            const engine::BenchmarkTest& test) {
        progress.show(std::to_string(done) + "/" + std::to_string(total) + " " + request.lanes[lane].name +
                      " " + test.test);
    };
    return listener;
}

Result<void> run(const BenchOptions& options, Context& context) {
    auto request = options.request;
    request.lanes = lanesOf(options);
    request.tests = engine::makeTests(options.prefill, options.decode, options.depth);
    const auto database =
        options.database.empty() ? engine::Store::defaultPath() : std::filesystem::path(options.database);
    auto store = engine::Store::open(database);
    if (!store)
        return store.error();
    ProgressLine progress;
    auto runId =
        engine::runBenchmark(request, listenerFor(request, progress), **store, context.stop.get_token());
    progress.clear();
    if (!runId)
        return runId.error();
    const std::int64_t ids[] = {*runId};
    auto reports = engine::loadReports(**store, ids);
    if (!reports)
        return reports.error();
    if (context.json)
        printJson(nlohmann::json::parse(engine::runJson(reports->front())));
    else
        printTable(reports->front());
    if (reports->front().run.status == "cancelled")
        return engine::Error{engine::ErrorCode::cancelled,
                             "stopped; run " + std::to_string(*runId) + " keeps what was measured"};
    for (const auto& lane : reports->front().lanes)
        if (lane.lane.status == "failed")
            return engine::Error{engine::ErrorCode::internal,
                                 "lane " + lane.lane.name + " failed: " + lane.lane.error};
    return {};
}

}  // namespace

void addBench(Commands& commands) {
    auto [command, options] =
        commands.add<BenchOptions>("bench", "Time prefill and decode, lanes interleaved");
    auto* models = command->add_option_group("models", "What to measure");
    models->add_option("MODELS", options->positional, "Models to measure");
    models->add_option("--model", options->models, "NAME=PATH (may be repeated)");
    models->require_option(1, 0);
    auto* tests = command->add_option_group("tests", "What to time");
    tests->add_option("--prefill", options->prefill, "Prompt lengths, separated by commas")
        ->delimiter(',')
        ->check(CLI::PositiveNumber);
    tests->add_option("--decode", options->decode, "Numbers of decoded tokens")
        ->delimiter(',')
        ->check(CLI::PositiveNumber);
    tests->require_option(1, 0);
    command->add_option("--depth", options->depth, "Tokens already in the context")
        ->delimiter(',')
        ->check(CLI::NonNegativeNumber);
    command->add_option("--threads", options->threads, "Thread counts; 0 = one per physical core")
        ->delimiter(',')
        ->check(CLI::Range(0, 1024));
    command->add_option("--kernels", options->kernels, "Kernel levels")->delimiter(',');
    command->add_flag("--packed-copy", options->load.packedCopy,
                      "Keep the packed weights in a file beside the model; later loads read them from there");
    addKvOption(command, options->load.kv);
    command
        ->add_option("--context", options->load.context,
                     "Context length in tokens; 0 = the model's, at most 8192")
        ->check(CLI::NonNegativeNumber);
    command->add_option("--repetitions", options->request.repetitions, "Measured repetitions of every test")
        ->check(CLI::Range(1, 100000))
        ->capture_default_str();
    command->add_option("--warmups", options->request.warmups, "Unmeasured repetitions before them")
        ->check(CLI::Range(0, 1000))
        ->capture_default_str();
    command->add_option("--seed", options->request.seed, "Seed of the random tokens")->capture_default_str();
    command->add_option("--db", options->database,
                        "Database that keeps the samples (default: the workbench's own)");
    commands.onChosen(command, [options = options](Context& context) { return run(*options, context); });
}

}  // namespace app
