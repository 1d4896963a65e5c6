#include "engine/compare/comparison.h"

#include <unistd.h>

#include <algorithm>
#include <system_error>

#include "engine/base/npy.h"
#include "engine/compare/comparison_store.h"
#include "engine/evaluate/divergence.h"

namespace engine {
namespace {

/// A folder for logits that is removed again.
class TemporaryFolder {
public:
    TemporaryFolder() {
        std::error_code error;
        std::string pattern = (std::filesystem::temp_directory_path(error) / "anven-compare-XXXXXX").string();
        if (const char* made = ::mkdtemp(pattern.data()))
            path_ = made;
    }
    ~TemporaryFolder() {
        std::error_code error;
        if (!path_.empty())
            std::filesystem::remove_all(path_, error);
    }
    TemporaryFolder(const TemporaryFolder&) = delete;
    TemporaryFolder& operator=(const TemporaryFolder&) = delete;
    const std::filesystem::path& path() const { return path_; }

private:
    std::filesystem::path path_;
};

/// The lanes of one comparison and what the reference lane produced.
class Comparison {
public:
    Comparison(const ComparisonRequest& request, const ComparisonListener& listener, Store* store,
               std::stop_token stop)
        : request_(request), listener_(listener), recorder_(store), stop_(std::move(stop)) {}

    Result<ComparisonResult> run() {
        auto runId = recorder_.begin(request_);
        if (!runId)
            return runId.error();
        result_.runId = *runId;
        result_.prompt = promptText(request_.generation);
        for (std::size_t i = 0; i < request_.lanes.size(); ++i) {
            result_.lanes.push_back({request_.lanes[i], {}, {}, {}, {}});
            // Known before the model is read, so that a lane that fails has a name too.
            if (request_.lanes[i].name.empty())
                result_.lanes[i].spec.name = unusedName(request_.lanes[i].load.model, i);
            if (stop_.stop_requested())
                result_.lanes[i].error = Error{ErrorCode::cancelled, "stopped before this lane began"};
            else if (auto stored = runLane(i); !stored)
                return stored.error();
        }
        result_.cancelled = stop_.stop_requested();
        if (auto ended = recorder_.end(result_.cancelled ? "cancelled" : "finished"); !ended)
            return ended.error();
        return std::move(result_);
    }

private:
    /// Errors are the store's; a lane's own failure is in its result.
    Result<void> runLane(std::size_t index) {
        auto& lane = result_.lanes[index];
        if (listener_.laneStarted)
            listener_.laneStarted(index);
        auto worker = WorkerClient::start(request_.worker);
        if (!worker)
            lane.error = worker.error();
        else if (auto failure = answer(index, **worker); !failure)
            lane.error = failure.error();
        if (auto stored = recorder_.laneFinished(index, lane); !stored)
            return stored;
        if (listener_.laneFinished)
            listener_.laneFinished(index, lane);
        if (lane.error || !lane.record || !request_.agreement || stop_.stop_requested())
            return {};
        return agree(index, **worker);
    }

    Result<void> answer(std::size_t index, WorkerClient& worker) {
        auto& lane = result_.lanes[index];
        auto loaded = worker.load(lane.spec.load, stop_);
        if (!loaded)
            return loaded.error();
        lane.loaded = std::move(*loaded);
        if (request_.lanes[index].name.empty())
            lane.spec.name = unusedName(nameOf(*lane.loaded, lane.spec.load), index);
        if (auto stored = recorder_.laneLoaded(index, lane.spec.name, *lane.loaded); !stored)
            return stored;
        if (listener_.laneLoaded)
            listener_.laneLoaded(index, *lane.loaded);
        auto record = worker.generate(
            request_.generation,
            [&](const TokenEvent& token) {
                if (listener_.token)
                    listener_.token(index, token);
            },
            stop_);
        if (!record)
            return record.error();
        lane.record = std::move(*record);
        return {};
    }

    static std::string nameOf(const LoadedModel& model, const LoadRequest& load) {
        return model.config.variant + (load.kernels == "auto" ? "" : " " + load.kernels);
    }

    /// `wanted`, or "wanted (2)" … where an earlier lane has that name.
    std::string unusedName(const std::string& wanted, std::size_t index) const {
        const auto taken = [&](const std::string& name) {
            return std::any_of(result_.lanes.begin(),
                               result_.lanes.begin() + static_cast<std::ptrdiff_t>(index),
                               [&](const LaneResult& lane) { return lane.spec.name == name; });
        };
        std::string name = wanted;
        for (int n = 2; taken(name); ++n)
            name = wanted + " (" + std::to_string(n) + ")";
        return name;
    }

    /// Scores the lane on the reference's tokens. A failure here leaves the lane's answer as it is, without
    /// agreement.
    Result<void> agree(std::size_t index, WorkerClient& worker) {
        auto& lane = result_.lanes[index];
        if (index == 0) {
            forced_ = lane.record->promptTokens;
            forced_.insert(forced_.end(), lane.record->tokens.begin(), lane.record->tokens.end() - 1);
            from_ = static_cast<std::int64_t>(lane.record->promptTokens.size()) - 1;
        }
        if (forced_.empty() || folder_.path().empty())
            return {};
        const auto file = folder_.path() / ("lane" + std::to_string(index) + ".npy");
        if (auto scored = worker.logits(forced_, from_, file, stop_); !scored)
            return {};
        auto logits = readNpy(file);
        std::error_code ignored;
        std::filesystem::remove(file, ignored);
        if (!logits)
            return {};
        if (index == 0) {
            referenceLogits_ = std::move(*logits);
            return {};
        }
        if (logits->shape != referenceLogits_.shape || logits->shape.size() != 2)
            return {};
        lane.agreement = compareWithReference(lane, *logits);
        if (auto stored = recorder_.agreement(index, *lane.agreement); !stored)
            return stored;
        if (listener_.agreementKnown)
            listener_.agreementKnown(index, *lane.agreement);
        return {};
    }

    Agreement compareWithReference(const LaneResult& lane, const NpyArray& logits) const {
        const auto rows = static_cast<std::size_t>(logits.shape[0]);
        const auto vocab = static_cast<std::size_t>(logits.shape[1]);
        Agreement agreement;
        agreement.lane = lane.spec.name;
        agreement.reference = result_.lanes[0].spec.name;
        double kl = 0.0;
        std::size_t same = 0;
        for (std::size_t r = 0; r < rows; ++r) {
            const auto d = divergence(std::span(referenceLogits_.data).subspan(r * vocab, vocab),
                                      std::span(logits.data).subspan(r * vocab, vocab));
            kl += d.kl;
            same += d.sameTop1 ? 1 : 0;
        }
        agreement.klMean = kl / static_cast<double>(rows);
        agreement.top1 = static_cast<double>(same) / static_cast<double>(rows);
        const auto& expected = result_.lanes[0].record->tokens;
        const auto& actual = lane.record->tokens;
        const auto differ = std::mismatch(expected.begin(), expected.end(), actual.begin(), actual.end());
        if (differ.first != expected.end() || differ.second != actual.end())
            agreement.firstDivergence = differ.first - expected.begin();
        return agreement;
    }

    const ComparisonRequest& request_;
    const ComparisonListener& listener_;
    ComparisonRecorder recorder_;
    std::stop_token stop_;
    ComparisonResult result_;
    TemporaryFolder folder_;
    std::vector<TokenId> forced_;  // prompt and all but the last of the reference's tokens
    std::int64_t from_ = 0;        // first position that predicts a generated token
    NpyArray referenceLogits_;
};

}  // namespace

Result<ComparisonResult> runComparison(const ComparisonRequest& request, const ComparisonListener& listener,
                                       Store* store, std::stop_token stop) {
    if (request.lanes.empty())
        return Error{ErrorCode::invalidInput, "a comparison needs at least one lane; add a model"};
    if (auto ok = validate(request.generation.sampling); !ok)
        return ok.error();
    if (request.generation.messages.empty())
        return Error{ErrorCode::invalidInput, "the prompt is empty; type one"};
    return Comparison(request, listener, store, std::move(stop)).run();
}

}  // namespace engine
