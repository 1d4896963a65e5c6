#include "engine/prompt/tool_calls.h"

#include <cmath>

#include "engine/checkpoint/untrusted_text.h"
#include "engine/prompt/pythonic_calls.h"

namespace engine {
namespace {

using Json = nlohmann::ordered_json;

constexpr std::size_t kMostBytes = 256 * 1024;  // a longer answer is no call; parsing stays cheap
constexpr JsonLimits kLimits{kMostToolNesting + 3, 100'000};

std::string_view trimmed(std::string_view text) {
    constexpr std::string_view kSpace = " \t\r\n";
    const auto first = text.find_first_not_of(kSpace);
    if (first == std::string_view::npos)
        return {};
    return text.substr(first, text.find_last_not_of(kSpace) - first + 1);
}

void skip(std::string_view& text, std::string_view prefix) {
    if (text.starts_with(prefix))
        text = trimmed(text.substr(prefix.size()));
}

/// The length of the JSON object at the beginning of `text`; 0 where it has no end.
std::size_t objectLength(std::string_view text) {
    int depth = 0;
    bool inString = false;
    for (std::size_t i = 0; i < text.size(); ++i) {
        const char c = text[i];
        if (inString) {
            if (c == '\\')
                ++i;
            else if (c == '"')
                inString = false;
        } else if (c == '"') {
            inString = true;
        } else if (c == '{' || c == '[') {
            ++depth;
        } else if ((c == '}' || c == ']') && --depth == 0) {
            return i + 1;
        }
    }
    return 0;
}

std::optional<Json> parsed(std::string_view text) {
    if (!withinLimits(text, kLimits))
        return std::nullopt;
    auto json = Json::parse(text, nullptr, false);
    if (json.is_discarded())
        return std::nullopt;
    return json;
}

/// {"name": …, "parameters" or "arguments": {…}}, alone or under "function".
std::optional<ToolCall> callOf(const Json& json) {
    if (!json.is_object())
        return std::nullopt;
    if (const auto inner = json.find("function"); inner != json.end() && inner->is_object())
        return callOf(*inner);
    const auto name = json.find("name");
    auto arguments = json.find("parameters");
    if (arguments == json.end())
        arguments = json.find("arguments");
    if (name == json.end() || !name->is_string() || name->get<std::string>().empty() ||
        arguments == json.end() || !arguments->is_object())
        return std::nullopt;
    return ToolCall{name->get<std::string>(), *arguments};
}

/// Objects one after another, with nothing, ";" or "," between them.
std::vector<ToolCall> jsonCalls(std::string_view text) {
    std::vector<ToolCall> calls;
    while (!text.empty()) {
        const auto length = text.front() == '{' ? objectLength(text) : 0;
        if (length == 0)
            return {};
        const auto json = parsed(text.substr(0, length));
        auto call = json ? callOf(*json) : std::nullopt;
        if (!call)
            return {};
        calls.push_back(std::move(*call));
        text = trimmed(text.substr(length));
        if (!text.empty() && (text.front() == ';' || text.front() == ','))
            text = trimmed(text.substr(1));
    }
    return calls;
}

std::vector<ToolCall> jsonArrayCalls(std::string_view text) {
    std::vector<ToolCall> calls;
    const auto json = parsed(text);
    if (!json || !json->is_array())
        return {};
    for (const auto& item : *json) {
        auto call = callOf(item);
        if (!call)
            return {};
        calls.push_back(std::move(*call));
    }
    return calls;
}

/// `<function=name>{…}</function>`, several of them one after another.
Result<std::vector<ToolCall>> taggedCalls(std::string_view text) {
    constexpr std::string_view kOpen = "<function=";
    constexpr std::string_view kClose = "</function>";
    std::vector<ToolCall> calls;
    while (!text.empty()) {
        const auto nameEnd = text.find('>');
        if (!text.starts_with(kOpen) || nameEnd == std::string_view::npos || nameEnd == kOpen.size())
            return std::vector<ToolCall>();
        ToolCall call;
        call.name = text.substr(kOpen.size(), nameEnd - kOpen.size());
        text = trimmed(text.substr(nameEnd + 1));
        const auto length = text.starts_with('{') ? objectLength(text) : 0;
        auto json = length > 0 ? parsed(text.substr(0, length)) : std::nullopt;
        if (!json)
            return Error{ErrorCode::invalidInput, "the call of " + call.name.substr(0, 64) +
                                                      " has arguments that are no JSON object; ask the "
                                                      "model again"};
        call.arguments = std::move(*json);
        calls.push_back(std::move(call));
        text = trimmed(text.substr(length));
        skip(text, kClose);
    }
    return calls;
}

}  // namespace

Result<std::vector<ToolCall>> toolCallsIn(std::string_view answer) {
    auto text = trimmed(answer);
    skip(text, "<|python_tag|>");
    if (text.empty() || text.size() > kMostBytes || !isUtf8(text))
        return std::vector<ToolCall>();
    if (text.front() == '{')
        return jsonCalls(text);
    if (text.front() == '<')
        return taggedCalls(text);
    if (text.front() != '[')
        return std::vector<ToolCall>();
    if (auto calls = jsonArrayCalls(text); !calls.empty())
        return calls;
    auto calls = pythonicCalls(text);
    if (!calls)
        return calls.error();
    return *calls ? std::move(**calls) : std::vector<ToolCall>();
}

}  // namespace engine
