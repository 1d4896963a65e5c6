#include "tests/support/fixtures.h"

#include <cstdlib>

namespace testsupport {

std::filesystem::path dataPath(const std::string& relative) {
    return std::filesystem::path(ANVEN_TEST_DATA) / relative;
}

std::filesystem::path largeFixture(const std::string& relative) {
    const char* root = std::getenv("ANVEN_FIXTURES");
    if (root == nullptr || *root == '\0')
        return {};
    auto path = std::filesystem::path(root) / relative;
    return std::filesystem::exists(path) ? path : std::filesystem::path{};
}

}  // namespace testsupport
