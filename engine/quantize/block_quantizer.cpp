#include "engine/quantize/block_quantizer.h"

#include <algorithm>
#include <cmath>

namespace engine {
namespace {

DType typeOf(const WeightScheme& scheme) {
    if (scheme.kind == WeightScheme::Kind::f32)
        return DType::f32;
    return scheme.kind == WeightScheme::Kind::f16 ? DType::f16 : DType::bf16;
}

void append(std::vector<StoredTensor>& to, std::vector<StoredTensor> from) {
    for (auto& stored : from)
        to.push_back(std::move(stored));
}

/// sum over rows of e G e^T.
double weighted(const std::vector<float>& e, std::int64_t rows, const Gram& gram) {
    const auto n = static_cast<std::size_t>(gram.cols);
    double sum = 0.0;
    for (std::size_t r = 0; r < static_cast<std::size_t>(rows); ++r)
        for (std::size_t i = 0; i < n; ++i) {
            double product = 0.0;
            for (std::size_t j = 0; j < n; ++j)
                product += gram.values[i * n + j] * double{e[r * n + j]};
            sum += double{e[r * n + i]} * product;
        }
    return sum;
}

/// Output errors of large layers cost as much as quantizing them: a sample of rows says as much.
constexpr std::int64_t kErrorRows = 64;

}  // namespace

LayerError errorOf(const LinearTask& task, const GroupCodes& codes) {
    const auto cols = static_cast<std::size_t>(task.cols);
    std::vector<float> row(cols);
    double lost = 0.0;
    double all = 0.0;
    const auto step = std::max<std::int64_t>(1, task.rows / kErrorRows);
    std::vector<float> sampledErrors;
    std::vector<float> sampledWeights;
    for (std::int64_t r = 0; r < task.rows; ++r) {
        codes.dequantizeRow(r, row.data());
        const auto original = task.weight.subspan(static_cast<std::size_t>(r) * cols, cols);
        for (std::size_t c = 0; c < cols; ++c) {
            row[c] -= original[c];
            lost += double{row[c]} * double{row[c]};
            all += double{original[c]} * double{original[c]};
        }
        if (task.gram != nullptr && r % step == 0) {
            sampledErrors.insert(sampledErrors.end(), row.begin(), row.end());
            sampledWeights.insert(sampledWeights.end(), original.begin(), original.end());
        }
    }
    LayerError error{task.name, task.scheme.name(), all > 0.0 ? std::sqrt(lost / all) : 0.0, 0.0};
    if (task.gram != nullptr) {
        const auto rows = static_cast<std::int64_t>(sampledErrors.size() / cols);
        const double base = weighted(sampledWeights, rows, *task.gram);
        if (base > 0.0)
            error.outputError = std::sqrt(std::max(0.0, weighted(sampledErrors, rows, *task.gram)) / base);
    }
    return error;
}

Result<QuantizedPart> quantizeBlock(const BlockWeights& block, std::int64_t layer, const BlockGrams* grams,
                                    const BlockCodes* tuned, const QuantizationPolicy& policy,
                                    ThreadTeam& team) {
    const auto method = quantizerNamed(policy.method);
    if (!method)
        return method.error();
    const auto prefix = "layers." + std::to_string(layer) + ".";
    QuantizedPart part;
    for (const auto& [name, gain] :
         {std::pair{"attention_norm.weight", &block.attentionNorm}, {"ffn_norm.weight", &block.ffnNorm}})
        part.tensors.push_back(
            storeFloats(prefix + name, *gain, {static_cast<std::int64_t>(gain->size())}, DType::f32));
    for (std::size_t i = 0; i < block.linears.size(); ++i) {
        const auto& linear = block.linears[i];
        const LinearTask task{linear.name,
                              linear.rows,
                              linear.cols,
                              linear.weight,
                              policy.schemeOf(linear.name),
                              grams != nullptr ? &grams->of(i) : nullptr};
        if (task.scheme.floating()) {
            part.tensors.push_back(storeFloats(linear.name + ".weight", linear.weight,
                                               {linear.rows, linear.cols}, typeOf(task.scheme)));
            part.errors.push_back({linear.name, task.scheme.name(), 0.0, 0.0});
        } else {
            auto codes = tuned != nullptr ? Result<GroupCodes>((*tuned)[i])
                                          : (*method)->quantize(task, policy.options, team);
            if (!codes)
                return codes.error();
            part.errors.push_back(errorOf(task, *codes));
            append(part.tensors, storeCodes(linear.name, *codes, task.scheme, policy.layout));
        }
        if (!linear.bias.empty())
            part.tensors.push_back(
                storeFloats(linear.name + ".bias", linear.bias, {linear.rows}, DType::f32));
    }
    return part;
}

Result<BlockWeights> decodedBlock(const Part& part, const BlockWeights& block,
                                  const QuantizationPolicy& policy) {
    auto decoded = block;
    for (auto& linear : decoded.linears) {
        auto weight = decodedWeight(part.tensors, linear.name, policy.schemeOf(linear.name),
                                    {linear.rows, linear.cols}, policy.layout);
        if (!weight)
            return weight.error();
        linear.weight = std::move(*weight);
    }
    return decoded;
}

QuantizedPart withFloats(const Part& part, const BlockWeights& block, const QuantizationPolicy& policy) {
    QuantizedPart made;
    for (const auto& error : part.errors) {
        const auto scheme = policy.schemeOf(error.name);
        made.errors.push_back(scheme.floating() ? LayerError{error.name, scheme.name(), 0.0, 0.0} : error);
    }
    for (const auto& name : part.order) {
        const auto owner = name.substr(0, name.rfind('.'));
        const auto at = std::find_if(block.linears.begin(), block.linears.end(),
                                     [&](const auto& linear) { return linear.name == owner; });
        const auto scheme = policy.schemeOf(owner);
        if (at == block.linears.end() || !scheme.floating() || name.ends_with(".bias")) {
            const auto& view = part.tensors.at(name);
            made.tensors.push_back(
                {{name, view.type, view.shape, {}}, {view.data, view.data + view.bytes()}});
        } else if (name.ends_with(".weight")) {
            made.tensors.push_back(storeFloats(name, at->weight, {at->rows, at->cols}, typeOf(scheme)));
        }
    }
    return made;
}

Result<QuantizedPart> quantizeTable(const BlockSource& source, bool head, const QuantizationPolicy& policy,
                                    ThreadTeam& team) {
    constexpr std::int64_t kChunk = 4096;
    const std::string name = head ? "output" : "tok_embeddings";
    const auto scheme = policy.schemeOf(name);
    const auto rows = source.config().vocabSize;
    const auto cols = source.config().dim;
    QuantizedPart part;
    GroupCodes all(scheme.floating() ? 0 : rows, cols,
                   scheme.kind == WeightScheme::Kind::groups ? scheme.groupSize : cols);
    std::vector<std::byte> bytes;
    for (std::int64_t begin = 0; begin < rows; begin += kChunk) {
        const auto end = std::min(begin + kChunk, rows);
        auto values = head ? source.headRows(begin, end) : source.embeddingRows(begin, end);
        if (!values)
            return values.error();
        if (scheme.floating()) {
            const auto stored = storeFloats(name + ".weight", *values, {end - begin, cols}, typeOf(scheme));
            bytes.insert(bytes.end(), stored.bytes.begin(), stored.bytes.end());
            continue;
        }
        auto codes = quantizeRtn({name, end - begin, cols, *values, scheme, nullptr}, policy.options, team);
        if (!codes)
            return codes.error();
        std::copy(codes->codes.begin(), codes->codes.end(), all.codes.begin() + begin * cols);
        std::copy(codes->grids.begin(), codes->grids.end(), all.grids.begin() + begin * all.groups());
    }
    if (scheme.floating())
        part.tensors.push_back({{name + ".weight", typeOf(scheme), {rows, cols}, {}}, std::move(bytes)});
    else
        part.tensors = storeCodes(name, all, scheme, policy.layout);
    return part;
}

}  // namespace engine
