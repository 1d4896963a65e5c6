#pragma once

#include <span>
#include <string_view>

namespace engine {

/// What the lexer has to know of a language.
struct Language {
    std::string_view names;     ///< as they stand after a fence, with spaces around each
    std::string_view keywords;  ///< the same way
    std::string_view lineComment;
    std::string_view otherLineComment;
    std::string_view blockOpen;
    std::string_view blockClose;
    std::string_view quotes;  ///< characters that begin and end a text
    bool tripleQuotes = false;
    bool multilineBacktick = false;
    bool ignoresCase = false;
    bool backslashEscapes = true;
};

/// The language of a fence's word, null for one that is not known. Case does not count.
const Language* languageOf(std::string_view name);

}  // namespace engine
