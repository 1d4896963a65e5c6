#pragma once

#include <filesystem>
#include <vector>

namespace engine {

/// The models that a dropped or chosen path stands for: itself where it is one or looks like one; for a
/// folder without any of a model's files the models in it, up to three levels down, by name. A path that
/// holds none is returned as it is, so that opening it can say why. At most 200.
std::vector<std::filesystem::path> modelsAt(const std::filesystem::path& path);

/// The largest files of a path that open could not read, for a digest all the same: the file itself, or the
/// weight files of the folder.
std::vector<std::filesystem::path> weightFilesAt(const std::filesystem::path& path);

}  // namespace engine
