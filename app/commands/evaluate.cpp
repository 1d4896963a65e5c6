// anven evaluate MODEL (--text F | --tokens F.u16): perplexity, and KL and agreement against a reference
// model.
#include <cstdio>
#include <iostream>
#include <nlohmann/json.hpp>

#include "app/command_line.h"
#include "app/commands/commands.h"
#include "engine/evaluate/evaluation_json.h"
#include "engine/evaluate/perplexity.h"

namespace app {
namespace {

struct EvaluateOptions {
    engine::EvaluationRequest request;
    std::string reference;
    std::string text;
    std::string tokens;
};

void printText(const engine::EvaluationResult& result) {
    std::printf("tokens       %lld\nnll          %.5f nats\nperplexity   %.4f",
                static_cast<long long>(result.tokens), result.nll, result.perplexity);
    if (result.ci95)
        std::printf("  [%.4f, %.4f]", result.ci95->low, result.ci95->high);
    std::printf("\n");
    if (result.klMean)
        std::printf("kl mean      %.5f nats\nkl p99       %.5f nats\ntop-1        %.2f %%\n", *result.klMean,
                    result.klP99.value_or(0.0), 100.0 * result.top1Agreement.value_or(0.0));
}

Result<void> run(const EvaluateOptions& options, Context& context) {
    auto request = options.request;
    request.text = options.text;
    request.tokens = options.tokens;
    if (!options.reference.empty()) {
        request.reference = request.model;
        request.reference->model = options.reference;
    }
    ProgressLine progress;
    auto result = engine::evaluate(
        request,
        [&](std::int64_t done, std::int64_t total) {
            progress.show("window " + std::to_string(done) + "/" + std::to_string(total));
        },
        context.stop.get_token());
    progress.clear();
    if (!result)
        return result.error();
    if (context.json)
        printJson(engine::toJson(*result));
    else
        printText(*result);
    return {};
}

}  // namespace

void addEvaluate(Commands& commands) {
    auto [command, options] = commands.add<EvaluateOptions>(
        "evaluate", "Measure quality on a text: perplexity, KL divergence, agreement");
    command->add_option("MODEL", options->request.model.model, "Model to evaluate")->required();
    auto* source = command->add_option_group("source", "What to evaluate on");
    source->add_option("--text", options->text, "UTF-8 text");
    source->add_option("--tokens", options->tokens, "Token ids, little-endian 16-bit");
    source->require_option(1);
    command->add_option("--reference", options->reference, "Model that KL divergence and agreement refer to");
    command
        ->add_option("--window", options->request.window, "Tokens per window; 0 = 512, at most the context")
        ->check(CLI::Range(std::int64_t{0}, std::int64_t{1} << 24));
    command->add_option("--stride", options->request.stride, "Scored targets per window; 0 = all of them")
        ->check(CLI::Range(std::int64_t{0}, std::int64_t{1} << 24));
    command->add_option("--limit", options->request.limit, "Windows at most; 0 = all")
        ->check(CLI::Range(std::int64_t{0}, std::int64_t{1} << 40));
    addLoadOptions(command, options->request.model);
    commands.onChosen(command, [options = options](Context& context) { return run(*options, context); });
}

}  // namespace app
