#include "engine/runtime/kernel_levels.h"

#include <algorithm>
#include <iterator>

namespace engine {
namespace {

constexpr std::string_view kLevels[] = {"reference",   "neon",     "neon_dotprod", "neon_i8mm",
                                        "avx2",        "avx_vnni", "avx512",       "avx512_vnni",
                                        "avx512_bf16", "amx",      "onednn"};

}  // namespace

std::vector<std::string_view> kernelLevels() {
    return {std::begin(kLevels), std::end(kLevels)};
}

std::optional<std::size_t> kernelRank(std::string_view level) {
    const auto* at = std::find(std::begin(kLevels), std::end(kLevels), level);
    if (at == std::end(kLevels))
        return std::nullopt;
    return static_cast<std::size_t>(at - std::begin(kLevels));
}

std::size_t automaticKernelRank() {
    return std::size(kLevels) - 3;
}

}  // namespace engine
