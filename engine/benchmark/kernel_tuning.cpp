#include "engine/benchmark/kernel_tuning.h"

#include <algorithm>
#include <ctime>

#include "engine/base/units.h"
#include "engine/base/version.h"
#include "engine/benchmark/kernel_bound.h"
#include "engine/benchmark/kernel_checks.h"
#include "engine/benchmark/matmul_trials.h"
#include "engine/metrics/statistics.h"
#include "kernels/ops.h"

namespace engine {
namespace {

using kernels::matmul_dense::WeightType;
using kernels::matmul_int4::ScaleType;

KernelTrial trialOf(std::string_view op, std::size_t weights, std::int64_t tokens,
                    const TuningRequest::Matrix& matrix) {
    if (op == "matmul_dense")
        return denseTrial(tokens, matrix.rows, matrix.cols, static_cast<WeightType>(weights));
    if (op == "matmul_int4")
        return int4Trial(tokens, matrix.rows, matrix.cols, static_cast<ScaleType>(weights));
    return int8Trial(tokens, matrix.rows, matrix.cols);
}

/// Memory that is read to push everything else out of the caches.
class Evictor {
public:
    explicit Evictor(std::int64_t bytes) : lines_(static_cast<std::size_t>(bytes) / sizeof(Line)) {}
    void run() {
        for (auto& line : lines_)
            ++line.value;
    }

private:
    struct Line {
        std::int64_t value = 0;
        std::byte rest[56]{};
    };
    std::vector<Line> lines_;
};

std::int64_t evictBytesOf(const TuningRequest& request) {
    constexpr std::int64_t kMost = std::int64_t{256} << 20;
    constexpr std::int64_t kUnknown = std::int64_t{64} << 20;
    const auto cache = lastLevelCacheBytes();
    return request.evictBytes.value_or(cache > 0 ? std::min(2 * cache, kMost) : kUnknown);
}

struct Contender {
    std::size_t index;  // as kernels::ops() numbers them
    std::string name;
};

/// Sums over the matrices of one row.
struct Total {
    double milliseconds = 0.0;
    double spread = 0.0;  // ms
};

class Tuner {
public:
    Tuner(const TuningRequest& request, const std::function<void(const std::string&)>& progress,
          std::stop_token stop)
        : request_(request), progress_(progress), stop_(std::move(stop)), evictor_(evictBytesOf(request)) {}

    Result<void> tune(const kernels::OpInfo& op, KernelTuning& out) {
        auto contenders = contendersOf(op, out.leftOut);
        if (!contenders)
            return contenders.error();
        const auto weights = weightNames(op.name);
        for (std::size_t w = 0; w < weights.size(); ++w)
            for (std::size_t c = 0; c < kTokenClasses; ++c) {
                auto row = measure(op.name, w, c, *contenders);
                if (!row)
                    return row.error();
                out.table.rows.push_back(std::move(*row));
            }
        return {};
    }

private:
    Result<std::vector<Contender>> contendersOf(const kernels::OpInfo& op,
                                                std::vector<std::string>& leftOut) {
        if (progress_)
            progress_(std::string(op.name) + ": verifying the variants");
        auto checks = verifyKernels(stop_, op.name);
        if (!checks)
            return checks.error();
        std::vector<Contender> contenders;
        for (std::size_t i = 0; i + 1 < op.variants.size(); ++i) {
            const auto& variant = op.variants[i];
            if (!kernels::has(variant.needs))
                continue;
            const auto failed = std::find_if(checks->begin(), checks->end(), [&](const auto& check) {
                return check.variant == variant.name && check.skipped.empty() && !check.ok;
            });
            if (failed == checks->end())
                contenders.push_back({i, variant.name});
            else
                leftOut.push_back(std::string(op.name) + "=" + variant.name +
                                  ": differs from the reference by more than its tolerance at " +
                                  failed->shape);
        }
        if (contenders.empty())
            contenders.push_back({op.variants.size() - 1, op.variants.back().name});
        return contenders;
    }

    Result<KernelTableRow> measure(const std::string& op, std::size_t weights, std::size_t tokenClass,
                                   const std::vector<Contender>& contenders) {
        KernelTableRow row;
        row.op = op;
        row.weights = weightNames(op)[weights];
        row.tokens = static_cast<TokenClass>(tokenClass);
        std::vector<Total> totals(contenders.size());
        double operations = 0.0;
        double bytes = 0.0;
        for (const auto& matrix : request_.matrices) {
            const auto trial = trialOf(op, weights, request_.tokens[tokenClass], matrix);
            if (progress_)
                progress_(trial.op + " " + trial.shape);
            if (auto done = time(trial, contenders, totals); !done)
                return done.error();
            operations += trial.operations;
            bytes += trial.bytes;
        }
        for (std::size_t i = 0; i < contenders.size(); ++i)
            row.variants.push_back({contenders[i].name, operations * 1e-6 / totals[i].milliseconds,
                                    bytes * 1e-6 / totals[i].milliseconds,
                                    totals[i].spread / totals[i].milliseconds});
        std::stable_sort(row.variants.begin(), row.variants.end(),
                         [](const auto& a, const auto& b) { return a.gops > b.gops; });
        return row;
    }

    Result<void> time(const KernelTrial& trial, const std::vector<Contender>& contenders,
                      std::vector<Total>& totals) {
        constexpr double kClockTick = 1e-6;  // ms; a tiny matrix may take no measurable time
        const auto count = contenders.size();
        std::vector<KernelTrial::Prepared> prepared;
        for (const auto& contender : contenders)
            prepared.push_back(trial.prepare(contender.index));
        std::vector<std::vector<double>> times(count);
        for (int repetition = -1; repetition < request_.repetitions; ++repetition)
            for (std::size_t turn = 0; turn < count; ++turn) {
                if (stop_.stop_requested())
                    return Error{ErrorCode::cancelled, "stopped before every variant was timed"};
                const auto i = (turn + static_cast<std::size_t>(repetition + 1)) % count;
                evictor_.run();
                const auto begin = Clock::now();
                prepared[i].execute();
                const auto end = Clock::now();
                if (repetition >= 0)
                    times[i].push_back(std::max(milliseconds(end - begin), kClockTick));
            }
        for (std::size_t i = 0; i < count; ++i) {
            totals[i].milliseconds += median(times[i]);
            totals[i].spread += (percentile(times[i], 0.75) - percentile(times[i], 0.25)) / 2.0;
        }
        return {};
    }

    const TuningRequest& request_;
    const std::function<void(const std::string&)>& progress_;
    std::stop_token stop_;
    Evictor evictor_;
};

std::string howMeasured(const TuningRequest& request, const CpuClass& cpu) {
    const std::time_t now = std::time(nullptr);
    std::tm utc{};
    char date[16] = "";
    if (gmtime_r(&now, &utc) != nullptr)
        std::strftime(date, sizeof date, "%Y-%m-%d", &utc);
    std::string matrices;
    for (const auto& matrix : request.matrices)
        matrices +=
            (matrices.empty() ? "" : ", ") + std::to_string(matrix.rows) + "x" + std::to_string(matrix.cols);
    return std::string(date) + ", " + (cpu.model.empty() ? "unnamed CPU" : cpu.model) + ", anven " +
           std::string(buildInfo().commit) + " " + std::string(buildInfo().buildType) + ", medians of " +
           std::to_string(request.repetitions) + ", one thread, matrices " + matrices;
}

}  // namespace

Result<KernelTuning> tuneKernels(const TuningRequest& request,
                                 const std::function<void(const std::string&)>& progress,
                                 std::stop_token stop) {
    const auto cpu = CpuClass::here();
    if (cpu.features.empty())
        return Error{ErrorCode::unavailable,
                     "kernels: this CPU has none of the features that variants ask for; the reference is all "
                     "that runs, and there is nothing to tune"};
    KernelTuning tuning;
    tuning.table.features = cpu.features;
    tuning.table.cpu = cpu.model;
    tuning.table.measured = howMeasured(request, cpu);
    Tuner tuner(request, progress, std::move(stop));
    for (const auto& op : kernels::ops())
        if (!weightNames(op.name).empty())
            if (auto done = tuner.tune(op, tuning); !done)
                return done.error();
    return tuning;
}

}  // namespace engine
