#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

#include "engine/base/result.h"
#include "engine/generate/generator.h"
#include "engine/model/model.h"
#include "engine/runtime/kernel_choice.h"
#include "engine/runtime/session.h"
#include "engine/runtime/thread_team.h"

namespace engine {

/// How a model is loaded.
struct LoadRequest {
    std::string model;                 ///< path or demo:NAME
    std::string kernels = "auto";      ///< level or pins
    int threads = 0;                   ///< 0 = physical performance cores
    std::string kv = "bf16";           ///< bf16, f32, int8 or kivi2 (runtime/kv_cache.h)
    std::string activations = "bf16";  ///< bf16 (fast) or f32 (exact)
    std::string output =
        "int8";  ///< int8 (8da8w, the published scheme) or float activations at a quantized output head
    bool weightOnly = false;  ///< quantized linears dequantized, activations in floating point
    std::optional<float> ropeScaleFactor;
    std::int64_t context = 0;  ///< 0 = the model's default
    bool packedCopy = false;   ///< keep the packed weights beside the model, so that the next load reads them
    std::string draft;         ///< a second model that drafts for this one (speculation.h); empty = none
    std::string adapter =
        {};  ///< folder of a PEFT LoRA adapter over the model (lora_adapter.h); empty = none
};

/// What is known of a model once it is loaded.
struct LoadedModel {
    ModelConfig config;
    std::string format;
    std::string promptFormat;  ///< llama3, chatml, plain
    std::int64_t parameters = 0;
    std::int64_t weightsBytes = 0;
    std::int64_t kvBytes = 0;
    std::int64_t context = 0;
    double loadMs = 0.0;
    int threads = 0;
    std::string kernels;  ///< one line
    std::vector<KernelChoice> plan;
    std::string packedCopy = "off";  ///< off, read, written, failed
    std::string packedCopyNote;      ///< why not, where it was asked for
};

/// A model loaded in this process with everything that answering needs. Belongs to the thread that loaded it.
class LocalModel {
public:
    /// Errors: as Checkpoint::open, withLoraAdapter, KernelPlan::make, Model::load, Session::create;
    /// invalidInput for unknown words, and for a draft model whose vocabulary is another. A checkpoint
    /// without a tokenizer loads; generator() is then null and tokenizerError() says why.
    static Result<std::unique_ptr<LocalModel>> load(const LoadRequest& request,
                                                    const LoadProgress& progress = {},
                                                    std::stop_token stop = {});

    LoadedModel describe() const;
    Session& session() { return *session_; }
    Generator* generator() { return generator_.get(); }
    const Tokenizer* tokenizer() const { return tokenizer_.get(); }
    const std::optional<Error>& tokenizerError() const { return tokenizerError_; }
    const Model& model() const { return *model_; }
    int threads() const { return team_->size(); }
    double loadMs() const { return loadMs_; }

private:
    /// The model that drafts; its passes run on the same thread team, never beside those of the other.
    struct DraftModel {
        std::shared_ptr<const Model> model;
        std::unique_ptr<Session> session;
    };

    LocalModel() = default;
    Result<void> loadDraft(const LoadRequest& request, const LoadProgress& progress, std::stop_token stop);

    std::unique_ptr<ThreadTeam> team_;
    std::shared_ptr<const Checkpoint> checkpoint_;
    std::shared_ptr<const Model> model_;
    std::shared_ptr<const Tokenizer> tokenizer_;
    std::optional<Error> tokenizerError_;
    std::unique_ptr<Session> session_;
    DraftModel draft_;
    std::unique_ptr<Generator> generator_;
    double loadMs_ = 0.0;
};

}  // namespace engine
