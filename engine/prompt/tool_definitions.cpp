#include "engine/prompt/tool_definitions.h"

#include <algorithm>
#include <set>

#include "engine/checkpoint/untrusted_text.h"

namespace engine {
namespace {

using Json = nlohmann::ordered_json;

constexpr std::size_t kMostTools = 64;
constexpr std::size_t kMostBytes = 256 * 1024;
constexpr std::string_view kTypes[] = {"string", "integer", "number", "float", "boolean", "array",
                                       "object", "dict",    "list",   "any",   "null"};

Error wrong(const std::string& where, const std::string& what) {
    return {ErrorCode::invalidInput, where + ": " + what};
}

/// Line and column of a byte, for messages about text that is no JSON.
std::string placeOf(std::string_view text, std::size_t byte) {
    const auto before = text.substr(0, std::min(byte, text.size()));
    const auto line = 1 + std::count(before.begin(), before.end(), '\n');
    const auto start = before.rfind('\n');
    const auto column = before.size() - (start == std::string_view::npos ? 0 : start + 1);
    return "line " + std::to_string(line) + ", column " + std::to_string(std::max<std::size_t>(column, 1));
}

bool isIdentifier(const std::string& name) {
    const auto letter = [](char c) { return (c | 0x20) >= 'a' && (c | 0x20) <= 'z'; };
    return !name.empty() && name.size() <= 64 && (letter(name[0]) || name[0] == '_') &&
           std::all_of(name.begin(), name.end(),
                       [&](char c) { return letter(c) || c == '_' || (c >= '0' && c <= '9'); });
}

Result<void> checkProperty(const std::string& where, const Json& property) {
    if (!property.is_object())
        return wrong(where, "expected an object like {\"type\": \"string\", \"description\": \"…\"}");
    if (const auto type = property.find("type"); type != property.end()) {
        if (!type->is_string())
            return wrong(where + ".type", "expected a text such as \"string\"");
        const auto text = type->get<std::string>();
        if (std::find(std::begin(kTypes), std::end(kTypes), text) == std::end(kTypes))
            return wrong(where + ".type", "'" + text.substr(0, 40) +
                                              "' is none of string, integer, number, boolean, array, object");
    }
    if (const auto text = property.find("description"); text != property.end() && !text->is_string())
        return wrong(where + ".description", "expected a text");
    if (const auto values = property.find("enum");
        values != property.end() && (!values->is_array() || values->empty()))
        return wrong(where + ".enum", "expected an array of the values that are allowed");
    return {};
}

Result<void> checkParameters(const std::string& where, const Json& parameters) {
    if (!parameters.is_object())
        return wrong(where, "expected an object with \"type\", \"properties\" and \"required\"");
    if (const auto type = parameters.find("type");
        type != parameters.end() && *type != "object" && *type != "dict")
        return wrong(where + ".type", "expected \"object\" (or \"dict\")");
    const auto properties = parameters.find("properties");
    const Json none = Json::object();
    const Json& known = properties == parameters.end() ? none : *properties;
    if (!known.is_object())
        return wrong(where + ".properties", "expected an object of parameters by name");
    for (const auto& [name, property] : known.items()) {
        if (!isIdentifier(name))
            return wrong(where + ".properties",
                         "'" + name.substr(0, 40) + "' is no name of letters, digits and _ (64 at most)");
        if (auto done = checkProperty(where + ".properties." + name, property); !done)
            return done;
    }
    const auto required = parameters.find("required");
    if (required == parameters.end())
        return {};
    if (!required->is_array())
        return wrong(where + ".required", "expected an array of parameter names");
    for (const auto& name : *required) {
        if (!name.is_string())
            return wrong(where + ".required", "expected an array of parameter names");
        if (!known.contains(name.get<std::string>()))
            return wrong(where + ".required",
                         "'" + name.get<std::string>().substr(0, 40) + "' is not among the properties");
    }
    return {};
}

Result<ToolDefinition> definitionOf(const std::string& at, const Json& item) {
    if (!item.is_object())
        return wrong(at, "expected an object with \"name\", \"description\" and \"parameters\"");
    if (item.value("type", Json()) == "function" && item.contains("function"))
        return definitionOf(at, item["function"]);
    const auto name = item.find("name");
    if (name == item.end() || !name->is_string())
        return wrong(at, "a text \"name\" is missing");
    ToolDefinition tool{name->get<std::string>(), {}, item};
    if (!isIdentifier(tool.name))
        return wrong(at + ".name",
                     "'" + tool.name.substr(0, 40) + "' is no name of letters, digits and _ (64 at most)");
    const std::string where = at + ", " + tool.name;
    const auto description = item.find("description");
    if (description != item.end() && !description->is_string())
        return wrong(where + ": description", "expected a text");
    if (description != item.end())
        tool.description = description->get<std::string>();
    if (const auto parameters = item.find("parameters"); parameters != item.end())
        if (auto done = checkParameters(where + ": parameters", *parameters); !done)
            return done.error();
    return tool;
}

std::string listing(std::span<const ToolDefinition> tools) {
    Json list = Json::array();
    for (const auto& tool : tools)
        list.push_back(tool.json);
    return list.dump(4, ' ', false, Json::error_handler_t::replace);
}

bool fits(const Json& value, const std::string& type) {
    if (type == "string")
        return value.is_string();
    if (type == "integer")
        return value.is_number_integer();
    if (type == "number" || type == "float")
        return value.is_number();
    if (type == "boolean")
        return value.is_boolean();
    if (type == "array" || type == "list")
        return value.is_array();
    if (type == "object" || type == "dict")
        return value.is_object();
    return true;
}

}  // namespace

std::string_view name(ToolPlace place) {
    return place == ToolPlace::systemPrompt ? "system" : "user";
}

Result<std::vector<ToolDefinition>> toolDefinitions(std::string_view text) {
    std::vector<ToolDefinition> tools;
    if (text.find_first_not_of(" \t\r\n") == std::string_view::npos)
        return tools;
    if (text.size() > kMostBytes || !withinLimits(text, {40, 20'000}))
        return wrong("functions", "longer or deeper nested than any model could use");
    Json json;
    try {
        json = Json::parse(text);
    } catch (const Json::parse_error& problem) {
        return wrong("functions", "no JSON at " + placeOf(text, problem.byte) +
                                      "; a comma, quote or bracket is missing or too many there");
    }
    const Json list = json.is_object() ? Json::array({json}) : json;
    if (!list.is_array())
        return wrong("functions", "expected a JSON array of function definitions");
    if (list.size() > kMostTools)
        return wrong("functions", "more than " + std::to_string(kMostTools));
    std::set<std::string> names;
    for (std::size_t i = 0; i < list.size(); ++i) {
        const std::string at = "function " + std::to_string(i + 1);
        auto tool = definitionOf(at, list[i]);
        if (!tool)
            return tool.error();
        if (!names.insert(tool->name).second)
            return wrong(at, "'" + tool->name + "' is defined twice");
        tools.push_back(std::move(*tool));
    }
    return tools;
}

std::string toolSystemPrompt(std::span<const ToolDefinition> tools) {
    return "You are an expert in composing functions. You are given a question and a set of possible "
           "functions.\n"
           "Based on the question, you will need to make one or more function/tool calls to achieve the "
           "purpose.\n"
           "If none of the function can be used, point it out. If the given question lacks the parameters "
           "required by the function,\n"
           "also point it out. You should only return the function call in tools call sections.\n\n"
           "If you decide to invoke any of the function(s), you MUST put it in the format of "
           "[func_name1(params_name1=params_value1, params_name2=params_value2...), func_name2(params)]\n"
           "You SHOULD NOT include any other text in the response.\n\n"
           "Here is a list of functions in JSON format that you can invoke.\n\n" +
           listing(tools);
}

std::string toolUserPrompt(std::span<const ToolDefinition> tools, std::string_view question) {
    return "Questions: " + std::string(question) +
           "\nHere is a list of functions in JSON format that you can invoke:\n" + listing(tools) +
           "\n\nShould you decide to return the function call(s),Put it in the format of "
           "[func1(params_name=params_value, params_name2=params_value2...), func2(params)]\n\n"
           "NO other text MUST be included.";
}

std::vector<std::string> problemsOf(const ToolCall& call, std::span<const ToolDefinition> tools) {
    const auto tool =
        std::find_if(tools.begin(), tools.end(), [&](const auto& at) { return at.name == call.name; });
    if (tool == tools.end())
        return {"no function of this name was defined"};
    std::vector<std::string> problems;
    const Json parameters = tool->json.value("parameters", Json::object());
    const Json properties = parameters.value("properties", Json::object());
    for (const auto& name : parameters.value("required", Json::array()))
        if (!call.arguments.contains(name.get<std::string>()))
            problems.push_back("'" + name.get<std::string>() + "' is required and missing");
    for (const auto& [name, value] : call.arguments.items()) {
        const auto property = properties.find(name);
        if (property == properties.end()) {
            problems.push_back("'" + name + "' is not among the parameters");
            continue;
        }
        const std::string type = property->value("type", std::string("any"));
        const Json allowed = property->value("enum", Json());
        if (!fits(value, type))
            problems.push_back("'" + name + "' should be of type " + type);
        else if (allowed.is_array() && std::find(allowed.begin(), allowed.end(), value) == allowed.end())
            problems.push_back("'" + name + "' is none of the values that are allowed");
    }
    return problems;
}

}  // namespace engine
