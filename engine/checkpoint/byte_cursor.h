#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <optional>
#include <span>
#include <string_view>

namespace engine {

/// Reads little-endian values from untrusted bytes; every read past the end gives nothing and moves nothing.
class ByteCursor {
public:
    explicit ByteCursor(std::span<const std::byte> bytes, std::size_t at = 0) : bytes_(bytes), at_(at) {}

    template <class T>
    std::optional<T> read() {
        if (remaining() < sizeof(T))
            return std::nullopt;
        T value;
        std::memcpy(&value, bytes_.data() + at_, sizeof(T));
        at_ += sizeof(T);
        return value;
    }
    std::optional<std::span<const std::byte>> take(std::uint64_t count) {
        if (count > remaining())
            return std::nullopt;
        const auto part = bytes_.subspan(at_, static_cast<std::size_t>(count));
        at_ += static_cast<std::size_t>(count);
        return part;
    }
    std::optional<std::string_view> text(std::uint64_t count) {
        const auto part = take(count);
        if (!part)
            return std::nullopt;
        return std::string_view(reinterpret_cast<const char*>(part->data()), part->size());
    }
    std::size_t position() const { return at_; }
    std::size_t remaining() const { return at_ <= bytes_.size() ? bytes_.size() - at_ : 0; }

private:
    std::span<const std::byte> bytes_;
    std::size_t at_;
};

}  // namespace engine
