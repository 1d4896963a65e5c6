#include "engine/benchmark/kernel_trial.h"

#include <algorithm>

#include "engine/benchmark/matmul_trials.h"
#include "engine/benchmark/vector_trials.h"

namespace engine {

std::span<const kernels::VariantInfo> variantsOf(const KernelTrial& trial) {
    const auto all = kernels::ops();
    return std::find_if(all.begin(), all.end(), [&](const auto& info) { return trial.op == info.name; })
        ->variants;
}

using kernels::attention::KvType;
using kernels::embedding::TableType;
using kernels::matmul_dense::WeightType;
using kernels::matmul_int4::ScaleType;

std::vector<KernelTrial> verificationTrials() {
    std::vector<KernelTrial> trials;
    for (const auto type : {WeightType::f32, WeightType::f16, WeightType::bf16})
        for (const std::int64_t tokens : {1, 2, 5, 17})
            for (const std::int64_t cols : {7, 32, 64, 257})
                trials.push_back(denseTrial(tokens, 35, cols, type));
    for (const std::int64_t tokens : {1, 2, 5, 17})
        for (const std::int64_t cols : {32, 64, 96, 512, 1000}) {
            trials.push_back(int4Trial(tokens, 35, cols, ScaleType::f32));
            trials.push_back(int4Trial(tokens, 35, cols, ScaleType::f16));
            trials.push_back(int8Trial(tokens, 35, cols));
            trials.push_back(quantizeTrial(tokens, cols + 3));
        }
    // More tokens than any variant takes before it turns to the next tile.
    for (const auto type : {WeightType::f32, WeightType::f16, WeightType::bf16})
        trials.push_back(denseTrial(250, 19, 33, type));
    trials.push_back(int4Trial(250, 19, 96, ScaleType::f32));
    trials.push_back(int4Trial(250, 19, 96, ScaleType::f16));
    trials.push_back(int8Trial(250, 19, 100));
    for (const std::int64_t dim : {1, 7, 8, 9, 64, 4096, 4099}) {
        trials.push_back(rmsnormTrial(3, dim));
        trials.push_back(softmaxTrial(3, dim));
        trials.push_back(swigluTrial(dim));
        for (const auto type : {TableType::f32, TableType::f16, TableType::bf16, TableType::int8_channel})
            trials.push_back(embeddingTrial(5, dim, type));
    }
    for (const auto type : {TableType::q8_0, TableType::q4_0})
        trials.push_back(embeddingTrial(5, 96, type));
    for (const std::int64_t headDim : {2, 8, 10, 64, 128})
        for (const bool halves : {false, true})
            trials.push_back(ropeTrial(3, 4, headDim, halves));
    for (const auto type : {KvType::f32, KvType::bf16, KvType::int8, KvType::kivi2})
        for (const std::int64_t tokens : {1, 3, 33})
            for (const std::int64_t headDim : {8, 32, 64, 128})
                trials.push_back(attentionTrial(tokens, tokens == 3 ? 0 : 130, 8, 2, headDim, type));
    for (const std::int64_t dim : {2, 16, 64, 384, 512, 1536, 8192})
        trials.push_back(hadamardTrial(3, dim));
    return trials;
}

std::vector<KernelTrial> benchmarkTrials() {
    // Llama 3.2 1B: dim 2048, 32 heads and 8 kv heads of 64, FFN 8192. Decode shapes have more rows than one
    // layer, so that their weights do not stay in a cache; attention at depth has the kv heads of all 16
    // layers.
    return {denseTrial(1, 32768, 2048, WeightType::bf16),
            denseTrial(64, 8192, 2048, WeightType::bf16),
            int4Trial(1, 131072, 2048, ScaleType::f16),
            int4Trial(64, 8192, 2048, ScaleType::f16),
            int8Trial(1, 65536, 2048),
            int8Trial(64, 8192, 2048),
            quantizeTrial(64, 8192),
            rmsnormTrial(64, 2048),
            ropeTrial(64, 32, 64, false),
            attentionTrial(1, 2047, 16 * 32, 16 * 8, 64, KvType::bf16),
            attentionTrial(1, 2047, 16 * 32, 16 * 8, 64, KvType::int8),
            attentionTrial(1, 2047, 16 * 32, 16 * 8, 64, KvType::kivi2),
            attentionTrial(64, 448, 32, 8, 64, KvType::bf16),
            softmaxTrial(64, 2048),
            swigluTrial(64 * 8192),
            hadamardTrial(64, 8192),
            embeddingTrial(64, 2048, TableType::int8_channel)};
}

}  // namespace engine
