#include "engine/compare/comparison.h"

#include <algorithm>
#include <thread>

#include "engine/compare/comparison_store.h"
#include "engine/compare/event_queue.h"
#include "engine/compare/lane_answer.h"
#include "engine/compare/reference_scores.h"

namespace engine {
namespace {

/// The lanes of one comparison. Errors of its functions are the store's; a lane's own failure is in its
/// result.
class Comparison {
public:
    Comparison(const ComparisonRequest& request, const ComparisonListener& listener, Store* store,
               std::stop_token stop)
        : request_(request),
          listener_(listener),
          recorder_(store),
          stop_(std::move(stop)),
          scores_(imagesOf(request.generation.messages)) {}

    Result<ComparisonResult> run() {
        auto runId = recorder_.begin(request_);
        if (!runId)
            return runId.error();
        result_.runId = *runId;
        result_.prompt = promptText(request_.generation);
        result_.order = request_.order;
        for (const auto& spec : request_.lanes)
            result_.lanes.push_back({spec, {}, {}, {}, {}, {}});
        if (request_.order == CompareOrder::concurrent)
            runTogether();
        else
            runInTurn();
        if (!storeError_)
            scoreAnswers();
        if (storeError_)
            return *storeError_;
        result_.cancelled = stop_.stop_requested();
        if (auto ended = recorder_.end(result_.cancelled ? "cancelled" : "finished"); !ended)
            return ended.error();
        return std::move(result_);
    }

private:
    void runInTurn() {
        for (std::size_t i = 0; i < result_.lanes.size() && !storeError_; ++i) {
            if (stop_.stop_requested()) {
                nameLane(i, request_.lanes[i].load.model);
                result_.lanes[i].error = Error{ErrorCode::cancelled, "stopped before this lane began"};
                continue;
            }
            begin(i);
            auto answer =
                answerLane(WorkerClient::start(request_.worker), request_.generation, request_.lanes[i].load,
                           {[&](const LoadedModel& model) { loaded(i, model); },
                            [&](const TokenEvent& token) { tell(listener_.token, i, token); }},
                           stop_);
            finish(i, answer);
            agree(i, answer);
        }
    }

    void runTogether() {
        const auto count = result_.lanes.size();
        for (std::size_t i = 0; i < count; ++i)
            begin(i);
        std::vector<LaneAnswer> answers(count);
        EventQueue queue(count);
        std::vector<std::jthread> threads;
        for (std::size_t i = 0; i < count; ++i)
            threads.emplace_back([&, i, worker = WorkerClient::start(request_.worker)]() mutable {
                answers[i] = answerLane(
                    std::move(worker), request_.generation, request_.lanes[i].load,
                    {[&, i](const LoadedModel& model) { queue.post([this, i, model] { loaded(i, model); }); },
                     [&, i](const TokenEvent& token) {
                         queue.post([this, i, token] { tell(listener_.token, i, token); });
                     }},
                    stop_);
                queue.post([this, i, &answers] { finish(i, answers[i]); });
                queue.close();
            });
        queue.run();
        threads.clear();
        for (std::size_t i = 0; i < count && !storeError_; ++i)
            agree(i, answers[i]);
    }

    template <class Call, class... Values>
    static void tell(const Call& call, const Values&... values) {
        if (call)
            call(values...);
    }
    void keep(const Result<void>& stored) {
        if (!stored && !storeError_)
            storeError_ = stored.error();
    }

    void begin(std::size_t index) {
        // Known before the model is read, so that a lane that fails has a name too.
        nameLane(index, request_.lanes[index].load.model);
        tell(listener_.laneStarted, index);
    }

    void loaded(std::size_t index, const LoadedModel& model) {
        const auto& load = request_.lanes[index].load;
        nameLane(index, model.config.variant + (load.kernels == "auto" ? "" : " " + load.kernels));
        keep(recorder_.laneLoaded(index, result_.lanes[index].spec.name, model));
        tell(listener_.laneLoaded, index, model);
    }

    void finish(std::size_t index, LaneAnswer& answer) {
        auto& lane = result_.lanes[index];
        lane.loaded = std::move(answer.loaded);
        lane.record = std::move(answer.record);
        lane.error = std::move(answer.error);
        lane.tokens.starts = std::move(answer.starts);
        keep(recorder_.laneFinished(index, lane));
        tell(listener_.laneFinished, index, lane);
    }

    /// `wanted`, or "wanted (2)" … where another lane has that name; a name that was asked for stays.
    void nameLane(std::size_t index, const std::string& wanted) {
        if (!request_.lanes[index].name.empty())
            return;
        const auto taken = [&](const std::string& name) {
            for (std::size_t i = 0; i < result_.lanes.size(); ++i)
                if (i != index && result_.lanes[i].spec.name == name)
                    return true;
            return false;
        };
        std::string name = wanted;
        for (int n = 2; taken(name); ++n)
            name = wanted + " (" + std::to_string(n) + ")";
        result_.lanes[index].spec.name = name;
    }

    /// Scores the lane on the reference's tokens. A failure here leaves the lane's answer as it is, without
    /// agreement.
    void agree(std::size_t index, LaneAnswer& answer) {
        auto& lane = result_.lanes[index];
        if (lane.error || !lane.record || !request_.agreement || stop_.stop_requested())
            return;
        if (index == 0) {
            scores_.setReference(lane, *answer.worker, stop_);
            scores_.score(lane, *answer.worker, stop_);
            tellTokens(0);
            if (request_.order == CompareOrder::concurrent)
                reference_ = std::move(answer.worker);
            return;
        }
        lane.agreement = scores_.agreementOf(lane, *answer.worker, stop_);
        if (!lane.agreement)
            return;
        keep(recorder_.agreement(index, *lane.agreement));
        tell(listener_.agreementKnown, index, *lane.agreement);
    }

    /// The reference reads the answers of the others. In sequence its model is loaded once more for it: while
    /// they were timed it was not to lie beside them.
    void scoreAnswers() {
        for (std::size_t i = 1; i < result_.lanes.size() && request_.agreement; ++i) {
            auto& lane = result_.lanes[i];
            if (!lane.record || stop_.stop_requested() || storeError_)
                continue;
            lane.tokens.reason = scores_.whyNotScored(lane);
            if (lane.tokens.reason.empty() && !reference_)
                lane.tokens.reason = loadReference();
            if (lane.tokens.reason.empty())
                scores_.score(lane, *reference_, stop_);
            tellTokens(i);
        }
    }

    /// Empty, or why there is no reference.
    std::string loadReference() {
        tell(listener_.scoringStarted);
        auto worker = WorkerClient::start(request_.worker);
        if (!worker)
            return worker.error().message;
        if (auto again = (*worker)->load(request_.lanes[0].load, stop_); !again)
            return again.error().message;
        reference_ = std::move(*worker);
        return {};
    }

    void tellTokens(std::size_t index) {
        keep(recorder_.tokens(index, result_.lanes[index].tokens));
        tell(listener_.tokensScored, index, result_.lanes[index].tokens);
    }

    const ComparisonRequest& request_;
    const ComparisonListener& listener_;
    ComparisonRecorder recorder_;
    std::stop_token stop_;
    ComparisonResult result_;
    ReferenceScores scores_;
    std::unique_ptr<WorkerClient> reference_;
    std::optional<Error> storeError_;
};

}  // namespace

std::string_view name(CompareOrder order) {
    return order == CompareOrder::concurrent ? "concurrent" : "sequential";
}

Result<CompareOrder> compareOrderFromName(std::string_view word) {
    for (const auto order : {CompareOrder::sequential, CompareOrder::concurrent})
        if (word == name(order))
            return order;
    return Error{ErrorCode::invalidInput,
                 "there is no order '" + std::string(word) + "'; use sequential or concurrent"};
}

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
