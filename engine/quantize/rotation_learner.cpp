#include "engine/quantize/rotation_learner.h"

#include <algorithm>
#include <cmath>
#include <numbers>

#include "engine/train/block_passes.h"
#include "engine/train/frozen_weight.h"
#include "engine/train/loss_head.h"
#include "engine/train/row_passes.h"
#include "kernels/hadamard/hadamard.h"

namespace engine {
namespace {

using train::MatrixProduct;
using train::Transposed;

std::size_t area(std::int64_t rows, std::int64_t cols) {
    return static_cast<std::size_t>(rows * cols);
}

/// s [n, n] += a^T b over rows of n numbers, `ld` apart.
void addMoments(const float* a, const float* b, std::int64_t rows, std::int64_t n, std::int64_t ld,
                float* s) {
    MatrixProduct<float>{n, n, rows, a, ld, b, ld, Transposed::first}.writeTo(s, n, true);
}

/// What linears read: the quantized form, where there is one.
const float* readOf(const std::vector<float>& plain, const std::vector<float>& quantized) {
    return quantized.empty() ? plain.data() : quantized.data();
}

void scale(std::vector<float>& rows, const std::vector<float>& factors) {
    for (std::size_t i = 0; i < rows.size(); ++i)
        rows[i] *= factors[i % factors.size()];
}

train::BlockWeights<float> viewOf(const BlockWeights& block, int activationBits,
                                  const std::optional<RowRotation>& hidden) {
    train::BlockWeights<float> view;
    for (std::size_t i = 0; i < block.linears.size(); ++i) {
        const auto& linear = block.linears[i];
        view.linears[i].weight = {linear.weight.data(), {}, linear.rows, linear.cols};
        view.linears[i].bias = linear.bias.empty() ? nullptr : linear.bias.data();
    }
    view.attentionNorm = block.attentionNorm.data();
    view.ffnNorm = block.ffnNorm.data();
    view.inputBits = activationBits;
    if (hidden)
        view.downRotation = [&turn = *hidden](float* rows, std::int64_t tokens, bool back) {
            std::vector<double> wide(rows, rows + tokens * turn.size());
            back ? turn.undoOnRows(wide) : turn.applyToRows(wide);
            std::copy(wide.begin(), wide.end(), rows);
        };
    return view;
}

}  // namespace

/// One window on its way, with what it says of the rotations: S of dL/dR = R S.
struct RotationLearner::Lane {
    std::vector<std::vector<float>> x;  // [layers + 1] of [windowSize, dim]: what blocks and the norm read
    std::vector<float> dx;              // [windowSize, dim] gradient to the last that is not done
    std::vector<std::int32_t> targets;
    std::vector<float> residual;             // [dim, dim]
    std::vector<std::vector<float>> values;  // [layers] of [headDim, headDim]
    double loss = 0.0;
};

struct RotationLearner::Worker {
    train::BlockTrace<float> trace;
    train::BlockScratch<float> scratch;
    std::vector<float> y, hidden, inverse;
};

RotationLearner::RotationLearner(const Checkpoint& checkpoint, RopePairs pairs,
                                 const Calibration& calibration, const RotationLearning& learning,
                                 int activationBits, ThreadTeam& team, Rotations& rotations)
    : checkpoint_(checkpoint),
      calibration_(calibration),
      learning_(learning),
      activationBits_(activationBits),
      team_(team),
      rotations_(rotations),
      blocks_(checkpoint, pairs, &rotations, &team),
      plain_(checkpoint, pairs, nullptr, &team),
      rope_(makeRopeTable(checkpoint.config.rope, checkpoint.config.headDim, calibration.windowSize)),
      workers_(static_cast<std::size_t>(team.size())),
      residualDescent_(checkpoint.config.dim) {
    const auto dense = [](RowRotation& rotation) {
        rotation = RowRotation::dense(rotation.size(), rotation.matrix());
    };
    dense(rotations_.residual);
    down_ = rotations_.hidden;
    if (down_ && kernels::hadamard::factorOf(down_->size()) > 1)
        dense(*down_);  // a product is faster than the plain loops over a table of signs
    for (auto& values : rotations_.values) {
        dense(values);
        valuesDescent_.emplace_back(checkpoint.config.headDim);
    }
}

RotationLearner::~RotationLearner() = default;

Result<void> RotationLearner::embed(std::int64_t window, bool turned, Lane& lane) const {
    const auto dim = checkpoint_.config.dim;
    const auto size = calibration_.windowSize;
    auto table = checkpoint_.require("tok_embeddings.weight");
    if (!table)
        return table.error();
    const auto* ids = calibration_.tokens.data() + window * size;
    std::vector<float> rows(area(size, dim));
    for (std::int64_t t = 0; t < size; ++t) {
        const std::int64_t id = raw(ids[t]);
        if (id < 0 || id >= (*table)->shape[0])
            return Error{ErrorCode::corrupt, "the tokenizer gives ids beyond the embedding"};
        rowsToFloats(**table, id, id + 1, rows.data() + t * dim);
    }
    lane.x.resize(static_cast<std::size_t>(checkpoint_.config.nLayers + 1));
    for (auto& x : lane.x)
        x.resize(rows.size());
    if (turned)
        MatrixProduct<float>{size, dim, dim, rows.data(), dim, r1_.data(), dim}.writeTo(lane.x[0].data(), dim,
                                                                                        false);
    else
        lane.x[0] = std::move(rows);
    lane.targets.assign(static_cast<std::size_t>(size), 0);
    for (std::int64_t t = 0; t + 1 < size; ++t)
        lane.targets[static_cast<std::size_t>(t)] = raw(ids[t + 1]);
    lane.residual.assign(area(dim, dim), 0.0F);
    lane.values.assign(static_cast<std::size_t>(checkpoint_.config.nLayers),
                       std::vector<float>(area(checkpoint_.config.headDim, checkpoint_.config.headDim)));
    return {};
}

void RotationLearner::forLanes(const std::function<void(Lane&, Worker&)>& use) {
    team_.run([&](const TeamMember& member) {
        for (auto l = static_cast<std::size_t>(member.index); l < lanes_.size(); l += workers_.size())
            use(lanes_[l], workers_[static_cast<std::size_t>(member.index)]);
    });
}

Result<void> RotationLearner::runBlock(const BlockSource& blocks, std::int64_t layer, bool back) {
    const auto block = blocks.block(layer);
    if (!block)
        return block.error();
    auto shape = train::BlockShape::of(checkpoint_.config);
    shape.pairs = blocks.pairs();
    const bool turned = &blocks == &blocks_;
    const auto weights = turned ? viewOf(*block, activationBits_, down_) : viewOf(*block, 0, std::nullopt);
    const auto size = calibration_.windowSize;
    const train::Segment whole[] = {{0, size}};
    const auto at = static_cast<std::size_t>(layer);
    const auto dim = shape.dim;
    const auto hd = shape.attention.headDim;
    forLanes([&](Lane& lane, Worker& worker) {
        auto& trace = worker.trace;
        auto& scratch = worker.scratch;
        float* y = lane.x[at + 1].data();
        train::blockForward(shape, weights, rope_, whole, size, lane.x[at].data(), y, trace, scratch);
        if (!back)
            return;
        // What wo and w2 wrote, before it was added to the stream.
        worker.y.resize(trace.x.size());
        const auto written = [&](const float* behind, const float* before, const float* gradient) {
            for (std::size_t i = 0; i < worker.y.size(); ++i)
                worker.y[i] = behind[i] - before[i];
            addMoments(worker.y.data(), gradient, size, dim, dim, lane.residual.data());
        };
        written(y, trace.middle.data(), lane.dx.data());
        train::blockBackward(shape, weights, rope_, whole, size, trace, lane.dx.data(), lane.dx.data(), {},
                             scratch);
        written(trace.middle.data(), trace.x.data(), scratch.dMiddle.data());
        addMoments(scratch.dn1.data(), readOf(trace.n1, trace.n1q), size, dim, dim, lane.residual.data());
        addMoments(scratch.dn2.data(), readOf(trace.n2, trace.n2q), size, dim, dim, lane.residual.data());
        auto* values = lane.values[at].data();
        for (std::int64_t head = 0; head < shape.attention.nKvHeads; ++head)
            addMoments(trace.v.data() + head * hd, scratch.dv.data() + head * hd, size, hd, shape.kvDim(),
                       values);
        for (std::int64_t head = 0; head < shape.attention.nHeads; ++head)
            addMoments(scratch.dContext.data() + head * hd, readOf(trace.context, trace.contextq) + head * hd,
                       size, hd, shape.qDim(), values);
    });
    return {};
}

Result<void> RotationLearner::forwardBlocks(const BlockSource& blocks, std::stop_token stop) {
    for (std::int64_t layer = 0; layer < checkpoint_.config.nLayers; ++layer) {
        if (stop.stop_requested())
            return Error{ErrorCode::cancelled, "learning rotations was stopped; the same command goes on"};
        if (auto ok = runBlock(blocks, layer, false); !ok)
            return ok;
    }
    return {};
}

// The head stays in its own basis: its rows see the normalized states turned back, times the final gain.
void RotationLearner::headRows(Lane& lane, Worker& worker, const std::vector<float>& gain) const {
    const auto dim = checkpoint_.config.dim;
    const auto size = calibration_.windowSize;
    const auto& last = lane.x.back();
    const std::vector<float> ones(static_cast<std::size_t>(dim), 1.0F);
    worker.hidden.resize(last.size());
    worker.y.resize(last.size());
    worker.inverse.resize(static_cast<std::size_t>(size));
    train::rmsnormForward(last.data(), ones.data(), checkpoint_.config.normEps, size, dim,
                          worker.hidden.data(), worker.inverse.data());
    MatrixProduct<float>{size, dim, dim, worker.hidden.data(), dim, r1_.data(), dim, Transposed::second}
        .writeTo(worker.y.data(), dim, false);
    scale(worker.y, gain);
}

Result<void> RotationLearner::learnSource(std::span<const std::int64_t> windows, std::stop_token stop) {
    source_.resize(static_cast<std::size_t>(calibration_.windows));
    const auto missing = [&](std::int64_t window) {
        return source_[static_cast<std::size_t>(window)].empty();
    };
    if (learning_.distill == 0.0 || std::none_of(windows.begin(), windows.end(), missing))
        return {};
    const auto norm = checkpoint_.require("norm.weight");
    if (!norm)
        return norm.error();
    const auto gain = toFloats(**norm);
    for (std::size_t i = 0; i < windows.size(); ++i)
        if (auto ok = embed(windows[i], false, lanes_[i]); !ok)
            return ok;
    if (auto ok = forwardBlocks(plain_, std::move(stop)); !ok)
        return ok;
    const auto& config = checkpoint_.config;
    forLanes([&](Lane& lane, Worker& worker) {
        const auto& last = lane.x.back();
        worker.inverse.resize(static_cast<std::size_t>(calibration_.windowSize));
        auto& rows =
            source_[static_cast<std::size_t>(windows[static_cast<std::size_t>(&lane - lanes_.data())])];
        rows.resize(last.size());
        train::rmsnormForward(last.data(), gain.data(), config.normEps, calibration_.windowSize, config.dim,
                              rows.data(), worker.inverse.data());
    });
    return {};
}

Result<double> RotationLearner::headLoss(std::span<const std::int64_t> windows) {
    const auto& config = checkpoint_.config;
    const auto dim = config.dim;
    const auto size = calibration_.windowSize;
    const auto head = checkpoint_.require(config.tiedEmbeddings ? "tok_embeddings.weight" : "output.weight");
    const auto norm = checkpoint_.require("norm.weight");
    if (!head || !norm)
        return head ? norm.error() : head.error();
    const train::OutputHead<float> output{train::viewOf(**head)};
    const auto gain = toFloats(**norm);
    const std::vector<float> ones(static_cast<std::size_t>(dim), 1.0F);
    std::vector<float> weights(static_cast<std::size_t>(size),
                               1.0F / static_cast<float>(std::ssize(lanes_) * (size - 1)));
    weights.back() = 0.0F;  // what follows it is in the next window
    forLanes([&](Lane& lane, Worker& worker) {
        headRows(lane, worker, gain);
        const auto& last = lane.x.back();
        const auto window = windows[static_cast<std::size_t>(&lane - lanes_.data())];
        const train::Teacher<float> source{output, source_[static_cast<std::size_t>(window)],
                                           static_cast<float>(learning_.distill)};
        std::vector<float> dHidden(last.size());
        lane.loss =
            train::lossOfRows<float>(output, worker.y,
                                     {lane.targets, weights, learning_.distill > 0.0 ? &source : nullptr},
                                     dHidden, nullptr)
                .loss;
        scale(dHidden, gain);
        MatrixProduct<float>{size, dim, dim, dHidden.data(), dim, r1_.data(), dim}.writeTo(worker.y.data(),
                                                                                           dim, false);
        addMoments(worker.y.data(), worker.hidden.data(), size, dim, dim, lane.residual.data());
        lane.dx.assign(last.size(), 0.0F);
        train::rmsnormBackward(last.data(), ones.data(), worker.inverse.data(), worker.y.data(), size, dim,
                               lane.dx.data(), static_cast<float*>(nullptr));
    });
    double loss = 0.0;
    for (const auto& lane : lanes_)
        loss += lane.loss;
    return loss;
}

Result<void> RotationLearner::backwardBlocks(std::stop_token stop) {
    for (auto layer = checkpoint_.config.nLayers; layer-- > 0;) {
        if (stop.stop_requested())
            return Error{ErrorCode::cancelled, "learning rotations was stopped; the same command goes on"};
        if (auto ok = runBlock(blocks_, layer, true); !ok)
            return ok;
    }
    const auto dim = checkpoint_.config.dim;
    for (auto& lane : lanes_)
        addMoments(lane.x[0].data(), lane.dx.data(), calibration_.windowSize, dim, dim, lane.residual.data());
    return {};
}

Result<RotationLearner::Gradients> RotationLearner::gradients(std::span<const std::int64_t> windows,
                                                              std::stop_token stop) {
    r1_ = rotations_.residual.matrix();
    lanes_.resize(windows.size());
    if (auto ok = learnSource(windows, stop); !ok)
        return ok.error();
    for (std::size_t i = 0; i < windows.size(); ++i)
        if (auto ok = embed(windows[i], true, lanes_[i]); !ok)
            return ok.error();
    if (auto ok = forwardBlocks(blocks_, stop); !ok)
        return ok.error();
    const auto loss = headLoss(windows);
    if (!loss)
        return loss.error();
    if (auto ok = backwardBlocks(stop); !ok)
        return ok.error();
    Gradients gradients{*loss, {}, {}};
    const auto sum = [&](const RowRotation& rotation, const auto& partOf) {
        const auto n = rotation.size();
        std::vector<float> s(area(n, n));
        for (const auto& lane : lanes_)
            for (std::size_t i = 0; i < s.size(); ++i)
                s[i] += partOf(lane)[i];
        std::vector<float> g(s.size());
        MatrixProduct<float>{n, n, n, rotation.matrix().data(), n, s.data(), n}.writeTo(g.data(), n, false);
        return g;
    };
    gradients.residual = sum(rotations_.residual, [](const Lane& lane) { return lane.residual.data(); });
    for (std::size_t layer = 0; layer < rotations_.values.size(); ++layer)
        gradients.values.push_back(
            sum(rotations_.values[layer], [layer](const Lane& lane) { return lane.values[layer].data(); }));
    return gradients;
}

Result<double> RotationLearner::step(std::int64_t index, std::stop_token stop) {
    std::vector<std::int64_t> windows;
    const auto count = std::min(learning_.windows, calibration_.windows);
    for (std::int64_t i = 0; i < count; ++i)
        windows.push_back((index * count + i) % calibration_.windows);
    const auto found = gradients(windows, std::move(stop));
    if (!found)
        return found.error();
    const double share = static_cast<double>(index) / static_cast<double>(learning_.steps);
    const double rate = learning_.rate * (1.0 + std::cos(std::numbers::pi * share)) / 2.0;
    const auto descend = [&](RowRotation& rotation, const std::vector<float>& gradient, CayleySgd& descent) {
        auto matrix = rotation.matrix();
        descent.step(matrix, gradient, rate);
        rotation = RowRotation::dense(rotation.size(), std::move(matrix));
    };
    descend(rotations_.residual, found->residual, residualDescent_);
    for (std::size_t layer = 0; layer < rotations_.values.size(); ++layer)
        descend(rotations_.values[layer], found->values[layer], valuesDescent_[layer]);
    return found->loss;
}

}  // namespace engine
