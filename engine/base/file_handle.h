#pragma once

#include <unistd.h>

#include <utility>

namespace engine {

/// A file descriptor that closes itself. Move-only.
class FileHandle {
public:
    FileHandle() = default;
    explicit FileHandle(int descriptor) noexcept : descriptor_(descriptor) {}
    ~FileHandle() {
        if (descriptor_ >= 0)
            ::close(descriptor_);
    }
    FileHandle(FileHandle&& other) noexcept : descriptor_(std::exchange(other.descriptor_, -1)) {}
    FileHandle& operator=(FileHandle&& other) noexcept {
        std::swap(descriptor_, other.descriptor_);
        return *this;
    }

    bool valid() const noexcept { return descriptor_ >= 0; }
    int get() const noexcept { return descriptor_; }

private:
    int descriptor_ = -1;
};

}  // namespace engine
