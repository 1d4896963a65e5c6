#include "engine/benchmark/time_estimate.h"

#include <algorithm>
#include <filesystem>
#include <map>
#include <tuple>

#include "engine/base/resources.h"

namespace engine {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kRunsLookedAt = 20;
constexpr double kReadBytesPerSecond = 10e9;     // weights per decode step, one usual memory channel
constexpr double kPrefillBytesPerSecond = 5e10;  // weights times tokens, per thread
constexpr double kLoadBytesPerSecond = 5e8;
constexpr double kAssumedBytes = 2e9;  // of a model that is made on demand
constexpr double kSmallestStep = 50e-6;

double bytesOf(const std::string& model) {
    const auto path = model.starts_with("demo:") ? resourcePath("demo/" + model.substr(5)) : fs::path(model);
    std::error_code failure;
    if (fs::is_regular_file(path, failure))
        return static_cast<double>(fs::file_size(path, failure));
    double bytes = 0.0;
    for (auto at = fs::directory_iterator(path, failure); !failure && at != fs::directory_iterator();
         at.increment(failure))
        if (at->is_regular_file(failure))
            bytes += static_cast<double>(at->file_size(failure));
    return bytes > 0.0 ? bytes : kAssumedBytes;
}

/// tok/s by model, threads, kernels and kind of test.
using Known = std::map<std::tuple<std::string, int, std::string, std::string>, double>;

Known knownSpeeds(Store* store) {
    Known known;
    if (store == nullptr)
        return known;
    const auto runs = store->runs();
    std::size_t looked = 0;
    for (const auto& run : runs ? *runs : std::vector<RunRow>{}) {
        if (run.kind != "bench" || looked++ >= kRunsLookedAt)
            continue;
        const auto lanes = store->lanes(run.id);
        for (const auto& lane : lanes ? *lanes : std::vector<LaneRow>{}) {
            const auto samples = store->samples(lane.id);
            for (const auto& sample : samples ? *samples : std::vector<SampleRow>{})
                if (sample.metric == speedMetric({sample.test, 0, 0, 0}))
                    known.emplace(std::tuple(lane.modelPath, lane.threads, lane.kernelSpec, sample.test),
                                  sample.value);
        }
    }
    return known;
}

}  // namespace

TimeEstimate estimateTime(const BenchmarkRequest& request, Store* store) {
    const auto known = knownSpeeds(store);
    TimeEstimate estimate;
    estimate.measured = true;
    for (const auto& lane : request.lanes) {
        const double bytes = bytesOf(lane.load.model);
        const double threads = std::max(1, lane.load.threads);
        estimate.seconds += 0.1 + bytes / kLoadBytesPerSecond;
        for (const auto& test : request.tests) {
            const auto at = known.find({lane.load.model, lane.load.threads, lane.load.kernels, test.test});
            const bool prefill = test.test == "prefill";
            double perToken = 0.0;
            if (at != known.end() && at->second > 0.0) {
                perToken = 1.0 / at->second;
            } else {
                estimate.measured = false;
                perToken = std::max(kSmallestStep, prefill ? bytes / (kPrefillBytesPerSecond * threads)
                                                           : bytes / kReadBytesPerSecond);
            }
            const auto runs = request.repetitions.max + std::min<std::int64_t>(2, request.warmup.max);
            estimate.seconds += perToken * static_cast<double>((test.prompt + test.generate) * runs);
        }
        if (request.quality) {
            const auto tokens = static_cast<double>(request.quality->window * request.quality->windows);
            estimate.seconds +=
                2.0 * tokens * std::max(kSmallestStep, bytes / (kPrefillBytesPerSecond * threads));
        }
    }
    const auto groups = request.order == LaneOrder::sequential ? request.lanes.size() : std::size_t{1};
    estimate.seconds += request.idleSeconds * static_cast<double>(groups);
    return estimate;
}

}  // namespace engine
