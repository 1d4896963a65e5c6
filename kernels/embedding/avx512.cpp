#include <immintrin.h>
#include <string.h>

#include "kernels/base/half.h"
#include "kernels/embedding/embedding.h"

namespace kernels::embedding::avx512 {
namespace {

using Bytes = const unsigned char*;

/// Mask of the first `count` lanes, all 16 when there are more.
__mmask16 lanes(int64_t count) noexcept {
    return count >= 16 ? static_cast<__mmask16>(0xffffu) : static_cast<__mmask16>((1u << count) - 1u);
}

float halfAt(Bytes from) noexcept {
    uint16_t value;
    memcpy(&value, from, sizeof value);
    return halfToFloat(value);
}

/// Sixteen int8 values times scale.
__m512 scaled(__m128i bytes, __m512 scale) noexcept {
    return _mm512_mul_ps(_mm512_cvtepi32_ps(_mm512_cvtepi8_epi32(bytes)), scale);
}

void rowF32(Bytes row, float, int64_t dim, float* out) noexcept {
    memcpy(out, row, static_cast<size_t>(dim) * sizeof(float));
}

void rowF16(Bytes row, float, int64_t dim, float* out) noexcept {
    for (int64_t i = 0; i < dim; i += 16) {
        const __mmask16 mask = lanes(dim - i);
        _mm512_mask_storeu_ps(out + i, mask, _mm512_cvtph_ps(_mm256_maskz_loadu_epi16(mask, row + 2 * i)));
    }
}

void rowBf16(Bytes row, float, int64_t dim, float* out) noexcept {
    for (int64_t i = 0; i < dim; i += 16) {
        const __mmask16 mask = lanes(dim - i);
        const __m512i wide = _mm512_cvtepu16_epi32(_mm256_maskz_loadu_epi16(mask, row + 2 * i));
        _mm512_mask_storeu_ps(out + i, mask, _mm512_castsi512_ps(_mm512_slli_epi32(wide, 16)));
    }
}

void rowInt8(Bytes row, float scale, int64_t dim, float* out) noexcept {
    for (int64_t i = 0; i < dim; i += 16) {
        const __mmask16 mask = lanes(dim - i);
        _mm512_mask_storeu_ps(out + i, mask,
                              scaled(_mm_maskz_loadu_epi8(mask, row + i), _mm512_set1_ps(scale)));
    }
}

void rowQ8(Bytes row, float, int64_t dim, float* out) noexcept {
    for (; dim > 0; dim -= 32, row += 34, out += 32) {
        const __m512 scale = _mm512_set1_ps(halfAt(row));
        _mm512_storeu_ps(out, scaled(_mm_loadu_epi8(row + 2), scale));
        _mm512_storeu_ps(out + 16, scaled(_mm_loadu_epi8(row + 18), scale));
    }
}

void rowQ4(Bytes row, float, int64_t dim, float* out) noexcept {
    const __m128i nibble = _mm_set1_epi8(15);
    const __m128i eight = _mm_set1_epi8(8);
    for (; dim > 0; dim -= 32, row += 18, out += 32) {
        const __m512 scale = _mm512_set1_ps(halfAt(row));
        const __m128i packed = _mm_loadu_epi8(row + 2);
        const __m128i high = _mm_and_si128(_mm_srli_epi16(packed, 4), nibble);
        _mm512_storeu_ps(out, scaled(_mm_sub_epi8(_mm_and_si128(packed, nibble), eight), scale));
        _mm512_storeu_ps(out + 16, scaled(_mm_sub_epi8(high, eight), scale));
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
extern const Variant<Fn> variant{
    "avx512", CpuFeature::avx512 | CpuFeature::avx2 | CpuFeature::fma | CpuFeature::f16c, run};
}  // namespace kernels::embedding::avx512
