#include <arm_neon.h>
#include <string.h>

#include "kernels/base/half.h"
#include "kernels/embedding/embedding.h"

namespace kernels::embedding::neon {
namespace {

using Bytes = const unsigned char*;

uint16_t read16(Bytes from) noexcept {
    uint16_t value;
    memcpy(&value, from, sizeof value);
    return value;
}

/// Eight int8 values times scale.
void storeScaled(float* out, int8x8_t bytes, float scale) noexcept {
    const int16x8_t wide = vmovl_s8(bytes);
    vst1q_f32(out, vmulq_n_f32(vcvtq_f32_s32(vmovl_s16(vget_low_s16(wide))), scale));
    vst1q_f32(out + 4, vmulq_n_f32(vcvtq_f32_s32(vmovl_high_s16(wide)), scale));
}

void rowF32(Bytes row, float, int64_t dim, float* out) noexcept {
    memcpy(out, row, static_cast<size_t>(dim) * sizeof(float));
}

void rowF16(Bytes row, float, int64_t dim, float* out) noexcept {
    int64_t i = 0;
    for (; i + 8 <= dim; i += 8) {
        const float16x8_t halves = vreinterpretq_f16_u8(vld1q_u8(row + 2 * i));
        vst1q_f32(out + i, vcvt_f32_f16(vget_low_f16(halves)));
        vst1q_f32(out + i + 4, vcvt_high_f32_f16(halves));
    }
    for (; i < dim; ++i)
        out[i] = halfToFloat(read16(row + 2 * i));
}

void rowBf16(Bytes row, float, int64_t dim, float* out) noexcept {
    int64_t i = 0;
    for (; i + 8 <= dim; i += 8) {
        const uint16x8_t bits = vreinterpretq_u16_u8(vld1q_u8(row + 2 * i));
        vst1q_f32(out + i, vreinterpretq_f32_u32(vshll_n_u16(vget_low_u16(bits), 16)));
        vst1q_f32(out + i + 4, vreinterpretq_f32_u32(vshll_high_n_u16(bits, 16)));
    }
    for (; i < dim; ++i)
        out[i] = bf16ToFloat(read16(row + 2 * i));
}

void rowInt8(Bytes row, float scale, int64_t dim, float* out) noexcept {
    int64_t i = 0;
    for (; i + 8 <= dim; i += 8)
        storeScaled(out + i, vreinterpret_s8_u8(vld1_u8(row + i)), scale);
    for (; i < dim; ++i)
        out[i] = static_cast<float>(static_cast<signed char>(row[i])) * scale;
}

void rowQ8(Bytes row, float, int64_t dim, float* out) noexcept {
    for (; dim > 0; dim -= 32, row += 34, out += 32) {
        const float scale = halfToFloat(read16(row));
        for (int i = 0; i < 32; i += 8)
            storeScaled(out + i, vreinterpret_s8_u8(vld1_u8(row + 2 + i)), scale);
    }
}

void rowQ4(Bytes row, float, int64_t dim, float* out) noexcept {
    for (; dim > 0; dim -= 32, row += 18, out += 32) {
        const float scale = halfToFloat(read16(row));
        const uint8x16_t packed = vld1q_u8(row + 2);
        const int8x16_t eight = vdupq_n_s8(8);
        const int8x16_t low = vsubq_s8(vreinterpretq_s8_u8(vandq_u8(packed, vdupq_n_u8(15))), eight);
        const int8x16_t high = vsubq_s8(vreinterpretq_s8_u8(vshrq_n_u8(packed, 4)), eight);
        storeScaled(out, vget_low_s8(low), scale);
        storeScaled(out + 8, vget_high_s8(low), scale);
        storeScaled(out + 16, vget_low_s8(high), scale);
        storeScaled(out + 24, vget_high_s8(high), scale);
    }
}

using Row = void (*)(Bytes row, float scale, int64_t dim, float* out) noexcept;

Row rowOf(TableType type) noexcept {
    switch (type) {
        case TableType::f32:
            return rowF32;
        case TableType::f16:
            return rowF16;
        case TableType::bf16:
            return rowBf16;
        case TableType::int8_channel:
            return rowInt8;
        case TableType::q8_0:
            return rowQ8;
        case TableType::q4_0:
            break;
    }
    return rowQ4;
}

void run(const Table& table, const int32_t* ids, int64_t count, float* out, int64_t ldo) noexcept {
    const auto* data = static_cast<Bytes>(table.data);
    const Row row = rowOf(table.type);
    for (int64_t n = 0; n < count; ++n)
        row(data + ids[n] * table.rowBytes, table.scales != nullptr ? table.scales[ids[n]] : 1.0F, table.dim,
            out + n * ldo);
}

}  // namespace
extern const Variant<Fn> variant{"neon", CpuFeature::asimd, run};
}  // namespace kernels::embedding::neon
