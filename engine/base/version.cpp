#include "engine/base/version.h"

namespace engine {

const BuildInfo& buildInfo() {
    static const BuildInfo info{ANVEN_VERSION, ANVEN_COMMIT, ANVEN_COMPILER, ANVEN_BUILD_TYPE};
    return info;
}

}  // namespace engine
