#include "tests/engine/quantize/outlier_model.h"

#include <Eigen/Eigenvalues>

#include "engine/quantize/block_quantizer.h"
#include "engine/quantize/calibration.h"
#include "engine/quantize/variant_writer.h"

namespace testsupport {
namespace {

using namespace engine;

constexpr const char* kPolicy =
    "name: a\ndescription: b\nmethod: rtn\nrules:\n  - {tensors: \"*\", scheme: f32}\n";

/// Eigenvectors (columns) of the sum of x x^T over what the blocks read.
Result<std::vector<float>> eigenbasis(const Checkpoint& checkpoint, const Calibration& calibration,
                                      ThreadTeam& team) {
    const auto dim = checkpoint.config.dim;
    const BlockSource source(checkpoint, checkpoint.config.rope.pairs, nullptr);
    auto kernels = KernelPlan::make("auto", true);
    if (!kernels)
        return kernels.error();
    std::vector<float> hidden;
    for (const auto id : calibration.tokens) {
        const auto row = source.embeddingRows(raw(id), raw(id) + 1);
        if (!row)
            return row.error();
        hidden.insert(hidden.end(), row->begin(), row->end());
    }
    Eigen::MatrixXd covariance = Eigen::MatrixXd::Zero(dim, dim);
    using Rows = Eigen::Matrix<float, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;
    const Eigen::Map<const Rows> x(hidden.data(), static_cast<Eigen::Index>(calibration.tokens.size()), dim);
    for (std::int64_t layer = 0; layer < checkpoint.config.nLayers; ++layer) {
        covariance += (x.transpose() * x).cast<double>();
        const auto block = source.block(layer);
        if (!block)
            return block.error();
        BlockForward forward(*block, checkpoint.config, source.pairs(), false, calibration.windowSize,
                             *kernels, team);
        for (std::int64_t window = 0; window < calibration.windows; ++window)
            forward.run(hidden.data() + window * calibration.windowSize * dim, nullptr);
    }
    const Eigen::SelfAdjointEigenSolver<Eigen::MatrixXd> solver(covariance);
    std::vector<float> basis(static_cast<std::size_t>(dim * dim));
    Eigen::Map<Rows>(basis.data(), dim, dim) = solver.eigenvectors().cast<float>();
    return basis;
}

Rotations turned(const ModelConfig& config, std::vector<float> basis) {
    std::vector<float> same(static_cast<std::size_t>(config.headDim * config.headDim));
    for (std::int64_t i = 0; i < config.headDim; ++i)
        same[static_cast<std::size_t>(i * config.headDim + i)] = 1.0F;
    Rotations rotations;
    rotations.residual = RowRotation::dense(config.dim, std::move(basis));
    rotations.values.assign(static_cast<std::size_t>(config.nLayers),
                            RowRotation::dense(config.headDim, same));
    return rotations;
}

}  // namespace

Result<void> writeOutlierModel(const std::string& model, const std::filesystem::path& text,
                               const std::filesystem::path& out) {
    const auto checkpoint = Checkpoint::open(model);
    if (!checkpoint)
        return checkpoint.error();
    const auto& config = (*checkpoint)->config;
    const auto tokenizer = Tokenizer::load(**checkpoint);
    if (!tokenizer)
        return tokenizer.error();
    const auto calibration = readCalibration(text, **tokenizer, 16, 128);
    auto team = ThreadTeam::create(1);
    const auto policy = parsePolicy(kPolicy, "outliers.yaml");
    if (!calibration || !team || !policy)
        return !calibration ? calibration.error() : !team ? team.error() : policy.error();
    auto basis = eigenbasis(**checkpoint, *calibration, **team);
    if (!basis)
        return basis.error();
    const auto rotations = turned(config, std::move(*basis));
    const BlockSource source(**checkpoint, RopePairs::halves, &rotations);
    const PartStore store(out.string() + ".parts", "outliers");
    std::vector<Part> parts;
    const auto keep = [&](const Result<QuantizedPart>& part) -> Result<void> {
        const auto name = std::to_string(parts.size());
        if (!part)
            return part.error();
        if (auto ok = store.write(name, part->tensors, {}, {}); !ok)
            return ok;
        auto read = store.read(name);
        if (!read)
            return read.error();
        parts.push_back(std::move(*read));
        return {};
    };
    for (const bool head : {false, true})
        if (auto ok = keep(quantizeTable(source, head, *policy, **team)); !ok)
            return ok;
    for (std::int64_t layer = 0; layer < config.nLayers; ++layer) {
        const auto block = source.block(layer);
        if (!block)
            return block.error();
        if (auto ok = keep(quantizeBlock(*block, layer, nullptr, nullptr, *policy, **team)); !ok)
            return ok;
    }
    const auto gain = source.finalNorm();
    if (!gain)
        return gain.error();
    if (auto ok = keep(QuantizedPart{{storeFloats("norm.weight", *gain, {config.dim}, DType::f32)}, {}}); !ok)
        return ok;
    VariantFacts facts;
    facts.name = "outliers";
    facts.untied = true;
    auto written = writeVariant(out, **checkpoint, facts, parts, {});
    store.remove();
    return written;
}

}  // namespace testsupport
