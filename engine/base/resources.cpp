#include "engine/base/resources.h"

#include <cstdlib>
#include <system_error>

namespace engine {
namespace {

std::filesystem::path findIn(const char* folder, const char* variable, std::string_view relative) {
    std::error_code error;
    std::filesystem::path roots[3];
    if (const char* configured = std::getenv(variable))
        roots[0] = configured;
    const auto executable = std::filesystem::read_symlink("/proc/self/exe", error);
    if (!error)
        roots[1] = executable.parent_path().parent_path() / "share" / "anven-workbench" / folder;
    roots[2] = std::filesystem::path(ANVEN_SOURCE_ROOT) / folder;
    for (const auto& root : roots) {
        if (!root.empty() && std::filesystem::exists(root / relative, error))
            return root / relative;
    }
    return {};
}

}  // namespace

std::filesystem::path resourcePath(std::string_view relative) {
    return findIn("resources", "ANVEN_RESOURCES", relative);
}
std::filesystem::path profilePath(std::string_view relative) {
    return findIn("profiles", "ANVEN_PROFILES", relative);
}
std::filesystem::path userDataPath(std::string_view relative) {
    std::filesystem::path data;
    if (const char* configured = std::getenv("XDG_DATA_HOME"); configured != nullptr && configured[0] == '/')
        data = configured;
    else if (const char* home = std::getenv("HOME"))
        data = std::filesystem::path(home) / ".local/share";
    else
        data = std::filesystem::temp_directory_path();
    return data / "anven-workbench" / relative;
}

}  // namespace engine
