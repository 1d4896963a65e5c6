#include "engine/quantize/divergence_probe.h"

#include <algorithm>

#include "engine/evaluate/divergence.h"
#include "engine/train/matrix_product.h"

namespace engine {
namespace {

constexpr std::int64_t kChunk = 64;  // tokens whose logits are held at once

Error stopped() {
    return {ErrorCode::cancelled, "measuring was stopped"};
}

}  // namespace

Result<std::unique_ptr<DivergenceProbe>> DivergenceProbe::create(const Checkpoint& checkpoint,
                                                                 const std::filesystem::path& text,
                                                                 std::int64_t windows,
                                                                 std::int64_t windowSize, int threads) {
    std::unique_ptr<DivergenceProbe> probe(new DivergenceProbe(checkpoint));
    auto team = ThreadTeam::create(threads);
    if (!team)
        return team.error();
    probe->team_ = std::move(*team);
    auto kernels = KernelPlan::make("auto", true);
    if (!kernels)
        return kernels.error();
    probe->kernels_ = std::move(*kernels);
    auto tokenizer = Tokenizer::load(checkpoint);
    if (!tokenizer)
        return tokenizer.error();
    auto calibration =
        readCalibration(text, **tokenizer, windows, std::min(windowSize, checkpoint.config.contextLength));
    if (!calibration)
        return calibration.error();
    probe->calibration_ = std::move(*calibration);
    if (auto ok = probe->prepare(); !ok)
        return ok.error();
    return probe;
}

Result<void> DivergenceProbe::prepare() {
    auto head = blocks_.headRows(0, checkpoint_.config.vocabSize);
    if (!head)
        return head.error();
    head_ = std::move(*head);
    auto norm = blocks_.finalNorm();
    if (!norm)
        return norm.error();
    finalNorm_ = std::move(*norm);
    return {};
}

Result<std::vector<float>> DivergenceProbe::embedded() const {
    const auto dim = checkpoint_.config.dim;
    std::vector<float> hidden;
    hidden.reserve(calibration_.tokens.size() * static_cast<std::size_t>(dim));
    for (const auto token : calibration_.tokens) {
        const std::int64_t id = raw(token);
        if (id < 0 || id >= checkpoint_.config.vocabSize)
            return Error{ErrorCode::corrupt, "the tokenizer gives ids beyond the embedding"};
        auto row = blocks_.embeddingRows(id, id + 1);
        if (!row)
            return row.error();
        hidden.insert(hidden.end(), row->begin(), row->end());
    }
    return hidden;
}

void DivergenceProbe::advance(const BlockWeights& block, std::span<std::vector<float>> lanes,
                              BlockGrams* grams) {
    BlockForward forward(block, checkpoint_.config, blocks_.pairs(), false, calibration_.windowSize, kernels_,
                         *team_);
    const auto step = static_cast<std::size_t>(calibration_.windowSize * checkpoint_.config.dim);
    for (auto& hidden : lanes)
        for (std::size_t begin = 0; begin < hidden.size(); begin += step)
            forward.run(hidden.data() + begin, grams);
}

std::vector<float> DivergenceProbe::logits(const float* hidden, std::int64_t count) {
    const auto& config = checkpoint_.config;
    std::vector<float> normed(static_cast<std::size_t>(count * config.dim));
    kernels_.rmsnorm->fn(hidden, finalNorm_.data(), config.normEps, count, config.dim, normed.data());
    std::vector<float> out(static_cast<std::size_t>(count * config.vocabSize));
    team_->run([&](const TeamMember& member) {
        const auto [begin, end] = member.share(count);
        if (begin < end)
            train::MatrixProduct<float>{
                end - begin, config.vocabSize, config.dim, normed.data() + begin * config.dim,
                config.dim,  head_.data(),     config.dim, train::Transposed::second}
                .writeTo(out.data() + begin * config.vocabSize, config.vocabSize, false);
    });
    return out;
}

Result<std::vector<double>> DivergenceProbe::against(std::span<const std::vector<float>> hidden) {
    const auto vocab = static_cast<std::size_t>(checkpoint_.config.vocabSize);
    std::vector<double> sums(hidden.size(), 0.0);
    for (std::int64_t begin = 0; begin < tokens(); begin += kChunk) {
        const auto count = std::min(kChunk, tokens() - begin);
        const auto offset = begin * checkpoint_.config.dim;
        const auto reference = logits(original_.data() + offset, count);
        for (std::size_t version = 0; version < hidden.size(); ++version) {
            const auto lane = logits(hidden[version].data() + offset, count);
            for (std::size_t t = 0; t < static_cast<std::size_t>(count); ++t)
                sums[version] += divergence(std::span(reference).subspan(t * vocab, vocab),
                                            std::span(lane).subspan(t * vocab, vocab))
                                     .kl;
        }
    }
    for (auto& sum : sums)
        sum /= static_cast<double>(tokens());
    return sums;
}

Result<std::vector<std::vector<double>>> DivergenceProbe::eachAlone(
    const Change& change, const std::function<void(std::int64_t layer)>& measured, std::stop_token stop) {
    const auto layers = checkpoint_.config.nLayers;
    auto hidden = embedded();
    if (!hidden)
        return hidden.error();
    std::vector<std::vector<float>> inputs;  // of every block
    std::vector<BlockGrams> grams(static_cast<std::size_t>(layers));
    for (std::int64_t layer = 0; layer < layers; ++layer) {
        auto block = blocks_.block(layer);
        if (!block)
            return block.error();
        inputs.push_back(*hidden);
        advance(*block, std::span(&*hidden, 1), &grams[static_cast<std::size_t>(layer)]);
        if (stop.stop_requested())
            return stopped();
    }
    original_ = std::move(*hidden);
    std::vector<std::vector<double>> results;
    for (std::int64_t layer = 0; layer < layers; ++layer) {
        auto block = blocks_.block(layer);
        if (!block)
            return block.error();
        auto versions = change(layer, *block, grams[static_cast<std::size_t>(layer)]);
        if (!versions)
            return versions.error();
        std::vector<std::vector<float>> lanes;
        for (const auto& version : *versions) {
            lanes.push_back(inputs[static_cast<std::size_t>(layer)]);
            advance(version, std::span(&lanes.back(), 1), nullptr);
        }
        for (auto later = layer + 1; later < layers; ++later) {
            block = blocks_.block(later);
            if (!block)
                return block.error();
            advance(*block, lanes, nullptr);
            if (stop.stop_requested())
                return stopped();
        }
        auto row = against(lanes);
        if (!row)
            return row.error();
        results.push_back(std::move(*row));
        if (measured)
            measured(layer);
    }
    return results;
}

Result<double> DivergenceProbe::together(const Change& change, std::stop_token stop) {
    auto changed = embedded();
    if (!changed)
        return changed.error();
    auto hidden = *changed;
    for (std::int64_t layer = 0; layer < checkpoint_.config.nLayers; ++layer) {
        auto block = blocks_.block(layer);
        if (!block)
            return block.error();
        BlockGrams grams;
        advance(*block, std::span(&hidden, 1), &grams);
        auto versions = change(layer, *block, grams);
        if (!versions)
            return versions.error();
        advance(versions->front(), std::span(&*changed, 1), nullptr);
        if (stop.stop_requested())
            return stopped();
    }
    original_ = std::move(hidden);
    auto result = against(std::span(&*changed, 1));
    return result ? Result<double>(result->front()) : result.error();
}

}  // namespace engine
