#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "engine/base/result.h"
#include "engine/prompt/prompt_format.h"
#include "engine/store/picture_row.h"

namespace app {

/// Picture files decoded by anven-picture, which stands beside this program. Errors: notFound without it or a
/// file; invalidInput for what is no picture, with the file's name.
engine::Result<engine::SharedImages> readPictures(const std::vector<std::string>& files);
engine::Result<engine::RgbImage> readPicture(const std::filesystem::path& file);

/// What a database keeps of pictures that were decoded: the files themselves. Errors: io.
engine::Result<std::vector<engine::PictureRow>> pictureRows(const std::vector<std::string>& files,
                                                            const engine::SharedImages& images);

}  // namespace app
