#include "engine/base/resources.h"

#include <cstdlib>
#include <system_error>

namespace engine {

std::filesystem::path resourcePath(std::string_view relative) {
    std::error_code error;
    std::filesystem::path roots[3];
    if (const char* configured = std::getenv("ANVEN_RESOURCES"))
        roots[0] = configured;
    const auto executable = std::filesystem::read_symlink("/proc/self/exe", error);
    if (!error)
        roots[1] = executable.parent_path().parent_path() / "share" / "anven-workbench" / "resources";
    roots[2] = ANVEN_SOURCE_RESOURCES;
    for (const auto& root : roots) {
        if (!root.empty() && std::filesystem::exists(root / relative, error))
            return root / relative;
    }
    return {};
}

}  // namespace engine
