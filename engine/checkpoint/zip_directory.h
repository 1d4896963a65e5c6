#pragma once

#include <cstddef>
#include <map>
#include <span>
#include <string>

#include "engine/base/result.h"

namespace engine {

/// One stored (not compressed) entry; `data` points into the mapping.
struct ZipEntry {
    std::span<const std::byte> data;
    std::uint32_t crc = 0;
};

/// The entries of a zip archive by name, ZIP64 included. Entries must be stored, not encrypted, inside the
/// file and not overlapping; names must be unique and relative. Errors: corrupt, unsupported.
Result<std::map<std::string, ZipEntry, std::less<>>> readZipDirectory(std::span<const std::byte> file);

/// CRC-32 (ISO 3309), as zip stores it, of bytes that follow those with the checksum `before`.
std::uint32_t crc32(std::span<const std::byte> data, std::uint32_t before = 0);

}  // namespace engine
