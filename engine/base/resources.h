#pragma once

#include <filesystem>
#include <string_view>

namespace engine {

/// Path of a file or folder that ships with the program (`demo/bf16`, `report/…`). Looked for in
/// $ANVEN_RESOURCES, beside the executable (../share/anven-workbench/resources), then in the source tree it
/// was built from. Returns an empty path when there is none.
std::filesystem::path resourcePath(std::string_view relative);

/// The same for the profiles (`generation`, `benchmark/quick.yaml`): $ANVEN_PROFILES,
/// ../share/anven-workbench/profiles, source tree.
std::filesystem::path profilePath(std::string_view relative);

/// Where the program keeps the user's `relative`: $XDG_DATA_HOME/anven-workbench, else ~/.local/share/…, else
/// the folder for temporary files. Nothing is created.
std::filesystem::path userDataPath(std::string_view relative);

}  // namespace engine
