// anven quantize MODEL --recipe R --out DIR: makes a variant and measures what it lost.
#include <cstdio>
#include <nlohmann/json.hpp>

#include "app/command_line.h"
#include "app/commands/commands.h"
#include "app/commands/quantize_search.h"
#include "engine/quantize/quantize.h"

namespace app {
namespace {

void print(const engine::QuantizeReport& report) {
    std::printf("%-34s %-12s %9s %9s\n", "layer", "scheme", "error", "output");
    for (const auto& layer : report.layers)
        std::printf("%-34s %-12s %8.3f%% %8.3f%%\n", layer.name.c_str(), layer.scheme.c_str(),
                    100.0 * layer.relError, 100.0 * layer.outputError);
    std::printf("%s: %s by %s in %.1f s\n", report.path.c_str(),
                bytesText(static_cast<double>(report.weightsBytes)).c_str(), report.policy.c_str(),
                report.seconds);
    if (report.quality)
        std::printf("perplexity %.4f, KL to the source %.5f nats, same top token %.2f %%\n",
                    report.quality->perplexity, report.quality->klMean.value_or(0.0),
                    100.0 * report.quality->top1Agreement.value_or(0.0));
    if (report.quality && !report.heldOut)
        std::printf(
            "that was measured on the calibration text; give --evaluate-on FILE for held-out figures\n");
}

Result<void> list(const Context& context) {
    const auto policies = engine::shippedPolicies();
    if (!policies)
        return policies.error();
    nlohmann::json rows = nlohmann::json::array();
    for (const auto& policy : *policies) {
        rows.push_back({{"id", policy.id}, {"name", policy.name}, {"description", policy.description}});
        if (!context.json)
            std::printf("%-16s %s\n", policy.id.c_str(), policy.description.c_str());
    }
    if (context.json)
        printJson({{"policies", rows}});
    return {};
}

struct Options {
    engine::QuantizeRequest request;
    std::string out;
    std::string text;
    std::string evaluationText;
    std::string format;
    QuantizeSearchOptions search;
    bool skipEvaluation = false;
    bool list = false;
};

Result<void> run(const Options& options, Context& context) {
    if (options.list)
        return list(context);
    auto request = options.request;
    request.out = options.out;
    request.text = options.text;
    request.evaluationText = options.evaluationText;
    request.evaluate = !options.skipEvaluation;
    if (options.search.scan || !options.search.search.empty())
        return runQuantizeSearch(options.search, request, options.out, context);
    if (!options.format.empty())
        request.layout = engine::variantLayoutNamed(options.format);
    ProgressLine line;
    const auto progress = [&line](const engine::QuantizeProgress& now) {
        std::string text = now.what;
        if (now.secondsLeft)
            text += ", " + std::to_string(static_cast<long long>(*now.secondsLeft + 0.5)) + " s left";
        line.show(text);
    };
    const auto report = engine::quantizeModel(request, progress, context.stop.get_token());
    line.clear();
    if (!report)
        return report.error();
    if (context.json)
        printJson(nlohmann::json::parse(engine::toText(*report)));
    else
        print(*report);
    return {};
}

/// What no single option can check. Throws as CLI11 does: bad usage.
void checkUsage(const Options& options) {
    const auto& request = options.request;
    const bool searches = !options.search.search.empty();
    if (options.list)
        return;
    if (options.search.scan && searches)
        throw CLI::ValidationError("--scan", "a search scans by itself; give one of them");
    if (options.search.scan && request.model.empty())
        throw CLI::RequiredError("MODEL");
    if (searches && (request.model.empty() || options.out.empty()))
        throw CLI::RequiredError("MODEL and --out, the recipe's file,");
    if (!options.search.scan && !searches &&
        (request.model.empty() || request.policy.empty() || options.out.empty()))
        throw CLI::RequiredError("MODEL, --recipe and --out (or --list for the recipes)");
}

}  // namespace

void addQuantize(Commands& commands) {
    auto [command, options] =
        commands.add<Options>("quantize", "Make a quantized variant of a model and measure what it lost");
    auto& request = options->request;
    command->add_option("MODEL", request.model, "BF16, F16 or F32 model");
    addAdapterOption(command, request.adapter);
    command->add_option("--recipe", request.policy, "Recipe by name (see --list) or a .yaml file");
    command->add_option("--out", options->out,
                        "Folder to make; a job that was stopped goes on when it is given again");
    command
        ->add_option("--format", options->format,
                     "What is written instead of the recipe's layout: meta, safetensors, or gguf for "
                     "llama.cpp (OUT/model.gguf)")
        ->check(CLI::IsMember({"meta", "safetensors", "gguf"}));
    command->add_option("--text", options->text, "Calibration text, UTF-8 (default: the one that ships)");
    command->add_option("--windows", request.windows, "Calibration windows at most")
        ->check(CLI::Range(std::int64_t{1}, std::int64_t{1} << 20))
        ->capture_default_str();
    command->add_option("--window", request.windowSize, "Tokens per calibration window")
        ->check(CLI::Range(std::int64_t{2}, std::int64_t{1} << 17))
        ->capture_default_str();
    command->add_option("--seed", request.seed, "Seed of random rotations")->capture_default_str();
    command->add_option("--threads", request.threads, "Threads; 0 = one per physical core")
        ->check(CLI::Range(0, 1024));
    command->add_option("--evaluate-on", options->evaluationText,
                        "Held-out text for the comparison with the source (default: the one that ships)");
    command->add_flag("--no-evaluate", options->skipEvaluation, "Leave the comparison out");
    addSearchOptions(command, options->search);
    command->add_flag("--list", options->list, "List the recipes");
    command->parse_complete_callback([options = options] { checkUsage(*options); });
    commands.onChosen(command, [options = options](Context& context) { return run(*options, context); });
}

}  // namespace app
