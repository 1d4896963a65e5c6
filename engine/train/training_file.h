#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "engine/base/result.h"
#include "engine/prompt/prompt_format.h"
#include "engine/train/verifiable_task.h"

namespace engine::train {

/// One line of a training file, not yet tokens.
struct TrainingItem {
    enum class Kind { chat, text, preference, task };

    Kind kind = Kind::chat;
    std::vector<Message> messages;  ///< chat: to the end; preference, task: up to the answer
    std::string text;               ///< of Kind::text
    std::string chosen;
    std::string rejected;
    ExpectedAnswer expected;  ///< of Kind::task

    /// Everything that is said, for finding duplicates.
    std::string fingerprint() const;
};

/// Reads JSON lines, each one of
///   {"messages": [{"role", "content"}, …]}
///   {"instruction" | "prompt" | "question", "input"?, "response" | "output" | "completion" | "answer"}
///   {"prompt": text or messages, "chosen", "rejected"}
///   {"prompt": text or messages, "check": "exact" | "words" | "number", "answer": text or list of texts}
///   {"text"}
/// or, where the name does not end in .jsonl or .json, plain text whose documents are separated by lines
/// "<|endoftext|>". Errors: notFound, io; corrupt with file and line; invalidInput for an empty file.
Result<std::vector<TrainingItem>> readTrainingFile(const std::filesystem::path& path);

}  // namespace engine::train
