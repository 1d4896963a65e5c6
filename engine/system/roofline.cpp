#include "engine/system/roofline.h"

#include <algorithm>
#include <cstring>
#include <functional>
#include <nlohmann/json.hpp>
#include <vector>

#include "engine/base/aligned_buffer.h"
#include "engine/base/units.h"
#include "engine/metrics/statistics.h"
#include "engine/runtime/thread_team.h"
#include "engine/system/system_info.h"
#include "kernels/base/peak_loops.h"

namespace engine {
namespace {

using Json = nlohmann::json;

constexpr std::int64_t kPage = 4096;
constexpr int kBarriers = 20'000;
constexpr std::uint64_t kTrialPasses = 100'000;

/// Seconds of each of `passes` executions of `body` by all members at once; the first one warms up and is
/// left out.
std::vector<double> timed(ThreadTeam& team, int passes, const std::function<void(const TeamMember&)>& body) {
    std::vector<double> times;
    team.run([&](const TeamMember& member) {
        for (int pass = -1; pass < passes; ++pass) {
            member.barrier();
            const auto begin = Clock::now();
            body(member);
            member.barrier();
            if (member.index == 0 && pass >= 0)
                times.push_back(seconds(Clock::now() - begin));
        }
    });
    return times;
}

void measureReading(ThreadTeam& team, AlignedBuffer& memory, int passes, Roofline& result) {
    const auto bytes = static_cast<std::int64_t>(memory.size());
    team.run([&](const TeamMember& member) {  // the thread that reads a page is the one that touches it first
        const auto [begin, end] = member.share(bytes, kPage);
        std::memset(memory.data() + begin, 1, static_cast<std::size_t>(end - begin));
    });
    std::vector<std::uint64_t> sums(static_cast<std::size_t>(team.size()));
    auto rates = timed(team, passes, [&](const TeamMember& member) {
        const auto [begin, end] = member.share(bytes, kPage);
        sums[static_cast<std::size_t>(member.index)] +=
            kernels::readLinearly(memory.data() + begin, static_cast<std::size_t>(end - begin));
    });
    for (double& rate : rates)
        rate = static_cast<double>(bytes) * 1e-9 / rate;
    result.readGbPerS = median(rates);
    const auto [low, high] = std::minmax_element(rates.begin(), rates.end());
    result.readGbPerSMin = *low;
    result.readGbPerSMax = *high;
}

std::optional<Roofline::Peak> peakOf(ThreadTeam& team, const kernels::PeakLoop* loop,
                                     const RooflineRequest& request) {
    if (loop == nullptr)
        return std::nullopt;
    const auto trial = timed(team, 1, [&](const TeamMember&) { loop->run(kTrialPasses); });
    const double perPass = trial.front() / static_cast<double>(kTrialPasses);
    const auto passes = std::max<std::uint64_t>(
        1, static_cast<std::uint64_t>(request.secondsPerPeak / request.passes / perPass));
    const auto times = timed(team, request.passes, [&](const TeamMember&) { loop->run(passes); });
    const double operations = loop->operationsPerPass * static_cast<double>(passes) * team.size();
    return Roofline::Peak{loop->instructions, operations * 1e-9 / median(times)};
}

double barrierMicroseconds(ThreadTeam& team, int passes) {
    const auto times = timed(team, passes, [](const TeamMember& member) {
        for (int i = 0; i < kBarriers; ++i)
            member.barrier();
    });
    return median(times) * 1e6 / kBarriers;
}

Result<void> check(const RooflineRequest& request) {
    if (request.bytes < kPage || request.passes < 1 || !(request.secondsPerPeak > 0.0))
        return Error{ErrorCode::invalidInput,
                     "roofline: it takes at least a page of memory, one pass and some "
                     "time for each peak"};
    const auto available = readSystemInfo().availableMemoryBytes;
    if (available > 0 && request.bytes > available)
        return Error{ErrorCode::outOfMemory, "roofline: reading takes " + std::to_string(request.bytes) +
                                                 " bytes of memory, " + std::to_string(available) +
                                                 " are available; end other programs"};
    return {};
}

Json peakJson(const std::optional<Roofline::Peak>& peak) {
    return peak ? Json(peak->gops) : Json(nullptr);
}

Json instructionsJson(const std::optional<Roofline::Peak>& peak) {
    return peak ? Json(peak->instructions) : Json(nullptr);
}

}  // namespace

Result<Roofline> measureRoofline(const RooflineRequest& request, std::stop_token stop) {
    if (auto valid = check(request); !valid)
        return valid.error();
    auto team = ThreadTeam::create(request.threads);
    if (!team)
        return team.error();
    const Error stopped{ErrorCode::cancelled, "the roofline was not measured to its end"};
    Roofline result;
    result.threads = (*team)->size();
    {
        AlignedBuffer memory(static_cast<std::size_t>(request.bytes));
        if (memory.data() == nullptr)
            return Error{ErrorCode::outOfMemory,
                         "roofline: the system has no " + std::to_string(request.bytes) + " bytes of memory"};
        measureReading(**team, memory, request.passes, result);
    }
    for (auto [peak, loop] : {std::pair{&result.int8, kernels::int8PeakLoop()},
                              std::pair{&result.bf16, kernels::bf16PeakLoop()}}) {
        if (stop.stop_requested())
            return stopped;
        *peak = peakOf(**team, loop, request);
    }
    result.fp32 = *peakOf(**team, kernels::fp32PeakLoop(), request);
    if (stop.stop_requested())
        return stopped;
    if (result.threads > 1)
        result.barrierUs = barrierMicroseconds(**team, request.passes);
    return result;
}

std::string rooflineJson(const Roofline& roofline) {
    return Json{{"threads", roofline.threads},
                {"read_gb_per_s", roofline.readGbPerS},
                {"read_gb_per_s_min", roofline.readGbPerSMin},
                {"read_gb_per_s_max", roofline.readGbPerSMax},
                {"int8_gops", peakJson(roofline.int8)},
                {"bf16_gops", peakJson(roofline.bf16)},
                {"fp32_gops", roofline.fp32.gops},
                {"barrier_us", roofline.barrierUs ? Json(*roofline.barrierUs) : Json(nullptr)},
                {"instructions",
                 {{"int8", instructionsJson(roofline.int8)},
                  {"bf16", instructionsJson(roofline.bf16)},
                  {"fp32", roofline.fp32.instructions}}}}
        .dump();
}

}  // namespace engine
