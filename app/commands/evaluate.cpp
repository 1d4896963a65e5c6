// anven evaluate MODEL (--text F | --tokens F.u16 | --choices F.jsonl | --smoke): perplexity, the accuracy of
// multiple choice, or a quick gate; with a reference model how far it is from that.
#include <cstdio>
#include <nlohmann/json.hpp>

#include "app/command_line.h"
#include "app/commands/commands.h"
#include "app/picture_input.h"
#include "engine/evaluate/evaluation_json.h"

namespace app {
namespace {

struct EvaluateOptions {
    engine::EvaluationRequest request;
    std::string reference;
    std::string text;
    std::string tokens;
    std::string choices;
    bool smoke = false;
    engine::SmokeRequest gate;
};

std::string intervalText(const std::optional<engine::Interval>& interval, int digits, double factor = 1.0) {
    if (!interval)
        return {};
    char text[64];
    std::snprintf(text, sizeof text, "  [%.*f, %.*f]", digits, factor * interval->low, digits,
                  factor * interval->high);
    return text;
}

void print(const engine::EvaluationResult& result) {
    std::printf("tokens       %lld\nnll          %.5f nats\nperplexity   %.4f%s\n",
                static_cast<long long>(result.tokens), result.nll, result.perplexity,
                intervalText(result.ci95, 4).c_str());
    if (!result.klMean)
        return;
    std::printf("ln ratio     %+.5f%s  of the perplexities\n", result.lnPerplexityRatio.value_or(0.0),
                intervalText(result.lnPerplexityRatioCi95, 5).c_str());
    std::printf("kl mean      %.5f%s nats\nkl p99       %.5f nats\n", *result.klMean,
                intervalText(result.klCi95, 5).c_str(), result.klP99.value_or(0.0));
    std::printf("top-1        %.2f%s %%\n", 100.0 * result.top1Agreement.value_or(0.0),
                intervalText(result.top1Ci95, 2, 100.0).c_str());
    std::printf("rms delta p  %.2f %%\n", 100.0 * result.rmsDeltaP.value_or(0.0));
}

void print(const char* name, const engine::ChoiceAccuracy& accuracy, std::int64_t questions) {
    std::printf("%-12s %.2f%s %%  (%lld of %lld); by likelihood per byte %.2f%s %%\n", name,
                100.0 * accuracy.accuracy, intervalText(accuracy.ci95, 2, 100.0).c_str(),
                static_cast<long long>(accuracy.right), static_cast<long long>(questions),
                100.0 * accuracy.accuracyPerByte, intervalText(accuracy.perByteCi95, 2, 100.0).c_str());
}

void print(const engine::ChoicesResult& result) {
    print("accuracy", result.model, result.questions);
    std::printf("guessing     %.2f %%\n", 100.0 * result.chance);
    if (!result.reference)
        return;
    print("reference", *result.reference, result.questions);
    std::printf(
        "agreement    %.2f %%; right before and wrong now %lld, wrong before and right now %lld "
        "(p = %.3f)\n",
        100.0 * result.agreement.value_or(0.0), static_cast<long long>(result.lost),
        static_cast<long long>(result.gained), result.p.value_or(1.0));
}

void print(const engine::SmokeResult& result) {
    for (const auto& prompt : result.prompts)
        std::printf("%-12s agreement %5.1f %%  kl %.4f  %s\n", prompt.name.c_str(),
                    100.0 * prompt.top1Agreement, prompt.klMean,
                    prompt.problem.empty() ? "ok" : prompt.problem.c_str());
    std::printf("all          agreement %5.1f %%  kl %.4f  %s\n", 100.0 * result.top1Agreement, result.klMean,
                result.passed ? "passed" : "failed");
}

template <class Outcome>
Result<Outcome> shown(Context& context, Result<Outcome> result) {
    if (result && context.json)
        printJson(engine::toJson(*result));
    else if (result)
        print(*result);
    return result;
}

Result<void> run(const EvaluateOptions& options, Context& context) {
    ProgressLine line;
    const auto progress = [&line](const char* unit) {
        return [&line, unit](std::int64_t done, std::int64_t total) {
            done == total
                ? line.clear()
                : line.show(unit + std::string(" ") + std::to_string(done) + "/" + std::to_string(total));
        };
    };
    auto request = options.request;
    if (!options.reference.empty()) {
        request.reference = request.model;
        request.reference->model = options.reference;
        request.reference->adapter.clear();  // what the model is compared with is as it is named
    }
    const auto stop = context.stop.get_token();
    if (options.smoke) {
        auto gate = options.gate;
        gate.model = request.model;
        gate.baseline = *request.reference;
        const auto result = shown(context, engine::evaluateSmoke(gate, progress("prompt"), stop));
        if (!result)
            return result.error();
        if (!result->passed)
            return engine::Error{engine::ErrorCode::invalidInput, "smoke suite failed: " + result->problem};
        return {};
    }
    if (!options.choices.empty()) {
        const engine::ChoicesRequest asked{request.model, request.reference, options.choices, request.limit,
                                           readPicture};
        const auto result = shown(context, engine::evaluateChoices(asked, progress("question"), stop));
        return result ? Result<void>{} : result.error();
    }
    request.text = options.text;
    request.tokens = options.tokens;
    const auto result = shown(context, engine::evaluate(request, progress("window"), stop));
    return result ? Result<void>{} : result.error();
}

}  // namespace

void addEvaluate(Commands& commands) {
    auto [command, options] = commands.add<EvaluateOptions>(
        "evaluate", "Measure quality: perplexity of a text, multiple choice, or a quick gate");
    command->add_option("MODEL", options->request.model.model, "Model to evaluate")->required();
    auto* source = command->add_option_group("source", "What to evaluate on");
    source->add_option("--text", options->text, "UTF-8 text");
    source->add_option("--tokens", options->tokens, "Token ids, little-endian 16-bit");
    source->add_option(
        "--choices", options->choices,
        "Multiple choice, JSON lines: {\"question\", \"choices\": [...], \"answer\"}, and with "
        "\"image\", a path beside the file, about a picture");
    auto* smoke = source->add_flag("--smoke", options->smoke,
                                   "Four prompts; exit code 1 when the model departs from --reference, "
                                   "which is the same model in 8 bit or more");
    source->require_option(1);
    auto* reference = command->add_option("--reference", options->reference,
                                          "Model that KL divergence and agreement refer to");
    smoke->needs(reference);
    command->add_option("--least-agreement", options->gate.leastAgreement, "Passes --smoke (0..1)")
        ->check(CLI::Range(0.0, 1.0))
        ->capture_default_str()
        ->needs(smoke);
    command
        ->add_option("--window", options->request.window, "Tokens per window; 0 = 512, at most the context")
        ->check(CLI::Range(std::int64_t{0}, std::int64_t{1} << 24));
    command->add_option("--stride", options->request.stride, "Scored targets per window; 0 = all of them")
        ->check(CLI::Range(std::int64_t{0}, std::int64_t{1} << 24));
    command->add_option("--limit", options->request.limit, "Windows or questions at most; 0 = all")
        ->check(CLI::Range(std::int64_t{0}, std::int64_t{1} << 40));
    addLoadOptions(command, options->request.model);
    addAdapterOption(command, options->request.model.adapter);
    commands.onChosen(command, [options = options](Context& context) { return run(*options, context); });
}

}  // namespace app
