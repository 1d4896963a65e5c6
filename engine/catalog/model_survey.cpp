#include "engine/catalog/model_survey.h"

#include <algorithm>
#include <fstream>

#include "engine/catalog/model_search.h"
#include "engine/catalog/tensor_histogram.h"
#include "engine/checkpoint/untrusted_text.h"
#include "engine/model/weights_size.h"
#include "engine/tokenizer/tokenizer.h"

namespace engine {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kMostLicence = std::size_t{256} << 10;

std::int64_t scaleBytes(const Checkpoint& checkpoint, const std::string& name) {
    if (!name.ends_with(".weight"))
        return 0;
    const auto* scales = checkpoint.find(name.substr(0, name.size() - 7) + ".scales");
    return scales == nullptr ? 0 : static_cast<std::int64_t>(scales->bytes());
}

void addTensors(ModelSurvey& survey, const Checkpoint& checkpoint, const KernelPlan& plan) {
    std::int64_t bytes = 0;
    std::int64_t weights = 0;
    for (const auto& [name, tensor] : checkpoint.tensors) {
        TensorFacts facts;
        facts.name = name;
        facts.shape = tensor.shape;
        facts.scheme = checkpoint.schemeOf(name);
        facts.bytes = static_cast<std::int64_t>(tensor.bytes());
        facts.codes = hasCodes(checkpoint, name);
        facts.packedBytes = packedSize(checkpoint, name, plan).value_or(std::int64_t{0});
        if (const auto count = tensor.elements(); count > 0)
            facts.bitsPerWeight = 8.0 * static_cast<double>(facts.bytes + scaleBytes(checkpoint, name)) /
                                  static_cast<double>(count);
        bytes += facts.bytes;
        weights += name.ends_with(".scales") ? 0 : tensor.elements();
        survey.tensors.push_back(std::move(facts));
    }
    survey.bitsPerWeight =
        weights > 0 ? 8.0 * static_cast<double>(bytes) / static_cast<double>(weights) : 0.0;
}

void addTokenizer(ModelSurvey& survey, const Checkpoint& checkpoint) {
    auto tokenizer = Tokenizer::load(checkpoint);
    if (!tokenizer) {
        survey.tokenizer = tokenizer.error().message;
        if (tokenizer.error().code != ErrorCode::notFound)
            survey.problems.push_back({"The tokenizer cannot be read: " + tokenizer.error().message,
                                       "Download the tokenizer's file again."});
        return;
    }
    survey.tokenizer = (*tokenizer)->kind();
    survey.tokenizerEntries = (*tokenizer)->vocabSize();
    if (checkpoint.config.vocabSize > 0 && survey.tokenizerEntries > checkpoint.config.vocabSize)
        survey.problems.push_back({"The tokenizer knows " + std::to_string(survey.tokenizerEntries) +
                                       " tokens, the model " + std::to_string(checkpoint.config.vocabSize) +
                                       ": they belong to different models.",
                                   "Put the tokenizer of this model into its folder."});
}

std::string textOf(const fs::path& file) {
    std::string text(kMostLicence, '\0');
    std::ifstream stream(file, std::ios::binary);
    stream.read(text.data(), static_cast<std::streamsize>(text.size()));
    text.resize(static_cast<std::size_t>(stream.gcount()));
    return text;
}

/// LICENSE, LICENCE.txt, USE_POLICY.md … in the model's folder or the one above; else a GGUF's own word.
void addLicence(ModelSurvey& survey, const Checkpoint* checkpoint) {
    std::error_code error;
    const fs::path path = checkpoint != nullptr ? checkpoint->path : fs::path(survey.path);
    const auto folder = fs::is_directory(path, error) ? path : path.parent_path();
    for (const char* name : {"LICENSE", "LICENSE.txt", "LICENSE.md", "LICENCE", "LICENCE.txt", "license.txt",
                             "COPYING", "USE_POLICY.md"}) {
        const auto file = folder / name;
        if (!fs::is_regular_file(file, error))
            continue;
        auto text = textOf(file);
        if (text.empty() || !isUtf8(text.substr(0, text.size() - std::min<std::size_t>(text.size(), 4))))
            continue;
        survey.licenceFile = name;
        survey.licenceText = std::move(text);
        return;
    }
    if (checkpoint == nullptr)
        return;
    if (const auto named = checkpoint->metadata.text("general.license")) {
        survey.licenceFile = "general.license";
        survey.licenceText = *named;
    }
}

std::int64_t sizeOf(const std::vector<fs::path>& files) {
    std::int64_t total = 0;
    for (const auto& file : files) {
        std::error_code error;
        if (const auto size = fs::file_size(file, error); !error)
            total += static_cast<std::int64_t>(size);
    }
    return total;
}

}  // namespace

std::int64_t TensorFacts::elements() const {
    std::int64_t count = 1;
    for (const auto extent : shape)
        count *= extent;
    return count;
}

ModelSurvey surveyModel(const std::string& path, const KernelPlan& plan) {
    ModelSurvey survey;
    survey.path = path;
    auto opened = Checkpoint::open(path);
    if (!opened) {
        survey.error = opened.error();
        survey.problems = findModelProblems(path);
        survey.files = weightFilesAt(path);
        survey.fileBytes = sizeOf(survey.files);
        addLicence(survey, nullptr);
        return survey;
    }
    const Checkpoint& checkpoint = **opened;
    survey.problems = findModelProblems(checkpoint.path);
    survey.format = checkpoint.format;
    survey.config = checkpoint.config;
    survey.files = checkpoint.files;
    survey.fileBytes = sizeOf(survey.files);
    survey.parameters = countParameters(checkpoint);
    addTensors(survey, checkpoint, plan);
    auto weights = weightsSize(checkpoint, plan);
    if (weights)
        survey.weightsBytes = *weights;
    else
        survey.problems.push_back(
            {"It opens but cannot be loaded: " + weights.error().message, "Download the model again."});
    addTokenizer(survey, checkpoint);
    addLicence(survey, &checkpoint);
    return survey;
}

}  // namespace engine
