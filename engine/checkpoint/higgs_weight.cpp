#include <cmath>

#include "engine/checkpoint/coded_weight.h"

namespace engine {
namespace {

/// Walsh-Hadamard transform of n = 2^k floats in place, orthonormal.
void transform(float* x, std::int64_t n) {
    for (std::int64_t half = 1; half < n; half *= 2)
        for (std::int64_t i = 0; i < n; i += 2 * half)
            for (std::int64_t j = i; j < i + half; ++j) {
                const float a = x[j];
                const float b = x[j + half];
                x[j] = a + b;
                x[j + half] = a - b;
            }
    const float scale = 1.0F / std::sqrt(static_cast<float>(n));
    for (std::int64_t i = 0; i < n; ++i)
        x[i] *= scale;
}

/// Points of a Gaussian grid in a Hadamard-transformed basis with random signs (HIGGS, arXiv:2411.17525).
class HiggsWeight final : public CodedWeight {
public:
    HiggsWeight(const WeightScheme& scheme, std::int64_t rows, std::int64_t cols, std::size_t bytes,
                const Tensor& codes, const Tensor& scales, std::vector<float> codebook, const Tensor& signs)
        : CodedWeight(scheme, rows, cols),
          codes_(codes),
          scales_(scales),
          codebook_(std::move(codebook)),
          signs_(signs) {
        bytes_ = bytes;
    }

    void rows(std::int64_t begin, std::int64_t end, float* out) const override {
        const auto group = scheme_.groupSize;
        const auto groups = scheme_.groups(cols_);
        const int tuple = scheme_.tuple;
        const int bits = scheme_.bits * tuple;
        std::vector<std::uint16_t> codes(static_cast<std::size_t>(groups * group / tuple));
        std::vector<float> values(static_cast<std::size_t>(groups * group));
        std::vector<float> scales(static_cast<std::size_t>(groups));
        const auto rowBytes =
            static_cast<std::size_t>(packedRowBytes(static_cast<std::int64_t>(codes.size()), bits));
        for (std::int64_t row = begin; row < end; ++row) {
            unpackCodes(codes_.data + static_cast<std::size_t>(row) * rowBytes, rowBytes, bits, codes);
            rowsToFloats(scales_, row, row + 1, scales.data());
            for (std::size_t i = 0; i < values.size(); ++i) {
                const auto in = static_cast<std::size_t>(tuple);
                values[i] =
                    codebook_[codes[i / in] * in + i % in] * scales[i / static_cast<std::size_t>(group)];
            }
            for (std::int64_t g = 0; g < groups; ++g)
                transform(values.data() + g * group, group);
            for (std::int64_t c = 0; c < cols_; ++c)
                *out++ = std::to_integer<int>(signs_.data[c]) == 1 ? values[static_cast<std::size_t>(c)]
                                                                   : -values[static_cast<std::size_t>(c)];
        }
    }

private:
    Tensor codes_;
    Tensor scales_;
    std::vector<float> codebook_;  // [points, tuple]
    Tensor signs_;                 // [padded columns], 1 or -1
};

}  // namespace

Result<std::shared_ptr<const CodedWeight>> openHiggsWeight(CodedParts& parts, const WeightScheme& scheme,
                                                           std::int64_t rows, std::int64_t cols) {
    const auto padded = scheme.groups(cols) * scheme.groupSize;
    const int bits = scheme.bits * scheme.tuple;
    auto codes = parts.get("weight", {DType::u8}, {rows, packedRowBytes(padded / scheme.tuple, bits)});
    if (!codes)
        return codes.error();
    auto scales = parts.get("scales", {DType::f16, DType::f32}, {rows, scheme.groups(cols)});
    if (!scales)
        return scales.error();
    auto codebook = parts.get("codebook", {DType::f32}, {std::int64_t{1} << bits, scheme.tuple});
    if (!codebook)
        return codebook.error();
    auto signs = parts.get("signs", {DType::i8}, {padded});
    if (!signs)
        return signs.error();
    return std::shared_ptr<const CodedWeight>(std::make_shared<HiggsWeight>(
        scheme, rows, cols, parts.bytes(), **codes, **scales, toFloats(**codebook), **signs));
}

}  // namespace engine
