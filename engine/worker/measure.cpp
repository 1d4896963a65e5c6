#include "engine/worker/measure.h"

#include <algorithm>
#include <chrono>
#include <span>
#include <vector>

#include "engine/base/units.h"
#include "engine/sampling/sampler.h"

namespace engine {
namespace {

/// Ids from SplitMix64; speed does not depend on which they are.
std::vector<TokenId> randomTokens(std::int64_t count, std::int64_t vocab, std::uint64_t seed) {
    std::vector<TokenId> tokens;
    for (std::int64_t i = 0; i < count; ++i) {
        seed += 0x9e3779b97f4a7c15ULL;
        std::uint64_t z = (seed ^ (seed >> 30)) * 0xbf58476d1ce4e5b9ULL;
        z = (z ^ (z >> 27)) * 0x94d049bb133111ebULL;
        tokens.push_back(
            TokenId{static_cast<std::int32_t>((z ^ (z >> 31)) % static_cast<std::uint64_t>(vocab))});
    }
    return tokens;
}

constexpr std::uint64_t kContextSeed =
    0x5eed;  // the same context in every repetition, so that it is computed once

/// Brings the session to exactly `wanted`, keeping what it holds of it already.
Result<void> fillContext(Session& session, const std::vector<TokenId>& wanted, const std::stop_token& stop) {
    const auto& held = session.history();
    const auto most = std::min(held.size(), wanted.size());
    const auto common =
        std::mismatch(held.begin(), held.begin() + static_cast<std::ptrdiff_t>(most), wanted.begin()).second -
        wanted.begin();
    session.rewind(common);
    const std::span<const TokenId> missing =
        std::span<const TokenId>(wanted).subspan(static_cast<std::size_t>(common));
    if (missing.empty())
        return {};
    auto filled = session.prefill(missing, stop);
    return filled ? Result<void>{} : Result<void>{filled.error()};
}

}  // namespace

Result<MeasureResult> measure(const MeasureRequest& request, Session& session, std::stop_token stop) {
    const bool prefill = request.test == "prefill";
    const auto timed = prefill ? request.prompt : request.generate;
    if ((!prefill && request.test != "decode") || timed < 1 || request.depth < 0)
        return Error{ErrorCode::invalidInput, "measure: test '" + request.test + "' with " +
                                                  std::to_string(timed) + " tokens at depth " +
                                                  std::to_string(request.depth) + " makes no sense"};
    if (request.depth + timed + 1 > session.context())
        return Error{ErrorCode::contextOverflow,
                     "depth " + std::to_string(request.depth) + " and " + std::to_string(timed) +
                         " tokens do not fit the context of " + std::to_string(session.context())};
    const auto vocab = session.model().embedding().rows;
    // A decode step needs something before it, as a real one has.
    const auto before = prefill ? request.depth : std::max<std::int64_t>(1, request.depth);
    if (auto ready = fillContext(session, randomTokens(before, vocab, kContextSeed), stop); !ready)
        return ready.error();
    const auto tokens = randomTokens(timed, vocab, request.seed);

    Sampler greedy(SamplingOptions{.temperature = 0.0F});
    MeasureResult result;
    EnergyOptions options;
    options.root = request.systemRoot;
    options.idleWatts = request.idleWatts;
    EnergyRecorder energy(options);
    result.startedUnixMs =
        std::chrono::duration<double, std::milli>(std::chrono::system_clock::now().time_since_epoch())
            .count();
    energy.start();
    const auto begin = Clock::now();
    if (prefill) {
        auto logits = session.prefill(tokens, stop);
        const auto end = Clock::now();
        if (!logits)
            return logits.error();
        greedy.pick(*logits, {});
        result.milliseconds = milliseconds(end - begin);
        result.ttftMs = milliseconds(Clock::now() - begin);
    } else {
        auto last = begin;
        for (std::int64_t i = 0; i < timed; ++i) {
            if (stop.stop_requested())
                return Error{ErrorCode::cancelled, "the measurement was stopped"};
            auto logits = session.decode(tokens[static_cast<std::size_t>(i)]);
            if (!logits)
                return logits.error();
            greedy.pick(*logits, {});
            const auto now = Clock::now();
            result.itlMs.push_back(milliseconds(now - last));
            last = now;
        }
        result.milliseconds = milliseconds(last - begin);
    }
    result.energy = energy.stop(timed);
    result.peakRssBytes = peakRssBytes().value_or(0);
    return result;
}

}  // namespace engine
