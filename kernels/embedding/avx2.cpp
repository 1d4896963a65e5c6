#include <immintrin.h>
#include <string.h>

#include "kernels/base/half.h"
#include "kernels/embedding/embedding.h"

namespace kernels::embedding::avx2 {
namespace {

using Bytes = const unsigned char*;

__m128i load128(Bytes from) noexcept {
    return _mm_loadu_si128(reinterpret_cast<const __m128i*>(from));
}
__m128i load64(Bytes from) noexcept {
    return _mm_loadl_epi64(reinterpret_cast<const __m128i*>(from));
}

uint16_t read16(Bytes from) noexcept {
    uint16_t value;
    memcpy(&value, from, sizeof value);
    return value;
}

/// Eight int8 values from the low half of `bytes`, times scale.
void storeScaled(float* out, __m128i bytes, __m256 scale) noexcept {
    _mm256_storeu_ps(out, _mm256_mul_ps(_mm256_cvtepi32_ps(_mm256_cvtepi8_epi32(bytes)), scale));
}

void rowF32(Bytes row, float, int64_t dim, float* out) noexcept {
    memcpy(out, row, static_cast<size_t>(dim) * sizeof(float));
}

void rowF16(Bytes row, float, int64_t dim, float* out) noexcept {
    int64_t i = 0;
    for (; i + 8 <= dim; i += 8)
        _mm256_storeu_ps(out + i, _mm256_cvtph_ps(load128(row + 2 * i)));
    for (; i < dim; ++i)
        out[i] = halfToFloat(read16(row + 2 * i));
}

void rowBf16(Bytes row, float, int64_t dim, float* out) noexcept {
    int64_t i = 0;
    for (; i + 8 <= dim; i += 8)
        _mm256_storeu_ps(
            out + i, _mm256_castsi256_ps(_mm256_slli_epi32(_mm256_cvtepu16_epi32(load128(row + 2 * i)), 16)));
    for (; i < dim; ++i)
        out[i] = bf16ToFloat(read16(row + 2 * i));
}

void rowInt8(Bytes row, float scale, int64_t dim, float* out) noexcept {
    int64_t i = 0;
    for (; i + 8 <= dim; i += 8)
        storeScaled(out + i, load64(row + i), _mm256_set1_ps(scale));
    for (; i < dim; ++i)
        out[i] = static_cast<float>(static_cast<signed char>(row[i])) * scale;
}

void rowQ8(Bytes row, float, int64_t dim, float* out) noexcept {
    for (; dim > 0; dim -= 32, row += 34, out += 32) {
        const __m256 scale = _mm256_set1_ps(halfToFloat(read16(row)));
        for (int i = 0; i < 32; i += 8)
            storeScaled(out + i, load64(row + 2 + i), scale);
    }
}

void rowQ4(Bytes row, float, int64_t dim, float* out) noexcept {
    const __m128i nibble = _mm_set1_epi8(15);
    const __m128i eight = _mm_set1_epi8(8);
    for (; dim > 0; dim -= 32, row += 18, out += 32) {
        const __m256 scale = _mm256_set1_ps(halfToFloat(read16(row)));
        const __m128i packed = load128(row + 2);
        const __m128i low = _mm_sub_epi8(_mm_and_si128(packed, nibble), eight);
        const __m128i high = _mm_sub_epi8(_mm_and_si128(_mm_srli_epi16(packed, 4), nibble), eight);
        storeScaled(out, low, scale);
        storeScaled(out + 8, _mm_srli_si128(low, 8), scale);
        storeScaled(out + 16, high, scale);
        storeScaled(out + 24, _mm_srli_si128(high, 8), scale);
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
extern const Variant<Fn> variant{"avx2", CpuFeature::avx2 | CpuFeature::fma | CpuFeature::f16c, run};
}  // namespace kernels::embedding::avx2
