#include "engine/worker/worker_client.h"

#include <cstdlib>
#include <nlohmann/json.hpp>
#include <system_error>

#include "engine/base/error_names.h"
#include "engine/base/units.h"
#include "engine/evaluate/evaluation_json.h"
#include "engine/generate/generation_json.h"
#include "engine/worker/child_process.h"
#include "engine/worker/worker_json.h"

namespace engine {
namespace {

using Json = nlohmann::json;

constexpr std::chrono::milliseconds kPoll{20};
constexpr std::chrono::seconds kStopPatience{2};

std::filesystem::path defaultWorker() {
    if (const char* configured = std::getenv("ANVEN_WORKER"))
        return configured;
    std::error_code error;
    const auto self = std::filesystem::read_symlink("/proc/self/exe", error);
    for (const auto& place :
         {self.parent_path() / "anven", self.parent_path().parent_path() / "bin" / "anven"})
        if (std::filesystem::exists(place, error))
            return place;
    return "anven";
}

Json requestOf(const ForcedText& text, std::int64_t from) {
    Json ids = Json::array();
    for (const TokenId id : text.tokens)
        ids.push_back(raw(id));
    return {{"tokens", ids}, {"images", toJson(text.images)}, {"from", from}};
}

}  // namespace

struct WorkerClient::State {
    ChildProcess child;
    explicit State(ChildProcess process) : child(std::move(process)) {}

    /// Sends one request and waits for its answer; `onEvent` sees what comes before. A stop request is passed
    /// on once.
    Result<Json> call(const char* op, const Json& request, const std::function<void(const Json&)>& onEvent,
                      const std::stop_token& stop) {
        if (auto sent = child.writeLine(toLine({{"op", op}, {"request", request}})); !sent)
            return sent.error();
        std::optional<TimePoint> stopped;
        for (;;) {
            auto line = child.readLine(kPoll);
            if (!line)
                return line.error();
            if (!stopped && stop.stop_requested()) {
                stopped = Clock::now();
                if (auto sent = child.writeLine(R"({"op":"stop"})"); !sent)
                    return sent.error();
            }
            if (stopped && Clock::now() - *stopped > kStopPatience) {
                child.kill();
                return Error{ErrorCode::cancelled,
                             "stopped; the model's process did not answer and was ended"};
            }
            if (!*line)
                continue;
            const Json json = Json::parse(**line, nullptr, false);
            const std::string event = json.is_object() ? json.value("event", "") : "";
            if (event == "done")
                return json.value("result", Json::object());
            if (event == "error")
                return Error{errorCodeFromName(json.value("code", "")), json.value("message", "")};
            if (onEvent)
                onEvent(json);
        }
    }
};

WorkerClient::WorkerClient() = default;
WorkerClient::~WorkerClient() = default;

Result<std::unique_ptr<WorkerClient>> WorkerClient::start(const std::filesystem::path& executable) {
    auto child = ChildProcess::start(executable.empty() ? defaultWorker() : executable, {"worker"});
    if (!child)
        return child.error();
    std::unique_ptr<WorkerClient> client(new WorkerClient);
    client->state_ = std::make_unique<State>(std::move(*child));
    return client;
}

Result<LoadedModel> WorkerClient::load(const LoadRequest& request, std::stop_token stop) {
    auto result = state_->call("load", toJson(request), {}, stop);
    if (!result)
        return result.error();
    return loadedModelFromJson(*result);
}

Result<GenerationRecord> WorkerClient::generate(const GenerationRequest& request,
                                                const std::function<void(const TokenEvent&)>& onToken,
                                                std::stop_token stop) {
    const auto onEvent = [&](const Json& json) {
        if (onToken && json.is_object() && json.value("event", "") == "token")
            onToken({TokenId{json.value("id", 0)}, json.value("text", "")});
    };
    auto result = state_->call("generate", toJson(request), onEvent, stop);
    if (!result)
        return result.error();
    return recordFromJson(*result);
}

Result<void> WorkerClient::logits(const ForcedText& text, std::int64_t from, const std::filesystem::path& out,
                                  std::stop_token stop) {
    auto request = requestOf(text, from);
    request["out"] = out.string();
    auto result = state_->call("logits", request, {}, stop);
    if (!result)
        return result.error();
    return {};
}

Result<std::vector<TokenScore>> WorkerClient::score(const ForcedText& text, std::int64_t from,
                                                    std::stop_token stop) {
    auto result = state_->call("score", requestOf(text, from), {}, stop);
    if (!result)
        return result.error();
    const auto probabilities = result->value("probability", std::vector<double>());
    const auto ranks = result->value("rank", std::vector<std::int64_t>());
    if (probabilities.size() != ranks.size() ||
        static_cast<std::int64_t>(ranks.size()) != static_cast<std::int64_t>(text.tokens.size()) - from)
        return Error{ErrorCode::internal, "the worker scored another number of tokens than it was given"};
    std::vector<TokenScore> scores;
    for (std::size_t i = 0; i < ranks.size(); ++i)
        scores.push_back({probabilities[i], ranks[i]});
    return scores;
}

Result<MeasureResult> WorkerClient::measure(const MeasureRequest& request, std::stop_token stop) {
    auto result = state_->call("measure", toJson(request), {}, stop);
    if (!result)
        return result.error();
    return measureResultFromJson(*result);
}

Result<EvaluationResult> WorkerClient::evaluate(const EvaluationRequest& request, std::stop_token stop) {
    auto result = state_->call("evaluate", toJson(request), {}, stop);
    if (!result)
        return result.error();
    return evaluationFromJson(*result);
}

Result<RenderedPrompt> WorkerClient::render(const std::vector<Message>& messages) {
    GenerationRequest request;
    request.messages = messages;
    auto result = state_->call("render", toJson(request), {}, {});
    if (!result)
        return result.error();
    RenderedPrompt prompt;
    prompt.text = result->value("text", "");
    for (const auto& id : result->value("tokens", Json::array()))
        prompt.tokens.push_back(TokenId{id.get<std::int32_t>()});
    return prompt;
}

bool WorkerClient::alive() const {
    return state_->child.alive();
}
int WorkerClient::processId() const {
    return state_->child.processId();
}

}  // namespace engine
