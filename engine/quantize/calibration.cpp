#include "engine/quantize/calibration.h"

#include <algorithm>

#include "engine/base/mapped_file.h"
#include "engine/base/resources.h"

namespace engine {
namespace {

constexpr std::string_view kDivider = "<|endoftext|>";

std::string_view stripped(std::string_view text) {
    constexpr std::string_view kSpace = " \t\r\n\f\v";
    const auto begin = text.find_first_not_of(kSpace);
    if (begin == std::string_view::npos)
        return {};
    return text.substr(begin, text.find_last_not_of(kSpace) - begin + 1);
}

}  // namespace

std::vector<TokenId> documentStream(std::string_view text, const Tokenizer& tokenizer) {
    std::vector<TokenId> stream;
    const auto begin = tokenizer.beginOfText();
    const auto add = [&](std::string_view document) {
        document = stripped(document);
        if (document.empty())
            return;
        if (begin)
            stream.push_back(*begin);
        const auto ids = tokenizer.encode(document);
        stream.insert(stream.end(), ids.begin(), ids.end());
    };
    std::size_t from = 0;
    for (std::size_t line = 0; line < text.size();) {
        const auto end = std::min(text.find('\n', line), text.size());
        if (stripped(text.substr(line, end - line)) == kDivider) {
            add(text.substr(from, line - from));
            from = end;
        }
        line = end + 1;
    }
    add(text.substr(std::min(from, text.size())));
    return stream;
}

std::filesystem::path calibrationTextOr(const std::filesystem::path& text) {
    return text.empty() ? resourcePath("quality/calibration.txt") : text;
}

Result<Calibration> readCalibration(const std::filesystem::path& text, const Tokenizer& tokenizer,
                                    std::int64_t windows, std::int64_t windowSize) {
    auto file = MappedFile::open(text);
    if (!file)
        return file.error().in("calibration text");
    const auto bytes = (*file)->bytes();
    Calibration calibration;
    calibration.tokens =
        documentStream({reinterpret_cast<const char*>(bytes.data()), bytes.size()}, tokenizer);
    calibration.windowSize = windowSize;
    calibration.windows =
        std::min(windows, static_cast<std::int64_t>(calibration.tokens.size()) / windowSize);
    if (calibration.windows < 1)
        return Error{ErrorCode::invalidInput,
                     text.string() + " has " + std::to_string(calibration.tokens.size()) +
                         " tokens, one calibration window needs " + std::to_string(windowSize)};
    calibration.tokens.resize(static_cast<std::size_t>(calibration.windows * windowSize));
    return calibration;
}

}  // namespace engine
