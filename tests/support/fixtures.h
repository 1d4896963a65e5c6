#pragma once

#include <filesystem>
#include <string>

namespace testsupport {

/// A file or folder of tests/data.
std::filesystem::path dataPath(const std::string& relative);

/// A file or folder of the large fixtures that do not ship with the project: $ANVEN_FIXTURES/relative.
/// Empty when the variable is unset or the file is absent; the test then skips (SKIP_WITHOUT_FIXTURE).
std::filesystem::path largeFixture(const std::string& relative);

}  // namespace testsupport

/// Skips the running test visibly when `path` (from largeFixture) is empty.
#define SKIP_WITHOUT_FIXTURE(path)                                                       \
    do {                                                                                 \
        if ((path).empty())                                                              \
            QSKIP("large fixture absent: set ANVEN_FIXTURES to the folder that has it"); \
    } while (false)
