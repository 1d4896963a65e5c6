#include "engine/benchmark/vector_trials.h"

#include <algorithm>
#include <cmath>

#include "engine/benchmark/attention_trial_cache.h"
#include "engine/benchmark/embedding_trial_table.h"
#include "engine/benchmark/kernel_trial_data.h"
#include "kernels/embedding/embedding.h"
#include "kernels/hadamard/hadamard.h"
#include "kernels/rmsnorm/rmsnorm.h"
#include "kernels/rope/rope.h"
#include "kernels/softmax/softmax.h"
#include "kernels/swiglu/swiglu.h"

namespace engine {
namespace {

using kernels::embedding::TableType;
using Values = std::vector<float>;
using Shared = std::shared_ptr<Values>;

std::size_t at(std::int64_t index) {
    return static_cast<std::size_t>(index);
}

std::string text(std::initializer_list<std::pair<const char*, std::int64_t>> parts) {
    std::string shape;
    for (const auto& [label, value] : parts)
        shape += (shape.empty() ? "" : " ") + std::string(label) + "=" + std::to_string(value);
    return shape;
}

Shared numbers(std::uint64_t seed, std::int64_t count) {
    return std::make_shared<Values>(TrialNumbers(seed).numbers(count));
}

/// |y - reference| <= absolute + factor * |reference|, element by element.
auto within(double factor, double absolute) {
    return [=](std::size_t, const Values& reference) {
        Values allowed;
        for (const float value : reference)
            allowed.push_back(static_cast<float>(absolute + factor * std::abs(static_cast<double>(value))));
        return allowed;
    };
}

/// A trial whose variants all write `count` floats into a fresh copy of `initial`.
template <class Run>
KernelTrial::Prepared writing(const Values& initial, Run run) {
    const auto y = std::make_shared<Values>(initial);
    return {[=] { run(y->data()); }, [=] { return *y; }};
}

}  // namespace

KernelTrial rmsnormTrial(std::int64_t rows, std::int64_t dim) {
    const auto x = numbers(5, rows * dim);
    const auto weight = numbers(6, dim);
    KernelTrial trial("rmsnorm", text({{"rows", rows}, {"dim", dim}}));
    trial.operations = 4.0 * static_cast<double>(rows * dim);
    trial.bytes = 8.0 * static_cast<double>(rows * dim);
    trial.prepare = [=](std::size_t variant) {
        const auto run = kernels::rmsnorm::variants()[variant]->fn;
        return writing(Values(x->size()),
                       [=](float* y) { run(x->data(), weight->data(), 1e-5F, rows, dim, y); });
    };
    trial.tolerance = [](std::size_t, const Values& reference) {
        Values allowed;
        for (const float value : reference)
            allowed.push_back(1e-5F * std::max(1.0F, std::abs(value)));
        return allowed;
    };
    return trial;
}

KernelTrial ropeTrial(std::int64_t tokens, std::int64_t heads, std::int64_t headDim, bool halves) {
    const auto x = numbers(7, tokens * heads * headDim);
    const auto angles = numbers(8, tokens * headDim / 2);
    const auto cosines = std::make_shared<Values>(*angles);
    const auto sines = std::make_shared<Values>(*angles);
    std::transform(angles->begin(), angles->end(), cosines->begin(),
                   [](float a) { return std::cos(3.0F * a); });
    std::transform(angles->begin(), angles->end(), sines->begin(),
                   [](float a) { return std::sin(3.0F * a); });
    const auto order = halves ? kernels::rope::PairOrder::halves : kernels::rope::PairOrder::adjacent;
    KernelTrial trial("rope", text({{"tokens", tokens}, {"heads", heads}, {"head_dim", headDim}}) +
                                  (halves ? " halves" : " adjacent"));
    trial.operations = 3.0 * static_cast<double>(tokens * heads * headDim);
    trial.bytes = 8.0 * static_cast<double>(tokens * heads * headDim);
    trial.prepare = [=](std::size_t variant) {
        const auto run = kernels::rope::variants()[variant]->fn;
        return writing(*x, [=](float* y) {
            std::copy(x->begin(), x->end(), y);
            run(y, heads * headDim, tokens, heads, headDim, cosines->data(), sines->data(), 0, order);
        });
    };
    // |a|, |b| <= 1.
    trial.tolerance = [](std::size_t, const Values& reference) { return Values(reference.size(), 1e-6F); };
    return trial;
}

KernelTrial attentionTrial(std::int64_t tokens, std::int64_t position0, std::int64_t heads,
                           std::int64_t kvHeads, std::int64_t headDim, kernels::attention::KvType type) {
    const auto cache = std::make_shared<const AttentionTrialCache>(type, kvHeads, position0, tokens, headDim);
    const auto positions = position0 + tokens;
    const auto q = numbers(9, tokens * heads * headDim);
    const bool inParts = tokens <= kernels::attention::partialTokens(heads / kvHeads);
    KernelTrial trial("attention", text({{"tokens", tokens},
                                         {"position", position0},
                                         {"heads", heads},
                                         {"kv_heads", kvHeads},
                                         {"head_dim", headDim}}) +
                                       " " + std::string(nameOf(type)));
    const double scores = static_cast<double>(heads) * static_cast<double>(tokens) *
                          (static_cast<double>(position0) + 0.5 * static_cast<double>(tokens + 1));
    trial.operations = 4.0 * scores * static_cast<double>(headDim);
    trial.arithmetic = type == kernels::attention::KvType::bf16 ? KernelTrial::Arithmetic::bf16
                                                                : KernelTrial::Arithmetic::fp32;
    trial.bytes = static_cast<double>(cache->bytes());
    trial.prepare = [=](std::size_t variant) {
        const auto& fn = kernels::attention::variants()[variant]->fn;
        const auto scratch =
            std::make_shared<AlignedBuffer>(fn.scratchBytes(heads, kvHeads, headDim, positions) + 64);
        const auto stride = kernels::attention::partialFloats(tokens * heads / kvHeads, headDim);
        const auto parts = std::make_shared<AlignedBuffer>(at(2 * stride) * sizeof(float));
        return writing(Values(q->size()), [=](float* out) {
            kernels::attention::Problem p;
            p.q = q->data();
            p.ldq = p.ldo = heads * headDim;
            cache->describe(p);
            p.nHeads = heads;
            p.nKvHeads = kvHeads;
            p.headDim = headDim;
            p.tokens = tokens;
            p.position0 = position0;
            p.scale = 1.0F / std::sqrt(static_cast<float>(headDim));
            p.out = out;
            for (std::int64_t head = 0; head < kvHeads; ++head) {
                if (!inParts) {
                    fn.run(p, head, 0, tokens, scratch->data());
                    continue;
                }
                // Two ranges, as two threads would take them.
                const auto middle = positions / 2 / kernels::attention::kBlock * kernels::attention::kBlock;
                fn.partial(p, head, 0, middle, parts->as<float>(), scratch->data());
                fn.partial(p, head, middle, positions, parts->as<float>() + stride, scratch->data());
                fn.merge(p, head, parts->as<float>(), 2, stride);
            }
        });
    };
    // max |v| <= 1.
    trial.tolerance = [](std::size_t variant, const Values& reference) {
        const bool rounds = kernels::hasTrait(kernels::attention::variants()[variant]->traits,
                                              kernels::Trait::roundsActivations);
        return Values(reference.size(), rounds ? 0x1p-7F : 2e-5F);
    };
    return trial;
}

KernelTrial softmaxTrial(std::int64_t rows, std::int64_t dim) {
    const auto x = std::make_shared<Values>(*numbers(11, rows * dim));
    for (float& value : *x)
        value *= 20.0F;
    KernelTrial trial("softmax", text({{"rows", rows}, {"dim", dim}}));
    trial.operations = 4.0 * static_cast<double>(rows * dim);
    trial.bytes = 8.0 * static_cast<double>(rows * dim);
    trial.prepare = [=](std::size_t variant) {
        const auto run = kernels::softmax::variants()[variant]->fn;
        return writing(Values(x->size()), [=](float* y) { run(x->data(), rows, dim, y); });
    };
    trial.tolerance = within(2e-6, 1e-9);
    return trial;
}

KernelTrial swigluTrial(std::int64_t count) {
    const auto gate = std::make_shared<Values>(*numbers(12, count));
    for (float& value : *gate)
        value *= 12.0F;
    const auto up = numbers(13, count);
    KernelTrial trial("swiglu", text({{"count", count}}));
    trial.operations = 4.0 * static_cast<double>(count);
    trial.bytes = 12.0 * static_cast<double>(count);
    trial.prepare = [=](std::size_t variant) {
        const auto run = kernels::swiglu::variants()[variant]->fn;
        return writing(Values(at(count)), [=](float* y) { run(gate->data(), up->data(), count, y); });
    };
    trial.tolerance = within(2e-6, 1e-9);
    return trial;
}

KernelTrial hadamardTrial(std::int64_t rows, std::int64_t dim) {
    const auto x = numbers(14, rows * dim);
    KernelTrial trial("hadamard", text({{"rows", rows}, {"dim", dim}}));
    trial.operations = static_cast<double>(rows * dim) * std::log2(static_cast<double>(dim));
    trial.bytes = 8.0 * static_cast<double>(rows * dim);
    trial.prepare = [=](std::size_t variant) {
        const auto run = kernels::hadamard::variants()[variant]->fn;
        const auto scratch = std::make_shared<AlignedBuffer>(at(dim) * sizeof(float));
        return writing(*x, [=](float* y) {
            std::copy(x->begin(), x->end(), y);
            run(y, dim, rows, dim, scratch->as<float>());
        });
    };
    trial.tolerance = [=](std::size_t, const Values& reference) {
        Values allowed;
        for (std::int64_t r = 0; r < rows; ++r) {
            double squares = 0.0;
            for (std::int64_t i = 0; i < dim; ++i)
                squares += static_cast<double>((*x)[at(r * dim + i)]) * (*x)[at(r * dim + i)];
            allowed.insert(allowed.end(), at(dim), static_cast<float>(2e-6 * std::sqrt(squares)));
        }
        allowed.resize(reference.size());
        return allowed;
    };
    return trial;
}

KernelTrial embeddingTrial(std::int64_t count, std::int64_t dim, TableType type) {
    constexpr std::int64_t kRows = 64;
    constexpr const char* kNames[] = {"f32", "f16", "bf16", "int8_channel", "q8_0", "q4_0"};
    const auto rowBytes = trialRowBytes(type, dim);
    const auto table = std::make_shared<std::vector<std::int8_t>>(trialTable(type, kRows * dim));
    const auto scales = numbers(16, kRows);
    const auto ids = std::make_shared<std::vector<std::int32_t>>();
    for (std::int64_t i = 0; i < count; ++i)
        ids->push_back(static_cast<std::int32_t>(i * 37 % kRows));
    KernelTrial trial("embedding",
                      text({{"count", count}, {"dim", dim}}) + " " + kNames[static_cast<std::size_t>(type)]);
    trial.operations = static_cast<double>(count * dim);
    trial.bytes = static_cast<double>(count * (rowBytes + 4 * dim));
    trial.prepare = [=](std::size_t variant) {
        const auto run = kernels::embedding::variants()[variant]->fn;
        return writing(Values(at(count * dim)), [=](float* out) {
            run({table->data(), type == TableType::int8_channel ? scales->data() : nullptr, type, rowBytes,
                 kRows, dim},
                ids->data(), count, out, dim);
        });
    };
    trial.tolerance = [](std::size_t, const Values& reference) { return Values(reference.size(), 0.0F); };
    return trial;
}

}  // namespace engine
