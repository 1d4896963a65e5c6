// anven demo: makes the embedded demo model again, and shows what it is trained on.
#include <iostream>
#include <nlohmann/json.hpp>

#include "app/command_line.h"
#include "app/commands/commands.h"
#include "app/finetune_output.h"
#include "engine/base/resources.h"
#include "engine/demo/demo_build.h"
#include "engine/demo/demo_corpus.h"
#include "engine/demo/demo_grade.h"

namespace app {
namespace {

struct DemoOptions {
    engine::demo::DemoBuildRequest request;
    bool progress = false;
    std::int64_t count = 3;
    std::uint64_t seed = 1;
    engine::LoadRequest load;
};

Result<void> build(const DemoOptions& options, Context& context) {
    ProgressLine line;
    auto report = engine::demo::buildDemo(options.request, finetuneListener(line, options.progress),
                                          context.stop.get_token());
    line.clear();
    if (!report)
        return report.error();
    if (context.json) {
        printJson({{"bf16", finetuneJson(report->bf16)}, {"qat_lora", finetuneJson(report->qatLora)}});
        return {};
    }
    printFinetune(report->bf16);
    printFinetune(report->qatLora);
    return {};
}

Result<void> talks(const DemoOptions& options, Context& context) {
    const auto grammar = engine::demo::PhraseGrammar::read(options.request.recipe / "grammar.txt");
    if (!grammar)
        return grammar.error();
    auto list = nlohmann::json::array();
    for (std::int64_t i = 0; i < options.count; ++i) {
        const auto talk = engine::demo::makeTalk(*grammar, options.seed, i, 1300);
        if (context.json) {
            list.push_back(nlohmann::json::parse(engine::demo::jsonLine(talk)));
            continue;
        }
        for (const auto& message : talk.messages)
            std::cout << engine::name(message.role) << ": " << message.content << '\n';
        std::cout << '\n';
    }
    if (context.json)
        printJson({{"talks", list}});
    return {};
}

Result<void> grade(const DemoOptions& options, Context& context) {
    const auto grammar = engine::demo::PhraseGrammar::read(options.request.recipe / "grammar.txt");
    if (!grammar)
        return grammar.error();
    ProgressLine line;
    const auto progress = [&](std::int64_t done) {
        line.show("talk " + std::to_string(done) + "/" + std::to_string(options.count));
    };
    const auto graded = engine::demo::gradeDemo(options.load, *grammar, options.seed, options.count, progress,
                                                context.stop.get_token());
    line.clear();
    if (!graded)
        return graded.error();
    auto tasks = nlohmann::json::object();
    for (const auto& [name, task] : graded->tasks) {
        tasks[name] = {{"asked", task.asked}, {"right", task.right}};
        if (!context.json)
            std::cout << name << ": " << task.right << " of " << task.asked << " right\n";
    }
    auto mistakes = nlohmann::json::array();
    for (const auto& [question, expected, answer] : graded->mistakes)
        mistakes.push_back({{"question", question}, {"expected", expected}, {"answer", answer}});
    if (context.json)
        printJson({{"tasks", tasks}, {"mistakes", mistakes}});
    return {};
}

}  // namespace

void addDemo(Commands& commands) {
    auto [command, options] =
        commands.add<DemoOptions>("demo", "The embedded demo model: build it, see its lessons");
    command->require_subcommand(1);
    options->request.recipe = engine::resourcePath("demo/recipe");
    auto& request = options->request;

    auto* make =
        commands.addCommand(*command, "build", "Train the demo model from its recipe; goes on where it was");
    make->add_option("--work", request.work, "Folder of corpus, state and results")->required();
    make->add_option("--recipe", request.recipe,
                     "Folder of grammar.txt, shape.yaml, train.yaml and qat-lora.yaml");
    make->add_option("--threads", request.threads, "Compute threads; 0 = one per physical performance core")
        ->check(CLI::Range(0, 1024));
    make->add_option("--stop-after", request.stopAfter, "Steps after which this call stops; the next goes on")
        ->check(CLI::NonNegativeNumber);
    make->add_option("--talks", request.talks, "Talks of the corpus, in the recipe's place")
        ->check(CLI::PositiveNumber);
    make->add_option("--steps", request.steps, "Steps of every stage, in the recipe's place")
        ->check(CLI::PositiveNumber);
    make->add_flag("--json-progress", options->progress, "A line of JSON per step on stderr");
    commands.onChosen(make, [options = options](Context& context) { return build(*options, context); });

    auto* show = commands.addCommand(*command, "talks", "Print talks that the model is trained on");
    show->add_option("--count", options->count, "How many")
        ->check(CLI::Range(1, 1'000'000))
        ->capture_default_str();
    show->add_option("--seed", options->seed, "Of the talks; the recipe's seed is the training's")
        ->capture_default_str();
    show->add_option("--recipe", request.recipe, "Folder of grammar.txt");
    auto* mark = commands.addCommand(*command, "grade",
                                     "Ask a model what the demo model is taught, and mark the answers");
    mark->add_option("MODEL", options->load.model, "Model to ask")->required();
    mark->add_option("--count", options->count, "Talks")
        ->check(CLI::Range(1, 1'000'000))
        ->capture_default_str();
    mark->add_option("--seed", options->seed, "Of the talks; not the recipe's")->capture_default_str();
    mark->add_option("--recipe", request.recipe, "Folder of grammar.txt");
    addLoadOptions(mark, options->load);
    commands.onChosen(mark, [options = options](Context& context) { return grade(*options, context); });
    commands.onChosen(show, [options = options](Context& context) { return talks(*options, context); });
}

}  // namespace app
