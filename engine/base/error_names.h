#pragma once

#include <string_view>

#include "engine/base/result.h"

namespace engine {

/// The code's identifier ("contextOverflow"), for protocols and logs.
std::string_view name(ErrorCode code);
/// `internal` for a text that names no code.
ErrorCode errorCodeFromName(std::string_view text);

}  // namespace engine
