#pragma once

#include <optional>
#include <string>

#include "engine/tokenizer/tokenizer.h"

namespace engine {

/// Where two vocabularies differ, as the end of a sentence ("token 17 stands for other text"); absent when
/// every id stands for the same bytes in both, special tokens included.
std::optional<std::string> vocabularyDifference(const Tokenizer& a, const Tokenizer& b);

}  // namespace engine
