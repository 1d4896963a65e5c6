#pragma once

#include <cstddef>
#include <filesystem>
#include <memory>
#include <span>

#include "engine/base/result.h"

namespace engine {

/// A whole file mapped read-only. Pages are read when touched; the mapping lives as long as the object.
/// The file must not be truncated by others while mapped (the system raises SIGBUS then).
class MappedFile {
public:
    /// Errors: notFound, io. An empty file maps to an empty span. Only regular files are accepted.
    static Result<std::shared_ptr<const MappedFile>> open(const std::filesystem::path& path);
    ~MappedFile();
    MappedFile(const MappedFile&) = delete;
    MappedFile& operator=(const MappedFile&) = delete;

    std::span<const std::byte> bytes() const noexcept { return {data_, size_}; }
    const std::filesystem::path& path() const noexcept { return path_; }

    /// Tells the system that these bytes of a mapping are not needed soon: they leave this process' resident
    /// memory, and a later access reads them again. Any part of any mapping; whole pages inside it are
    /// dropped.
    static void drop(const std::byte* begin, std::size_t size) noexcept;

private:
    MappedFile(std::filesystem::path path, const std::byte* data, std::size_t size)
        : path_(std::move(path)), data_(data), size_(size) {}

    std::filesystem::path path_;
    const std::byte* data_ = nullptr;
    std::size_t size_ = 0;
};

}  // namespace engine
