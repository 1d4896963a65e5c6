#include <cmath>

#include "kernels/attention/attention.h"
#include "kernels/attention/kivi2.h"
#include "kernels/base/half.h"

namespace kernels::attention::reference {
namespace {

double codeValue(const kivi2::Tile& tile, std::int64_t row, std::int64_t lane) noexcept {
    return double{halfToFloat(tile.min[row])} +
           double{halfToFloat(tile.scale[row])} * static_cast<double>(kivi2::codeAt(tile, row, lane));
}

enum class Plane { keys, values };

/// Channel i of the key or value at a position.
double load(const Problem& p, Plane plane, std::int64_t kvHead, std::int64_t position,
            std::int64_t i) noexcept {
    const bool past = position < p.recentBegin;
    const Segment& s = past ? p.past : p.recent;
    const bool keys = plane == Plane::keys;
    const void* base = keys ? s.k : s.v;
    const auto row = kvHead * s.capacity + position - (past ? 0 : p.recentBegin);
    switch (s.type) {
        case KvType::f32:
            return static_cast<const float*>(base)[row * p.headDim + i];
        case KvType::bf16:
            return bf16ToFloat(static_cast<const std::uint16_t*>(base)[row * p.headDim + i]);
        case KvType::int8:
            return double{(keys ? s.kScale : s.vScale)[row]} *
                   static_cast<const std::int8_t*>(base)[row * p.headDim + i];
        case KvType::kivi2: {
            const auto group = row / kivi2::kGroup;
            const auto at = row % kivi2::kGroup;
            return keys ? codeValue(kivi2::keyTile(base, p.headDim, group), i, at)
                        : codeValue(kivi2::valueTile(base, p.headDim, group, i / kivi2::kGroup), at,
                                    i % kivi2::kGroup);
        }
    }
    return 0.0;
}

std::size_t scratchBytes(std::int64_t, std::int64_t, std::int64_t, std::int64_t positions) noexcept {
    return static_cast<std::size_t>(positions) * sizeof(double);
}

struct Range {
    std::int64_t begin;
    std::int64_t end;
};

struct Softmax {
    double largest = -INFINITY;
    double sum = 0.0;
};

/// weights[j - begin] = exp(score - largest).
Softmax weigh(const Problem& p, std::int64_t token, std::int64_t head, Range positions,
              double* weights) noexcept {
    const float* q = p.q + token * p.ldq + head * p.headDim;
    const auto kvHead = head / (p.nHeads / p.nKvHeads);
    Softmax result;
    for (std::int64_t j = positions.begin; j < positions.end; ++j) {
        double dot = 0.0;
        for (std::int64_t i = 0; i < p.headDim; ++i)
            dot += double{q[i]} * load(p, Plane::keys, kvHead, j, i);
        const double score = dot * double{p.scale};
        weights[j - positions.begin] = score;
        result.largest = score > result.largest ? score : result.largest;
    }
    for (std::int64_t j = 0; j < positions.end - positions.begin; ++j) {
        weights[j] = std::exp(weights[j] - result.largest);
        result.sum += weights[j];
    }
    return result;
}

/// out[i] = sum of weighted values / divisor.
void sumValues(const Problem& p, std::int64_t kvHead, Range positions, const double* weights, double divisor,
               float* out) noexcept {
    for (std::int64_t i = 0; i < p.headDim; ++i) {
        double value = 0.0;
        for (std::int64_t j = positions.begin; j < positions.end; ++j)
            value += weights[j - positions.begin] * load(p, Plane::values, kvHead, j, i);
        out[i] = static_cast<float>(value / divisor);
    }
}

void run(const Problem& p, std::int64_t kvHead, std::int64_t tokenBegin, std::int64_t tokenEnd,
         void* scratch) noexcept {
    const auto group = p.nHeads / p.nKvHeads;
    auto* weights = static_cast<double*>(scratch);
    for (std::int64_t token = tokenBegin; token < tokenEnd; ++token)
        for (std::int64_t head = kvHead * group; head < (kvHead + 1) * group; ++head) {
            const Range seen{0, p.position0 + token + 1};
            const auto softmax = weigh(p, token, head, seen, weights);
            sumValues(p, kvHead, seen, weights, softmax.sum, p.out + token * p.ldo + head * p.headDim);
        }
}

/// The parts of one partial result (attention.h).
template <class Float>
struct Partial {
    Partial(Float* base, const Problem& p) noexcept
        : queries(p.tokens * (p.nHeads / p.nKvHeads)),
          columns((p.headDim + 31) / 32 * 32),
          largest(base),
          sum(largest + (queries + 15) / 16 * 16),
          out(sum + (queries + 15) / 16 * 16) {}
    std::int64_t queries;
    std::int64_t columns;
    Float* largest;
    Float* sum;
    Float* out;
};

void partial(const Problem& p, std::int64_t kvHead, std::int64_t positionBegin, std::int64_t positionEnd,
             float* result, void* scratch) noexcept {
    const Partial parts(result, p);
    const auto group = p.nHeads / p.nKvHeads;
    auto* weights = static_cast<double*>(scratch);
    for (std::int64_t query = 0; query < parts.queries; ++query) {
        const auto token = query / group;
        const auto seen = p.position0 + token + 1;
        const Range positions{positionBegin, seen < positionEnd ? seen : positionEnd};
        const auto softmax = weigh(p, token, kvHead * group + query % group, positions, weights);
        parts.largest[query] = static_cast<float>(softmax.largest);
        parts.sum[query] = static_cast<float>(softmax.sum);
        sumValues(p, kvHead, positions, weights, 1.0, parts.out + query * parts.columns);
    }
}

void merge(const Problem& p, std::int64_t kvHead, const float* partials, std::int64_t count,
           std::int64_t stride) noexcept {
    const auto group = p.nHeads / p.nKvHeads;
    for (std::int64_t query = 0; query < p.tokens * group; ++query) {
        double largest = -INFINITY;
        for (std::int64_t c = 0; c < count; ++c)
            largest = std::fmax(largest, Partial(partials + c * stride, p).largest[query]);
        const auto weightOf = [&](const Partial<const float>& part) {
            return std::exp(double{part.largest[query]} - largest);
        };
        double sum = 0.0;
        for (std::int64_t c = 0; c < count; ++c) {
            const Partial part(partials + c * stride, p);
            sum += weightOf(part) * double{part.sum[query]};
        }
        float* out = p.out + query / group * p.ldo + (kvHead * group + query % group) * p.headDim;
        for (std::int64_t i = 0; i < p.headDim; ++i) {
            double value = 0.0;
            for (std::int64_t c = 0; c < count; ++c) {
                const Partial part(partials + c * stride, p);
                value += weightOf(part) * double{part.out[query * part.columns + i]};
            }
            out[i] = static_cast<float>(value / sum);
        }
    }
}

}  // namespace
extern const Variant<Fn> variant{"reference", CpuFeature::none, {scratchBytes, run, partial, merge}};
}  // namespace kernels::attention::reference
