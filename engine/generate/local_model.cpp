#include "engine/generate/local_model.h"

#include <algorithm>

#include "engine/base/units.h"
#include "engine/checkpoint/lora_adapter.h"
#include "engine/tokenizer/vocabulary_difference.h"

namespace engine {
namespace {

struct Settings {
    ModelOptions model;
    SessionOptions session;
};

Result<Settings> settingsOf(const LoadRequest& request) {
    Settings settings;
    if (request.activations != "f32" && request.activations != "bf16")
        return Error{ErrorCode::invalidInput,
                     "activations: '" + request.activations + "' is neither f32 nor bf16"};
    const auto kv = kvSchemeNamed(request.kv);
    if (!kv)
        return kv.error();
    if (request.output != "int8" && request.output != "float")
        return Error{ErrorCode::invalidInput,
                     "output head: '" + request.output + "' is neither int8 nor float"};
    settings.model.exact = request.activations == "f32";
    if (request.weightOnly)
        settings.model.linears = QuantizedArithmetic::weightOnly;
    if (request.weightOnly || request.output == "float")
        settings.model.outputHead = QuantizedArithmetic::weightOnly;
    settings.model.packedCopy = request.packedCopy;
    settings.session.context = request.context;
    settings.session.kv = *kv;
    return settings;
}

Result<std::shared_ptr<const Checkpoint>> openedFor(const LoadRequest& request) {
    CheckpointOptions options;
    options.ropeScaleFactor = request.ropeScaleFactor;
    auto checkpoint = Checkpoint::open(request.model, options);
    if (!checkpoint || request.adapter.empty())
        return checkpoint;
    if (request.packedCopy)
        return Error{ErrorCode::invalidInput,
                     "a packed copy is of the model alone: leave out either the copy or the adapter"};
    return withLoraAdapter(std::move(*checkpoint), request.adapter);
}

}  // namespace

Result<std::unique_ptr<LocalModel>> LocalModel::load(const LoadRequest& request, const LoadProgress& progress,
                                                     std::stop_token stop) {
    const auto begin = Clock::now();
    auto settings = settingsOf(request);
    if (!settings)
        return settings.error();
    auto plan = KernelPlan::make(request.kernels, settings->model.exact);
    if (!plan)
        return plan.error();
    auto checkpoint = openedFor(request);
    if (!checkpoint)
        return checkpoint.error();
    auto team = ThreadTeam::create(request.threads);
    if (!team)
        return team.error();

    std::unique_ptr<LocalModel> local(new LocalModel);
    local->team_ = std::move(*team);
    local->checkpoint_ = std::move(*checkpoint);
    auto model =
        Model::load(local->checkpoint_, std::move(*plan), settings->model, *local->team_, progress, stop);
    if (!model)
        return model.error();
    local->model_ = std::move(*model);
    auto session = Session::create(local->model_, settings->session, *local->team_);
    if (!session)
        return session.error();
    local->session_ = std::move(*session);
    auto tokenizer = Tokenizer::load(*local->checkpoint_);
    if (tokenizer)
        local->tokenizer_ = std::move(*tokenizer);
    else
        local->tokenizerError_ = tokenizer.error();
    if (!request.draft.empty())
        if (auto drafting = local->loadDraft(request, progress, stop); !drafting)
            return drafting.error().in("draft model");
    if (local->tokenizer_)
        local->generator_ = std::make_unique<Generator>(*local->session_, local->tokenizer_,
                                                        local->team_->size(), local->draft_.session.get());
    local->loadMs_ = milliseconds(Clock::now() - begin);
    return local;
}

Result<void> LocalModel::loadDraft(const LoadRequest& request, const LoadProgress& progress,
                                   std::stop_token stop) {
    if (!tokenizer_)
        return tokenizerError_->in("the vocabularies cannot be compared");
    auto settings = settingsOf(request);
    if (!settings)
        return settings.error();
    auto checkpoint = Checkpoint::open(request.draft);
    if (!checkpoint)
        return checkpoint.error();
    auto tokenizer = Tokenizer::load(**checkpoint);
    if (!tokenizer)
        return tokenizer.error();
    // Before the weights are read: they may be large.
    if (const auto difference = vocabularyDifference(**tokenizer, *tokenizer_))
        return Error{ErrorCode::invalidInput,
                     request.draft + " has another vocabulary than the model it is to draft for (" +
                         *difference + "); choose a model of the same family"};
    auto plan = KernelPlan::make(request.kernels, settings->model.exact);
    if (!plan)
        return plan.error();
    auto model =
        Model::load(std::move(*checkpoint), std::move(*plan), settings->model, *team_, progress, stop);
    if (!model)
        return model.error();
    draft_.model = std::move(*model);
    const auto own = draft_.model->config().contextLength;
    settings->session.context = own > 0 ? std::min(own, session_->context()) : session_->context();
    auto session = Session::create(draft_.model, settings->session, *team_);
    if (!session)
        return session.error();
    draft_.session = std::move(*session);
    return {};
}

LoadedModel LocalModel::describe() const {
    LoadedModel info;
    info.config = model_->config();
    info.format = checkpoint_->format;
    info.promptFormat = generator_ ? std::string(name(generator_->format())) : "";
    info.parameters = model_->parameters();
    info.weightsBytes = model_->weightsBytes();
    info.kvBytes = session_->kvBytes();
    info.context = session_->context();
    info.loadMs = loadMs_;
    info.threads = team_->size();
    info.kernels = model_->plan().summary();
    info.plan = model_->plan().choices;
    info.packedCopy = std::string(name(model_->packedCopy()));
    info.packedCopyNote = model_->packedCopyNote();
    return info;
}

}  // namespace engine
