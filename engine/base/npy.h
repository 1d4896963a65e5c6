#pragma once

#include <cstdint>
#include <filesystem>
#include <span>
#include <vector>

#include "engine/base/result.h"

namespace engine {

/// A float32 array as NumPy stores it: row-major, `shape` may be empty (scalar).
struct NpyArray {
    std::vector<std::int64_t> shape;
    std::vector<float> data;
};

/// Reads a little-endian, C-order .npy (versions 1-3) of f4, f8, i1, u1, i2, i4 or i8 as f32. Errors:
/// notFound, io, corrupt, unsupported.
Result<NpyArray> readNpy(const std::filesystem::path& path);

/// Writes float32 C-order .npy version 1.0, replacing the file only when it is complete. Errors: io.
Result<void> writeNpy(const std::filesystem::path& path, std::span<const std::int64_t> shape,
                      std::span<const float> data);

}  // namespace engine
