#pragma once

#include <cstddef>
#include <filesystem>
#include <string>
#include <vector>

#include "engine/base/result.h"

namespace engine {

/// One multiple-choice question: at least two different choices, of which one is right.
struct ChoiceQuestion {
    std::string question;
    std::vector<std::string> choices;
    std::size_t answer = 0;
    std::filesystem::path image{};  ///< what the question is about; empty for text alone
};

/// Reads JSON lines {"question": text, "choices": [text, …], "answer": A} where A is the right choice's index
/// from 0, its letter (A, B, …) or its text; empty lines are skipped. A question about a picture has its file
/// as "image": a path relative to the folder of `path`. Errors: notFound, io; corrupt with the
/// line number for what is not such an object, invalidInput for a file without questions.
Result<std::vector<ChoiceQuestion>> readChoiceFile(const std::filesystem::path& path);

}  // namespace engine
