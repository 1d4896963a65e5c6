#include "engine/runtime/image_keys.h"

#include <algorithm>
#include <string>

#include "engine/base/available_memory.h"
#include "engine/runtime/linear_product.h"
#include "engine/vision/image_encoder.h"

namespace engine {
namespace {

constexpr std::int64_t kChunk = 128;

/// Keys and values of one cross-attention block for chunks of vision tokens.
void computeLayer(const Model& model, const CrossBlock& block, const std::vector<float>& tokens,
                  ThreadTeam& team, KeyValues& out) {
    const auto& c = model.config();
    const auto& plan = model.plan();
    const auto kvDim = c.nKvHeads * c.headDim;
    const auto count = static_cast<std::int64_t>(tokens.size()) / c.dim;
    const auto scratchBytes = multiplyRowsScratch(plan, kChunk, c.dim);
    const bool alone = bringsThreads(plan, block.wk.weight, kChunk);
    team.run([&](const TeamMember& member) {
        if (alone && member.index > 0)
            return;
        AlignedBuffer scratch(scratchBytes + 64, PageSize::small);
        std::vector<float> k(static_cast<std::size_t>(kChunk * kvDim));
        std::vector<float> v(k.size());
        const auto step = alone ? 1 : member.count;
        for (std::int64_t chunk = member.index; chunk * kChunk < count; chunk += step) {
            const auto begin = chunk * kChunk;
            const auto rows = std::min(kChunk, count - begin);
            const float* x = tokens.data() + begin * c.dim;
            multiplyRows(plan, block.wk.weight, x, rows, k.data(), scratch.data());
            multiplyRows(plan, block.wv.weight, x, rows, v.data(), scratch.data());
            plan.rmsnorm->fn(k.data(), block.kNorm.data(), c.normEps, rows * c.nKvHeads, c.headDim, k.data());
            for (std::int64_t r = 0; r < rows; ++r)
                out.store(begin + r, k.data() + r * kvDim, v.data() + r * kvDim);
        }
    });
}

}  // namespace

std::int64_t ImageKeys::bytesFor(const ModelConfig& config, std::int64_t tiles, bool f32) {
    const auto& vision = *config.vision;
    return vision.nCrossLayers() *
           KeyValues::bytesFor(config.nKvHeads, config.headDim, tiles * vision.tokensPerTile(), f32);
}

Result<std::shared_ptr<const ImageKeys>> ImageKeys::compute(const Model& model, ThreadTeam& team,
                                                            std::shared_ptr<const TiledImage> image, bool f32,
                                                            std::stop_token stop) {
    const auto& config = model.config();
    const auto needed =
        bytesFor(config, image->tiles(), f32) + ImageEncoder::bytesFor(config, model.options().exact);
    if (const auto available = availableMemoryBytes(); available && needed > *available)
        return Error{ErrorCode::outOfMemory, "encoding the image needs " + std::to_string(needed >> 20) +
                                                 " MiB, " + std::to_string(*available >> 20) +
                                                 " MiB are free; close programs or leave it out"};
    auto tokens = ImageEncoder(model, team).encode(*image, stop);
    if (!tokens)
        return tokens.error();
    std::shared_ptr<ImageKeys> keys(new ImageKeys);
    keys->tokens_ = image->tiles() * config.vision->tokensPerTile();
    keys->bytes_ = bytesFor(config, image->tiles(), f32);
    keys->image_ = std::move(image);
    for (const auto& block : model.vision()->cross) {
        KeyValues layer(config.nKvHeads, config.headDim, keys->tokens_, f32);
        if (!layer.valid())
            return Error{ErrorCode::outOfMemory, "no memory for the keys and values of the image"};
        computeLayer(model, block, *tokens, team, layer);
        keys->layers_.push_back(std::move(layer));
    }
    return std::shared_ptr<const ImageKeys>(std::move(keys));
}

std::span<const ShownImage> visibleAt(std::span<const ShownImage> images, std::int64_t position) {
    const auto after = std::upper_bound(images.begin(), images.end(), position,
                                        [](std::int64_t at, const ShownImage& i) { return at < i.position; });
    const auto end = static_cast<std::size_t>(after - images.begin());
    if (end == 0)
        return {};
    auto begin = end - 1;
    while (begin > 0 && images[begin - 1].position == images[begin].position - 1)
        --begin;
    return images.subspan(begin, end - begin);
}

}  // namespace engine
