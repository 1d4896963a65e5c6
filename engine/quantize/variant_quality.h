#pragma once

#include "engine/quantize/quantize.h"
#include "engine/tokenizer/tokenizer.h"

namespace engine {

/// `text`, or the evaluation text that ships when it is empty: not the one for calibration, so that quality
/// is measured on what methods have not seen.
std::filesystem::path evaluationTextOr(const std::filesystem::path& text);

/// Compares a finished variant with its source on the request's held-out text. `tokenizer` and `config`: the
/// source's. Errors: as evaluate().
Result<EvaluationResult> measureQuality(
    const QuantizeRequest& request, const std::filesystem::path& variant, const ModelConfig& config,
    const Tokenizer& tokenizer, const std::function<void(std::int64_t done, std::int64_t total)>& progress,
    std::stop_token stop);

}  // namespace engine
