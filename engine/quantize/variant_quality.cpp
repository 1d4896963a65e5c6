#include "engine/quantize/variant_quality.h"

#include <fstream>

#include "engine/base/resources.h"
#include "engine/base/temporary_folder.h"
#include "engine/quantize/calibration.h"

namespace engine {
namespace {

namespace fs = std::filesystem;

/// A text in the source's own tokens, documents divided as in calibration.
Result<void> writeTokens(const fs::path& text, const Tokenizer& tokenizer, const fs::path& file) {
    auto mapped = MappedFile::open(text);
    if (!mapped)
        return mapped.error().in("evaluation text");
    const auto bytes = (*mapped)->bytes();
    std::ofstream stream(file, std::ios::binary);
    for (const auto id :
         documentStream({reinterpret_cast<const char*>(bytes.data()), bytes.size()}, tokenizer)) {
        const auto half = static_cast<std::uint16_t>(raw(id));
        stream.write(reinterpret_cast<const char*>(&half), sizeof half);
    }
    stream.close();
    return stream ? Result<void>{} : Error{ErrorCode::io, file.string() + " cannot be written"};
}

}  // namespace

fs::path evaluationTextOr(const fs::path& text) {
    return text.empty() ? resourcePath("quality/prose.txt") : text;
}

Result<EvaluationResult> measureQuality(
    const QuantizeRequest& request, const fs::path& variant, const ModelConfig& config,
    const Tokenizer& tokenizer, const std::function<void(std::int64_t done, std::int64_t total)>& progress,
    std::stop_token stop) {
    EvaluationRequest evaluation;
    evaluation.model.model = variant.string();
    evaluation.model.threads = request.threads;
    evaluation.reference = evaluation.model;
    evaluation.reference->model = request.model;
    evaluation.reference->adapter = request.adapter;
    evaluation.window = std::min<std::int64_t>(256, config.contextLength);
    evaluation.limit = request.evaluationWindows;
    const TemporaryFolder folder("anven-quantize");
    // Token files hold 16-bit ids; larger vocabularies are evaluated on the text itself.
    if (config.vocabSize <= 65536) {
        evaluation.tokens = folder.path() / "held-out.u16";
        if (auto ok = writeTokens(evaluationTextOr(request.evaluationText), tokenizer, evaluation.tokens);
            !ok)
            return ok.error();
    } else {
        evaluation.text = evaluationTextOr(request.evaluationText);
    }
    return evaluate(evaluation, progress, std::move(stop));
}

}  // namespace engine
