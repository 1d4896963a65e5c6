#include "engine/evaluate/choice_file.h"

#include <algorithm>
#include <optional>

#include "engine/base/mapped_file.h"
#include "engine/checkpoint/json_file.h"

namespace engine {
namespace {

constexpr std::size_t kMostBytes = std::size_t{256} << 20;

std::optional<std::size_t> answerOf(const nlohmann::json& line, const std::vector<std::string>& choices) {
    const auto index = integerAt(line, "answer");
    if (index)
        return *index >= 0 && *index < static_cast<std::int64_t>(choices.size())
                   ? std::optional(static_cast<std::size_t>(*index))
                   : std::nullopt;
    const auto text = textAt(line, "answer");
    if (!text)
        return std::nullopt;
    if (const auto same = std::find(choices.begin(), choices.end(), *text); same != choices.end())
        return static_cast<std::size_t>(same - choices.begin());
    if (text->size() != 1)
        return std::nullopt;
    const auto letter = static_cast<std::size_t>(static_cast<unsigned char>(text->front() | 0x20) - 'a');
    return letter < choices.size() ? std::optional(letter) : std::nullopt;
}

/// The picture's place in `folder`; nothing where there is no name of a file below it.
std::optional<std::filesystem::path> imageIn(const std::filesystem::path& folder,
                                             const nlohmann::json& value) {
    if (!value.is_string() || value.get_ref<const std::string&>().empty())
        return std::nullopt;
    const std::filesystem::path image = value.get<std::string>();
    if (image.is_absolute() || std::find(image.begin(), image.end(), "..") != image.end())
        return std::nullopt;
    return folder / image;
}

/// What is wrong with the line, or the question.
Result<ChoiceQuestion> questionOf(std::string_view text, const std::filesystem::path& folder) {
    const auto wrong = [](const char* why) { return Error{ErrorCode::corrupt, why}; };
    const auto line = withinLimits(text, {}) ? nlohmann::json::parse(text, nullptr, false) : nlohmann::json();
    if (!line.is_object())
        return wrong("is not a JSON object");
    ChoiceQuestion result;
    result.question = textAt(line, "question").value_or("");
    if (result.question.empty())
        return wrong("has no \"question\"");
    const auto choices = line.find("choices");
    if (choices == line.end() || !choices->is_array() || choices->size() < 2)
        return wrong("needs \"choices\": a list of at least two texts");
    for (const auto& choice : *choices) {
        if (!choice.is_string() || choice.get_ref<const std::string&>().empty())
            return wrong("has a choice that is not a text");
        const auto& value = choice.get_ref<const std::string&>();
        if (std::find(result.choices.begin(), result.choices.end(), value) != result.choices.end())
            return wrong("has the same choice twice");
        result.choices.push_back(value);
    }
    const auto answer = answerOf(line, result.choices);
    if (!answer)
        return wrong("needs \"answer\": the index from 0, the letter or the text of one of the choices");
    result.answer = *answer;
    if (const auto image = line.find("image"); image != line.end()) {
        const auto file = imageIn(folder, *image);
        if (!file)
            return wrong("needs as \"image\" the path of a picture below the folder of this file");
        result.image = *file;
    }
    return result;
}

}  // namespace

Result<std::vector<ChoiceQuestion>> readChoiceFile(const std::filesystem::path& path) {
    auto file = MappedFile::open(path);
    if (!file)
        return file.error();
    const auto bytes = (*file)->bytes();
    if (bytes.size() > kMostBytes)
        return Error{ErrorCode::invalidInput, path.string() + " is larger than 256 MiB; split it"};
    std::string_view rest(reinterpret_cast<const char*>(bytes.data()), bytes.size());
    std::vector<ChoiceQuestion> questions;
    for (std::size_t number = 1; !rest.empty(); ++number) {
        const auto end = std::min(rest.find('\n'), rest.size());
        const auto line = rest.substr(0, end);
        rest.remove_prefix(std::min(end + 1, rest.size()));
        if (line.find_first_not_of(" \t\r") == std::string_view::npos)
            continue;
        auto question = questionOf(line, path.parent_path());
        if (!question)
            return Error{question.error().code,
                         path.string() + ":" + std::to_string(number) + ": " + question.error().message};
        questions.push_back(std::move(*question));
    }
    if (questions.empty())
        return Error{ErrorCode::invalidInput, path.string() + " has no questions"};
    return questions;
}

}  // namespace engine
