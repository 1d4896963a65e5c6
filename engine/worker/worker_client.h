#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

#include "engine/base/result.h"
#include "engine/evaluate/perplexity.h"
#include "engine/evaluate/token_score.h"
#include "engine/generate/generation.h"
#include "engine/generate/local_model.h"

namespace engine {

/// One timed repetition of prefill or decode on random tokens.
struct MeasureRequest {
    std::string test = "decode";  ///< "prefill" or "decode"
    std::int64_t prompt = 0;      ///< tokens prefilled inside the timed region (prefill)
    std::int64_t generate = 0;    ///< tokens decoded inside the timed region (decode)
    std::int64_t depth = 0;       ///< tokens in the context before the timed region
    std::uint64_t seed = 42;
    std::optional<double> idleWatts;  ///< measured before; energy is net of it
    std::string systemRoot = "/";     ///< where energy meters are looked for
};
struct MeasureResult {
    double milliseconds = 0.0;
    double startedUnixMs = 0.0;    ///< wall clock at the begin of the timed region
    std::vector<double> itlMs;     ///< decode only
    std::optional<double> ttftMs;  ///< prefill only: prefill and first sample
    std::int64_t peakRssBytes = 0;
    EnergyResult energy;
};

/// A text as tokens that a model is made to read, and the images that its image tokens stand for, in order.
struct ForcedText {
    std::vector<TokenId> tokens;
    SharedImages images{};
};

/// A child process of this program (`anven worker`) that holds one model. Its peak memory is its own, and its
/// crash costs nothing else: every call then fails with what happened (signal, exit code). One thread at a
/// time; stop tokens may be triggered from any thread and are obeyed within 100 ms (the child is killed when
/// it does not answer within 2 s).
class WorkerClient {
public:
    /// Starts the child. `executable` defaults to $ANVEN_WORKER, then `anven` beside this program. Errors:
    /// notFound, io.
    static Result<std::unique_ptr<WorkerClient>> start(const std::filesystem::path& executable = {});
    ~WorkerClient();  ///< ends the child

    Result<LoadedModel> load(const LoadRequest& request, std::stop_token stop = {});
    /// `onToken` is called on the calling thread. A cancelled generation is a record with
    /// FinishReason::cancelled. A dialog that continues the previous one reuses its KV cache. Errors:
    /// contextOverflow (nothing is truncated), ….
    Result<GenerationRecord> generate(const GenerationRequest& request,
                                      const std::function<void(const TokenEvent&)>& onToken,
                                      std::stop_token stop = {});
    /// Teacher-forced logits [tokens.size() - from, vocab] of positions from.. as f32, written to `out` as
    /// .npy.
    Result<void> logits(const ForcedText& text, std::int64_t from, const std::filesystem::path& out,
                        std::stop_token stop = {});
    /// What this model makes of tokens[from..], each after all tokens before it; from > 0. The child keeps
    /// one position's logits at a time. Errors: invalidInput for ids outside the vocabulary, contextOverflow,
    /// unsupported for images that it cannot see.
    Result<std::vector<TokenScore>> score(const ForcedText& text, std::int64_t from,
                                          std::stop_token stop = {});
    Result<MeasureResult> measure(const MeasureRequest& request, std::stop_token stop = {});
    /// Loads what it needs itself, beside nothing that was loaded before.
    Result<EvaluationResult> evaluate(const EvaluationRequest& request, std::stop_token stop = {});
    /// Rendered prompt of a dialog: ids and readable text.
    Result<RenderedPrompt> render(const std::vector<Message>& messages);

    bool alive() const;
    int processId() const;

private:
    WorkerClient();
    struct State;
    std::unique_ptr<State> state_;
};

}  // namespace engine
