#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <stop_token>
#include <string>
#include <string_view>

#include "engine/base/result.h"

namespace engine {

/// SHA-256 of a file as lower-case hexadecimal. Reads the whole file (about 1.7 GB/s). Errors: notFound, io,
/// cancelled.
Result<std::string> fileDigest(const std::filesystem::path& path, std::stop_token stop = {});

/// Bytes that were read so far; called on the calling thread, every 16 MiB and at the end.
using DigestProgress = std::function<void(std::int64_t done)>;
Result<std::string> fileDigest(const std::filesystem::path& path, const DigestProgress& progress,
                               std::stop_token stop);

/// SHA-256 of a text as lower-case hexadecimal.
std::string textDigest(std::string_view text);

}  // namespace engine
