#pragma once

#include <filesystem>
#include <stop_token>
#include <string>
#include <string_view>

#include "engine/base/result.h"

namespace engine {

/// SHA-256 of a file as lower-case hexadecimal. Reads the whole file (about 1.7 GB/s). Errors: notFound, io,
/// cancelled.
Result<std::string> fileDigest(const std::filesystem::path& path, std::stop_token stop = {});

/// SHA-256 of a text as lower-case hexadecimal.
std::string textDigest(std::string_view text);

}  // namespace engine
