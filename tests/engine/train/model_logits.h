#pragma once

#include <span>
#include <vector>

#include "engine/generate/local_model.h"
#include "engine/train/fake_quantize.h"
#include "engine/train/trainable_model.h"

namespace traintest {

/// Logits [tokens, vocab] of a model as it is trained.
inline std::vector<float> trainedLogits(const engine::train::TrainableModel& model,
                                        const std::vector<std::int32_t>& tokens) {
    const auto count = static_cast<std::int64_t>(tokens.size());
    const auto table = engine::makeRopeTable(model.config().rope, model.config().headDim, count);
    engine::train::DecoderPasses<float> passes(model.shape(), table, engine::train::Checkpointing::blocks);
    const auto rows = passes.forward(model.weights(), {tokens, {{0, count}}});
    std::vector<float> hidden(rows.begin(), rows.end());
    const auto head = model.head();
    if (head.quantizeInput)
        engine::train::fakeQuantizeRows(hidden.data(), count, head.weight.cols, hidden.data());
    std::vector<float> logits(static_cast<std::size_t>(count * head.weight.rows)), scratch;
    engine::train::forSlices(head.weight, 0, scratch, [&](std::int64_t, std::int64_t n, const float* w) {
        engine::train::MatrixProduct<float>{count,
                                            n,
                                            head.weight.cols,
                                            hidden.data(),
                                            head.weight.cols,
                                            w,
                                            head.weight.cols,
                                            engine::train::Transposed::second}
            .writeTo(logits.data(), n, false);
    });
    return logits;
}

/// The same of a checkpoint, by the engine that runs models, in exact arithmetic. Empty on an error.
inline std::vector<float> engineLogits(const std::filesystem::path& path,
                                       const std::vector<std::int32_t>& tokens) {
    engine::LoadRequest request;
    request.model = path.string();
    request.kv = "f32";
    request.activations = "f32";
    request.threads = 1;
    auto model = engine::LocalModel::load(request);
    std::vector<float> logits;
    if (!model) {
        qCritical("%s", model.error().message.c_str());
        return logits;
    }
    std::vector<engine::TokenId> ids;
    for (const auto token : tokens)
        ids.push_back(engine::TokenId{token});
    const auto append = [&](std::int64_t, std::span<const float> row) {
        logits.insert(logits.end(), row.begin(), row.end());
    };
    if (auto done = (*model)->session().forwardAll(ids, append); !done)
        logits.clear();
    return logits;
}

}  // namespace traintest
