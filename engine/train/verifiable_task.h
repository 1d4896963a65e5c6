#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "engine/base/result.h"

namespace engine::train {

/// How an answer is told right from wrong without a judge.
enum class AnswerCheck {
    exact,   ///< the answer, without white space around it, is the expected text
    words,   ///< every expected text stands in it as whole words, letters large or small
    number,  ///< the last number in it is the expected one
};
std::string_view name(AnswerCheck check);  ///< "exact", "words", "number"
/// Errors: invalidInput, naming those that there are.
Result<AnswerCheck> answerCheckNamed(std::string_view name);

/// What a right answer to a question is.
struct ExpectedAnswer {
    AnswerCheck check = AnswerCheck::exact;
    std::vector<std::string> texts;  ///< one, or for `words` at least one
    bool operator==(const ExpectedAnswer&) const = default;
};

/// 1 for a right answer, else 0.
double rewardOf(std::string_view answer, const ExpectedAnswer& expected);

/// Whether every text stands in the answer as whole words, letters large or small.
bool holdsWords(std::string_view answer, const std::vector<std::string>& texts);

}  // namespace engine::train
