#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "engine/base/file_handle.h"
#include "engine/base/result.h"
#include "engine/checkpoint/checkpoint.h"
#include "engine/model/packed_matrix.h"

namespace engine {

/// What a copy of a model's packed weights belongs to: one file per model, kernel layouts and arithmetic, so
/// that variants which share a layout share the copy.
struct PackedCacheKey {
    std::filesystem::path path;  ///< beside the model: MODEL.packed-HASH.anven, or in its directory
    std::string layouts;         ///< "matmul_int4=int4_g32_pairs16_v2 … exact=no"
};
PackedCacheKey packedCacheKey(const Checkpoint& checkpoint, const KernelPlan& plan,
                              const PackOptions& linears, const PackOptions& output);

/// Packed weights of an earlier load, read back into memory in parallel. The file is checked against the
/// weight files it was made from: size and time of change, and SHA-256 where only the time differs. Its sizes
/// are not believed: a matrix that does not have exactly the bytes that the checkpoint's shapes give is
/// refused.
class PackedCacheReader {
public:
    /// Errors: notFound where there is no such copy; corrupt, or invalidInput for one of other weights, with
    /// the reason.
    static Result<PackedCacheReader> open(const PackedCacheKey& key, const Checkpoint& checkpoint);

    /// Errors: corrupt, io, outOfMemory.
    Result<PackedMatrix> read(const Checkpoint& checkpoint, const std::string& name, const KernelPlan& plan,
                              const PackOptions& options, ThreadTeam& team) const;

private:
    struct Section {
        std::int64_t offset = 0;
        std::int64_t bytes = 0;
        kernels::matmul_int4::ScaleType int4Scales = kernels::matmul_int4::ScaleType::f32;
    };

    std::string path_;
    FileHandle file_;
    std::map<std::string, Section, std::less<>> sections_;
};

/// Writes such a copy while a model is packed. The file appears under its name when it is complete; a writer
/// that is destroyed before leaves nothing.
class PackedCacheWriter {
public:
    /// Errors: io, e.g. where the model's directory cannot be written or another process writes the same
    /// copy.
    static Result<PackedCacheWriter> create(const PackedCacheKey& key);
    PackedCacheWriter(PackedCacheWriter&&) noexcept = default;
    PackedCacheWriter& operator=(PackedCacheWriter&&) = delete;
    ~PackedCacheWriter();

    /// Errors: io, e.g. a full disk.
    Result<void> add(const std::string& name, const PackedMatrix& matrix);
    /// Digests the weight files and closes. Errors: io, cancelled.
    Result<void> finish(const Checkpoint& checkpoint, std::stop_token stop);

private:
    explicit PackedCacheWriter(const PackedCacheKey& key) : key_(key) {}
    Result<void> append(const void* data, std::size_t size);
    Error failed() const;

    PackedCacheKey key_;
    std::filesystem::path temporary_;
    FileHandle file_;
    std::int64_t size_ = 0;
    std::string directory_;  // the sections so far, as JSON lines
};

}  // namespace engine
