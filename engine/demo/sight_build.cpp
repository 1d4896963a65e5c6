#include "engine/demo/sight_build.h"

#include <cmath>

#include "engine/demo/picture_tasks.h"
#include "engine/demo/sight_graft.h"
#include "engine/profile/field_reader.h"

namespace engine::demo {
namespace {

namespace fs = std::filesystem;

struct SightShape {
    VisionConfig vision;
    std::int64_t crossLayers = 0;
    std::int64_t seed = 0;
};

Result<SightShape> readSight(const fs::path& file) {
    auto document = readYaml(file);
    if (!document)
        return document.error();
    SightShape shape;
    auto& vision = shape.vision;
    vision.maxTiles = 1;
    FieldReader fields(*document, file.string(), FieldReader::Places::columns);
    const std::pair<const char*, std::int64_t*> numbers[] = {{"tile", &vision.tileSize},
                                                             {"patch", &vision.patchSize},
                                                             {"width", &vision.width},
                                                             {"heads", &vision.nHeads},
                                                             {"ffn", &vision.hiddenDim},
                                                             {"layers", &vision.nLayers},
                                                             {"global_layers", &vision.nGlobalLayers},
                                                             {"cross_layers", &shape.crossLayers}};
    for (const auto& [key, target] : numbers) {
        fields.require(key);
        fields.integer(key, 1, 100'000, *target);
    }
    fields.integer("seed", 0, std::numeric_limits<std::int64_t>::max(), shape.seed);
    if (auto ok = fields.finish(); !ok)
        return ok.error();
    // What the first and the last local block read: colours and edges, then figures.
    vision.intermediateLayers = {0, vision.nLayers - 1};
    if (vision.nLayers == 1)
        vision.intermediateLayers.pop_back();
    vision.crossLayers.resize(static_cast<std::size_t>(shape.crossLayers));
    return shape;
}

/// Normal with deviation 1 / sqrt(inputs), less where a branch writes to a residual stream; norms are 1,
/// biases 0. Gates begin open a little: with closed ones nothing behind them would learn at first, and texts
/// without a picture pass none of them anyway.
class StartValues {
public:
    explicit StartValues(std::uint64_t seed) : seed_(seed) {}

    std::vector<float> operator()(const std::string& name, const std::vector<std::int64_t>& shape) {
        std::size_t count = 1;
        for (const auto extent : shape)
            count *= static_cast<std::size_t>(extent);
        const auto seed = seed_++;
        if (name.ends_with(".gate") || name.ends_with("embedding_gate"))
            return {0.1F};
        if (name.ends_with("gate_attn") || name.ends_with("gate_ffn") || name.ends_with("gate_ffwd"))
            return {0.5F};
        if (name.ends_with(".bias"))
            return std::vector<float>(count, 0.0F);
        if (shape.size() == 1 && name.ends_with(".weight"))
            return std::vector<float>(count, 1.0F);
        const bool writes =
            name.ends_with("wo.weight") || name.ends_with("w2.weight") || name.ends_with("c_proj.weight");
        const bool table =
            name.find("embedding") != std::string::npos || name.find("_embed") != std::string::npos;
        const double inputs = static_cast<double>(shape.back());
        const double deviation = table ? 1.0 : (writes ? 0.2 : 1.0) / std::sqrt(inputs);
        return normals(count, deviation, seed);
    }

private:
    static std::vector<float> normals(std::size_t count, double deviation, std::uint64_t seed) {
        Chance chance(seed);
        constexpr std::int64_t kParts = 1 << 30;
        const auto uniform = [&] {
            return (static_cast<double>(chance.number(0, kParts - 1)) + 0.5) / kParts;
        };
        std::vector<float> values(count);
        for (float& value : values)
            value = static_cast<float>(deviation * std::sqrt(-2.0 * std::log(uniform())) *
                                       std::cos(6.283185307179586 * uniform()));
        return values;
    }
    std::uint64_t seed_;
};

Result<void> writeStart(const SightBuildRequest& request, const SightShape& shape, const fs::path& start) {
    auto text = Checkpoint::open(request.model);
    if (!text)
        return text.error();
    if (shape.crossLayers > (*text)->config.nLayers)
        return Error{ErrorCode::invalidInput, (request.recipe / "sight.yaml").string() + ": " +
                                                  std::to_string(shape.crossLayers) +
                                                  " cross_layers, but the text model has " +
                                                  std::to_string((*text)->config.nLayers) + " layers"};
    return writeSeeing(**text, shape.vision, StartValues(static_cast<std::uint64_t>(shape.seed)), start);
}

}  // namespace

Result<train::FinetuneReport> buildSight(const SightBuildRequest& request,
                                         const std::function<void(const train::FinetuneProgress&)>& progress,
                                         std::stop_token stop) {
    auto shape = readSight(request.recipe / "sight.yaml");
    if (!shape)
        return shape.error();
    auto phrases = PhraseGrammar::read(request.recipe / "pictures.txt");
    if (!phrases)
        return phrases.error();
    auto recipe = train::finetuneRecipe((request.recipe / "vision.yaml").string());
    if (!recipe)
        return recipe.error();
    for (auto& stage : recipe->stages)
        stage.steps = request.steps > 0 ? request.steps : stage.steps;
    const auto start = request.work / "seeing-start";
    std::error_code failure;
    if (!fs::exists(start / "consolidated.00.pth", failure))
        if (auto ok = writeStart(request, *shape, start); !ok)
            return ok.error();
    train::FinetuneRequest asked;
    asked.model = start.string();
    asked.recipe = std::move(*recipe);
    asked.pictures =
        std::make_shared<PictureLessons>(std::move(*phrases), static_cast<std::uint64_t>(shape->seed));
    asked.out = request.work / "seeing";
    asked.threads = request.threads;
    asked.longestRun = request.stopAfter;
    asked.paused = request.paused;
    auto report = train::finetune(asked, progress, stop);
    if (!report)
        return report.error();
    for (const auto& variant : request.variants) {
        const auto name = fs::path(variant).lexically_normal();
        const auto last = name.has_filename() ? name.filename() : name.parent_path().filename();
        if (auto ok = lendSight(asked.out.string(), variant, request.work / ("seeing-" + last.string())); !ok)
            return ok.error();
    }
    return report;
}

}  // namespace engine::demo
