#include "engine/benchmark/embedding_trial_table.h"

#include "engine/benchmark/kernel_trial_data.h"
#include "kernels/base/half.h"

namespace engine {

using kernels::embedding::TableType;

std::vector<std::int8_t> trialTable(TableType type, std::int64_t count) {
    if (type == TableType::int8_channel)
        return TrialNumbers(15).integers(count, -128, 127);
    std::vector<std::int8_t> bytes;
    const auto append = [&](const auto& value) {
        const auto* from = reinterpret_cast<const std::int8_t*>(&value);
        bytes.insert(bytes.end(), from, from + sizeof value);
    };
    TrialNumbers values(15);
    if (type == TableType::q8_0 || type == TableType::q4_0) {
        for (std::int64_t block = 0; block < count / 32; ++block) {
            append(kernels::floatToHalf(values.number()));
            const auto quantized = values.integers(type == TableType::q8_0 ? 32 : 16, -128, 127);
            bytes.insert(bytes.end(), quantized.begin(), quantized.end());
        }
        return bytes;
    }
    for (const float value : values.numbers(count)) {
        if (type == TableType::f32)
            append(value);
        else
            append(type == TableType::f16 ? kernels::floatToHalf(value) : kernels::floatToBf16(value));
    }
    return bytes;
}

std::int64_t trialRowBytes(TableType type, std::int64_t dim) {
    switch (type) {
        case TableType::f32:
            return 4 * dim;
        case TableType::f16:
        case TableType::bf16:
            return 2 * dim;
        case TableType::int8_channel:
            return dim;
        case TableType::q8_0:
            return dim / 32 * 34;
        case TableType::q4_0:
            break;
    }
    return dim / 32 * 18;
}

}  // namespace engine
