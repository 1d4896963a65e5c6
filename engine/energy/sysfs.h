#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "engine/base/result.h"

namespace engine {

/// A one-line attribute file without its line end. Errors: notFound, unavailable (permission), io.
Result<std::string> readAttribute(const std::filesystem::path& file);
/// The same as an unsigned number. Errors: as above; corrupt for anything else.
Result<std::uint64_t> readNumber(const std::filesystem::path& file);
/// Sub-folders (or links to folders) of `folder` in natural order; empty when it does not exist.
std::vector<std::filesystem::path> subfolders(const std::filesystem::path& folder);
/// Whether /proc/cpuinfo under `root` shows a hypervisor.
bool inVirtualMachine(const std::string& root);

}  // namespace engine
