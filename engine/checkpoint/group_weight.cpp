#include "engine/checkpoint/coded_weight.h"

namespace engine {
namespace {

/// Whole numbers with one scale per row and group of columns.
class GroupWeight final : public CodedWeight {
public:
    GroupWeight(const WeightScheme& scheme, std::int64_t rows, std::int64_t cols, std::size_t bytes,
                const Tensor& codes, const Tensor& scales, const Tensor* zeros)
        : CodedWeight(scheme, rows, cols), codes_(codes), scales_(scales) {
        bytes_ = bytes;
        if (zeros != nullptr)
            zeros_ = *zeros;
    }

    void rows(std::int64_t begin, std::int64_t end, float* out) const override {
        const auto groups = scheme_.groups(cols_);
        std::vector<std::uint16_t> codes(static_cast<std::size_t>(cols_));
        std::vector<float> scales(static_cast<std::size_t>(groups));
        for (std::int64_t row = begin; row < end; ++row) {
            unpackRow(row, codes);
            rowsToFloats(scales_, row, row + 1, scales.data());
            for (std::int64_t c = 0; c < cols_; ++c) {
                const auto group = c / scheme_.groupSize;
                const int code = codes[static_cast<std::size_t>(c)];
                *out++ =
                    static_cast<float>(code - zero(row, group)) * scales[static_cast<std::size_t>(group)];
            }
        }
    }

    bool integers(std::int64_t begin, std::int64_t end, std::int8_t* values, float* scales) const override {
        if (!scheme_.symmetric || scheme_.bits > 4)
            return false;
        const int half = 1 << (scheme_.bits - 1);
        std::vector<std::uint16_t> codes(static_cast<std::size_t>(cols_));
        for (std::int64_t row = begin; row < end; ++row) {
            unpackRow(row, codes);
            for (const auto code : codes)
                *values++ = static_cast<std::int8_t>(code - half);
        }
        rowsToFloats(scales_, begin, end, scales);
        return true;
    }

    // The writer takes f32 where a scale is outside the normal range of f16.
    bool scalesInF16() const override { return scales_.type == DType::f16; }

private:
    void unpackRow(std::int64_t row, std::span<std::uint16_t> codes) const {
        const auto rowBytes = static_cast<std::size_t>(packedRowBytes(cols_, scheme_.bits));
        unpackCodes(codes_.data + static_cast<std::size_t>(row) * rowBytes, rowBytes, scheme_.bits, codes);
    }
    int zero(std::int64_t row, std::int64_t group) const {
        if (scheme_.symmetric)
            return 1 << (scheme_.bits - 1);
        return std::to_integer<int>(zeros_.data[row * scheme_.groups(cols_) + group]);
    }

    Tensor codes_;
    Tensor scales_;
    Tensor zeros_;
};

}  // namespace

Result<std::shared_ptr<const CodedWeight>> openGroupWeight(CodedParts& parts, const WeightScheme& scheme,
                                                           std::int64_t rows, std::int64_t cols) {
    auto codes = parts.get("weight", {DType::u8}, {rows, packedRowBytes(cols, scheme.bits)});
    if (!codes)
        return codes.error();
    const auto groups = scheme.groups(cols);
    auto scales = parts.get("scales", {DType::f16, DType::f32}, {rows, groups});
    if (!scales)
        return scales.error();
    const Tensor* zeros = nullptr;
    if (!scheme.symmetric) {
        auto found = parts.get("zeros", {DType::u8}, {rows, groups});
        if (!found)
            return found.error();
        zeros = *found;
    }
    return std::shared_ptr<const CodedWeight>(
        std::make_shared<GroupWeight>(scheme, rows, cols, parts.bytes(), **codes, **scales, zeros));
}

}  // namespace engine
