#pragma once

#include <stdint.h>
#include <string.h>

// Scalar 16-bit float conversions for kernels. Static, so that no variant's copy can be used by another (see
// README).
namespace kernels {

static inline float bf16ToFloat(uint16_t value) noexcept {
    const uint32_t bits = static_cast<uint32_t>(value) << 16;
    float result;
    memcpy(&result, &bits, sizeof result);
    return result;
}

/// Nearest even; NaN stays NaN.
static inline uint16_t floatToBf16(float value) noexcept {
    uint32_t bits;
    memcpy(&bits, &value, sizeof bits);
    if ((bits & 0x7fffffffu) > 0x7f800000u)
        return static_cast<uint16_t>((bits >> 16) | 0x40u);
    return static_cast<uint16_t>((bits + 0x7fffu + ((bits >> 16) & 1u)) >> 16);
}

static inline float halfToFloat(uint16_t value) noexcept {
    const uint32_t sign = static_cast<uint32_t>(value & 0x8000u) << 16;
    const uint32_t exponent = (value >> 10) & 0x1fu;
    const uint32_t mantissa = value & 0x3ffu;
    if (exponent == 0) {
        const float magnitude = static_cast<float>(mantissa) * 0x1p-24f;
        return sign != 0 ? -magnitude : magnitude;
    }
    const uint32_t bits = sign | (exponent == 31 ? 0x7f800000u | (mantissa << 13)
                                                 : ((exponent + 112u) << 23) | (mantissa << 13));
    float result;
    memcpy(&result, &bits, sizeof result);
    return result;
}

/// Nearest even, subnormals kept; magnitudes beyond 65504 become infinite, NaN stays NaN.
static inline uint16_t floatToHalf(float value) noexcept {
    uint32_t bits;
    memcpy(&bits, &value, sizeof bits);
    const auto sign = static_cast<uint16_t>((bits >> 16) & 0x8000u);
    bits &= 0x7fffffffu;
    if (bits > 0x7f800000u)
        return static_cast<uint16_t>(sign | 0x7e00u);
    if (bits >= 0x47800000u)  // 65536
        return static_cast<uint16_t>(sign | 0x7c00u);
    if (bits < 0x38800000u) {  // below the least normal number: adding 0.5 lets the adder round at 2^-24
        float magnitude;
        memcpy(&magnitude, &bits, sizeof magnitude);
        const float shifted = magnitude + 0.5F;
        memcpy(&bits, &shifted, sizeof bits);
        return static_cast<uint16_t>(sign | (bits - 0x3f000000u));
    }
    const uint32_t rounded =
        bits + 0xfffu + ((bits >> 13) & 1u);  // a carry runs into the exponent, up to infinity
    return static_cast<uint16_t>(sign | ((rounded - (112u << 23)) >> 13));
}

}  // namespace kernels
