#include "engine/benchmark/kernel_bound.h"

#include "engine/system/system_info.h"

namespace engine {
namespace {

double peakGops(KernelTrial::Arithmetic arithmetic, const Roofline& roofline) {
    switch (arithmetic) {
        case KernelTrial::Arithmetic::int8:
            return roofline.int8Gops();
        case KernelTrial::Arithmetic::bf16:
            return roofline.bf16Gops();
        case KernelTrial::Arithmetic::fp32:
            break;
    }
    return roofline.fp32.gops;
}

}  // namespace

ShareOfPeak shareOfPeak(const KernelTrial& trial, double seconds, const Roofline& roofline,
                        std::int64_t cacheBytes) {
    ShareOfPeak share;
    share.arithmetic = 100.0 * trial.operations * 1e-9 / seconds / peakGops(trial.arithmetic, roofline);
    if (trial.bytes > static_cast<double>(cacheBytes))
        share.memory = 100.0 * trial.bytes * 1e-9 / seconds / roofline.readGbPerS;
    return share;
}

std::int64_t lastLevelCacheBytes() {
    int level = 0;
    std::int64_t bytes = 0;
    for (const auto& cache : readSystemInfo().caches)
        if (cache.level >= level) {
            level = cache.level;
            bytes = cache.bytes * cache.count;
        }
    return bytes;
}

}  // namespace engine
