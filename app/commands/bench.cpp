// anven bench (PROFILE | --prefill 64,512 --decode 64 --depth 0,2048) MODEL…: timed tests, lanes interleaved.
#include <cmath>
#include <csignal>
#include <cstdio>
#include <iostream>
#include <nlohmann/json.hpp>
#include <optional>
#include <sstream>

#include "app/bench_rerun.h"
#include "app/bench_table.h"
#include "app/command_line.h"
#include "app/commands/commands.h"
#include "engine/benchmark/benchmark.h"
#include "engine/benchmark/profile_request.h"
#include "engine/report/metric_catalog.h"
#include "engine/report/report.h"
#include "engine/report/run_json.h"
#include "engine/synthetic/random_model_cache.h"

namespace app {
namespace {

struct BenchOptions {
    std::vector<std::string> models;
    std::vector<std::string> positional;  ///< models, after a profile when the first names one
    std::vector<std::int64_t> prefill;
    std::vector<std::int64_t> decode;
    std::vector<std::int64_t> depth;
    std::vector<int> threads;
    std::vector<std::string> kernels;
    std::string kv;
    std::optional<std::int64_t> context;
    std::optional<std::int64_t> repetitions;
    std::optional<std::int64_t> warmups;
    std::optional<std::int64_t> seed;
    std::string order;
    bool packedCopy = false;
    std::string database;
    bool list = false;
    std::optional<std::int64_t> resume;
    std::string rerun;  ///< a report
    std::optional<std::int64_t> run;

    bool hasProfile() const {
        return !positional.empty() && engine::namesBenchmarkProfile(positional.front());
    }
    bool hasTests() const { return !prefill.empty() || !decode.empty(); }
};

/// "NAME=PATH" or a path alone; a path may hold '=' only after a name.
engine::ProfileModel modelOf(const std::string& text) {
    const auto equals = text.find('=');
    if (equals == std::string::npos)
        return {text, "", text};
    return {text.substr(0, equals), "", text.substr(equals + 1)};
}

std::vector<engine::ProfileModel> givenModels(const BenchOptions& options) {
    std::vector<engine::ProfileModel> models;
    for (auto at = options.positional.begin() + (options.hasProfile() ? 1 : 0);
         at != options.positional.end(); ++at)
        models.push_back(modelOf(*at));
    for (const auto& text : options.models)
        models.push_back(modelOf(text));
    return models;
}

/// What the options say, on top of the profile.
void apply(const BenchOptions& options, engine::BenchmarkProfile& profile) {
    if (options.hasTests())
        profile.tests = {{options.prefill, options.decode,
                          options.depth.empty() ? std::vector<std::int64_t>{0} : options.depth}};
    else if (!options.depth.empty())
        for (auto& entry : profile.tests)
            entry.depth = options.depth;
    if (!options.threads.empty()) {
        profile.threads.clear();
        for (const int threads : options.threads)
            profile.threads.push_back(threads == 0 ? "all" : std::to_string(threads));
    }
    if (!options.kernels.empty())
        profile.kernels = options.kernels;
    if (!options.kv.empty())
        profile.kv = {options.kv};
    profile.context = options.context.value_or(profile.context);
    if (options.repetitions)
        profile.repetitions = {*options.repetitions, *options.repetitions, 0.0};
    if (options.warmups)
        profile.warmup = {*options.warmups, 0.0};
    if (!options.order.empty())
        profile.order =
            options.order == "sequential" ? engine::LaneOrder::sequential : engine::LaneOrder::interleaved;
    profile.seed = options.seed.value_or(profile.seed);
}

/// The same call, so that a report can say how to repeat it.
std::vector<std::string> argumentsOf(const BenchOptions& options) {
    auto words = options.positional;
    const auto add = [&](const char* option, const std::string& value) {
        if (!value.empty())
            words.insert(words.end(), {option, value});
    };
    const auto joined = [](const auto& list) {
        std::ostringstream text;
        for (const auto& item : list)
            text << (text.tellp() > 0 ? "," : "") << item;
        return text.str();
    };
    const auto number = [](const std::optional<std::int64_t>& value) {
        return value ? std::to_string(*value) : std::string();
    };
    for (const auto& model : options.models)
        add("--model", model);
    add("--prefill", joined(options.prefill));
    add("--decode", joined(options.decode));
    add("--depth", joined(options.depth));
    add("--threads", joined(options.threads));
    add("--kernels", joined(options.kernels));
    add("--kv", options.kv);
    add("--context", number(options.context));
    add("--repetitions", number(options.repetitions));
    add("--warmups", number(options.warmups));
    add("--order", options.order);
    add("--seed", number(options.seed));
    if (options.packedCopy)
        words.emplace_back("--packed-copy");
    return words;
}

/// The profile and the options as lanes and tests; random models are made where they are missing.
Result<engine::BenchmarkRequest> requestOf(const BenchOptions& options, ProgressLine& progress,
                                           std::stop_token stop) {
    engine::ProfileChoice choice;
    if (options.hasProfile()) {
        auto read = engine::benchmarkProfile(options.positional.front());
        if (!read)
            return read.error();
        choice.profile = std::move(*read);
    }
    apply(options, choice.profile);
    choice.models = givenModels(options);
    choice.load.packedCopy = options.packedCopy;
    choice.anyThreads = !options.threads.empty() || !options.hasProfile();
    choice.arguments = argumentsOf(options);
    auto request = engine::benchmarkRequestOf(
        std::move(choice),
        [&](const std::string& model) { progress.show("making the random model " + model); }, stop);
    progress.clear();
    return request;
}

std::string textOf(const engine::BenchmarkRequest& request, const engine::BenchmarkProgress& now) {
    using Step = engine::BenchmarkProgress::Step;
    const auto& lane = request.lanes[now.lane].name;
    std::string text = std::to_string(now.done) + "/" + std::to_string(now.total) + " ";
    switch (now.step) {
        case Step::loading:
            return text + "loading " + lane;
        case Step::idle:
            return text + "measuring the idle power, " + engine::formatNumber(request.idleSeconds) + " s";
        case Step::quality:
            return text + lane + " · quality";
        case Step::paused:
            ::raise(SIGSTOP);  // as Ctrl-Z does elsewhere; `fg` continues behind this line
            request.paused->resume();
            return text + "continuing";
        case Step::warmup:
        case Step::measuring:
            break;
    }
    text += lane + " · " + engine::testText(now.test) + (now.step == Step::warmup ? " · warm-up " : " · ") +
            std::to_string(now.repetition);
    if (now.seconds)
        text += " · at most " + engine::formatNumber(std::ceil(*now.seconds)) + " s left";
    return text;
}

engine::BenchmarkListener listenerFor(const engine::BenchmarkRequest& request, ProgressLine& progress) {
    engine::BenchmarkListener listener;
    listener.laneFailed = [&](std::size_t lane, const engine::Error& error) {
        progress.clear();
        std::cerr << "anven: lane " << request.lanes[lane].name << ": " << error.message << std::endl;
    };
    listener.progressed = [&](const engine::BenchmarkProgress& now) { progress.show(textOf(request, now)); };
    return listener;
}

Result<void> listProfiles(const Context& context) {
    auto profiles = engine::benchmarkProfiles();
    if (!profiles)
        return profiles.error();
    nlohmann::json list = nlohmann::json::array();
    for (const auto& profile : *profiles) {
        list.push_back({{"id", profile.id},
                        {"name", profile.name},
                        {"description", profile.description},
                        {"sha256", engine::profileDigest(profile)},
                        {"shipped", engine::isShippedProfile(profile)}});
        if (!context.json)
            std::cout << profile.id << std::string(profile.id.size() < 16 ? 16 - profile.id.size() : 1, ' ')
                      << profile.description << '\n';
    }
    if (context.json)
        printJson({{"profiles", list}});
    return {};
}

/// Ctrl-Z waits for the repetition in flight: one that was stopped in the middle would be spoiled.
engine::PauseSwitch* pauseSwitch = nullptr;

void pauseOnCtrlZ(engine::BenchmarkRequest& request) {
    request.paused = std::make_shared<engine::PauseSwitch>();
    pauseSwitch = request.paused.get();
    std::signal(SIGTSTP, [](int) { pauseSwitch->pause(); });
}

Result<void> run(const BenchOptions& options, Context& context) {
    if (options.list)
        return listProfiles(context);
    if (!options.rerun.empty())
        return rerunReport({options.rerun, options.run, options.database}, context);
    const auto database =
        options.database.empty() ? engine::Store::defaultPath() : std::filesystem::path(options.database);
    auto store = engine::Store::open(database);
    if (!store)
        return store.error();
    ProgressLine progress;
    auto request = options.resume ? engine::requestOfRun(**store, *options.resume)
                                  : requestOf(options, progress, context.stop.get_token());
    if (!request)
        return request.error();
    pauseOnCtrlZ(*request);
    const auto listener = listenerFor(*request, progress);
    auto runId = options.resume ? engine::resumeBenchmark(*options.resume, *request, listener, **store,
                                                          context.stop.get_token())
                                : engine::runBenchmark(*request, listener, **store, context.stop.get_token());
    std::signal(SIGTSTP, SIG_DFL);
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
        printBenchTable(request->profile.notes, reports->front());
    if (reports->front().run.status == "cancelled")
        return engine::Error{engine::ErrorCode::cancelled,
                             "stopped; run " + std::to_string(*runId) +
                                 " keeps what was measured, `anven bench --resume " + std::to_string(*runId) +
                                 "` measures the rest"};
    for (const auto& lane : reports->front().lanes)
        if (lane.lane.status == "failed")
            return engine::Error{engine::ErrorCode::internal,
                                 "lane " + lane.lane.name + " failed: " + lane.lane.error};
    return {};
}

/// What no single option can check. Throws as CLI11 does: bad usage.
void checkUsage(const BenchOptions& options) {
    const bool hasModels = !options.positional.empty() || !options.models.empty();
    if (options.resume && (hasModels || options.hasTests()))
        throw CLI::ValidationError("--resume",
                                   "continues a run as it was asked; leave models and tests away");
    if (!options.rerun.empty() && (hasModels || options.hasTests() || options.resume))
        throw CLI::ValidationError("--rerun", "measures a run as its report says; leave the rest away");
    if (options.run && options.rerun.empty())
        throw CLI::ValidationError("--run", "chooses a run of the report that --rerun names");
    if (options.resume || options.list || !options.rerun.empty() || options.hasProfile())
        return;
    if (!hasModels)
        throw CLI::RequiredError("a profile (bench --list) or a model");
    if (!options.hasTests())
        throw CLI::RequiredError("a profile before the models (bench --list), or --prefill or --decode,");
}

void addWhat(CLI::App* command, BenchOptions& options) {
    command->add_option("WHAT", options.positional,
                        "A profile (its name, or a .yaml file), then models: PATH or NAME=PATH");
    command->add_option("--model", options.models, "NAME=PATH (may be repeated)")->allow_extra_args(false);
    command->add_flag("--list", options.list, "List the profiles that ship with the program");
    command->add_option("--resume", options.resume, "Measure what this run of the database lacks")
        ->check(CLI::PositiveNumber);
    command->add_option("--rerun", options.rerun,
                        "Measure what this report (.json or .html) measured, exactly; what differs is said");
    command->add_option("--run", options.run, "With --rerun: which run of the report")
        ->check(CLI::PositiveNumber);
    command->add_option("--prefill", options.prefill, "Prompt lengths, separated by commas")
        ->delimiter(',')
        ->check(CLI::PositiveNumber);
    command->add_option("--decode", options.decode, "Numbers of decoded tokens")
        ->delimiter(',')
        ->check(CLI::PositiveNumber);
    command->add_option("--depth", options.depth, "Tokens already in the context (default: 0)")
        ->delimiter(',')
        ->check(CLI::NonNegativeNumber);
}

void addHow(CLI::App* command, BenchOptions& options) {
    command->add_option("--threads", options.threads, "Thread counts; 0 = one per physical core (default)")
        ->delimiter(',')
        ->check(CLI::Range(0, 1024));
    command->add_option("--kernels", options.kernels, "Kernel levels; all = every level of this machine")
        ->delimiter(',');
    command->add_flag("--packed-copy", options.packedCopy,
                      "Keep the packed weights in a file beside the model; later loads read them from there");
    addKvOption(command, options.kv);
    command
        ->add_option("--context", options.context, "Context length in tokens; 0 = the model's, at most 8192")
        ->check(CLI::NonNegativeNumber);
    command
        ->add_option("--repetitions", options.repetitions,
                     "Measured repetitions of every test, exactly (default: 5, or the profile's rule)")
        ->check(CLI::Range(1, 100000));
    command
        ->add_option("--warmups", options.warmups,
                     "Warm-up runs before them, exactly (default: 1, or the profile's rule)")
        ->check(CLI::Range(0, 1000));
    command
        ->add_option("--order", options.order,
                     "interleaved (lanes in turns) or sequential (one lane loaded at a time)")
        ->check(CLI::IsMember({"interleaved", "sequential"}));
    command->add_option("--seed", options.seed, "Seed of the random tokens (default: 42)")
        ->check(CLI::NonNegativeNumber);
}

}  // namespace

void addBench(Commands& commands) {
    auto [command, options] = commands.add<BenchOptions>(
        "bench", "Time prefill and decode by a profile or by options, lanes interleaved");
    addWhat(command, *options);
    addHow(command, *options);
    command->add_option("--db", options->database,
                        "Database that keeps the samples (default: the workbench's own)");
    command->parse_complete_callback([options = options] { checkUsage(*options); });
    commands.onChosen(command, [options = options](Context& context) { return run(*options, context); });
}

}  // namespace app
