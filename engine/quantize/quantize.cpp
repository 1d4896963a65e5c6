#include "engine/quantize/quantize.h"

#include <sys/resource.h>

#include "engine/base/units.h"
#include "engine/checkpoint/file_digest.h"
#include "engine/checkpoint/lora_adapter.h"
#include "engine/checkpoint/model_digest.h"
#include "engine/model/architectures.h"
#include "engine/model/vision_names.h"
#include "engine/quantize/block_quantizer.h"
#include "engine/quantize/block_task.h"
#include "engine/quantize/calibration.h"
#include "engine/quantize/quality_card.h"
#include "engine/quantize/rotation_stage.h"
#include "engine/quantize/source_checks.h"
#include "engine/quantize/variant_quality.h"
#include "engine/quantize/variant_writer.h"
#include "engine/quantize/vision_quantizer.h"
#include "engine/tokenizer/tokenizer.h"
#include "kernels/hadamard/hadamard.h"

namespace engine {
namespace {

namespace fs = std::filesystem;

RopePairs pairsOf(VariantLayout layout, const ModelConfig& config) {
    const bool adjacent =
        layout == VariantLayout::meta || (layout == VariantLayout::gguf && config.architecture == "llama");
    return adjacent ? RopePairs::adjacent : RopePairs::halves;
}

std::int64_t peakRss() {
    rusage usage{};
    ::getrusage(RUSAGE_SELF, &usage);
    return std::int64_t{usage.ru_maxrss} * 1024;
}

/// One request on its way.
class Job {
public:
    Job(const QuantizeRequest& request, const std::function<void(const QuantizeProgress&)>& progress,
        std::stop_token stop)
        : request_(request), progress_(progress), stop_(std::move(stop)) {}

    Result<QuantizeReport> run() {
        for (const auto step :
             {&Job::open, &Job::plan, &Job::prepare, &Job::learn, &Job::quantizeLayers, &Job::quantizeTables,
              &Job::quantizeEyes, &Job::promote, &Job::write, &Job::evaluateVariant})
            if (auto ok = (this->*step)(); !ok)
                return ok.error();
        return report_;
    }

private:
    Result<void> open() {
        auto policy = policyNamed(request_.policy);
        if (!policy)
            return policy.error();
        policy_ = policy->in(request_.layout.value_or(policy->layout));
        policy_.options.seed = request_.seed;
        auto source = Checkpoint::open(request_.model);
        if (source && !request_.adapter.empty())
            source = withLoraAdapter(std::move(*source), request_.adapter);
        if (!source)
            return source.error();
        source_ = std::move(*source);
        if (auto ok = checkFloating(*source_); !ok)
            return ok;
        std::error_code ignored;
        if (fs::exists(request_.out, ignored) && !fs::is_empty(request_.out, ignored))
            return Error{ErrorCode::invalidInput,
                         request_.out.string() + " holds something already; name another folder"};
        report_.policy = policy_.id;
        report_.method = policy_.method;
        report_.source = request_.model.starts_with("demo:")
                             ? request_.model
                             : fs::weakly_canonical(request_.model, ignored).string();
        for (const auto& [name, tensor] : source_->tensors)
            report_.sourceBytes += static_cast<std::int64_t>(tensor.bytes());
        report_.path = policy_.layout == VariantLayout::gguf ? request_.out / kGgufVariantFile : request_.out;
        return {};
    }

    /// Everything that can be refused before work begins.
    Result<void> plan() {
        const auto& config = source_->config;
        const bool online = policy_.layout != VariantLayout::gguf;  // llama.cpp transforms nothing before w2
        const bool rotated = policy_.rotation != Rotation::none;
        if (rotated && online && kernels::hadamard::factorOf(config.hiddenDim) == 0)
            return Error{ErrorCode::unsupported,
                         "no Hadamard matrix of the FFN width " + std::to_string(config.hiddenDim) +
                             " is known, so that w2 cannot be rotated online; use a recipe without rotation"};
        if (rotated)
            rotations_.emplace(Rotations::random(config, request_.seed, online));
        pairs_ = pairsOf(policy_.layout, config);
        blocks_.emplace(*source_, pairs_, rotations_ ? &*rotations_ : nullptr);
        facts_.rotatesHeads = policy_.rotateHeads;
        facts_.activationBits = policy_.activationBits;
        facts_.name = policy_.id;
        facts_.layout = policy_.layout;
        facts_.rotated = rotations_ && rotations_->hidden;
        facts_.untied = blocks_->untied();
        facts_.schemes = schemes();
        for (const auto& [name, scheme] : facts_.schemes)
            if (scheme.kind == WeightScheme::Kind::groups && name.starts_with("layers."))
                facts_.groupSize = scheme.groupSize;
        if (config.vision && rotations_)
            return Error{
                ErrorCode::unsupported,
                "the weights of a vision model are not rotated, because its cross-attention reads the "
                "same residual stream; use a recipe without rotation"};
        if (policy_.promotion && policy_.layout == VariantLayout::meta)
            return Error{ErrorCode::unsupported,
                         "Meta's layout has no place for linears that stay in 16 bit; use "
                         "a recipe with layout: safetensors, or --format"};
        return checkLayout(config, facts_);
    }

    /// Of every weight that is not floating.
    std::map<std::string, WeightScheme> schemes() const {
        std::vector<std::string> names{"tok_embeddings"};
        if (facts_.untied)
            names.push_back("output");
        for (std::int64_t layer = 0; layer < source_->config.nLayers; ++layer)
            for (const auto& name : linearNames(layer))
                names.push_back(name);
        if (source_->config.vision)
            for (const auto& name : visionLinearNames(*source_->config.vision))
                names.push_back(name);
        std::map<std::string, WeightScheme> found;
        for (const auto& name : names)
            if (const auto scheme = policy_.schemeOf(name); !scheme.floating())
                found.emplace(name, scheme);
        return found;
    }

    Result<void> prepare() {
        const auto method = quantizerNamed(policy_.method);
        if (!method)
            return method.error();
        method_ = *method;
        if (method_->tuneBlock != nullptr && rotations_)
            return Error{ErrorCode::unsupported,
                         policy_.method + " does not go with a rotation; leave it out"};
        auto team = ThreadTeam::create(request_.threads);
        if (!team)
            return team.error();
        team_ = std::move(*team);
        auto kernels = KernelPlan::make("auto", true);
        if (!kernels)
            return kernels.error();
        kernels_ = std::move(*kernels);
        auto tokenizer = Tokenizer::load(*source_);
        if (tokenizer)
            tokenizer_ = *tokenizer;
        if (method_->calibrated || policy_.rotation == Rotation::learned) {
            if (!tokenizer)
                return tokenizer.error().in("calibration");
            auto calibration =
                readCalibration(calibrationTextOr(request_.text), *tokenizer_, request_.windows,
                                std::min(request_.windowSize, source_->config.contextLength));
            if (!calibration)
                return calibration.error();
            calibration_ = std::move(*calibration);
        }
        auto digest = modelDigest(request_.model, stop_);
        if (!digest)
            return digest.error();
        if (!request_.adapter.empty())
            for (const char* file : {"adapter_config.json", "adapter_model.safetensors"}) {
                auto own = fileDigest(fs::path(request_.adapter) / file, stop_);
                if (!own)
                    return own.error();
                *digest += *own;
            }
        std::string tokens;
        for (const auto id : calibration_.tokens)
            tokens += std::to_string(raw(id)) + " ";
        parts_.emplace(fs::path(request_.out.string() + ".unfinished"),
                       textDigest(canonicalText(policy_) + *digest + std::to_string(request_.seed) + " " +
                                  std::to_string(calibration_.windowSize) + textDigest(tokens)));
        return {};
    }

    Result<void> learn() {
        if (policy_.rotation != Rotation::learned)
            return {};
        const auto shown = [&](std::int64_t step) {
            const auto steps = policy_.learning.steps;
            show(0, "rotations, step " + std::to_string(step + 1) + " of " + std::to_string(steps));
        };
        auto ok = learnRotations({*source_, pairs_, calibration_, policy_.learning, policy_.activationBits},
                                 *parts_, *team_, *rotations_, shown, stop_);
        if (!method_->calibrated)
            calibration_ = {};
        started_ = Clock::now();
        return ok;
    }

    /// The calibration text's hidden states before the first block.
    Result<void> embed() {
        const auto dim = source_->config.dim;
        const auto* table = source_->find("tok_embeddings.weight");
        hidden_.resize(calibration_.tokens.size() * static_cast<std::size_t>(dim));
        for (std::size_t i = 0; i < calibration_.tokens.size(); ++i) {
            const std::int64_t id = raw(calibration_.tokens[i]);
            if (id < 0 || id >= table->shape[0])
                return Error{ErrorCode::corrupt, "the tokenizer gives ids beyond the embedding"};
            auto row = blocks_->embeddingRows(id, id + 1);
            if (!row)
                return row.error();
            std::copy(row->begin(), row->end(), hidden_.begin() + static_cast<std::ptrdiff_t>(i) * dim);
        }
        if (method_->tuneBlock != nullptr)
            prefix_ = hidden_;
        return {};
    }

    void show(std::int64_t done, const std::string& what) {
        if (!progress_)
            return;
        const auto total = source_->config.nLayers + 1;
        QuantizeProgress now{what, static_cast<double>(done) / static_cast<double>(total), {}};
        if (const auto fresh = done - report_.resumedLayers; fresh > 0)
            now.secondsLeft = seconds(Clock::now() - started_) / static_cast<double>(fresh) *
                              static_cast<double>(total - done);
        progress_(now);
    }

    static std::string partName(std::int64_t layer) { return "layer." + std::to_string(layer); }

    /// Brings hidden states behind the block; adds its inputs to `grams` where they are wanted.
    Result<void> advance(const BlockWeights& block, std::vector<float>& hidden, BlockGrams* grams) {
        BlockForward forward(block, source_->config, pairs_, facts_.rotated, calibration_.windowSize,
                             kernels_, *team_);
        const auto step = static_cast<std::size_t>(calibration_.windowSize * source_->config.dim);
        for (std::size_t begin = 0; begin < hidden.size(); begin += step) {
            if (stop_.stop_requested())
                return Error{ErrorCode::cancelled, "quantizing was stopped; the same command goes on"};
            forward.run(hidden.data() + begin, grams);
        }
        return {};
    }

    Result<void> quantizeLayer(std::int64_t layer) {
        const bool done = parts_->has(partName(layer));
        report_.resumedLayers += done ? 1 : 0;
        if (done && calibration_.windows == 0)
            return {};
        auto block = blocks_->block(layer);
        if (!block)
            return block.error();
        BlockGrams grams;
        if (calibration_.windows > 0)
            if (auto ok = advance(*block, hidden_, done ? nullptr : &grams); !ok)
                return ok;
        if (!done)
            if (auto ok = chooseCodes(*block, layer, grams); !ok)
                return ok;
        return method_->tuneBlock != nullptr ? advancePrefix(*block, layer) : Result<void>{};
    }

    /// `hidden_` is behind the block already.
    Result<void> chooseCodes(const BlockWeights& block, std::int64_t layer, const BlockGrams& grams) {
        std::optional<BlockCodes> tuned;
        if (method_->tuneBlock != nullptr) {
            BlockTask task{block,   {},     grams, source_->config, pairs_, calibration_.windowSize,
                           prefix_, hidden_};
            for (std::size_t i = 0; i < task.schemes.size(); ++i)
                task.schemes[i] = policy_.schemeOf(block.linears[i].name);
            auto codes = method_->tuneBlock(task, policy_.options, *team_);
            if (!codes)
                return codes.error();
            tuned = std::move(*codes);
        }
        auto part = quantizeBlock(block, layer, calibration_.windows > 0 ? &grams : nullptr,
                                  tuned ? &*tuned : nullptr, policy_, *team_);
        if (!part)
            return part.error();
        return parts_->write(partName(layer), part->tensors, part->errors, stop_);
    }

    /// The hidden states of the quantized model, of which methods that tune blocks see the next one.
    Result<void> advancePrefix(const BlockWeights& block, std::int64_t layer) {
        const auto part = parts_->read(partName(layer));
        if (!part)
            return part.error();
        const auto decoded = decodedBlock(*part, block, policy_);
        if (!decoded)
            return decoded.error();
        return advance(*decoded, prefix_, nullptr);
    }

    Result<void> quantizeLayers() {
        if (calibration_.windows > 0)
            if (auto ok = embed(); !ok)
                return ok;
        const auto layers = source_->config.nLayers;
        for (std::int64_t layer = 0; layer < layers; ++layer) {
            if (stop_.stop_requested())
                return Error{ErrorCode::cancelled, "quantizing was stopped; the same command goes on"};
            show(layer, "layer " + std::to_string(layer + 1) + " of " + std::to_string(layers));
            if (auto ok = quantizeLayer(layer); !ok)
                return ok;
        }
        hidden_ = {};
        prefix_ = {};
        return {};
    }

    Result<void> quantizeTables() {
        show(source_->config.nLayers, "embedding and head");
        for (const bool head : {false, true}) {
            const std::string name = head ? "head" : "embedding";
            if ((head && !facts_.untied) || parts_->has(name))
                continue;
            auto part = quantizeTable(*blocks_, head, policy_, *team_);
            if (!part)
                return part.error();
            if (auto ok = parts_->write(name, part->tensors, part->errors, stop_); !ok)
                return ok;
        }
        auto gain = blocks_->finalNorm();
        if (!gain)
            return gain.error();
        const auto size = static_cast<std::int64_t>(gain->size());
        return parts_->write("norm", {storeFloats("norm.weight", *gain, {size}, DType::f32)}, {}, stop_);
    }

    /// The image encoder, the projection and cross-attention, block by block.
    Result<void> quantizeEyes() {
        for (const auto& [name, tensors] : visionParts(*source_)) {
            if (stop_.stop_requested())
                return Error{ErrorCode::cancelled, "quantizing was stopped; the same command goes on"};
            if (parts_->has(name))
                continue;
            auto part = quantizeVisionPart(*source_, tensors, policy_, *team_);
            if (!part)
                return part.error();
            if (auto ok = parts_->write(name, part->tensors, part->errors, stop_); !ok)
                return ok;
        }
        return {};
    }

    /// A part with promoted linears lies beside the original, from which a resumed job chooses the same ones.
    static std::string promotedName(const std::string& part) { return part + ".promoted"; }

    std::vector<std::string> partNames() const {
        std::vector<std::string> names{"embedding"};
        for (std::int64_t layer = 0; layer < source_->config.nLayers; ++layer)
            names.push_back(partName(layer));
        names.push_back("norm");
        if (facts_.untied)
            names.push_back("head");
        for (const auto& [name, tensors] : visionParts(*source_))
            names.push_back(name);
        return names;
    }

    /// Keeps the linears that lost most in the promotion's scheme. What was measured in one block depends on
    /// no other, because calibration follows the original model; so the choice can wait for all of them.
    Result<void> promote() {
        if (!policy_.promotion)
            return {};
        std::int64_t bytes = 0;
        std::vector<PromotionCandidate> candidates;
        for (const auto& name : partNames()) {
            auto part = parts_->read(name);
            if (!part)
                return part.error();
            for (const auto& [tensor, view] : part->tensors)
                bytes += static_cast<std::int64_t>(view.bytes());
            for (const auto& error : part->errors)
                if (const auto scheme = policy_.schemeOf(error.name); !scheme.floating()) {
                    const auto& shape = source_->find(error.name + ".weight")->shape;
                    const double lost = error.outputError > 0.0 ? error.outputError : error.relError;
                    candidates.push_back({error.name, lost * lost,
                                          policy_.promotion->scheme.bytes(shape[0], shape[1]) -
                                              scheme.bytes(shape[0], shape[1])});
                }
        }
        const auto budget = static_cast<std::int64_t>(policy_.promotion->budget * static_cast<double>(bytes));
        for (const auto& name : choosePromoted(std::move(candidates), budget))
            policy_.rules.insert(policy_.rules.begin(), {name, policy_.promotion->scheme});
        facts_.schemes = schemes();
        for (std::int64_t layer = 0; layer < source_->config.nLayers; ++layer)
            if (auto ok = promoteInLayer(layer); !ok)
                return ok;
        return {};
    }

    Result<void> promoteInLayer(std::int64_t layer) {
        auto part = parts_->read(partName(layer));
        if (!part)
            return part.error();
        const bool changes = std::any_of(part->errors.begin(), part->errors.end(), [&](const auto& error) {
            return policy_.schemeOf(error.name).name() != error.scheme;
        });
        if (!changes)
            return {};
        auto block = blocks_->block(layer);
        if (!block)
            return block.error();
        const auto promoted = withFloats(*part, *block, policy_);
        return parts_->write(promotedName(partName(layer)), promoted.tensors, promoted.errors, stop_);
    }

    Result<void> write() {
        std::vector<Part> parts;
        for (const auto& name : partNames()) {
            const bool promoted = policy_.promotion && parts_->has(promotedName(name));
            auto part = parts_->read(promoted ? promotedName(name) : name);
            if (!part)
                return part.error();
            for (const auto& [tensor, view] : part->tensors)
                report_.weightsBytes += static_cast<std::int64_t>(view.bytes());
            report_.layers.insert(report_.layers.end(), part->errors.begin(), part->errors.end());
            parts.push_back(std::move(*part));
        }
        if (auto ok = writeVariant(request_.out, *source_, facts_, parts, stop_); !ok)
            return ok;
        parts_->remove();
        report_.seconds = seconds(Clock::now() - started_);
        report_.peakRssBytes = peakRss();
        return writeQualityCard(report_, request_.out);
    }

    Result<void> evaluateVariant() {
        if (!request_.evaluate || tokenizer_ == nullptr)
            return {};
        team_.reset();
        const auto shown = [&](std::int64_t done, std::int64_t total) {
            if (progress_)
                progress_({"evaluating " + std::to_string(done) + " of " + std::to_string(total), 1.0, {}});
        };
        auto quality = measureQuality(request_, report_.path, source_->config, *tokenizer_, shown, stop_);
        if (!quality)
            return quality.error().in("the variant is written, evaluating it failed");
        report_.quality = std::move(*quality);
        report_.heldOut = calibration_.windows == 0 ||
                          calibrationTextOr(request_.text) != evaluationTextOr(request_.evaluationText);
        report_.seconds = seconds(Clock::now() - started_);
        report_.peakRssBytes = peakRss();
        return writeQualityCard(report_, request_.out);
    }

    const QuantizeRequest& request_;
    const std::function<void(const QuantizeProgress&)>& progress_;
    std::stop_token stop_;
    TimePoint started_ = Clock::now();

    QuantizationPolicy policy_;
    std::shared_ptr<const Checkpoint> source_;
    std::optional<Rotations> rotations_;
    RopePairs pairs_ = RopePairs::adjacent;
    std::optional<BlockSource> blocks_;
    VariantFacts facts_;
    std::unique_ptr<ThreadTeam> team_;
    KernelPlan kernels_;
    std::shared_ptr<const Tokenizer> tokenizer_;
    Calibration calibration_;
    const QuantizerEntry* method_ = nullptr;
    std::vector<float> hidden_;  // [calibration tokens, dim] of the original model
    std::vector<float> prefix_;  // [calibration tokens, dim] of the quantized one, where blocks are tuned
    std::optional<PartStore> parts_;
    QuantizeReport report_;
};

}  // namespace

Result<QuantizeReport> quantizeModel(const QuantizeRequest& request,
                                     const std::function<void(const QuantizeProgress&)>& progress,
                                     std::stop_token stop) {
    return Job(request, progress, std::move(stop)).run();
}

}  // namespace engine
