#pragma once

#include <cstdint>
#include <filesystem>
#include <string_view>
#include <vector>

#include "engine/base/ids.h"
#include "engine/base/result.h"
#include "engine/tokenizer/tokenizer.h"

namespace engine {

/// A text as one stream of ids. Lines that are exactly <|endoftext|> divide documents, each of which is
/// stripped of white space and begins with begin-of-text where the vocabulary has it.
std::vector<TokenId> documentStream(std::string_view text, const Tokenizer& tokenizer);

/// Windows of tokens that methods look at, one after the other.
struct Calibration {
    std::vector<TokenId> tokens;  // [windows, windowSize]
    std::int64_t windows = 0;
    std::int64_t windowSize = 0;
};

/// `text`, or the calibration text that ships when it is empty.
std::filesystem::path calibrationTextOr(const std::filesystem::path& text);

/// The first windows of a UTF-8 file's stream: at most `windows`, fewer where the text is short. Errors:
/// notFound, io; invalidInput for a text of less than one window.
Result<Calibration> readCalibration(const std::filesystem::path& text, const Tokenizer& tokenizer,
                                    std::int64_t windows, std::int64_t windowSize);

}  // namespace engine
