#pragma once

#include <bit>
#include <cstdint>

namespace engine {

/// BF16 to f32: exact.
inline float fromBf16(std::uint16_t value) noexcept {
    return std::bit_cast<float>(std::uint32_t{value} << 16);
}

/// f32 to BF16, nearest even; NaN stays NaN.
std::uint16_t toBf16(float value) noexcept;

/// IEEE half to f32: exact, subnormals included.
float fromF16(std::uint16_t value) noexcept;

/// f32 to IEEE half, nearest even; overflow becomes infinity.
std::uint16_t toF16(float value) noexcept;

}  // namespace engine
