#pragma once

#include <nlohmann/json_fwd.hpp>

#include "engine/compare/comparison.h"

namespace engine {

/// {"lane", "reference", "top1", "kl_mean", "first_divergence"}; the last is null for equal answers.
nlohmann::json toJson(const Agreement& agreement);
/// {"starts", "probability", "rank", "reason"}: arrays with one entry per generated token, the scores' empty
/// where there are none.
nlohmann::json toJson(const AnswerTokens& tokens);
/// The same, read; nothing where the text is not of that form.
AnswerTokens answerTokensFromText(const std::string& text);
/// What `anven compare --json` prints. A failed lane has "error" in place of its measurements.
/// `tokenScores`: with the reference's probability and rank of every token, as "reference_tokens".
nlohmann::json toJson(const ComparisonResult& result, bool tokenScores = false);

}  // namespace engine
