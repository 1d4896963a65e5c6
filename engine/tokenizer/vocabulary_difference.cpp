#include "engine/tokenizer/vocabulary_difference.h"

namespace engine {

std::optional<std::string> vocabularyDifference(const Tokenizer& a, const Tokenizer& b) {
    if (a.vocabSize() != b.vocabSize())
        return std::to_string(a.vocabSize()) + " tokens against " + std::to_string(b.vocabSize());
    for (std::int64_t i = 0; i < a.vocabSize(); ++i) {
        const TokenId id{static_cast<std::int32_t>(i)};
        if (a.isSpecial(id) != b.isSpecial(id))
            return "token " + std::to_string(i) + " is special in one alone";
        if (a.bytes(id) != b.bytes(id))
            return "token " + std::to_string(i) + " stands for other text";
    }
    return std::nullopt;
}

}  // namespace engine
