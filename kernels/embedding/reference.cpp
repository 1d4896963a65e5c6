#include "kernels/base/half.h"
#include "kernels/embedding/embedding.h"

namespace kernels::embedding::reference {
namespace {

uint16_t read16(const unsigned char* from) noexcept {
    uint16_t value;
    memcpy(&value, from, sizeof value);
    return value;
}

/// Element i of a stored row.
float element(const Table& table, const unsigned char* row, std::int64_t index, std::int64_t i) noexcept {
    switch (table.type) {
        case TableType::f32: {
            float value;
            memcpy(&value, row + 4 * i, sizeof value);
            return value;
        }
        case TableType::f16:
            return halfToFloat(read16(row + 2 * i));
        case TableType::bf16:
            return bf16ToFloat(read16(row + 2 * i));
        case TableType::int8_channel:
            return static_cast<float>(static_cast<signed char>(row[i])) * table.scales[index];
        case TableType::q8_0: {
            const unsigned char* block = row + i / 32 * 34;
            return halfToFloat(read16(block)) *
                   static_cast<float>(static_cast<signed char>(block[2 + i % 32]));
        }
        case TableType::q4_0: {
            const unsigned char* block = row + i / 32 * 18;
            const int byte = block[2 + i % 16];
            return halfToFloat(read16(block)) * static_cast<float>((i % 32 < 16 ? byte & 15 : byte >> 4) - 8);
        }
    }
    return 0.0F;
}

void run(const Table& table, const std::int32_t* ids, std::int64_t count, float* out,
         std::int64_t ldo) noexcept {
    const auto* data = static_cast<const unsigned char*>(table.data);
    for (std::int64_t n = 0; n < count; ++n)
        for (std::int64_t i = 0; i < table.dim; ++i)
            out[n * ldo + i] = element(table, data + ids[n] * table.rowBytes, ids[n], i);
}

}  // namespace
extern const Variant<Fn> variant{"reference", CpuFeature::none, run};
}  // namespace kernels::embedding::reference
