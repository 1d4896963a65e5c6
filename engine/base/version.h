#pragma once

#include <string>
#include <string_view>

namespace engine {

/// What was built, for reports and `anven --version`.
struct BuildInfo {
    std::string_view version;
    std::string_view commit;  ///< git describe, "-dirty" appended for a changed tree
    std::string_view compiler;
    std::string_view buildType;
};
const BuildInfo& buildInfo();
/// "version commit compiler", as runs keep it.
std::string buildText();

}  // namespace engine
