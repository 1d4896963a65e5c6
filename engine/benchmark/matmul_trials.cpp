#include "engine/benchmark/matmul_trials.h"

#include <cmath>
#include <cstring>

#include "engine/benchmark/kernel_trial_data.h"
#include "kernels/base/half.h"
#include "kernels/matmul_int4/matmul_int4.h"
#include "kernels/matmul_int8/matmul_int8.h"

namespace engine {
namespace {

using kernels::kGroupSize;
using kernels::kTileRows;
using kernels::tilesOf;
using kernels::matmul_dense::WeightType;
using kernels::matmul_int4::ScaleType;

std::string shapeOf(std::int64_t tokens, std::int64_t rows, std::int64_t cols, const char* type) {
    return "tokens=" + std::to_string(tokens) + " rows=" + std::to_string(rows) +
           " cols=" + std::to_string(cols) + " " + type;
}

double multiplyAdds(std::int64_t tokens, std::int64_t rows, std::int64_t cols) {
    return 2.0 * static_cast<double>(tokens) * static_cast<double>(rows) * static_cast<double>(cols);
}

std::size_t at(std::int64_t index) {
    return static_cast<std::size_t>(index);
}

/// Packed weights, an output and scratch: what every matmul variant needs.
struct Buffers {
    Buffers(std::size_t packedBytes, std::size_t scratchBytes, std::int64_t outputs)
        : packed(packedBytes), scratch(scratchBytes + 64), y(at(outputs)) {}
    AlignedBuffer packed;
    AlignedBuffer scratch;
    std::vector<float> y;
};

std::size_t widthOf(WeightType type) {
    return type == WeightType::f32 ? 4 : 2;
}

std::vector<std::byte> storedAs(WeightType type, const std::vector<float>& values) {
    std::vector<std::byte> bytes(values.size() * widthOf(type));
    for (std::size_t i = 0; i < values.size(); ++i) {
        if (type == WeightType::f32) {
            std::memcpy(&bytes[4 * i], &values[i], 4);
        } else {
            // Numbers with few mantissa bits are exact in both 16-bit types.
            const auto coarse = std::round(values[i] * 64.0F) / 64.0F;
            std::uint16_t bits = kernels::floatToBf16(coarse);
            if (type == WeightType::f16) {
                std::uint32_t word = 0;
                std::memcpy(&word, &coarse, 4);
                const auto exponent = static_cast<int>((word >> 23) & 0xffU) - 112;
                bits = coarse == 0.0F ? std::uint16_t{0}
                                      : static_cast<std::uint16_t>(((word >> 16) & 0x8000U) |
                                                                   (static_cast<unsigned>(exponent) << 10) |
                                                                   ((word >> 13) & 0x3ffU));
            }
            std::memcpy(&bytes[2 * i], &bits, 2);
        }
    }
    return bytes;
}

struct DenseData {
    std::int64_t tokens, rows, cols;
    WeightType type;
    std::vector<float> x;
    std::vector<std::byte> w;
};

float weightAt(const DenseData& data, std::int64_t index) {
    if (data.type == WeightType::f32) {
        float value = 0.0F;
        std::memcpy(&value, &data.w[4 * at(index)], 4);
        return value;
    }
    std::uint16_t bits = 0;
    std::memcpy(&bits, &data.w[2 * at(index)], 2);
    return data.type == WeightType::bf16 ? kernels::bf16ToFloat(bits) : kernels::halfToFloat(bits);
}

KernelTrial::Prepared prepareDense(const std::shared_ptr<const DenseData>& data, std::size_t index) {
    const auto& fn = kernels::matmul_dense::variants()[index]->fn;
    const auto tile = fn.tileBytes(data->type, data->cols);
    const auto buffers = std::make_shared<Buffers>(
        tile * at(tilesOf(data->rows)), fn.scratchBytes(data->tokens, data->cols), data->tokens * data->rows);
    for (std::int64_t t = 0; t < tilesOf(data->rows); ++t)
        fn.packTile(data->type, &data->w[at(t * kTileRows * data->cols) * widthOf(data->type)], data->cols,
                    std::min(kTileRows, data->rows - t * kTileRows), data->cols,
                    buffers->packed.data() + tile * at(t));
    return {[=] {
                fn.run({buffers->packed.data(), data->type, data->rows, data->cols}, data->x.data(),
                       data->cols, data->tokens, 0, tilesOf(data->rows), buffers->y.data(), data->rows,
                       buffers->scratch.data());
            },
            [=] { return buffers->y; }};
}

std::vector<float> denseTolerance(const DenseData& data, std::size_t index) {
    const bool rounds = kernels::hasTrait(kernels::matmul_dense::variants()[index]->traits,
                                          kernels::Trait::roundsActivations);
    std::vector<float> allowed;
    for (std::int64_t t = 0; t < data.tokens; ++t)
        for (std::int64_t r = 0; r < data.rows; ++r) {
            double sum = 0.0;
            for (std::int64_t c = 0; c < data.cols; ++c)
                sum += std::abs(static_cast<double>(data.x[at(t * data.cols + c)]) *
                                weightAt(data, r * data.cols + c));
            allowed.push_back(static_cast<float>(sum * (rounds ? 0x1p-8 : 1e-5)));
        }
    return allowed;
}

/// Weights of either integer scheme with activations that the reference quantized.
struct IntegerData {
    IntegerData(std::int64_t tokensIn, std::int64_t rowsIn, std::int64_t colsIn, int low, int high,
                std::uint64_t seed)
        : tokens(tokensIn),
          rows(rowsIn),
          cols(colsIn),
          numbers(seed),
          x(numbers.numbers(tokens * cols), tokens, cols),
          w(numbers.integers(rows * cols, low, high)) {}
    std::int64_t tokens, rows, cols;
    TrialNumbers numbers;
    QuantizedActivations x;
    std::vector<std::int8_t> w;
    kernels::matmul_int4::ScaleType scaleType = kernels::matmul_int4::ScaleType::f32;  // int4 alone
    std::vector<float> scales;
    std::vector<std::int32_t> rowSums;
};

KernelTrial::Prepared prepareInt4(const std::shared_ptr<const IntegerData>& data, std::size_t index) {
    const auto& fn = kernels::matmul_int4::variants()[index]->fn;
    const auto tile = fn.tileBytes(data->scaleType, data->cols);
    const auto groups = (data->cols + kGroupSize - 1) / kGroupSize;
    const auto buffers = std::make_shared<Buffers>(
        tile * at(tilesOf(data->rows)), fn.scratchBytes(data->tokens, data->cols), data->tokens * data->rows);
    for (std::int64_t t = 0; t < tilesOf(data->rows); ++t)
        fn.packTile(&data->w[at(t * kTileRows * data->cols)], data->cols,
                    &data->scales[at(t * kTileRows * groups)], groups, kGroupSize, data->scaleType,
                    std::min(kTileRows, data->rows - t * kTileRows), data->cols,
                    buffers->packed.data() + tile * at(t));
    return {[=] {
                fn.run({buffers->packed.data(), data->scaleType, data->rows, data->cols}, data->x.rows, 0,
                       tilesOf(data->rows), buffers->y.data(), data->rows, buffers->scratch.data());
            },
            [=] { return buffers->y; }};
}

std::vector<float> int4Tolerance(const IntegerData& data) {
    const auto groups = (data.cols + kGroupSize - 1) / kGroupSize;
    std::vector<float> allowed;
    for (std::int64_t t = 0; t < data.tokens; ++t)
        for (std::int64_t r = 0; r < data.rows; ++r) {
            double sum = 0.0;
            for (std::int64_t c = 0; c < data.cols; ++c)
                sum += std::abs(static_cast<double>(data.scales[at(r * groups + c / kGroupSize)]) *
                                data.w[at(r * data.cols + c)] *
                                (data.x.rows.q[t * data.x.rows.ld + c] - data.x.zeroPoints[at(t)]));
            allowed.push_back(static_cast<float>(1e-5 * sum * data.x.scales[at(t)]));
        }
    return allowed;
}

KernelTrial::Prepared prepareInt8(const std::shared_ptr<const IntegerData>& data, std::size_t index) {
    const auto& fn = kernels::matmul_int8::variants()[index]->fn;
    const auto tile = fn.tileBytes(data->cols);
    const auto buffers = std::make_shared<Buffers>(
        tile * at(tilesOf(data->rows)), fn.scratchBytes(data->tokens, data->cols), data->tokens * data->rows);
    for (std::int64_t t = 0; t < tilesOf(data->rows); ++t)
        fn.packTile(&data->w[at(t * kTileRows * data->cols)], data->cols,
                    std::min(kTileRows, data->rows - t * kTileRows), data->cols,
                    buffers->packed.data() + tile * at(t));
    return {
        [=] {
            fn.run(
                {buffers->packed.data(), data->scales.data(), data->rowSums.data(), data->rows, data->cols},
                data->x.rows, 0, tilesOf(data->rows), buffers->y.data(), data->rows, buffers->scratch.data());
        },
        [=] { return buffers->y; }};
}

/// Relative to the reference's magnitude.
std::vector<float> relative(const std::vector<float>& reference, double factor) {
    std::vector<float> allowed;
    allowed.reserve(reference.size());
    for (const float value : reference)
        allowed.push_back(static_cast<float>(factor * std::abs(static_cast<double>(value)) + 1e-30));
    return allowed;
}

}  // namespace

QuantizedActivations::QuantizedActivations(const std::vector<float>& x, std::int64_t tokens,
                                           std::int64_t cols) {
    const auto ld = kernels::roundUp(cols, 64);
    memory = AlignedBuffer(at(tokens * ld));
    scales.resize(at(tokens));
    zeroPoints.resize(at(tokens));
    groupSums.resize(at(tokens * (ld / kGroupSize)));
    rows = {memory.as<std::int8_t>(), scales.data(), zeroPoints.data(), groupSums.data(), tokens, cols, ld};
    kernels::quantize_activations::variants().back()->fn(
        x.data(), cols, kernels::quantize_activations::kLinearScaleFloor, 0, tokens, rows);
}

KernelTrial denseTrial(std::int64_t tokens, std::int64_t rows, std::int64_t cols, WeightType type) {
    const auto data = std::make_shared<DenseData>();
    TrialNumbers numbers(1);
    *data = {tokens,
             rows,
             cols,
             type,
             numbers.numbers(tokens * cols),
             storedAs(type, numbers.numbers(rows * cols))};
    constexpr const char* kNames[] = {"f32", "f16", "bf16"};
    KernelTrial trial("matmul_dense", shapeOf(tokens, rows, cols, kNames[static_cast<std::size_t>(type)]));
    trial.operations = multiplyAdds(tokens, rows, cols);
    trial.arithmetic =
        type == WeightType::bf16 ? KernelTrial::Arithmetic::bf16 : KernelTrial::Arithmetic::fp32;
    trial.bytes = static_cast<double>(data->w.size());
    trial.prepare = [data](std::size_t variant) { return prepareDense(data, variant); };
    trial.tolerance = [data](std::size_t variant, const std::vector<float>&) {
        return denseTolerance(*data, variant);
    };
    return trial;
}

KernelTrial int4Trial(std::int64_t tokens, std::int64_t rows, std::int64_t cols, ScaleType scaleType) {
    const auto data = std::make_shared<IntegerData>(tokens, rows, cols, -8, 7, 2);
    data->scales = data->numbers.numbers(rows * ((cols + kGroupSize - 1) / kGroupSize));
    data->scaleType = scaleType;
    const bool half = scaleType == ScaleType::f16;
    if (half)  // numbers with few bits stay what they are
        for (float& scale : data->scales)
            scale = std::round(scale * 64.0F) / 64.0F;
    KernelTrial trial("matmul_int4",
                      shapeOf(tokens, rows, cols, half ? "int4_g32 f16 scales" : "int4_g32 f32 scales"));
    trial.operations = multiplyAdds(tokens, rows, cols);
    trial.arithmetic = KernelTrial::Arithmetic::int8;
    trial.bytes =
        static_cast<double>(rows) * static_cast<double>(cols) * (0.5 + (half ? 2.0 : 4.0) / kGroupSize);
    trial.prepare = [data](std::size_t variant) { return prepareInt4(data, variant); };
    trial.tolerance = [data](std::size_t, const std::vector<float>&) { return int4Tolerance(*data); };
    return trial;
}

KernelTrial int8Trial(std::int64_t tokens, std::int64_t rows, std::int64_t cols) {
    const auto data = std::make_shared<IntegerData>(tokens, rows, cols, -128, 127, 3);
    data->scales = data->numbers.numbers(kernels::roundUp(rows, kTileRows));
    data->rowSums.resize(at(kernels::roundUp(rows, kTileRows)));
    for (std::int64_t r = 0; r < rows; ++r)
        for (std::int64_t c = 0; c < cols; ++c)
            data->rowSums[at(r)] += data->w[at(r * cols + c)];
    KernelTrial trial("matmul_int8", shapeOf(tokens, rows, cols, "int8_channel"));
    trial.operations = multiplyAdds(tokens, rows, cols);
    trial.arithmetic = KernelTrial::Arithmetic::int8;
    trial.bytes = static_cast<double>(rows) * static_cast<double>(cols);
    trial.prepare = [data](std::size_t variant) { return prepareInt8(data, variant); };
    trial.tolerance = [](std::size_t, const std::vector<float>& reference) {
        return relative(reference, 1e-6);
    };
    return trial;
}

KernelTrial quantizeTrial(std::int64_t tokens, std::int64_t cols) {
    const auto x = std::make_shared<std::vector<float>>(TrialNumbers(4).numbers(tokens * cols));
    KernelTrial trial("quantize_activations",
                      "tokens=" + std::to_string(tokens) + " cols=" + std::to_string(cols));
    trial.operations = 4.0 * static_cast<double>(tokens * cols);
    trial.bytes = 5.0 * static_cast<double>(tokens * cols);
    trial.prepare = [=](std::size_t variant) {
        const auto out = std::make_shared<QuantizedActivations>(*x, tokens, cols);
        const auto run = kernels::quantize_activations::variants()[variant]->fn;
        return KernelTrial::Prepared{
            [=] {
                run(x->data(), cols, kernels::quantize_activations::kLinearScaleFloor, 0, tokens, out->rows);
            },
            [=] {
                std::vector<float> values(out->rows.q, out->rows.q + tokens * out->rows.ld);
                values.insert(values.end(), out->scales.begin(), out->scales.end());
                values.insert(values.end(), out->zeroPoints.begin(), out->zeroPoints.end());
                values.insert(values.end(), out->groupSums.begin(), out->groupSums.end());
                return values;
            }};
    };
    trial.tolerance = [](std::size_t, const std::vector<float>& reference) {
        return std::vector<float>(reference.size(), 0.0F);
    };
    return trial;
}

}  // namespace engine
