#include "engine/evaluate/evaluated_models.h"

namespace engine {

Result<EvaluatedModels> EvaluatedModels::load(const LoadRequest& model,
                                              const std::optional<LoadRequest>& reference,
                                              std::stop_token stop) {
    auto loaded = LocalModel::load(model, {}, stop);
    if (!loaded)
        return loaded.error();
    EvaluatedModels models;
    models.model = std::move(*loaded);
    if (!reference)
        return models;
    loaded = LocalModel::load(*reference, {}, stop);
    if (!loaded)
        return loaded.error().in("reference");
    models.reference = std::move(*loaded);
    if (models.reference->model().output().weight.rows != models.model->model().output().weight.rows)
        return Error{ErrorCode::invalidInput,
                     "the reference has another vocabulary, so its probabilities cannot be compared"};
    return models;
}

Result<const Tokenizer*> EvaluatedModels::tokenizer() const {
    if (model->tokenizer() == nullptr)
        return *model->tokenizerError();
    return model->tokenizer();
}

}  // namespace engine
