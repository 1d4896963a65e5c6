// bench_image_encoder [THREADS [REPETITIONS [LOCAL GLOBAL [KERNELS]]]]: seconds that the image encoder of
// Llama 3.2 11B Vision's shape needs for one image of 2 x 2 tiles of 560 pixels, with random BF16 weights,
// beside what the arithmetic peak of this machine allows and what its products alone give. LOCAL and GLOBAL
// layers instead of 32 and 8 take their share of the time. All tensors of the file lie in one buffer, so that
// memory is that of the packed weights alone.
#include <algorithm>
#include <atomic>
#include <bit>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <random>

#include "engine/base/aligned_buffer.h"
#include "engine/base/units.h"
#include "engine/metrics/generation_metrics.h"
#include "engine/model/model.h"
#include "engine/model/vision_names.h"
#include "engine/runtime/dense_product.h"
#include "engine/runtime/thread_team.h"
#include "engine/system/roofline.h"
#include "engine/vision/image_encoder.h"

using namespace engine;

namespace {

constexpr std::uint32_t kSeed = 42;

struct Layers {
    std::int64_t local = 32;
    std::int64_t global = 8;
};

/// Shapes: llama-models, models/llama3/multimodal; the text part is one thin block.
ModelConfig shapeOf11B(const Layers& layers) {
    ModelConfig c;
    c.name = "random 11B image encoder";
    c.architecture = "llama";
    c.variant = "BF16";
    c.dim = 4096;
    c.nLayers = 1;
    c.nHeads = 32;
    c.nKvHeads = 8;
    c.headDim = 128;
    c.hiddenDim = 256;
    c.vocabSize = 512;
    c.contextLength = 64;
    c.tiedEmbeddings = true;
    VisionConfig v;
    v.tileSize = 560;
    v.width = 1280;
    v.nHeads = 16;
    v.hiddenDim = 5120;
    v.nLayers = layers.local;
    v.nGlobalLayers = layers.global;
    v.intermediateLayers = {3, 7, 15, 23, 30};
    for (auto& layer : v.intermediateLayers)
        layer = std::min(layer, layers.local - 1);
    v.crossLayers = {0};
    c.vision = v;
    return c;
}

/// A checkpoint whose tensors all begin in one buffer of small random numbers.
class RandomCheckpoint {
public:
    explicit RandomCheckpoint(const Layers& layers) : checkpoint_(std::make_shared<Checkpoint>()) {
        checkpoint_->format = "meta";
        checkpoint_->config = shapeOf11B(layers);
        addText();
        addEncoder();
        fill();
    }
    std::shared_ptr<const Checkpoint> take() { return checkpoint_; }

private:
    void add(const std::string& name, std::vector<std::int64_t> shape) {
        Tensor tensor;
        tensor.type = DType::bf16;
        tensor.shape = std::move(shape);
        tensor.strides = *rowMajorStrides(tensor.shape);
        most_ = std::max(most_, tensor.elements());
        checkpoint_->tensors.emplace(name, std::move(tensor));
    }
    void addLinear(const std::string& prefix, std::int64_t out, std::int64_t in, bool bias = false) {
        add(prefix + ".weight", {out, in});
        if (bias)
            add(prefix + ".bias", {out});
    }
    void addDecoderLinears(const std::string& prefix) {
        const auto& c = checkpoint_->config;
        const auto kvDim = c.nKvHeads * c.headDim;
        for (const char* name : {"attention.wq", "attention.wo"})
            addLinear(prefix + name, c.dim, c.dim);
        for (const char* name : {"attention.wk", "attention.wv"})
            addLinear(prefix + name, kvDim, c.dim);
        for (const char* name : {"feed_forward.w1", "feed_forward.w3"})
            addLinear(prefix + name, c.hiddenDim, c.dim);
        addLinear(prefix + "feed_forward.w2", c.dim, c.hiddenDim);
        for (const char* name : {"attention_norm.weight", "ffn_norm.weight"})
            add(prefix + name, {c.dim});
    }
    void addText() {
        const auto& c = checkpoint_->config;
        add("tok_embeddings.weight", {c.vocabSize, c.dim});
        add("norm.weight", {c.dim});
        add("learnable_embedding.weight", {c.vision->extraEmbeddings, c.dim});
        addDecoderLinears("layers.0.");
        const auto cross = crossBlockPrefix(0);
        addDecoderLinears(cross);
        for (const char* name : {"attention.q_norm.weight", "attention.k_norm.weight"})
            add(cross + name, {c.headDim});
        for (const char* name : {"gate_attn", "gate_ffwd"})
            add(cross + name, {1});
    }
    void addEncoder() {
        const auto& v = *checkpoint_->config.vision;
        add(kVisionEncoder + "class_embedding", {v.width});
        add(kVisionEncoder + "positional_embedding", {v.tokensPerTile(), v.width});
        add(kVisionEncoder + "gated_positional_embedding", {4, 4, v.tokensPerTile(), v.width});
        for (const char* name : {"pre_tile_pos_embed.embedding", "post_tile_pos_embed.embedding"})
            add(kVisionEncoder + name, {4, 4, 1, v.width});
        for (const char* name :
             {"gated_positional_embedding_gate", "pre_tile_pos_embed.gate", "post_tile_pos_embed.gate"})
            add(kVisionEncoder + name, {1});
        for (const char* name : {"ln_pre.weight", "ln_pre.bias", "ln_post.weight", "ln_post.bias"})
            add(kVisionEncoder + name, {v.width});
        addLinear(kVisionEncoder + "conv1._linear", v.width, 3 * v.patchSize * v.patchSize);
        addLinear(kVisionProjection, checkpoint_->config.dim, v.featureDim(), true);
        for (const bool global : {false, true})
            for (std::int64_t layer = 0; layer < (global ? v.nGlobalLayers : v.nLayers); ++layer)
                addBlock(encoderBlockPrefix(layer, global), global);
    }
    void addBlock(const std::string& prefix, bool global) {
        const auto& v = *checkpoint_->config.vision;
        for (const char* name : {"ln_1.weight", "ln_1.bias", "ln_2.weight", "ln_2.bias"})
            add(prefix + name, {v.width});
        for (const char* name : {"attn.wq", "attn.wk", "attn.wv", "attn.wo"})
            addLinear(prefix + name, v.width, v.width);
        addLinear(prefix + "mlp.c_fc", v.hiddenDim, v.width, true);
        addLinear(prefix + "mlp.c_proj", v.width, v.hiddenDim, true);
        if (global)
            for (const char* name : {"gate_attn", "gate_ffn"})
                add(prefix + name, {1});
    }
    void fill() {
        std::mt19937 random(kSeed);
        std::normal_distribution<float> values(0.0F, 0.02F);
        numbers_.resize(static_cast<std::size_t>(most_));
        for (auto& number : numbers_)
            number = static_cast<std::uint16_t>(std::bit_cast<std::uint32_t>(values(random)) >> 16);
        for (auto& [name, tensor] : checkpoint_->tensors)
            tensor.data = reinterpret_cast<const std::byte*>(numbers_.data());
    }

    std::shared_ptr<Checkpoint> checkpoint_;
    std::int64_t most_ = 0;
    std::vector<std::uint16_t> numbers_;  // BF16
};

/// Multiply-adds times two of all products for one image of `tiles` tiles, padding left out.
double productFlops(const ModelConfig& c, std::int64_t tiles) {
    const auto& v = *c.vision;
    const auto n = static_cast<double>(v.imageTokens(tiles));
    const auto width = static_cast<double>(v.width);
    const double linears = 4.0 * width * width + 2.0 * width * static_cast<double>(v.hiddenDim);
    const double attention = 2.0 * n * width;  // per token: scores and weighted values
    const auto blocks = static_cast<double>(v.nLayers + v.nGlobalLayers);
    const double ends = 3.0 * static_cast<double>(v.patchSize * v.patchSize) * width +
                        static_cast<double>(v.featureDim() * c.dim);
    return 2.0 * n * (blocks * (linears + attention) + ends);
}

TiledImage randomImage(const VisionConfig& v) {
    std::mt19937 random(kSeed);
    TiledImage image{2, 2, v.tileSize, {}};
    image.pixels.resize(static_cast<std::size_t>(4 * 3 * v.tileSize * v.tileSize));
    for (auto& pixel : image.pixels)
        pixel = static_cast<std::uint8_t>(random());
    return image;
}

/// GFLOP/s of the encoder's widest product, as its chunks come: the best of the repetitions, so that what
/// else runs here counts least.
double productGflops(const Model& model, ThreadTeam& team) {
    constexpr std::int64_t kTokens = 128;
    constexpr int kRepetitions = 40;
    const auto& weight = model.vision()->local.front().widen.weight;
    const auto scratchBytes = model.plan().matmulScratchBytes(kTokens, weight.cols) + 64;
    double best = 0.0;
    for (int i = 0; i < kRepetitions; ++i) {
        std::atomic<std::int64_t> nanoseconds{0};
        team.run([&](const TeamMember& member) {
            AlignedBuffer scratch(scratchBytes);
            std::vector<float> x(static_cast<std::size_t>(kTokens * weight.cols), 0.5F);
            std::vector<float> y(static_cast<std::size_t>(kTokens * weight.rows));
            multiplyDense(model.plan(), weight, x.data(), kTokens, y.data(), scratch.data());
            member.barrier();
            const auto begin = Clock::now();
            for (int k = 0; k < 4; ++k)
                multiplyDense(model.plan(), weight, x.data(), kTokens, y.data(), scratch.data());
            member.barrier();
            if (member.index == 0)
                nanoseconds = (Clock::now() - begin).count();
        });
        const double flop =
            4.0 * 2.0 * static_cast<double>(kTokens * weight.rows * weight.cols * team.size());
        best = std::max(best, flop / static_cast<double>(nanoseconds));
    }
    return best;
}

int fail(const Error& error) {
    std::fprintf(stderr, "bench_image_encoder: %s\n", error.message.c_str());
    return 1;
}

/// Seconds that all threads of this process have computed: on a busy machine less than the clock says.
double processorSeconds() {
    timespec now{};
    ::clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
    return static_cast<double>(now.tv_sec) + static_cast<double>(now.tv_nsec) / 1e9;
}

}  // namespace

int main(int argc, char** argv) {
    std::setvbuf(stdout, nullptr, _IOLBF, 0);
    const int threads = argc > 1 ? std::atoi(argv[1]) : 2;
    const int repetitions = argc > 2 ? std::atoi(argv[2]) : 3;
    const Layers layers =
        argc > 4 ? Layers{std::max(1, std::atoi(argv[3])), std::max(0, std::atoi(argv[4]))} : Layers{};
    auto team = ThreadTeam::create(threads);
    if (!team)
        return fail(team.error());
    const auto roofline = measureRoofline({threads, std::int64_t{1} << 28});
    if (!roofline)
        return fail(roofline.error());
    RandomCheckpoint random(layers);
    const auto checkpoint = random.take();
    const auto plan = KernelPlan::make(argc > 5 ? argv[5] : "auto", false);
    if (!plan)
        return fail(plan.error());
    const auto model = Model::load(checkpoint, *plan, {}, **team);
    if (!model)
        return fail(model.error());
    const auto& config = checkpoint->config;
    const auto image = randomImage(*config.vision);
    const ImageEncoder encoder(**model, **team);
    std::vector<double> seconds;
    for (int i = 0; i < repetitions; ++i) {
        const auto begin = Clock::now();
        const double computed = processorSeconds();
        if (const auto tokens = encoder.encode(image); !tokens)
            return fail(tokens.error());
        seconds.push_back(milliseconds(Clock::now() - begin) / 1000.0);
        std::printf("encoding %d: %.2f s, %.2f s of processor time\n", i + 1, seconds.back(),
                    processorSeconds() - computed);
    }
    std::sort(seconds.begin(), seconds.end());
    const double median = seconds[seconds.size() / 2];
    const double gflop = productFlops(config, image.tiles()) / 1e9;
    const double least = seconds.front();
    const double products = productGflops(**model, **team);
    std::printf(
        "4 tiles of 560 x 560, %d threads, %d local and %d global layers: least %.2f s, median %.2f s, "
        "%.0f GFLOP of products\n",
        threads, static_cast<int>(layers.local), static_cast<int>(layers.global), least, median, gflop);
    std::printf("%.0f GFLOP/s at the least, %.0f %% of the %.0f that a product alone gives now (%s)\n",
                gflop / least, 100.0 * gflop / least / products, products, plan->summary().c_str());
    std::printf("bound %.2f s (%.0f GFLOP/s of BF16 measured now): %.0f %% of it\n",
                gflop / roofline->bf16Gops(), roofline->bf16Gops(),
                100.0 * gflop / least / roofline->bf16Gops());
    std::printf("weights %.2f GiB, peak memory %.2f GiB\n",
                static_cast<double>((*model)->weightsBytes()) / double(1 << 30),
                static_cast<double>(peakRssBytes().value_or(0)) / double(1 << 30));
    return 0;
}
