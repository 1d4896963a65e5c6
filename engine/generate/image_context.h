#pragma once

#include <memory>
#include <span>
#include <stop_token>
#include <vector>

#include "engine/base/result.h"
#include "engine/prompt/prompt_format.h"
#include "engine/runtime/session.h"

namespace engine {

using TiledImages = std::vector<std::shared_ptr<const TiledImage>>;

/// Images as the model takes them. Errors: unsupported for a model that cannot see; as tileImage.
Result<TiledImages> tileImages(const SharedImages& images, const ModelConfig& config);

/// Rewinds the session to what its context shares with a text whose image tokens stand for `images`, at most
/// its first `limit` tokens. Returns how many tokens that are.
std::size_t rewindToCommon(Session& session, std::span<const TokenId> text,
                           std::span<const std::shared_ptr<const TiledImage>> images, std::size_t limit);

/// Shows the session those of a text's images that its context does not hold yet. Errors: as Session::show.
Result<void> showMissing(Session& session, std::span<const std::shared_ptr<const TiledImage>> images,
                         const std::stop_token& stop);

}  // namespace engine
