#pragma once

#include <cstddef>
#include <utility>

namespace engine {

/// Huge pages make linear reads faster; small ones cost memory only for what was touched.
enum class PageSize { huge, small };

/// Zeroed memory aligned to pages, to huge pages where they are asked for and fit. Pages cost memory when
/// touched, so the thread that writes them first decides their NUMA node. Move-only.
class AlignedBuffer {
public:
    AlignedBuffer() = default;
    /// data() is null when the system has no such memory, or for size 0.
    explicit AlignedBuffer(std::size_t size, PageSize pages = PageSize::huge);
    ~AlignedBuffer();
    AlignedBuffer(AlignedBuffer&& other) noexcept
        : data_(std::exchange(other.data_, nullptr)), size_(std::exchange(other.size_, 0)) {}
    AlignedBuffer& operator=(AlignedBuffer&& other) noexcept {
        std::swap(data_, other.data_);
        std::swap(size_, other.size_);
        return *this;
    }

    std::byte* data() noexcept { return data_; }
    const std::byte* data() const noexcept { return data_; }
    std::size_t size() const noexcept { return size_; }
    template <class T>
    T* as() noexcept {
        return reinterpret_cast<T*>(data_);
    }
    template <class T>
    const T* as() const noexcept {
        return reinterpret_cast<const T*>(data_);
    }

private:
    std::byte* data_ = nullptr;
    std::size_t size_ = 0;
};

}  // namespace engine
