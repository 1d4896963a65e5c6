// anven demo: makes the embedded demo model again, and shows what it is trained on.
#include <fstream>
#include <iostream>
#include <nlohmann/json.hpp>

#include "app/command_line.h"
#include "app/commands/commands.h"
#include "app/finetune_output.h"
#include "engine/base/resources.h"
#include "engine/demo/demo_build.h"
#include "engine/demo/demo_corpus.h"
#include "engine/demo/demo_grade.h"
#include "engine/demo/picture_grade.h"
#include "engine/demo/picture_tasks.h"
#include "engine/demo/sight_build.h"

namespace app {
namespace {

struct DemoOptions {
    engine::demo::DemoBuildRequest request;
    bool progress = false;
    std::int64_t count = 3;
    std::uint64_t seed = 1;
    engine::LoadRequest load;
    bool pictures = false;
    engine::demo::SightBuildRequest sight;
    std::filesystem::path out;
};

Result<void> build(const DemoOptions& options, Context& context) {
    ProgressLine line;
    auto report = engine::demo::buildDemo(options.request, finetuneListener(line, options.progress),
                                          context.stop.get_token());
    line.clear();
    if (!report)
        return report.error();
    if (context.json) {
        nlohmann::json parts{{"bf16", finetuneJson(report->bf16)},
                             {"qat_lora", finetuneJson(report->qatLora)}};
        if (report->sight)
            parts["sight"] = finetuneJson(*report->sight);
        printJson(parts);
        return {};
    }
    printFinetune(report->bf16);
    printFinetune(report->qatLora);
    if (report->sight)
        printFinetune(*report->sight);
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

Result<engine::demo::PhraseGrammar> phrasesOf(const DemoOptions& options, const char* file) {
    return engine::demo::PhraseGrammar::read(options.request.recipe / file);
}

Result<void> see(const DemoOptions& options, Context& context) {
    ProgressLine line;
    auto request = options.sight;
    request.recipe = options.request.recipe;
    auto report =
        engine::demo::buildSight(request, finetuneListener(line, options.progress), context.stop.get_token());
    line.clear();
    if (!report)
        return report.error();
    if (context.json)
        printJson(finetuneJson(*report));
    else
        printFinetune(*report);
    return {};
}

/// A picture as a portable pixmap, which every viewer and `anven generate --image` read.
Result<void> writePicture(const std::filesystem::path& path, const engine::RgbImage& image) {
    std::ofstream file(path, std::ios::binary);
    file << "P6\n" << image.width << ' ' << image.height << "\n255\n";
    file.write(reinterpret_cast<const char*>(image.pixels.data()), std::ssize(image.pixels));
    file.close();
    if (!file)
        return engine::Error{engine::ErrorCode::io,
                             path.string() + " cannot be written; is there room, and may you write there?"};
    return {};
}

Result<void> pictures(const DemoOptions& options, Context& context) {
    const auto phrases = phrasesOf(options, "pictures.txt");
    if (!phrases)
        return phrases.error();
    std::error_code failure;
    std::filesystem::create_directories(options.out, failure);
    auto list = nlohmann::json::array();
    for (std::int64_t i = 0; i < options.count; ++i) {
        const auto lesson = engine::demo::makePicture(*phrases, options.seed, i, 99);
        const auto path = options.out / ("picture-" + std::to_string(i) + ".ppm");
        if (auto ok = writePicture(path, *lesson.picture); !ok)
            return ok;
        auto questions = nlohmann::json::array();
        if (!context.json)
            std::cout << path.string() << '\n';
        for (const auto& [kind, turn] : lesson.questions) {
            questions.push_back(
                {{"kind", kind}, {"question", turn.question}, {"answer", turn.answer}, {"keys", turn.keys}});
            if (!context.json)
                std::cout << "  " << turn.question << "  " << turn.answer << '\n';
        }
        list.push_back({{"path", path.string()}, {"questions", questions}});
    }
    if (context.json)
        printJson({{"pictures", list}});
    return {};
}

Result<engine::demo::DemoGrade> graded(const DemoOptions& options,
                                       const std::function<void(std::int64_t)>& progress,
                                       std::stop_token stop) {
    const auto phrases = phrasesOf(options, options.pictures ? "pictures.txt" : "grammar.txt");
    if (!phrases)
        return phrases.error();
    constexpr std::size_t kQuestions = 4;
    return options.pictures ? engine::demo::gradePictures(options.load, *phrases, options.seed, options.count,
                                                          kQuestions, progress, std::move(stop))
                            : engine::demo::gradeDemo(options.load, *phrases, options.seed, options.count,
                                                      progress, std::move(stop));
}

Result<void> grade(const DemoOptions& options, Context& context) {
    ProgressLine line;
    const auto progress = [&](std::int64_t done) {
        line.show((options.pictures ? "picture " : "talk ") + std::to_string(done) + "/" +
                  std::to_string(options.count));
    };
    const auto marked = graded(options, progress, context.stop.get_token());
    line.clear();
    if (!marked)
        return marked.error();
    auto tasks = nlohmann::json::object();
    for (const auto& [name, task] : marked->tasks) {
        tasks[name] = {{"asked", task.asked}, {"right", task.right}};
        if (!context.json)
            std::cout << name << ": " << task.right << " of " << task.asked << " right\n";
    }
    auto mistakes = nlohmann::json::array();
    for (const auto& [question, expected, answer] : marked->mistakes)
        mistakes.push_back({{"question", question}, {"expected", expected}, {"answer", answer}});
    if (context.json)
        printJson({{"tasks", tasks}, {"mistakes", mistakes}});
    return {};
}

void addSight(Commands& commands, CLI::App& command, const std::shared_ptr<DemoOptions>& options) {
    auto& sight = options->sight;
    auto* teach = commands.addCommand(
        command, "see", "Teach a text model to see, on pictures that are drawn; goes on where it was");
    teach->add_option("MODEL", sight.model, "Text model in Meta's layout; it stays as it is")->required();
    teach->add_option("--work", sight.work, "Folder of state and results; the model comes as seeing/ in it")
        ->required();
    teach->add_option("--also", sight.variants, "Variants of MODEL that get the same eyes, as seeing-NAME/");
    teach->add_option("--recipe", options->request.recipe,
                      "Folder of pictures.txt, sight.yaml and vision.yaml");
    teach->add_option("--threads", sight.threads, "Compute threads; 0 = one per physical performance core")
        ->check(CLI::Range(0, 1024));
    teach->add_option("--stop-after", sight.stopAfter, "Steps after which this call stops; the next goes on")
        ->check(CLI::NonNegativeNumber);
    teach->add_option("--steps", sight.steps, "Steps, in the recipe's place")->check(CLI::PositiveNumber);
    teach->add_flag("--json-progress", options->progress, "A line of JSON per step on stderr");
    commands.onChosen(teach, [options](Context& context) { return see(*options, context); });

    auto* draw = commands.addCommand(command, "pictures", "Draw pictures that the model is taught to see");
    draw->add_option("--out", options->out, "Folder of the pictures (.ppm)")->required();
    draw->add_option("--count", options->count, "How many")
        ->check(CLI::Range(1, 100'000))
        ->capture_default_str();
    draw->add_option("--seed", options->seed, "Of the pictures; the recipe's seed is the training's")
        ->capture_default_str();
    draw->add_option("--recipe", options->request.recipe, "Folder of pictures.txt");
    commands.onChosen(draw, [options](Context& context) { return pictures(*options, context); });
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
                     "Folder of grammar.txt, shape.yaml, train.yaml and qat-lora.yaml; with vision.yaml the "
                     "model learns to see, too");
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
    mark->add_flag("--pictures", options->pictures,
                   "Ask about pictures, which are drawn; --count says how many");
    addLoadOptions(mark, options->load);
    commands.onChosen(mark, [options = options](Context& context) { return grade(*options, context); });
    addSight(commands, *command, options);
    commands.onChosen(show, [options = options](Context& context) { return talks(*options, context); });
}

}  // namespace app
