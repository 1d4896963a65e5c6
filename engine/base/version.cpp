#include "engine/base/version.h"

namespace engine {

const BuildInfo& buildInfo() {
    static const BuildInfo info{ANVEN_VERSION, ANVEN_COMMIT, ANVEN_COMPILER, ANVEN_BUILD_TYPE};
    return info;
}

std::string buildText() {
    const auto& build = buildInfo();
    return std::string(build.version) + " " + std::string(build.commit) + " " + std::string(build.compiler);
}

}  // namespace engine
