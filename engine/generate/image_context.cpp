#include "engine/generate/image_context.h"

#include <algorithm>

namespace engine {

Result<TiledImages> tileImages(const SharedImages& images, const ModelConfig& config) {
    TiledImages tiled;
    for (const auto& image : images) {
        if (!config.vision)
            return Error{ErrorCode::unsupported,
                         config.name + " is a text model and cannot see images; choose a vision model"};
        auto tiles = tileImage(*image, *config.vision);
        if (!tiles)
            return tiles.error();
        tiled.push_back(std::make_shared<const TiledImage>(std::move(*tiles)));
    }
    return tiled;
}

std::size_t rewindToCommon(Session& session, std::span<const TokenId> text,
                           std::span<const std::shared_ptr<const TiledImage>> images, std::size_t limit) {
    const auto& history = session.history();
    const auto shown = session.images();
    const auto most = std::min(history.size(), limit);
    std::size_t common = 0;
    std::size_t image = 0;
    for (; common < most && history[common] == text[common]; ++common)
        if (image < shown.size() && shown[image].position == static_cast<std::int64_t>(common)) {
            if (image >= images.size() || shown[image].keys->image() != *images[image])
                break;
            ++image;
        }
    session.rewind(static_cast<std::int64_t>(common));
    return common;
}

Result<void> showMissing(Session& session, std::span<const std::shared_ptr<const TiledImage>> images,
                         const std::stop_token& stop) {
    for (const auto& image : images.subspan(std::min(images.size(), session.images().size())))
        if (auto ok = session.show(image, stop); !ok)
            return ok;
    return {};
}

}  // namespace engine
