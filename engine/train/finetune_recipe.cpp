#include "engine/train/finetune_recipe.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "engine/base/resources.h"
#include "engine/profile/field_reader.h"

namespace engine::train {
namespace {

using Kind = YamlValue::Kind;

const std::vector<std::string_view> kMethods{"full",     "lora", "qlora",          "qat",
                                             "qat-lora", "dpo",  "vision-adapter", "rlvr"};

/// Fields that a stage has, and that stand beside the list of stages as defaults of all.
void readStage(FieldReader& fields, FinetuneStage& stage) {
    auto method = static_cast<std::size_t>(stage.method);
    fields.choice("method", kMethods, method);
    stage.method = static_cast<FinetuneMethod>(method);
    fields.integer("sequence", 8, 1 << 17, stage.sequence);
    fields.integer("batch", 1, 4096, stage.batch);
    fields.integer("accumulate", 1, 4096, stage.accumulate);
    fields.integer("steps", 1, 100'000'000, stage.steps);
    fields.number("epochs", 1e-6, 10'000.0, stage.epochs);
    fields.number("learning_rate", 1e-9, 1.0, stage.learningRate);
    fields.number("final_rate", 0.0, 1.0, stage.finalRate);
    fields.integer("warmup", 0, 1'000'000, stage.warmup);
    fields.number("clip", 0.0, 1e6, stage.clip);
    fields.number("beta1", 0.0, 0.9999, stage.adamw.beta1);
    fields.number("beta2", 0.0, 0.99999, stage.adamw.beta2);
    fields.number("weight_decay", 0.0, 10.0, stage.adamw.weightDecay);
    fields.integer("rank", 1, 4096, stage.rank);
    fields.number("scale", 0.0, 1000.0, stage.scale);
    std::size_t precision = stage.bf16 ? 0 : 1;
    fields.choice("weights", {"bf16", "f32"}, precision);
    stage.bf16 = precision == 0;
    fields.number("distill", 0.0, 1.0, stage.distill);
    fields.number("beta", 0.0, 100.0, stage.beta);
    std::size_t trained = stage.trainBackbone ? 0 : 1;
    fields.choice("train", {"all", "adapters"}, trained);
    stage.trainBackbone = trained == 0;
    fields.flag("checkpoint_blocks", stage.checkpointBlocks);
    fields.integer("group", 2, 1024, stage.group);
    fields.integer("answer_tokens", 1, 1 << 16, stage.answerTokens);
    fields.number("temperature", 0.01, 10.0, stage.temperature);
}

Result<FinetuneRecipe> recipeFrom(const YamlValue& document, const std::string& file, const std::string& id) {
    FinetuneRecipe recipe;
    recipe.id = id;
    FieldReader fields(document, file, FieldReader::Places::columns);
    for (const char* key : {"name", "description"})
        fields.require(key);
    fields.text("name", recipe.name);
    fields.text("description", recipe.description);
    auto seed = static_cast<std::int64_t>(recipe.seed);
    fields.integer("seed", 0, std::numeric_limits<std::int64_t>::max(), seed);
    recipe.seed = static_cast<std::uint64_t>(seed);
    fields.number("validation", 0.0, 0.9, recipe.validation);
    fields.integer("validate_every", 1, 1'000'000, recipe.validateEvery);
    fields.integer("save_every", 1, 1'000'000, recipe.saveEvery);
    FinetuneStage defaults;
    readStage(fields, defaults);
    if (const auto* list = fields.nested("stages", Kind::list)) {
        for (const auto& item : list->items) {
            auto stage = defaults;
            FieldReader inner(item, file, FieldReader::Places::columns);
            inner.require("method");
            readStage(inner, stage);
            if (auto valid = inner.finish(); !valid)
                fields.fail(valid.error());
            recipe.stages.push_back(stage);
        }
        if (list->items.empty())
            fields.refuse("stages", "expected at least one stage; without the key there is one");
    } else {
        fields.require("method");
        recipe.stages.push_back(defaults);
    }
    if (auto valid = fields.finish(); !valid)
        return valid.error();
    return recipe;
}

nlohmann::json toJson(const FinetuneStage& s) {
    nlohmann::json json{{"method", name(s.method)},
                        {"sequence", s.sequence},
                        {"batch", s.batch},
                        {"accumulate", s.accumulate},
                        {"steps", s.steps},
                        {"epochs", s.epochs},
                        {"learning_rate", s.learningRate},
                        {"final_rate", s.finalRate},
                        {"warmup", s.warmup},
                        {"clip", s.clip},
                        {"beta1", s.adamw.beta1},
                        {"beta2", s.adamw.beta2},
                        {"weight_decay", s.adamw.weightDecay},
                        {"rank", s.rank},
                        {"scale", s.scale},
                        {"weights", s.bf16 ? "bf16" : "f32"},
                        {"distill", s.distill},
                        {"beta", s.beta},
                        {"train", s.trainBackbone ? "all" : "adapters"},
                        {"checkpoint_blocks", s.checkpointBlocks}};
    // Only where they matter: what other methods kept of a run stays theirs.
    if (s.method == FinetuneMethod::rlvr)
        json.update({{"group", s.group}, {"answer_tokens", s.answerTokens}, {"temperature", s.temperature}});
    return json;
}

}  // namespace

std::string_view name(FinetuneMethod method) {
    return kMethods[static_cast<std::size_t>(method)];
}

TrainableOptions FinetuneStage::trainable(std::uint64_t seed, const TrainableOptions* before) const {
    TrainableOptions options;
    options.bf16 = bf16;
    options.seed = seed;
    options.loraScale = static_cast<float>(scale);
    switch (method) {
        case FinetuneMethod::full:
            break;
        case FinetuneMethod::lora:
        case FinetuneMethod::qlora:
            options.backbone = false;
            options.quantizedBase = method == FinetuneMethod::qlora;
            options.loraRank = rank;
            break;
        case FinetuneMethod::qat:
            options.family = true;
            break;
        case FinetuneMethod::qatLora:
            options.backbone = false;
            options.family = true;
            options.loraRank = rank;
            break;
        case FinetuneMethod::visionAdapter:
            options.backbone = false;
            options.vision = true;
            break;
        case FinetuneMethod::dpo:
        case FinetuneMethod::rlvr:
            if (before != nullptr)
                options = *before;
            options.backbone = trainBackbone;
            if (!trainBackbone && options.loraRank == 0)
                options.loraRank = rank;
            break;
    }
    return options;
}

Result<FinetuneRecipe> parseFinetuneRecipe(std::string_view text, const std::filesystem::path& file) {
    auto document = parseYaml(text, file.string());
    if (!document)
        return document.error();
    return recipeFrom(*document, file.string(), file.stem().string());
}

Result<FinetuneRecipe> finetuneRecipe(const std::string& word) {
    const bool isFile = word.ends_with(".yaml") || word.ends_with(".yml");
    const auto shipped = isFile || word.empty() || word.find('/') != std::string::npos
                             ? std::filesystem::path()
                             : profilePath("finetune/" + word + ".yaml");
    if (isFile || !shipped.empty()) {
        const auto file = isFile ? std::filesystem::path(word) : shipped;
        auto document = readYaml(file);
        if (!document)
            return document.error();
        return recipeFrom(*document, file.string(), file.stem().string());
    }
    auto recipes = finetuneRecipes();
    if (!recipes)
        return recipes.error();
    std::string known;
    for (const auto& recipe : *recipes)
        known += (known.empty() ? "" : ", ") + recipe.id;
    return Error{ErrorCode::notFound,
                 "there is no recipe '" + word + "'; there are " + known + ", or the path of a .yaml file"};
}

Result<std::vector<FinetuneRecipe>> finetuneRecipes() {
    const auto folder = profilePath("finetune");
    if (folder.empty())
        return Error{
            ErrorCode::notFound,
            "the fine-tuning recipes are missing; reinstall, or set ANVEN_PROFILES to the folder that "
            "holds finetune/"};
    std::vector<FinetuneRecipe> recipes;
    std::error_code failure;
    for (const auto& entry : std::filesystem::directory_iterator(folder, failure)) {
        if (entry.path().extension() != ".yaml")
            continue;
        auto recipe = finetuneRecipe(entry.path().string());
        if (!recipe)
            return recipe.error();
        recipes.push_back(std::move(*recipe));
    }
    std::sort(recipes.begin(), recipes.end(), [](const auto& a, const auto& b) { return a.id < b.id; });
    return recipes;
}

std::string canonicalText(const FinetuneRecipe& recipe) {
    nlohmann::json stages = nlohmann::json::array();
    for (const auto& stage : recipe.stages)
        stages.push_back(toJson(stage));
    return nlohmann::json{{"seed", recipe.seed}, {"validation", recipe.validation}, {"stages", stages}}
        .dump();
}

}  // namespace engine::train
