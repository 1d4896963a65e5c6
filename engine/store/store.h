#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "engine/base/result.h"
#include "engine/prompt/prompt_format.h"
#include "engine/store/picture_row.h"

namespace engine {

/// One execution of a profile, a comparison or an ad-hoc benchmark.
struct RunRow {
    std::int64_t id = 0;
    std::string kind;    ///< "compare" or "bench"
    std::string status;  ///< running, finished, cancelled, failed, interrupted (found running after a crash)
    std::string startedAt;  ///< UTC, ISO 8601
    std::string finishedAt;
    std::string profile;      ///< name; "ad hoc" without a file
    std::string profileText;  ///< the whole declarative description (YAML or JSON)
    std::string prompt;       ///< compare: the prompt
    std::string machine;      ///< JSON of `anven system`
    std::string build;        ///< version, commit, compiler
    std::uint64_t seed = 0;
    std::string note;
    std::vector<std::string> tags = {};  ///< sorted
};

/// One variant + kernel plan + settings in a run.
struct LaneRow {
    std::int64_t id = 0;
    std::int64_t runId = 0;
    int position = 0;  ///< 0 = reference lane
    std::string name;
    std::string modelPath;
    std::string modelName;
    std::string variant;  ///< BF16, QAT+LoRA, SpinQuant, …
    std::string format;
    std::string digest;      ///< SHA-256 of the weight file(s); empty when not computed
    std::string kernelSpec;  ///< what was asked: "auto", "avx2", "matmul=onednn"
    std::string kernelPlan;  ///< JSON: [{op, variant, passed_over[]}]
    std::string settings;    ///< JSON: sampling, context, kv, activations
    int threads = 0;
    std::string kv;
    std::string status;  ///< running, finished, failed, cancelled
    std::string error;
    std::string text;    ///< compare: the answer
    std::string tokens;  ///< JSON array of generated ids
    std::string finishReason;
};

/// One measured value. Units: ms, tok/s, bytes, J, J/token, "" for ratios.
struct SampleRow {
    std::int64_t id = 0;
    std::int64_t laneId = 0;
    int repetition = 0;
    std::string test;  ///< "generate", "prefill", "decode", "agreement", "evaluate"
    std::int64_t prompt = 0;
    std::int64_t generate = 0;
    std::int64_t depth = 0;
    std::string
        metric;  ///< ttft_ms, decode_tokens_per_s, itl_ms, peak_rss_bytes, joules_per_token, kl_mean, top1 …
    std::string unit;
    double value = 0.0;
    std::string measuredAt;  ///< UTC
};

/// Energy of a lane's repetition; a row without a value says why.
struct EnergyRow {
    std::int64_t id = 0;
    std::int64_t laneId = 0;
    int repetition = 0;
    std::optional<double> joules;
    std::optional<double> joulesPerToken;
    std::string source;
    std::string provenance;  ///< measured, estimated, unavailable
    std::string reason;
};

/// What a person thought of a comparison's answers; one per run.
struct VoteRow {
    std::int64_t runId = 0;
    std::optional<std::int64_t> laneId;  ///< the best one, for verdict "lane"
    std::string verdict;                 ///< lane, tie, all_bad
    bool blind = false;                  ///< given before the lanes' names were shown
    std::string createdAt = {};          ///< UTC; set by the store
};

struct EvaluationRow {
    std::int64_t id = 0;
    std::string model;
    std::string reference;
    std::string text;    ///< what it was evaluated on
    std::string result;  ///< JSON as `anven evaluate --json` prints
    std::string createdAt;
};

struct ConversationRow {
    std::int64_t id = 0;
    std::string title;
    std::string model;
    std::string systemPrompt;
    std::string createdAt;
    std::string updatedAt;
    std::string settings = {};                ///< JSON of ConversationSettings
    std::optional<std::int64_t> leafId = {};  ///< last message of the branch that is shown
    std::vector<std::string> tags = {};       ///< by name; changed by setTags alone
};

struct MessageRow {
    std::int64_t id = 0;
    std::int64_t conversationId = 0;
    std::optional<std::int64_t> parentId;
    Role role = Role::user;
    std::string content;
    std::string status;   ///< complete, streaming, cancelled, failed, draft
    std::string metrics;  ///< JSON as `anven generate --json` prints, without the text
    std::string createdAt;
    std::string model = {};                 ///< an answer's model, as it was opened
    std::vector<PictureRow> pictures = {};  ///< what a user showed with it, in order
};

/// A message that holds what was searched for.
struct MessageHit {
    std::int64_t conversationId = 0;
    std::int64_t messageId = 0;
    std::string snippet;  ///< words around the hits; each hit between the characters 2 and 3
};

/// The SQLite database (WAL, foreign keys, STRICT tables, migrations by user_version). One connection, one
/// thread at a time; other threads open their own. Every write is committed when the call returns.
class Store {
public:
    /// Opens or creates; migrates older schemas; runs left "running" by a crash become "interrupted" when
    /// `recover`. Errors: io, corrupt, unsupported (a newer schema: says so and changes nothing).
    static Result<std::unique_ptr<Store>> open(const std::filesystem::path& file, bool recover = false);
    /// $XDG_DATA_HOME/anven-workbench/anven.sqlite (or ~/.local/share/…). The folder is created.
    static std::filesystem::path defaultPath();
    ~Store();

    Result<std::int64_t> addRun(const RunRow& run);
    Result<void> finishRun(std::int64_t id, const std::string& status);
    Result<void> reopenRun(std::int64_t id);  ///< running again, not finished
    Result<void> setRunNote(std::int64_t id, const std::string& note);
    Result<void> setRunTags(std::int64_t id, const std::vector<std::string>& tags);  ///< all of them
    /// Takes the tag from every run and gives it to this one, 0 = none: for what only one run can be.
    Result<void> moveTag(const std::string& tag, std::int64_t id);
    Result<void> deleteRun(std::int64_t id);
    Result<void> setRunPictures(std::int64_t runId, const std::vector<PictureRow>& pictures);
    Result<std::vector<PictureRow>> runPictures(std::int64_t runId);  ///< of a comparison's prompt
    Result<std::vector<RunRow>> runs();                               ///< newest first
    Result<RunRow> run(std::int64_t id);

    Result<std::int64_t> addLane(const LaneRow& lane);
    Result<void> updateLane(const LaneRow& lane);            ///< by id, all columns but runId
    Result<std::vector<LaneRow>> lanes(std::int64_t runId);  ///< by position

    Result<std::int64_t> addSample(const SampleRow& sample);
    Result<void> addSamples(const std::vector<SampleRow>& samples);  ///< one transaction
    Result<std::vector<SampleRow>> samples(std::int64_t laneId);
    Result<std::int64_t> addEnergy(const EnergyRow& reading);
    Result<std::vector<EnergyRow>> energy(std::int64_t laneId);

    Result<void> setVote(const VoteRow& vote);  ///< in place of the run's earlier one
    Result<std::vector<VoteRow>> votes();       ///< oldest first
    Result<std::optional<VoteRow>> vote(std::int64_t runId);
    Result<void> setLaneTrace(std::int64_t laneId, const std::string& trace);  ///< JSON, token by token
    Result<std::string> laneTrace(std::int64_t laneId);                        ///< empty where there is none

    Result<std::int64_t> addEvaluation(const EvaluationRow& evaluation);
    Result<std::vector<EvaluationRow>> evaluations();

    Result<std::int64_t> addConversation(const ConversationRow& conversation);
    Result<void> updateConversation(const ConversationRow& conversation);  ///< all but leafId and tags
    Result<void> setConversationTitle(std::int64_t id, const std::string& title);
    Result<void> setConversationTags(std::int64_t id, const std::vector<std::string>& tags);
    Result<void> setConversationLeaf(std::int64_t id, std::int64_t messageId);
    Result<void> deleteConversation(std::int64_t id);
    Result<std::vector<ConversationRow>> conversations();  ///< last updated first
    Result<std::int64_t> addMessage(const MessageRow& message);
    Result<void> updateMessage(const MessageRow& message);  ///< content, status, metrics, parentId, pictures
    Result<std::vector<MessageRow>> messages(std::int64_t conversationId);  ///< oldest first
    /// Messages with all words of `text` (the last may be a beginning; case and accents do not count), the
    /// best first, one per conversation. Every text is a question: nothing in it is syntax.
    Result<std::vector<MessageHit>> searchMessages(const std::string& text);

    const std::filesystem::path& file() const;

private:
    Store();
    struct State;
    std::unique_ptr<State> state_;
};

/// Now in UTC, ISO 8601 with milliseconds ("2026-11-24T10:15:30.123Z").
std::string utcNow();

}  // namespace engine
