#pragma once

#include <cstddef>
#include <optional>
#include <string_view>
#include <vector>

namespace engine {

/// Names that `--kernels` accepts as a level, weakest first: reference, those of ARM, those of x86-64, and
/// the two that have to be asked for unless a kernel table measured them.
std::vector<std::string_view> kernelLevels();

/// Place in kernelLevels(); absent for another word.
std::optional<std::size_t> kernelRank(std::string_view level);
/// The best rank that is used unasked. Those after it have to be asked for by name or measured (amx because
/// it has never run on a CPU that has it), and one does not bring the other.
std::size_t automaticKernelRank();

}  // namespace engine
