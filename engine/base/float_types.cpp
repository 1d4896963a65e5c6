#include "engine/base/float_types.h"

#include <cmath>

namespace engine {

std::uint16_t toBf16(float value) noexcept {
    const auto bits = std::bit_cast<std::uint32_t>(value);
    if (std::isnan(value))
        return static_cast<std::uint16_t>((bits >> 16) | 0x40U);
    return static_cast<std::uint16_t>((bits + 0x7fffU + ((bits >> 16) & 1U)) >> 16);
}

float fromF16(std::uint16_t value) noexcept {
    const std::uint32_t sign = std::uint32_t{value & 0x8000U} << 16;
    const std::uint32_t exponent = (value >> 10) & 0x1fU;
    const std::uint32_t mantissa = value & 0x3ffU;
    if (exponent == 0) {
        const float magnitude = std::ldexp(static_cast<float>(mantissa), -24);
        return sign ? -magnitude : magnitude;
    }
    if (exponent == 31)
        return std::bit_cast<float>(sign | 0x7f800000U | (mantissa << 13));
    return std::bit_cast<float>(sign | ((exponent + 112U) << 23) | (mantissa << 13));
}

std::uint16_t toF16(float value) noexcept {
    const auto bits = std::bit_cast<std::uint32_t>(value);
    const auto sign = static_cast<std::uint16_t>((bits >> 16) & 0x8000U);
    const float magnitude = std::fabs(value);
    if (std::isnan(value))
        return static_cast<std::uint16_t>(sign | 0x7e00U);
    if (magnitude >= 65520.0F)
        return static_cast<std::uint16_t>(sign | 0x7c00U);
    if (magnitude < 0x1p-14F)  // subnormal half: units of 2^-24, nearbyint rounds half to even
        return static_cast<std::uint16_t>(sign |
                                          static_cast<std::uint16_t>(std::nearbyintf(magnitude * 0x1p24F)));
    const auto absolute = bits & 0x7fffffffU;
    const std::uint32_t rounded = absolute + 0xfffU + ((absolute >> 13) & 1U);
    return static_cast<std::uint16_t>(sign | ((rounded - (112U << 23)) >> 13));
}

}  // namespace engine
