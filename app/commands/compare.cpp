// anven compare MODEL... -p TEXT: the same prompt on several variants, each in a process of its own.
#include <cstdio>
#include <iostream>
#include <nlohmann/json.hpp>

#include "app/command_line.h"
#include "app/commands/commands.h"
#include "app/generation_options.h"
#include "app/picture_input.h"
#include "engine/compare/comparison.h"
#include "engine/compare/comparison_json.h"
#include "engine/store/store.h"

namespace app {
namespace {

struct CompareOptions {
    std::vector<std::string> models;
    engine::LoadRequest load;
    GenerationOptions generation;
    std::string database;
    bool noAgreement = false;
    bool concurrent = false;
    bool tokenScores = false;
};

void printLane(const engine::LaneResult& lane) {
    if (lane.error)
        std::cerr << lane.spec.name << ": " << lane.error->message << std::endl;
    else if (lane.record)
        std::cerr << lane.spec.name << ": " << metricsLine(*lane.record) << std::endl;
}

void printAgreement(const engine::Agreement& agreement) {
    char text[160];
    std::snprintf(text, sizeof text, ": top-1 agreement %.1f %%, KL %.4g nats/token, ",
                  100.0 * agreement.top1, agreement.klMean);
    std::cout << agreement.lane << " against " << agreement.reference << text
              << (agreement.firstDivergence
                      ? "first divergence at token " + std::to_string(*agreement.firstDivergence)
                      : std::string("same answer"))
              << std::endl;
}

/// Lanes that answer at once would write into each other's lines: their answers are printed whole.
engine::ComparisonListener listenerFor(bool json, bool concurrent) {
    engine::ComparisonListener listener;
    if (json)
        return listener;
    listener.scoringStarted = [] {
        std::cerr << "The reference reads the answers of the others…" << std::endl;
    };
    listener.tokensScored = [](std::size_t lane, const engine::AnswerTokens& tokens) {
        if (tokens.scores.empty())
            std::cerr << "[" << lane + 1 << "] " << tokens.reason << std::endl;
        else
            std::printf("[%zu] the reference gives this answer %.4g nats/token\n", lane + 1,
                        engine::meanNegativeLogLikelihood(tokens.scores));
        std::fflush(stdout);
    };
    listener.agreementKnown = [](std::size_t, const engine::Agreement& agreement) {
        printAgreement(agreement);
    };
    if (concurrent) {
        listener.laneFinished = [](std::size_t lane, const engine::LaneResult& result) {
            std::cout << "\n[" << lane + 1 << "] " << result.spec.name << std::endl;
            if (result.record)
                std::cout << result.record->text << std::endl;
            printLane(result);
        };
        return listener;
    }
    listener.laneLoaded = [](std::size_t lane, const engine::LoadedModel& model) {
        std::cout << "\n[" << lane + 1 << "] " << model.config.name << " " << model.config.variant
                  << std::endl;
    };
    listener.token = [](std::size_t, const engine::TokenEvent& event) {
        std::cout << event.text << std::flush;
    };
    listener.laneFinished = [](std::size_t, const engine::LaneResult& lane) {
        std::cout << std::endl;
        printLane(lane);
    };
    return listener;
}

Result<void> run(const CompareOptions& options, Context& context) {
    engine::ComparisonRequest request;
    auto generation = requestOf(options.generation);
    if (!generation)
        return generation.error();
    request.generation = std::move(*generation);
    auto pictures = pictureRows(options.generation.images, engine::imagesOf(request.generation.messages));
    if (!pictures)
        return pictures.error();
    request.pictures = std::move(*pictures);
    request.agreement = !options.noAgreement;
    if (options.concurrent)
        request.order = engine::CompareOrder::concurrent;
    for (const auto& model : options.models) {
        engine::LaneSpec lane;
        lane.load = options.load;
        lane.load.model = model;
        lane.load.draft = draftModelOf(options.generation);
        request.lanes.push_back(std::move(lane));
    }
    std::unique_ptr<engine::Store> store;
    if (!options.database.empty()) {
        auto opened = engine::Store::open(options.database);
        if (!opened)
            return opened.error();
        store = std::move(*opened);
    }
    auto result = engine::runComparison(request, listenerFor(context.json, options.concurrent), store.get(),
                                        context.stop.get_token());
    if (!result)
        return result.error();
    if (context.json)
        printJson(engine::toJson(*result, options.tokenScores));
    else if (result->runId != 0)
        std::cout << "run " << result->runId << " is in " << options.database << std::endl;
    if (result->cancelled)
        return engine::Error{engine::ErrorCode::cancelled, "stopped; finished lanes are kept"};
    for (const auto& lane : result->lanes)
        if (lane.error)
            return lane.error->in("lane " + lane.spec.name);
    return {};
}

}  // namespace

void addCompare(Commands& commands) {
    auto [command, options] =
        commands.add<CompareOptions>("compare", "Answer one prompt with several models, side by side");
    command->add_option("MODEL", options->models, "Models; the first is the reference")->required();
    command->add_option("--db", options->database, "Database that keeps the run");
    command->add_flag("--no-agreement", options->noAgreement,
                      "Skip scoring the lanes on the reference's tokens, and the reference on theirs");
    command->add_flag("--concurrent", options->concurrent,
                      "All lanes at once: quicker to read, but the figures are not fair");
    command->add_flag("--token-scores", options->tokenScores,
                      "With --json: the reference's probability and rank of every generated token");
    addGenerationOptions(command, options->generation);
    addLoadOptions(command, options->load);
    commands.onChosen(command, [options = options](Context& context) { return run(*options, context); });
}

}  // namespace app
