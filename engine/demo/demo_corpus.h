#pragma once

#include <functional>
#include <string>
#include <vector>

#include "engine/demo/talk_tasks.h"
#include "engine/prompt/prompt_format.h"

namespace engine::demo {

/// A talk of one to five exercises, with the task of each question for marking answers.
struct Talk {
    std::vector<Message> messages;
    std::vector<std::string> tasks;              ///< of every assistant turn
    std::vector<std::vector<std::string>> keys;  ///< words that every turn's right answer holds
};

/// Talk number `index` of the corpus with this seed: the same everywhere, independent of the others, at most
/// about `letters` long.
Talk makeTalk(const PhraseGrammar& grammar, std::uint64_t seed, std::int64_t index, std::size_t letters);

/// A talk as a line of training data.
std::string jsonLine(const Talk& talk);

}  // namespace engine::demo
