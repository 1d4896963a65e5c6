#pragma once

#include <memory>
#include <optional>
#include <stop_token>

#include "engine/base/result.h"
#include "engine/generate/local_model.h"

namespace engine {

/// The model whose quality is measured and, where one was named, the reference that it is compared with.
struct EvaluatedModels {
    std::unique_ptr<LocalModel> model;
    std::unique_ptr<LocalModel> reference;  ///< null without one

    /// Errors: as LocalModel::load, the reference's marked so; invalidInput for vocabularies of different
    /// size.
    static Result<EvaluatedModels> load(const LoadRequest& model, const std::optional<LoadRequest>& reference,
                                        std::stop_token stop);
    /// The tokenizer of the model. Error: why the checkpoint has none.
    Result<const Tokenizer*> tokenizer() const;
};

}  // namespace engine
