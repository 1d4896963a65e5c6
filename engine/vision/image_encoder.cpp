#include "engine/vision/image_encoder.h"

#include <algorithm>
#include <atomic>
#include <cmath>
#include <cstring>
#include <string>

#include "engine/base/aligned_buffer.h"
#include "engine/runtime/linear_product.h"
#include "engine/vision/encoder_attention.h"

namespace engine {
namespace {

constexpr float kNormEps = 1e-5F;
/// Tokens that pass through a linear at once: enough to reuse weights from the cache.
constexpr std::int64_t kChunk = 128;
constexpr std::int64_t kPadTo = 8;
/// Threads whose buffers bytesFor() counts; more of them need little beside the rest.
constexpr int kCountedThreads = 2;

/// The tokens of all tiles are kept in two groups: live ones (of present tiles) before dead ones (padding,
/// and tiles that the image does not have). Order matters to nothing but the mask: a query sees all keys,
/// except that dead ones do not see dead ones.
struct Extent {
    std::int64_t perTile = 0;  // tokensPerTile()
    std::int64_t pad = 0;      // tokens that fill a tile up to a multiple of kPadTo
    std::int64_t live = 0;
    std::int64_t all = 0;
};

Extent extentOf(const VisionConfig& vision, std::int64_t tiles) {
    Extent extent;
    extent.perTile = vision.tokensPerTile();
    extent.pad = kPadTo - extent.perTile % kPadTo;
    extent.live = tiles * extent.perTile;
    extent.all = vision.maxTiles * (extent.perTile + extent.pad);
    return extent;
}

EncoderAttention::Shape attentionShape(const VisionConfig& vision, const Extent& extent) {
    return {vision.nHeads, vision.width / vision.nHeads, extent.live, extent.all};
}

void addTo(float* x, const float* y, std::int64_t count, float factor = 1.0F) {
    for (std::int64_t i = 0; i < count; ++i)
        x[i] += factor * y[i];
}

/// y may be x. Rows of `width`.
void normalize(const float* x, const LayerNorm& norm, std::int64_t rows, std::int64_t width, float* y) {
    for (std::int64_t r = 0; r < rows; ++r, x += width, y += width) {
        double sum = 0.0;
        for (std::int64_t i = 0; i < width; ++i)
            sum += double{x[i]};
        const double mean = sum / static_cast<double>(width);
        double squares = 0.0;
        for (std::int64_t i = 0; i < width; ++i)
            squares += (double{x[i]} - mean) * (double{x[i]} - mean);
        const auto inverse =
            static_cast<float>(1.0 / std::sqrt(squares / static_cast<double>(width) + double{kNormEps}));
        for (std::int64_t i = 0; i < width; ++i)
            y[i] = (x[i] - static_cast<float>(mean)) * inverse * norm.weight[static_cast<std::size_t>(i)] +
                   norm.bias[static_cast<std::size_t>(i)];
    }
}

/// x * Phi(x), exact.
void gelu(float* x, std::int64_t count) {
    constexpr float kInverseRoot2 = 0.70710678118654752F;
    for (std::int64_t i = 0; i < count; ++i)
        x[i] = 0.5F * x[i] * (1.0F + std::erf(x[i] * kInverseRoot2));
}

/// One image on its way through the encoder; its buffers.
class Encoding {
public:
    Encoding(const Model& model, ThreadTeam& team, const TiledImage& image)
        : model_(model),
          weights_(*model.vision()),
          config_(*model.config().vision),
          team_(team),
          image_(image),
          extent_(extentOf(config_, image.tiles())) {}

    bool allocate() {
        const auto width = static_cast<std::size_t>(config_.width);
        const auto all = static_cast<std::size_t>(extent_.all);
        x_ = AlignedBuffer(all * width * sizeof(float));
        q_ = AlignedBuffer(all * width * sizeof(float));
        features_ = AlignedBuffer(config_.intermediateLayers.size() * static_cast<std::size_t>(extent_.live) *
                                  width * sizeof(float));
        attention_ = EncoderAttention(model_.plan(), attentionShape(config_, extent_), model_.options().exact,
                                      team_.size());
        // Of each member: inputs and outputs of the widest linear, features, and the kernels' own.
        const auto& plan = model_.plan();
        std::size_t scratch = 0;
        for (const auto cols : {config_.width, config_.hiddenDim, 3 * config_.patchSize * config_.patchSize,
                                config_.featureDim()})
            scratch = std::max(scratch, multiplyRowsScratch(plan, kChunk, cols));
        scratchBytes_ = (scratch + 4095) / 4096 * 4096;
        rowFloats_ =
            kChunk * std::max({config_.featureDim() + model_.config().dim, config_.hiddenDim + config_.width,
                               3 * config_.width, 3 * config_.patchSize * config_.patchSize + config_.width});
        own_ = AlignedBuffer(static_cast<std::size_t>(team_.size()) * ownBytes());
        return x_.data() != nullptr && q_.data() != nullptr && attention_.valid() && own_.data() != nullptr &&
               (features_.size() == 0 || features_.data() != nullptr);
    }

    /// False when stopped.
    bool run(const std::stop_token& stop) {
        std::atomic<bool> stopped{false};
        embed();
        const auto runBlocks = [&](const std::vector<EncoderBlock>& blocks, bool keepInputs) {
            for (std::size_t layer = 0; layer < blocks.size() && !stopped; ++layer) {
                if (stop.stop_requested())
                    stopped = true;
                else {
                    if (keepInputs)
                        keepFeatures(static_cast<std::int64_t>(layer));
                    block(blocks[layer]);
                }
            }
        };
        runBlocks(weights_.local, true);
        afterLocal();
        runBlocks(weights_.global, false);
        return !stopped;
    }

    /// [live, dim]
    std::vector<float> project() {
        const auto dim = model_.config().dim;
        const auto features = config_.featureDim();
        std::vector<float> tokens(static_cast<std::size_t>(extent_.live * dim));
        overChunks(extent_.live, weights_.projection,
                   [&](const TeamMember& member, std::int64_t begin, std::int64_t rows) {
                       float* input = rowsOf(member);
                       for (std::int64_t r = 0; r < rows; ++r)
                           gatherFeatures(begin + r, input + r * features);
                       float* out = tokens.data() + begin * dim;
                       linear(weights_.projection, input, rows, out, member);
                   });
        return tokens;
    }

private:
    std::size_t ownBytes() const {
        return scratchBytes_ + static_cast<std::size_t>(rowFloats_) * sizeof(float) / 64 * 64 + 64;
    }
    std::byte* ownOf(const TeamMember& member) {
        return own_.data() + ownBytes() * static_cast<std::size_t>(member.index);
    }
    float* rowsOf(const TeamMember& member) {
        return reinterpret_cast<float*>(ownOf(member) + scratchBytes_);
    }

    /// y = linear(x) + bias for rows of one thread.
    void linear(const Linear& layer, const float* x, std::int64_t rows, float* y, const TeamMember& member) {
        multiplyRows(model_.plan(), layer.weight, x, rows, y, ownOf(member));
        if (!layer.bias.empty())
            for (std::int64_t r = 0; r < rows; ++r)
                addTo(y + r * layer.weight.rows, layer.bias.data(), layer.weight.rows);
    }

    /// body(member, begin, rows) for chunks of [0, count), dealt out in turn; all to one member where the
    /// products bring their own threads.
    template <class Body>
    void overChunks(std::int64_t count, const Linear& layer, const Body& body) {
        const bool alone = bringsThreads(model_.plan(), layer.weight, kChunk);
        team_.run([&](const TeamMember& member) {
            const auto step = alone ? 1 : member.count;
            for (std::int64_t chunk = alone && member.index > 0 ? count : member.index;
                 chunk * kChunk < count; chunk += step)
                body(member, chunk * kChunk, std::min(kChunk, count - chunk * kChunk));
        });
    }

    void embed() {
        const auto& v = config_;
        const auto width = v.width;
        auto* x = x_.as<float>();
        for (std::int64_t tile = 0; tile < v.maxTiles; ++tile) {
            const bool present = tile < image_.tiles();
            // Absent tiles follow the padding of the present ones.
            float* tokens = x + (present ? tile * extent_.perTile
                                         : extent_.live + image_.tiles() * extent_.pad +
                                               (tile - image_.tiles()) * (extent_.perTile + extent_.pad)) *
                                    width;
            if (present)
                embedPatches(tile, tokens + width);
            std::copy(weights_.classToken.begin(), weights_.classToken.end(), tokens);
            addTo(tokens, weights_.position.data(), extent_.perTile * width);
            if (present) {
                const auto position = weights_.tilePosition.at({image_.rows, image_.cols, tile});
                addTo(tokens, position.data(), extent_.perTile * width);
            }
            normalize(tokens, weights_.lnPre, extent_.perTile, width, tokens);
        }
    }

    /// A tile's patches, with the tile's own embedding; [patches, width].
    void embedPatches(std::int64_t tile, float* tokens) {
        const auto& v = config_;
        const auto pixels = normalizedTile(image_, tile);
        const auto own = weights_.preTile.at({image_.rows, image_.cols, tile});
        const auto across = v.tileSize / v.patchSize;
        const auto cols = 3 * v.patchSize * v.patchSize;
        overChunks(v.patchesPerTile(), weights_.patches,
                   [&](const TeamMember& member, std::int64_t begin, std::int64_t rows) {
                       float* input = rowsOf(member);
                       for (std::int64_t r = 0; r < rows; ++r)
                           copyPatch(pixels.data(), (begin + r) / across, (begin + r) % across,
                                     input + r * cols);
                       float* out = tokens + begin * v.width;
                       linear(weights_.patches, input, rows, out, member);
                       for (std::int64_t r = 0; r < rows; ++r)
                           addTo(out + r * v.width, own.data(), v.width);
                   });
    }

    /// Channel, y, x.
    void copyPatch(const float* pixels, std::int64_t row, std::int64_t col, float* to) const {
        const auto p = config_.patchSize;
        const auto size = config_.tileSize;
        for (std::int64_t channel = 0; channel < 3; ++channel)
            for (std::int64_t y = 0; y < p; ++y, to += p)
                std::memcpy(to, pixels + (channel * size + row * p + y) * size + col * p,
                            static_cast<std::size_t>(p) * sizeof(float));
    }

    void block(const EncoderBlock& block) {
        const auto width = config_.width;
        auto* x = x_.as<float>();
        overChunks(extent_.all, block.wq,
                   [&](const TeamMember& member, std::int64_t begin, std::int64_t rows) {
                       float* n = rowsOf(member);
                       float* k = n + rows * width;
                       float* v = k + rows * width;
                       normalize(x + begin * width, block.ln1, rows, width, n);
                       linear(block.wq, n, rows, q_.as<float>() + begin * width, member);
                       linear(block.wk, n, rows, k, member);
                       linear(block.wv, n, rows, v, member);
                       attention_.store(begin, rows, k, v);
                   });
        attention_.run(team_, q_.as<float>());
        overChunks(extent_.all, block.wo,
                   [&](const TeamMember& member, std::int64_t begin, std::int64_t rows) {
                       float* n = rowsOf(member);
                       float* hidden = n + rows * width;
                       float* own = x + begin * width;
                       linear(block.wo, q_.as<float>() + begin * width, rows, n, member);
                       addTo(own, n, rows * width, block.attentionGate);
                       normalize(own, block.ln2, rows, width, n);
                       linear(block.widen, n, rows, hidden, member);
                       gelu(hidden, rows * config_.hiddenDim);
                       linear(block.narrow, hidden, rows, n, member);
                       addTo(own, n, rows * width, block.ffnGate);
                   });
    }

    /// The input of a local layer, where it is one of the features.
    void keepFeatures(std::int64_t layer) {
        const auto bytes = static_cast<std::size_t>(extent_.live * config_.width) * sizeof(float);
        for (std::size_t i = 0; i < config_.intermediateLayers.size(); ++i)
            if (config_.intermediateLayers[i] == layer)
                std::memcpy(features_.data() + i * bytes, x_.data(), bytes);
    }

    void afterLocal() {
        const auto width = config_.width;
        auto* x = x_.as<float>();
        normalize(x, weights_.lnPost, extent_.all, width, x);
        for (std::int64_t tile = 0; tile < image_.tiles(); ++tile) {
            const auto own = weights_.postTile.at({image_.rows, image_.cols, tile});
            for (std::int64_t t = 0; t < extent_.perTile; ++t)
                addTo(x + (tile * extent_.perTile + t) * width, own.data(), width);
            for (std::int64_t t = 0; t < extent_.pad; ++t)
                addTo(x + (extent_.live + tile * extent_.pad + t) * width, own.data(), width);
        }
    }

    /// The output, then the intermediate features, those of one channel side by side.
    void gatherFeatures(std::int64_t token, float* to) const {
        const auto width = config_.width;
        const auto count = static_cast<std::int64_t>(config_.intermediateLayers.size());
        std::memcpy(to, x_.as<float>() + token * width, static_cast<std::size_t>(width) * sizeof(float));
        for (std::int64_t i = 0; i < count; ++i) {
            const float* from = features_.as<float>() + (i * extent_.live + token) * width;
            for (std::int64_t channel = 0; channel < width; ++channel)
                to[width + channel * count + i] = from[channel];
        }
    }

    const Model& model_;
    const VisionWeights& weights_;
    const VisionConfig& config_;
    ThreadTeam& team_;
    const TiledImage& image_;
    Extent extent_;
    AlignedBuffer x_;         // [all, width] residual stream
    AlignedBuffer q_;         // [all, width] queries, then what attention gives
    AlignedBuffer features_;  // [intermediate layers, live, width]
    EncoderAttention attention_;
    AlignedBuffer own_;  // [members]: scratch, rows
    std::size_t scratchBytes_ = 0;
    std::int64_t rowFloats_ = 0;
};

}  // namespace

Result<std::vector<float>> ImageEncoder::encode(const TiledImage& image, std::stop_token stop) const {
    const auto& vision = *model_.config().vision;
    if (image.tileSize != vision.tileSize || image.rows < 1 || image.cols < 1 ||
        image.tiles() > vision.maxTiles ||
        image.pixels.size() != static_cast<std::size_t>(3 * image.tiles() * image.tileSize * image.tileSize))
        return Error{ErrorCode::invalidInput,
                     "the image is cut into " + std::to_string(image.tiles()) + " tiles of " +
                         std::to_string(image.tileSize) + " pixels; the model takes up to " +
                         std::to_string(vision.maxTiles) + " of " + std::to_string(vision.tileSize)};
    Encoding encoding(model_, team_, image);
    if (!encoding.allocate())
        return Error{ErrorCode::outOfMemory,
                     "no memory to encode the image; it needs " +
                         std::to_string(bytesFor(model_.config(), model_.options().exact) >> 20) + " MiB"};
    if (!encoding.run(stop))
        return Error{ErrorCode::cancelled, "encoding the image was stopped"};
    return encoding.project();
}

std::int64_t ImageEncoder::bytesFor(const ModelConfig& config, bool exact) {
    const auto& v = *config.vision;
    const auto extent = extentOf(v, v.maxTiles);
    const auto floats = 2 * extent.all * v.width +
                        static_cast<std::int64_t>(v.intermediateLayers.size()) * extent.live * v.width +
                        extent.live * config.dim;
    return floats * static_cast<std::int64_t>(sizeof(float)) +
           EncoderAttention::bytesFor(attentionShape(v, extent), exact, kCountedThreads);
}

}  // namespace engine
