#include "engine/train/training_file.h"

#include <nlohmann/json.hpp>

#include "engine/base/mapped_file.h"

namespace engine::train {
namespace {

using Json = nlohmann::json;

constexpr std::string_view kSeparator = "<|endoftext|>";

/// The first of `keys` that holds a text.
std::optional<std::string> textOf(const Json& object, std::initializer_list<const char*> keys) {
    for (const char* key : keys)
        if (const auto at = object.find(key); at != object.end() && at->is_string())
            return at->get<std::string>();
    return std::nullopt;
}

/// What an answer is asked for, as text or as the messages before it. `needed` says who asks.
Result<std::vector<Message>> promptOf(const Json& line, const char* needed) {
    if (const auto prompt = line.find("prompt"); prompt != line.end() && prompt->is_array())
        return messagesFromJson(prompt->dump());
    if (const auto text = textOf(line, {"prompt", "instruction", "question"}))
        return std::vector<Message>{{Role::user, *text}};
    return Error{ErrorCode::corrupt, needed};
}

Result<TrainingItem> preferenceOf(const Json& line) {
    TrainingItem item;
    item.kind = TrainingItem::Kind::preference;
    item.chosen = line["chosen"].get<std::string>();
    item.rejected = line["rejected"].get<std::string>();
    auto prompt = promptOf(line, "a preference pair needs a \"prompt\" beside \"chosen\" and \"rejected\"");
    if (!prompt)
        return prompt.error();
    item.messages = std::move(*prompt);
    return item;
}

Result<TrainingItem> taskOf(const Json& line) {
    TrainingItem item;
    item.kind = TrainingItem::Kind::task;
    auto prompt = promptOf(line, "a task needs a \"prompt\" beside \"check\" and \"answer\"");
    if (!prompt)
        return prompt.error();
    item.messages = std::move(*prompt);
    auto check = answerCheckNamed(line["check"].get<std::string>());
    if (!check)
        return check.error();
    item.expected.check = *check;
    const auto answer = line.find("answer");
    if (answer != line.end() && answer->is_string())
        item.expected.texts = {answer->get<std::string>()};
    else if (answer != line.end() && answer->is_array())
        for (const auto& text : *answer)
            if (text.is_string())
                item.expected.texts.push_back(text.get<std::string>());
    if (item.expected.texts.empty())
        return Error{ErrorCode::corrupt, "a task needs an \"answer\": a text, or a list of texts"};
    return item;
}

Result<TrainingItem> itemOf(const Json& line) {
    if (!line.is_object())
        return Error{ErrorCode::corrupt, "expected a JSON object"};
    if (line.contains("chosen") && line["chosen"].is_string() && line.contains("rejected") &&
        line["rejected"].is_string())
        return preferenceOf(line);
    if (line.contains("check") && line["check"].is_string())
        return taskOf(line);
    TrainingItem item;
    if (line.contains("messages")) {
        auto messages = messagesFromJson(line["messages"].dump());
        if (!messages)
            return messages.error();
        item.messages = std::move(*messages);
        if (std::none_of(item.messages.begin(), item.messages.end(),
                         [](const Message& m) { return m.role == Role::assistant; }))
            return Error{ErrorCode::corrupt, "no message is the assistant's, so there is nothing to learn"};
        return item;
    }
    auto asked = textOf(line, {"instruction", "prompt", "question"});
    const auto answer = textOf(line, {"response", "output", "completion", "answer"});
    if (asked && answer) {
        if (const auto input = textOf(line, {"input"}); input && !input->empty())
            *asked += "\n\n" + *input;
        item.messages = {{Role::user, *asked}, {Role::assistant, *answer}};
        return item;
    }
    if (auto text = textOf(line, {"text"})) {
        item.kind = TrainingItem::Kind::text;
        item.text = std::move(*text);
        return item;
    }
    return Error{ErrorCode::corrupt,
                 "expected \"messages\", \"instruction\" and \"response\", \"prompt\" with \"chosen\" and "
                 "\"rejected\" or with \"check\" and \"answer\", or \"text\""};
}

/// The next line of `text`, which it is taken from.
std::string_view takeLine(std::string_view& text) {
    const auto end = text.find('\n');
    auto line = text.substr(0, end);
    text = end == std::string_view::npos ? std::string_view{} : text.substr(end + 1);
    if (line.ends_with('\r'))
        line.remove_suffix(1);
    return line;
}

Result<std::vector<TrainingItem>> readLines(std::string_view text, const std::string& file) {
    std::vector<TrainingItem> items;
    for (std::size_t number = 1; !text.empty(); ++number) {
        const auto line = takeLine(text);
        if (line.find_first_not_of(" \t") == std::string_view::npos)
            continue;
        const auto json = Json::parse(line, nullptr, false);
        auto item =
            json.is_discarded() ? Result<TrainingItem>(ErrorCode::corrupt, "this is not JSON") : itemOf(json);
        if (!item)
            return item.error().in(file + ":" + std::to_string(number));
        items.push_back(std::move(*item));
    }
    return items;
}

std::vector<TrainingItem> readDocuments(std::string_view text) {
    std::vector<TrainingItem> items;
    std::string document;
    const auto finish = [&] {
        while (document.ends_with('\n'))
            document.pop_back();
        if (document.find_first_not_of(" \t\n") != std::string::npos)
            items.push_back({TrainingItem::Kind::text, {}, document, {}, {}, {}});
        document.clear();
    };
    while (!text.empty()) {
        const auto line = takeLine(text);
        if (line == kSeparator)
            finish();
        else
            document.append(line).append("\n");
    }
    finish();
    return items;
}

}  // namespace

std::string TrainingItem::fingerprint() const {
    std::string all = text + chosen + '\0' + rejected;
    for (const auto& message : messages)
        all.append(1, '\0').append(name(message.role)).append(1, '\0').append(message.content);
    for (const auto& answer : expected.texts)
        all.append(1, '\0').append(name(expected.check)).append(1, '\0').append(answer);
    return all;
}

Result<std::vector<TrainingItem>> readTrainingFile(const std::filesystem::path& path) {
    auto file = MappedFile::open(path);
    if (!file)
        return file.error();
    const auto bytes = (*file)->bytes();
    const std::string_view text(reinterpret_cast<const char*>(bytes.data()), bytes.size());
    const bool json = path.extension() == ".jsonl" || path.extension() == ".json";
    auto items =
        json ? readLines(text, path.string()) : Result<std::vector<TrainingItem>>(readDocuments(text));
    if (items && items->empty())
        return Error{ErrorCode::invalidInput,
                     path.string() + " holds no example; give JSON lines or plain text"};
    return items;
}

}  // namespace engine::train
