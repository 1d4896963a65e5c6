#pragma once

#include <cstdint>
#include <optional>

namespace engine {

/// Bytes of memory that the system could hand out now; absent where it does not say.
std::optional<std::int64_t> availableMemoryBytes();

}  // namespace engine
