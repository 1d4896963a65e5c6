#pragma once

#include <memory>
#include <string>
#include <vector>

#include "engine/base/result.h"
#include "engine/vision/image_resize.h"

namespace app {

/// Picture files decoded by anven-picture, which stands beside this program. Errors: notFound without it or a
/// file; invalidInput for what is no picture, with the file's name.
engine::Result<std::vector<std::shared_ptr<const engine::RgbImage>>> readPictures(
    const std::vector<std::string>& files);

}  // namespace app
