#include "engine/quantize/block_source.h"

#include <algorithm>

#include "engine/base/mapped_file.h"
#include "engine/model/architectures.h"
#include "engine/train/matrix_product.h"

namespace engine {
namespace {

constexpr std::size_t kQ = 0, kK = 1, kV = 2, kO = 3, kGate = 4, kDown = 5, kUp = 6;

std::vector<double> widened(const std::vector<float>& values) {
    return {values.begin(), values.end()};
}

void narrow(const std::vector<double>& from, std::vector<float>& to) {
    std::transform(from.begin(), from.end(), to.begin(), [](double v) { return static_cast<float>(v); });
}

/// W <- W diag(gain).
void fold(std::vector<double>& w, const std::vector<float>& gain) {
    for (std::size_t i = 0; i < w.size(); ++i)
        w[i] *= double{gain[i % gain.size()]};
}

/// Adjacent pairs to halves, or back, of the rows of every head; `width` numbers per row.
void reorderRows(std::vector<float>& rows, std::int64_t width, std::int64_t headDim, bool toHalves) {
    const auto headSize = static_cast<std::size_t>(headDim * width);
    std::vector<float> head(headSize);
    for (std::size_t begin = 0; begin < rows.size(); begin += headSize) {
        std::copy_n(rows.begin() + static_cast<std::ptrdiff_t>(begin), headSize, head.begin());
        for (std::int64_t j = 0; j < headDim; ++j) {
            const auto half = headDim / 2;
            const auto adjacent = j < half ? 2 * j : 2 * (j - half) + 1;
            const auto from = toHalves ? adjacent : j;
            const auto to = toHalves ? j : adjacent;
            std::copy_n(head.begin() + from * width, width,
                        rows.begin() + static_cast<std::ptrdiff_t>(begin) + to * width);
        }
    }
}

/// W <- W + scale B A, rows of B in the order of W's.
void mergeAdapter(LinearWeights& linear, const Tensor& a, const Tensor& b, float scale) {
    const auto rank = a.shape[0];
    const auto first = toFloats(a);
    auto second = toFloats(b);
    for (auto& value : second)
        value *= scale;
    train::MatrixProduct<float>{linear.rows, linear.cols,  rank,       second.data(),
                                rank,        first.data(), linear.cols}
        .writeTo(linear.weight.data(), linear.cols, true);
}

}  // namespace

Rotations Rotations::random(const ModelConfig& config, std::uint64_t seed, bool online) {
    Rotations rotations;
    rotations.residual = RowRotation::randomHadamard(config.dim, seed);
    for (std::int64_t layer = 0; layer < config.nLayers; ++layer)
        rotations.values.push_back(
            RowRotation::randomHadamard(config.headDim, seed + 1 + static_cast<std::uint64_t>(layer)));
    if (online)
        rotations.hidden = RowRotation::hadamard(config.hiddenDim);
    return rotations;
}

Result<std::vector<float>> BlockSource::norm(const std::string& name) const {
    auto tensor = checkpoint_.require(name);
    if (!tensor)
        return tensor.error();
    return toFloats(**tensor);
}

Result<std::vector<float>> BlockSource::finalNorm() const {
    auto gain = norm("norm.weight");
    if (gain && rotations_ != nullptr)
        std::fill(gain->begin(), gain->end(), 1.0F);
    return gain;
}

Result<LinearWeights> BlockSource::linear(const std::string& name) const {
    auto tensor = checkpoint_.require(name + ".weight");
    if (!tensor)
        return tensor.error();
    LinearWeights linear{name, (*tensor)->shape[0], (*tensor)->shape[1], toFloats(**tensor), {}};
    if ((*tensor)->contiguous())
        MappedFile::drop((*tensor)->data, (*tensor)->bytes());
    if (const auto* bias = checkpoint_.find(name + ".bias"))
        linear.bias = toFloats(*bias);
    if (const auto* a = checkpoint_.find(name + ".adaptor.A.weight"))
        mergeAdapter(linear, *a, *checkpoint_.find(name + ".adaptor.B.weight"),
                     checkpoint_.config.lora->scale);
    return linear;
}

void BlockSource::reorderPairs(LinearWeights& linear) const {
    if (checkpoint_.config.rope.pairs == pairs_)
        return;
    const bool toHalves = pairs_ == RopePairs::halves;
    reorderRows(linear.weight, linear.cols, config().headDim, toHalves);
    if (!linear.bias.empty())
        reorderRows(linear.bias, 1, config().headDim, toHalves);
}

Result<BlockWeights> BlockSource::block(std::int64_t layer) const {
    const auto prefix = "layers." + std::to_string(layer) + ".";
    BlockWeights block;
    for (const auto& [name, target] :
         {std::pair{"attention_norm.weight", &block.attentionNorm}, {"ffn_norm.weight", &block.ffnNorm}}) {
        auto gain = norm(prefix + name);
        if (!gain)
            return gain.error();
        *target = std::move(*gain);
    }
    const auto names = linearNames(layer);
    for (std::size_t i = 0; i < names.size(); ++i) {
        auto weights = linear(names[i]);
        if (!weights)
            return weights.error();
        block.linears[i] = std::move(*weights);
    }
    reorderPairs(block.linears[kQ]);
    reorderPairs(block.linears[kK]);
    if (rotations_ != nullptr)
        rotate(block, layer);
    return block;
}

void BlockSource::rotate(LinearWeights& linear, std::size_t index, const std::vector<float>& gain,
                         const RowRotation& values) const {
    const auto& r1 = rotations_->residual;
    auto w = widened(linear.weight);
    if (index == kO || index == kDown) {
        if (index == kO)
            values.applyToRows(w);
        else if (rotations_->hidden)
            rotations_->hidden->applyToRows(w);
        r1.applyToColumns(w, linear.cols);
    } else {
        fold(w, gain);
        r1.applyToRows(w);
        if (index == kV)
            values.applyToColumns(w, linear.cols);
    }
    narrow(w, linear.weight);
    if (index == kV && !linear.bias.empty()) {
        auto bias = widened(linear.bias);
        values.applyToRows(bias);
        narrow(bias, linear.bias);
    }
}

void BlockSource::rotate(BlockWeights& block, std::int64_t layer) const {
    const auto& values = rotations_->values[static_cast<std::size_t>(layer)];
    const auto turn = [&](const TeamMember& member) {
        for (auto i = static_cast<std::size_t>(member.index); i < block.linears.size();
             i += static_cast<std::size_t>(member.count))
            rotate(block.linears[i], i, i == kGate || i == kUp ? block.ffnNorm : block.attentionNorm, values);
    };
    team_ != nullptr ? team_->run(turn) : turn({});
    std::fill(block.attentionNorm.begin(), block.attentionNorm.end(), 1.0F);
    std::fill(block.ffnNorm.begin(), block.ffnNorm.end(), 1.0F);
}

Result<std::vector<float>> BlockSource::embeddingRows(std::int64_t begin, std::int64_t end) const {
    auto tensor = checkpoint_.require("tok_embeddings.weight");
    if (!tensor)
        return tensor.error();
    std::vector<float> rows(static_cast<std::size_t>((end - begin) * config().dim));
    rowsToFloats(**tensor, begin, end, rows.data());
    if (rotations_ != nullptr) {
        auto w = widened(rows);
        rotations_->residual.applyToRows(w);
        narrow(w, rows);
    }
    return rows;
}

Result<std::vector<float>> BlockSource::headRows(std::int64_t begin, std::int64_t end) const {
    auto tensor = checkpoint_.require(config().tiedEmbeddings ? "tok_embeddings.weight" : "output.weight");
    if (!tensor)
        return tensor.error();
    std::vector<float> rows(static_cast<std::size_t>((end - begin) * config().dim));
    rowsToFloats(**tensor, begin, end, rows.data());
    if (rotations_ == nullptr)
        return rows;
    auto gain = norm("norm.weight");
    if (!gain)
        return gain.error();
    auto w = widened(rows);
    fold(w, *gain);
    rotations_->residual.applyToRows(w);
    narrow(w, rows);
    return rows;
}

}  // namespace engine
