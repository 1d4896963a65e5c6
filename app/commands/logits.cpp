// anven logits MODEL --tokens 1,2,3 --out F.npy: the numbers behind every position. Needs no tokenizer.
#include <iostream>
#include <nlohmann/json.hpp>

#include "app/command_line.h"
#include "app/commands/commands.h"
#include "app/picture_input.h"
#include "engine/base/npy.h"

namespace app {
namespace {

struct LogitsOptions {
    engine::LoadRequest load;
    std::vector<std::int32_t> tokens;
    std::vector<std::string> images;
    std::string out;
    bool incremental = false;
};

/// All logits, [tokens, vocab] row-major.
Result<std::vector<float>> logitsOf(engine::Session& session, std::span<const engine::TokenId> tokens,
                                    bool incremental, const std::stop_token& stop) {
    std::vector<float> rows;
    if (!incremental) {
        const auto append = [&](std::int64_t, std::span<const float> logits) {
            rows.insert(rows.end(), logits.begin(), logits.end());
        };
        if (auto done = session.forwardAll(tokens, append, stop); !done)
            return done.error();
        return rows;
    }
    for (const auto token : tokens) {
        if (stop.stop_requested())
            return engine::Error{engine::ErrorCode::cancelled, "stopped; nothing was written"};
        auto logits = session.decode(token);
        if (!logits)
            return logits.error();
        rows.insert(rows.end(), logits->begin(), logits->end());
    }
    return rows;
}

Result<void> show(engine::LocalModel& model, const engine::RgbImage& picture, const std::stop_token& stop) {
    const auto& config = model.model().config();
    if (!config.vision)
        return engine::Error{engine::ErrorCode::unsupported,
                             config.name +
                                 " is a text model and cannot see images; "
                                 "choose a vision model or leave the image out"};
    auto tiled = engine::tileImage(picture, *config.vision);
    if (!tiled)
        return tiled.error();
    return model.session().show(std::make_shared<const engine::TiledImage>(std::move(*tiled)), stop);
}

Result<void> run(const LogitsOptions& options, Context& context) {
    auto pictures = readPictures(options.images);
    if (!pictures)
        return pictures.error().in("--image");
    auto model = engine::LocalModel::load(options.load, {}, context.stop.get_token());
    if (!model)
        return model.error();
    std::vector<engine::TokenId> tokens;
    for (const auto id : options.tokens)
        tokens.push_back(engine::TokenId{id});
    for (const auto& picture : *pictures)
        if (auto shown = show(**model, *picture, context.stop.get_token()); !shown)
            return shown.error().in("--image");
    auto rows = logitsOf((*model)->session(), tokens, options.incremental, context.stop.get_token());
    if (!rows)
        return rows.error();
    const std::vector<std::int64_t> shape{static_cast<std::int64_t>(tokens.size()),
                                          (*model)->model().config().vocabSize};
    if (auto written = engine::writeNpy(options.out, shape, *rows); !written)
        return written.error();
    if (context.json)
        printJson({{"shape", shape}, {"path", options.out}, {"kernels", (*model)->model().plan().summary()}});
    else
        std::cout << options.out << ": float32 [" << shape[0] << ", " << shape[1] << "]" << std::endl;
    return {};
}

}  // namespace

void addLogits(Commands& commands) {
    auto [command, options] =
        commands.add<LogitsOptions>("logits", "Write the logits of every position as a NumPy array");
    command->add_option("MODEL", options->load.model, "Model to run")->required();
    command->add_option("--tokens", options->tokens, "Token ids, separated by commas")
        ->required()
        ->delimiter(',');
    command->add_option("--out", options->out, "File to write, float32 [positions, vocab] (.npy)")
        ->required();
    command->add_flag("--incremental", options->incremental,
                      "One token at a time instead of the whole sequence at once");
    command->add_option(
        "--image", options->images,
        "Picture of the next image token, which is the id behind the vocabulary (may be repeated)");
    addLoadOptions(command, options->load);
    addAdapterOption(command, options->load.adapter);
    commands.onChosen(command, [options = options](Context& context) { return run(*options, context); });
}

}  // namespace app
