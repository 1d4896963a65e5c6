#include "engine/catalog/memory_fit.h"

#include <algorithm>

#include "engine/runtime/forward_memory.h"
#include "engine/runtime/image_keys.h"
#include "engine/vision/image_encoder.h"

namespace engine {
namespace {

/// Resident memory of `anven worker` before it loads: 9.9 MB (Debian 12, x86-64, dev preset).
constexpr std::int64_t kProcessBytes = 10 << 20;
/// What one entry of a vocabulary adds, estimated from its parts: text, hash entry, merge rank.
constexpr std::int64_t kVocabularyEntryBytes = 200;
constexpr double kTightShare = 0.85;

}  // namespace

FitVerdict MemoryFit::verdict() const {
    if (!available)
        return FitVerdict::unknown;
    if (total() > *available)
        return FitVerdict::tooLarge;
    return static_cast<double>(total()) > kTightShare * static_cast<double>(*available) ? FitVerdict::tight
                                                                                        : FitVerdict::fits;
}

MemoryFit estimateFit(const ModelConfig& config, std::int64_t weightsBytes, const KernelPlan& plan,
                      const FitConditions& conditions, std::optional<std::int64_t> available) {
    MemoryFit fit;
    fit.context = std::max<std::int64_t>(1, conditions.context);
    if (config.contextLength > 0)
        fit.context = std::min(fit.context, config.contextLength);
    fit.weights = weightsBytes;
    fit.kvCache = KvCache::bytesFor(config, fit.context, conditions.kv);
    fit.activations = forwardBytes(config, plan, fit.context, conditions.kv, std::max(1, conditions.threads));
    if (config.vision && conditions.images > 0) {
        const bool f32 = conditions.kv == KvCache::Type::f32;
        fit.images = conditions.images * ImageKeys::bytesFor(config, config.vision->maxTiles, f32) +
                     ImageEncoder::bytesFor(config, false);  // BF16 activations
    }
    fit.application = kProcessBytes + config.vocabSize * kVocabularyEntryBytes;
    fit.available = available;
    return fit;
}

}  // namespace engine
