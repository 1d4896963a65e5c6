// anven generate MODEL -p TEXT: one answer, streamed, with its measurements.
#include <cstdio>
#include <iostream>
#include <nlohmann/json.hpp>

#include "app/command_line.h"
#include "app/commands/commands.h"
#include "app/generation_options.h"
#include "engine/generate/generation_json.h"

namespace app {
namespace {

struct GenerateOptions {
    engine::LoadRequest load;
    GenerationOptions generation;
};

Result<void> run(const GenerateOptions& options, Context& context) {
    auto request = requestOf(options.generation);
    if (!request)
        return request.error();
    ProgressLine progress;
    const auto loading = [&](std::int64_t done, std::int64_t total) {
        progress.show("loading " + std::to_string(total > 0 ? done * 100 / total : 100) + " %");
    };
    auto load = options.load;
    load.draft = draftModelOf(options.generation);
    auto model = engine::LocalModel::load(load, loading, context.stop.get_token());
    progress.clear();
    if (!model)
        return model.error();
    if (const auto& note = (*model)->model().packedCopyNote(); !note.empty())
        std::cerr << "anven: packed copy: " << note << std::endl;
    if ((*model)->generator() == nullptr)
        return *(*model)->tokenizerError();
    const auto onToken = [&](const engine::TokenEvent& event) {
        if (!context.json)
            std::cout << event.text << std::flush;
    };
    auto record = (*model)->generator()->run(*request, onToken, context.stop.get_token());
    if (!record)
        return record.error();
    record->metrics.loadMs = (*model)->loadMs();
    if (context.json) {
        printJson(engine::toJson(*record));
    } else {
        std::cout << std::endl;
        std::cerr << metricsLine(*record) << std::endl;
    }
    if (record->finishReason == engine::FinishReason::cancelled)
        return engine::Error{engine::ErrorCode::cancelled, "stopped; what was generated is printed"};
    return {};
}

}  // namespace

void addGenerate(Commands& commands) {
    auto [command, options] = commands.add<GenerateOptions>("generate", "Answer a prompt or a dialog");
    command->add_option("MODEL", options->load.model, "Model to run")->required();
    addGenerationOptions(command, options->generation);
    addLoadOptions(command, options->load);
    addAdapterOption(command, options->load.adapter);
    commands.onChosen(command, [options = options](Context& context) { return run(*options, context); });
}

}  // namespace app
