#include "app/finetune_output.h"

#include <cstdio>
#include <nlohmann/json.hpp>

#include "engine/generate/generation_json.h"
#include "engine/metrics/generation_metrics.h"

namespace app {
namespace {

using Json = nlohmann::json;
namespace train = engine::train;

Json stepJson(const train::FinetuneStep& step) {
    Json json{{"stage", step.stage},
              {"step", step.step},
              {"loss", step.loss},
              {"lr", step.learningRate},
              {"gradient_norm", step.gradientNorm},
              {"tokens_per_s", step.tokensPerSecond},
              {"accuracy", step.accuracy}};
    if (step.validationLoss)
        json["validation_loss"] = *step.validationLoss;
    return json;
}

}  // namespace

std::function<void(const train::FinetuneProgress&)> finetuneListener(ProgressLine& line, bool json) {
    return [&line, json](const train::FinetuneProgress& progress) {
        const auto& last = progress.last;
        if (json) {
            auto object = stepJson(last);
            object["steps"] = progress.steps;
            object["stages"] = progress.stages;
            object["seconds_left"] = progress.secondsLeft;
            std::fprintf(stderr, "%s\n", object.dump().c_str());
            return;
        }
        char text[160];
        std::snprintf(text, sizeof text,
                      "stage %lld/%lld  step %lld/%lld  loss %.4f  %.0f tokens/s  %.0f s left",
                      static_cast<long long>(last.stage + 1), static_cast<long long>(progress.stages),
                      static_cast<long long>(last.step), static_cast<long long>(progress.steps), last.loss,
                      last.tokensPerSecond, progress.secondsLeft);
        line.show(text);
    };
}

Json dataJson(const train::DataStatistics& data) {
    return {{"examples", data.items},
            {"kinds", data.kinds},
            {"validation", data.validation},
            {"tokens", data.tokens},
            {"learned_tokens", data.learnedTokens},
            {"length",
             {{"min", data.shortest}, {"median", data.median}, {"p95", data.p95}, {"max", data.longest}}},
            {"duplicates", data.duplicates},
            {"cut", data.cut},
            {"warnings", data.warnings}};
}

Json finetuneJson(const train::FinetuneReport& report) {
    Json steps = Json::array();
    for (const auto& step : report.steps)
        steps.push_back(stepJson(step));
    const auto& data = report.data;
    Json json{{"steps", steps},
              {"validation_loss", report.validationLoss ? Json(*report.validationLoss) : Json()},
              {"best_step", report.bestStep},
              {"trained_parameters", report.parameters},
              {"tokens_per_s", report.tokensPerSecond},
              {"seconds", report.seconds},
              {"resumed", report.resumed},
              {"energy", engine::toJson(report.energy)},
              {"model",
               {{"path", report.model.path.string()},
                {"variant", report.model.variant},
                {"weights_bytes", report.model.bytes}}},
              {"data", dataJson(data)}};
    if (const auto peak = engine::peakRssBytes())
        json["peak_rss_bytes"] = *peak;
    return json;
}

void printData(const train::DataStatistics& data) {
    std::printf("examples     %lld (%lld held out), %lld tokens, of which %lld are learned\n",
                static_cast<long long>(data.items), static_cast<long long>(data.validation),
                static_cast<long long>(data.tokens), static_cast<long long>(data.learnedTokens));
    for (const auto& warning : data.warnings)
        std::printf("warning      %s\n", warning.c_str());
}

void printFinetune(const train::FinetuneReport& report) {
    const auto& data = report.data;
    if (data.items > 0)
        printData(data);
    if (!report.steps.empty())
        std::printf("loss         %.4f, at the first step %.4f\n", report.steps.back().loss,
                    report.steps.front().loss);
    if (report.validationLoss)
        std::printf("held out     %.4f, best at step %lld\n", *report.validationLoss,
                    static_cast<long long>(report.bestStep));
    std::printf("speed        %.0f tokens/s, %.1f s\n", report.tokensPerSecond, report.seconds);
    if (report.energy.joules)
        std::printf("energy       %.1f J (%s, %s)\n", *report.energy.joules,
                    std::string(engine::name(report.energy.provenance)).c_str(),
                    report.energy.source.c_str());
    else
        std::printf("energy       unavailable: %s\n", report.energy.reason.c_str());
    std::printf("%-12s %s (%s)\n", report.model.variant.c_str(), report.model.path.c_str(),
                bytesText(static_cast<double>(report.model.bytes)).c_str());
}

}  // namespace app
