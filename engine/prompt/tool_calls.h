#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "engine/base/result.h"

namespace engine {

/// One call that a model asks for. Nothing is ever executed: a person reads it and answers.
struct ToolCall {
    std::string name;
    nlohmann::ordered_json arguments = nlohmann::ordered_json::object();
};

/// The calls that a finished answer consists of, in order; empty where the answer is not in a call's form.
/// Forms of the Llama 3 family: `[f(a=1, b="x"), g()]`, one or several `{"name": …, "parameters": {…}}`
/// (also as an array), `<function=f>{…}</function>`, each with `<|python_tag|>` before it or not. Whatever
/// stands before or after a call makes the answer text. Errors: invalidInput for an answer that has the form
/// but whose arguments are no values (a call inside a call, a number beyond 64 bits, deeper than 32, cut
/// off).
Result<std::vector<ToolCall>> toolCallsIn(std::string_view answer);

}  // namespace engine
