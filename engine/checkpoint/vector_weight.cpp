#include <bit>

#include "engine/checkpoint/coded_weight.h"

namespace engine {
namespace {

/// Rows of indices into one codebook.
struct Stage {
    Tensor codes;                 // [vectors, rowBytes]
    std::vector<float> codebook;  // [centroids, tuple]
    int bits = 0;
};

/// Vectors of consecutive rows in one column, each a centroid, or the sum of two (VPTQ, arXiv:2409.17066).
class VectorWeight final : public CodedWeight {
public:
    VectorWeight(const WeightScheme& scheme, std::int64_t rows, std::int64_t cols, std::size_t bytes,
                 std::vector<Stage> stages)
        : CodedWeight(scheme, rows, cols), stages_(std::move(stages)) {
        bytes_ = bytes;
    }

    void rows(std::int64_t begin, std::int64_t end, float* out) const override {
        const auto tuple = static_cast<std::size_t>(scheme_.tuple);
        std::vector<std::uint16_t> codes(static_cast<std::size_t>(cols_));
        for (std::int64_t row = begin; row < end; ++row, out += cols_) {
            const auto vector = row / scheme_.tuple;
            const auto element = static_cast<std::size_t>(row % scheme_.tuple);
            for (std::size_t s = 0; s < stages_.size(); ++s) {
                const auto& stage = stages_[s];
                const auto rowBytes = static_cast<std::size_t>(packedRowBytes(cols_, stage.bits));
                unpackCodes(stage.codes.data + static_cast<std::size_t>(vector) * rowBytes, rowBytes,
                            stage.bits, codes);
                for (std::size_t c = 0; c < codes.size(); ++c) {
                    const float value = stage.codebook[codes[c] * tuple + element];
                    out[c] = s == 0 ? value : out[c] + value;
                }
            }
        }
    }

private:
    std::vector<Stage> stages_;
};

Result<Stage> openStage(CodedParts& parts, const WeightScheme& scheme, std::int64_t rows, std::int64_t cols,
                        std::int64_t centroids, const std::string& suffix) {
    Stage stage;
    stage.bits = std::countr_zero(static_cast<std::uint64_t>(centroids));
    const auto vectors = (rows + scheme.tuple - 1) / scheme.tuple;
    auto codes = parts.get("weight" + suffix, {DType::u8}, {vectors, packedRowBytes(cols, stage.bits)});
    if (!codes)
        return codes.error();
    stage.codes = **codes;
    auto codebook = parts.get("codebook" + suffix, {DType::f16, DType::f32}, {centroids, scheme.tuple});
    if (!codebook)
        return codebook.error();
    stage.codebook = toFloats(**codebook);
    return stage;
}

}  // namespace

Result<std::shared_ptr<const CodedWeight>> openVectorWeight(CodedParts& parts, const WeightScheme& scheme,
                                                            std::int64_t rows, std::int64_t cols) {
    std::vector<Stage> stages;
    for (const auto& [centroids, suffix] : {std::pair{scheme.centroids, ""}, {scheme.residual, "2"}}) {
        if (centroids == 0)
            continue;
        auto stage = openStage(parts, scheme, rows, cols, centroids, suffix);
        if (!stage)
            return stage.error();
        stages.push_back(std::move(*stage));
    }
    return std::shared_ptr<const CodedWeight>(
        std::make_shared<VectorWeight>(scheme, rows, cols, parts.bytes(), std::move(stages)));
}

}  // namespace engine
