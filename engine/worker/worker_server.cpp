#include "engine/worker/worker_server.h"

#include <sys/prctl.h>
#include <unistd.h>

#include <condition_variable>
#include <csignal>
#include <cstdio>
#include <deque>
#include <exception>
#include <iostream>
#include <mutex>
#include <nlohmann/json.hpp>
#include <stop_token>
#include <string>
#include <thread>

#include "engine/base/error_names.h"
#include "engine/base/npy.h"
#include "engine/evaluate/evaluation_json.h"
#include "engine/evaluate/token_score.h"
#include "engine/generate/generation_json.h"
#include "engine/generate/image_context.h"
#include "engine/generate/local_model.h"
#include "engine/worker/measure.h"
#include "engine/worker/worker_json.h"

namespace engine {
namespace {

using Json = nlohmann::json;

/// Lines from standard input, read on a thread of their own so that "stop" is heard while the model works.
class Inbox {
public:
    Inbox() : reader_([this] { read(); }) { reader_.detach(); }

    /// The next request with a fresh stop token; nothing when the input has closed.
    std::optional<std::pair<Json, std::stop_token>> next() {
        std::unique_lock lock(mutex_);
        arrived_.wait(lock, [this] { return closed_ || !requests_.empty(); });
        if (requests_.empty())
            return std::nullopt;
        auto [request, stop] = std::move(requests_.front());
        requests_.pop_front();
        return std::pair{std::move(request), stop.get_token()};
    }

private:
    void read() {
        for (std::string line; std::getline(std::cin, line);) {
            Json json = Json::parse(line, nullptr, false);
            const std::lock_guard lock(mutex_);
            if (json.is_object() && json.value("op", "") == "stop")
                stop_.request_stop();
            else
                requests_.emplace_back(std::move(json), stop_ = std::stop_source());
            arrived_.notify_one();
        }
        const std::lock_guard lock(mutex_);
        closed_ = true;
        stop_.request_stop();
        arrived_.notify_one();
    }

    std::mutex mutex_;
    std::condition_variable arrived_;
    std::deque<std::pair<Json, std::stop_source>> requests_;
    std::stop_source stop_;  // of the request that came last
    bool closed_ = false;
    std::thread reader_;
};

void send(const Json& json) {
    const std::string line = toLine(json) + "\n";
    std::fwrite(line.data(), 1, line.size(), stdout);
    std::fflush(stdout);
}

class Server {
public:
    Result<Json> handle(const Json& message, const std::stop_token& stop) {
        if (!message.is_object())
            return Error{ErrorCode::invalidInput, "worker: a request is one JSON object on one line"};
        const std::string op = message.value("op", "");
        const Json request = message.value("request", Json::object());
        if (op == "load")
            return load(request, stop);
        if (op == "evaluate")
            return evaluateText(request, stop);
        if (!model_)
            return Error{ErrorCode::invalidInput, "worker: load a model first"};
        if (op == "generate")
            return generate(request, stop);
        if (op == "render")
            return render(request);
        if (op == "logits")
            return logits(request, stop);
        if (op == "score")
            return score(request, stop);
        if (op == "measure")
            return measureOnce(request, stop);
        return Error{ErrorCode::invalidInput, "worker: there is no op '" + op + "'"};
    }

private:
    Result<Json> load(const Json& json, const std::stop_token& stop) {
        auto request = loadRequestFromJson(json);
        if (!request)
            return request.error();
        model_.reset();
        auto model = LocalModel::load(
            *request,
            [](std::int64_t done, std::int64_t total) {
                send({{"event", "progress"}, {"done", done}, {"total", total}});
            },
            stop);
        if (!model)
            return model.error();
        model_ = std::move(*model);
        return toJson(model_->describe());
    }

    Result<Generator*> generator() {
        if (model_->generator() == nullptr)
            return *model_->tokenizerError();
        return model_->generator();
    }

    Result<Json> generate(const Json& json, const std::stop_token& stop) {
        auto with = generator();
        if (!with)
            return with.error();
        auto request = requestFromJson(json);
        if (!request)
            return request.error();
        auto record = (*with)->run(
            *request,
            [](const TokenEvent& token) {
                send({{"event", "token"}, {"id", raw(token.id)}, {"text", token.text}});
            },
            stop);
        if (!record)
            return record.error();
        record->metrics.loadMs = model_->loadMs();
        return toFullJson(*record);
    }

    Result<Json> render(const Json& json) {
        auto with = generator();
        if (!with)
            return with.error();
        auto request = requestFromJson(json);
        if (!request)
            return request.error();
        auto prompt = (*with)->render(*request);
        if (!prompt)
            return prompt.error();
        Json tokens = Json::array();
        for (const TokenId id : prompt->tokens)
            tokens.push_back(raw(id));
        return Json{{"tokens", tokens}, {"text", prompt->text}};
    }

    /// The tokens of a forced text; the session is at its beginning and has been shown its images.
    Result<std::vector<TokenId>> begin(const Json& json, const std::stop_token& stop) {
        std::vector<TokenId> tokens;
        for (const auto& id : json.value("tokens", Json::array()))
            tokens.push_back(TokenId{id.get<std::int32_t>()});
        const auto images = imagesFromJson(json.value("images", Json::array()));
        if (!images)
            return images.error();
        const auto tiled = tileImages(*images, model_->model().config());
        if (!tiled)
            return tiled.error();
        model_->session().rewind(0);
        if (auto shown = showMissing(model_->session(), *tiled, stop); !shown)
            return shown.error();
        return tokens;
    }

    Result<Json> logits(const Json& json, const std::stop_token& stop) {
        const auto tokens = begin(json, stop);
        if (!tokens)
            return tokens.error();
        const auto from = json.value("from", std::int64_t{0});
        std::vector<float> rows;
        auto done = model_->session().forwardAll(
            *tokens,
            [&](std::int64_t position, std::span<const float> values) {
                if (position >= from)
                    rows.insert(rows.end(), values.begin(), values.end());
            },
            stop);
        if (!done)
            return done.error();
        const auto vocab = model_->model().output().weight.rows;
        const std::int64_t shape[] = {static_cast<std::int64_t>(rows.size()) / vocab, vocab};
        if (auto written = writeNpy(json.value("out", ""), shape, rows); !written)
            return written.error();
        return Json{{"shape", shape}};
    }

    Result<Json> score(const Json& json, const std::stop_token& stop) {
        const auto begun = begin(json, stop);
        if (!begun)
            return begun.error();
        const auto& tokens = *begun;
        const auto from = json.value("from", std::int64_t{0});
        const auto vocab = model_->model().output().weight.rows;
        if (from < 1 || from >= static_cast<std::int64_t>(tokens.size()))
            return Error{ErrorCode::invalidInput,
                         "worker: nothing to score from token " + std::to_string(from)};
        for (const TokenId id : std::span(tokens).subspan(static_cast<std::size_t>(from)))
            if (raw(id) < 0 || raw(id) >= vocab)
                return Error{ErrorCode::invalidInput, "token " + std::to_string(raw(id)) +
                                                          " is outside the reference's vocabulary of " +
                                                          std::to_string(vocab)};
        Json probabilities = Json::array();
        Json ranks = Json::array();
        auto done = model_->session().forwardAll(
            std::span(tokens).first(tokens.size() - 1),
            [&](std::int64_t position, std::span<const float> values) {
                if (position + 1 < from)
                    return;
                const auto scored = scoreToken(values, tokens[static_cast<std::size_t>(position + 1)]);
                probabilities.push_back(scored.probability);
                ranks.push_back(scored.rank);
            },
            stop);
        if (!done)
            return done.error();
        return Json{{"probability", probabilities}, {"rank", ranks}};
    }

    Result<Json> measureOnce(const Json& json, const std::stop_token& stop) {
        auto request = measureRequestFromJson(json);
        if (!request)
            return request.error();
        auto result = measure(*request, model_->session(), stop);
        if (!result)
            return result.error();
        return toJson(*result);
    }

    Result<Json> evaluateText(const Json& json, const std::stop_token& stop) {
        auto request = evaluationRequestFromJson(json);
        if (!request)
            return request.error();
        model_.reset();  // its memory is needed
        auto result = evaluate(*request, {}, stop);
        if (!result)
            return result.error();
        return toJson(*result);
    }

    std::unique_ptr<LocalModel> model_;
};

}  // namespace

int serveWorker() {
    ::prctl(PR_SET_PDEATHSIG, SIGKILL);  // a worker never outlives the program that started it
    ::signal(SIGINT, SIG_IGN);           // Ctrl-C reaches the whole group; the parent decides
    ::signal(SIGTSTP, SIG_IGN);          // so does Ctrl-Z, which holds a benchmark between repetitions
    Inbox inbox;
    Server server;
    while (auto message = inbox.next()) {
        Result<Json> result = Error{ErrorCode::internal, "not handled"};
        try {
            result = server.handle(message->first, message->second);
        } catch (const std::exception& e) {  // last resort: a library threw where none should
            result = Error{ErrorCode::internal, std::string("worker: ") + e.what()};
        }
        if (result)
            send({{"event", "done"}, {"result", *result}});
        else
            send({{"event", "error"},
                  {"code", name(result.error().code)},
                  {"message", result.error().message}});
    }
    return 0;
}

}  // namespace engine
