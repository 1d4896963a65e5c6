// anven finetune MODEL --recipe R --data F --out DIR: trains, saves on the way, and writes a model that
// opens.
#include <csignal>
#include <cstdio>
#include <iostream>
#include <nlohmann/json.hpp>

#include "app/command_line.h"
#include "app/commands/commands.h"
#include "app/finetune_output.h"
#include "engine/train/finetune.h"

namespace app {
namespace {

namespace train = engine::train;

/// What `anven finetune data` looks at.
struct DataOptions {
    std::filesystem::path file;
    std::string model;
    std::int64_t sequence = 512;
    double validation = 0.05;
};

struct FinetuneOptions {
    DataOptions data;
    train::FinetuneRequest request;
    std::string recipe;
    bool list = false;
    std::int64_t steps = 0;
    std::optional<double> learningRate;
    std::optional<std::uint64_t> seed;
    bool progress = false;
};

Result<void> listRecipes(const Context& context) {
    auto recipes = train::finetuneRecipes();
    if (!recipes)
        return recipes.error();
    auto list = nlohmann::json::array();
    for (const auto& recipe : *recipes) {
        auto methods = nlohmann::json::array();
        for (const auto& stage : recipe.stages)
            methods.push_back(train::name(stage.method));
        list.push_back({{"id", recipe.id},
                        {"name", recipe.name},
                        {"description", recipe.description},
                        {"methods", methods}});
        if (!context.json)
            std::printf("%-16s %s\n", recipe.id.c_str(), recipe.description.c_str());
    }
    if (context.json)
        printJson({{"recipes", list}});
    return {};
}

/// Ctrl-Z holds the run between two steps; another one lets it go on.
engine::PauseSwitch* pauseSwitch = nullptr;

void pauseOnCtrlZ(train::FinetuneRequest& request) {
    static const auto paused = std::make_shared<engine::PauseSwitch>();
    request.paused = paused;
    pauseSwitch = paused.get();
    std::signal(SIGTSTP, [](int) { pauseSwitch->paused() ? pauseSwitch->resume() : pauseSwitch->pause(); });
}

Result<void> showData(const DataOptions& options, const Context& context) {
    const auto checkpoint = engine::Checkpoint::open(options.model);
    if (!checkpoint)
        return checkpoint.error();
    const auto tokenizer = engine::Tokenizer::load(**checkpoint);
    if (!tokenizer)
        return tokenizer.error();
    const auto items = train::readTrainingFile(options.file);
    if (!items)
        return items.error();
    constexpr std::uint64_t kSeed = 42;  // that of recipes that name none
    const auto data = train::prepareData(*items, **tokenizer, options.validation, options.sequence, kSeed);
    if (!data)
        return data.error().in(options.file.string());
    if (context.json) {
        printJson(dataJson(data->statistics));
        return {};
    }
    printData(data->statistics);
    const auto& statistics = data->statistics;
    for (const auto& [kind, count] : statistics.kinds)
        std::printf("%-12s %lld\n", kind.c_str(), static_cast<long long>(count));
    std::printf("length       %lld to %lld tokens, median %lld, 95 of 100 at most %lld\n",
                static_cast<long long>(statistics.shortest), static_cast<long long>(statistics.longest),
                static_cast<long long>(statistics.median), static_cast<long long>(statistics.p95));
    std::printf("repeated     %lld, longer than a row of %lld tokens %lld\n",
                static_cast<long long>(statistics.duplicates), static_cast<long long>(options.sequence),
                static_cast<long long>(statistics.cut));
    return {};
}

Result<void> run(const FinetuneOptions& options, Context& context) {
    if (options.list)
        return listRecipes(context);
    auto request = options.request;
    auto recipe = train::finetuneRecipe(options.recipe);
    if (!recipe)
        return recipe.error();
    request.recipe = std::move(*recipe);
    for (auto& stage : request.recipe.stages) {
        stage.steps = options.steps > 0 ? options.steps : stage.steps;
        stage.learningRate = options.learningRate.value_or(stage.learningRate);
    }
    request.recipe.seed = options.seed.value_or(request.recipe.seed);
    pauseOnCtrlZ(request);
    ProgressLine line;
    auto report =
        train::finetune(request, finetuneListener(line, options.progress), context.stop.get_token());
    std::signal(SIGTSTP, SIG_DFL);
    line.clear();
    if (!report)
        return report.error();
    if (context.json)
        printJson(finetuneJson(*report));
    else
        printFinetune(*report);
    return {};
}

}  // namespace

void addFinetune(Commands& commands) {
    auto [command, options] = commands.add<FinetuneOptions>(
        "finetune", "Train a model further: full, LoRA, QLoRA, QAT, QAT+LoRA, DPO, RLVR");
    auto& request = options->request;
    auto* list = command->add_flag("--list", options->list, "Name the recipes that ship and stop");
    auto* model =
        command->add_option("MODEL", request.model, "Model to train, in Meta's or Hugging Face's layout");
    auto* recipe = command->add_option("--recipe", options->recipe, "Name of a recipe, or a .yaml file");
    auto* data = command->add_option(
        "--data", request.data,
        "JSON lines of chats, instructions with responses, preference pairs, tasks or texts; "
        "or plain text");
    auto* out =
        command->add_option("--out", request.out, "Folder of the result; the same command goes on there");
    command->add_option("--steps", options->steps, "Steps of every stage, in place of the recipe's")
        ->check(CLI::PositiveNumber);
    command->add_option("--learning-rate", options->learningRate, "Of every stage, in place of the recipe's")
        ->check(CLI::Range(1e-9, 1.0));
    command->add_option("--seed", options->seed, "Order of the examples, held-out ones, new adapters");
    command
        ->add_option("--threads", request.threads, "Compute threads; 0 = one per physical performance core")
        ->check(CLI::Range(0, 1024))
        ->capture_default_str();
    command
        ->add_option("--stop-after", request.longestRun,
                     "Steps after which this call stops; the next goes on")
        ->check(CLI::NonNegativeNumber);
    command->add_flag("--json-progress", options->progress, "A line of JSON per step on stderr");
    auto* look =
        commands.addCommand(*command, "data", "Count what a training file holds, in a model's tokens");
    look->add_option("FILE", options->data.file, "As --data takes it")->required();
    look->add_option("MODEL", options->data.model, "Model whose vocabulary and chat format count")
        ->required();
    look->add_option("--sequence", options->data.sequence, "Tokens of a row")
        ->check(CLI::Range(8, 1 << 17))
        ->capture_default_str();
    look->add_option("--validation", options->data.validation, "Share that is held out")
        ->check(CLI::Range(0.0, 0.9))
        ->capture_default_str();
    commands.onChosen(look,
                      [options = options](Context& context) { return showData(options->data, context); });
    command->parse_complete_callback([model, recipe, data, out, list, look] {
        for (const auto* needed : {model, recipe, data, out})
            if (list->count() == 0 && look->count() == 0 && needed->count() == 0)
                throw CLI::RequiredError(needed->get_name());
    });
    commands.onChosen(command, [options = options, look](Context& context) {
        return look->count() > 0 ? showData(options->data, context) : run(*options, context);
    });
}

}  // namespace app
