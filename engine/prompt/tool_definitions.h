#pragma once

#include <span>

#include "engine/prompt/tool_calls.h"

namespace engine {

/// A function that a model may ask for, as the person described it.
struct ToolDefinition {
    std::string name;
    std::string description;
    nlohmann::ordered_json
        json;  ///< {"name", "description", "parameters": {"type", "required", "properties"}}
};

/// Where the definitions stand in the prompt; the family was trained on both.
enum class ToolPlace { systemPrompt, userPrompt };
std::string_view name(ToolPlace place);  ///< "system", "user"

/// Definitions from a JSON array, or one object; OpenAI's {"type": "function", "function": {…}} is unwrapped.
/// Blank text is no definition. Errors: invalidInput, naming the function, the place and what belongs there.
Result<std::vector<ToolDefinition>> toolDefinitions(std::string_view json);

/// What a system prompt says of the functions. Source: llama-stack's PythonListCustomToolGenerator.
std::string toolSystemPrompt(std::span<const ToolDefinition> tools);
/// A question with the functions around it, for the user's turn.
std::string toolUserPrompt(std::span<const ToolDefinition> tools, std::string_view question);

/// What is wrong with a call: no such function, arguments that lack, do not belong or have another type.
/// Each in one sentence; empty when it fits.
std::vector<std::string> problemsOf(const ToolCall& call, std::span<const ToolDefinition> tools);

}  // namespace engine
