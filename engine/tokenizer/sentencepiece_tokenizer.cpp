#include "engine/tokenizer/sentencepiece_tokenizer.h"

#include <algorithm>
#include <charconv>

#include "engine/tokenizer/bpe_merge.h"
#include "engine/tokenizer/utf8.h"

namespace engine {
namespace {

constexpr std::string_view kSpace = "\xe2\x96\x81";  // U+2581 stands for a space

/// The value of a piece written "<0xNN>".
std::optional<int> byteOf(std::string_view text) {
    if (text.size() != 6 || !text.starts_with("<0x") || text.back() != '>')
        return std::nullopt;
    int value = 0;
    const auto parsed = std::from_chars(text.data() + 3, text.data() + 5, value, 16);
    if (parsed.ec != std::errc{} || parsed.ptr != text.data() + 5 || value < 0 || value > 255)
        return std::nullopt;
    return value;
}

std::string spacesBack(std::string text) {
    for (std::size_t at = 0; (at = text.find(kSpace, at)) != std::string::npos; ++at)
        text.replace(at, kSpace.size(), " ");
    return text;
}

}  // namespace

Result<std::shared_ptr<const Tokenizer>> SentencePieceTokenizer::create(SentencePieceModel model) {
    for (std::size_t i = 0; i < model.pieces.size(); ++i)
        if (model.pieces[i].type == PieceType::byte && !byteOf(model.pieces[i].text))
            return Error{ErrorCode::corrupt,
                         "tokenizer: byte piece " + std::to_string(i) + " is not written <0xNN>"};
    return std::shared_ptr<const Tokenizer>(new SentencePieceTokenizer(std::move(model)));
}

SentencePieceTokenizer::SentencePieceTokenizer(SentencePieceModel model)
    : model_(std::move(model)), byteIds_(256, -1) {
    for (std::size_t i = 0; i < model_.pieces.size(); ++i) {
        const auto& piece = model_.pieces[i];
        const auto id = static_cast<std::int32_t>(i);
        if (piece.type == PieceType::normal || piece.type == PieceType::userDefined)
            ids_.emplace(piece.text, id);
        else if (piece.type == PieceType::byte)
            byteIds_[static_cast<std::size_t>(*byteOf(piece.text))] = id;
        else if (piece.type == PieceType::control && !piece.text.empty())
            specials_.emplace_back(piece.text, TokenId{id});
    }
    std::sort(specials_.begin(), specials_.end(),
              [](const auto& a, const auto& b) { return a.first.size() > b.first.size(); });
}

std::string SentencePieceTokenizer::normalize(std::string_view text) const {
    if (model_.removeExtraSpaces && text.find_first_not_of(' ') == std::string_view::npos)
        return {};  // nothing is left that a space could stand before
    std::string result;
    bool afterSpace = model_.removeExtraSpaces;  // leading spaces go, too
    if (model_.addDummyPrefix)
        result += kSpace;
    for (const char c : text) {
        const bool space = c == ' ';
        if (space && afterSpace && model_.removeExtraSpaces)
            continue;
        if (space)
            result += kSpace;
        else
            result += c;
        afterSpace = space;
    }
    if (model_.removeExtraSpaces)
        while (std::string_view(result).ends_with(kSpace) && result.size() > kSpace.size())
            result.resize(result.size() - kSpace.size());
    return result;
}

std::vector<TokenId> SentencePieceTokenizer::encode(std::string_view text) const {
    std::vector<TokenId> ids;
    if (text.empty())
        return ids;
    const std::string normalized = normalize(text);
    std::vector<std::size_t> starts;
    for (std::size_t at = 0; at < normalized.size();) {
        starts.push_back(at);
        at += static_cast<std::size_t>(std::max(1, utf8Length(std::string_view(normalized).substr(at))));
    }
    std::string joined;
    const auto rank = [&](std::string_view left, std::string_view right) -> std::optional<double> {
        joined.assign(left).append(right);
        const auto at = ids_.find(joined);
        if (at == ids_.end())
            return std::nullopt;
        return -double{model_.pieces[static_cast<std::size_t>(at->second)].score};
    };
    const auto symbols = mergePairs(normalized, starts, rank);
    for (std::size_t i = 0; i < symbols.size(); ++i) {
        const auto end = i + 1 < symbols.size() ? symbols[i + 1] : normalized.size();
        appendPiece(std::string_view(normalized).substr(symbols[i], end - symbols[i]), ids);
    }
    return ids;
}

void SentencePieceTokenizer::appendPiece(std::string_view piece, std::vector<TokenId>& out) const {
    if (const auto at = ids_.find(std::string(piece)); at != ids_.end()) {
        out.push_back(TokenId{at->second});
        return;
    }
    for (const char c : piece) {
        const auto id = byteIds_[static_cast<unsigned char>(c)];
        out.push_back(TokenId{id >= 0 ? id : std::max(0, model_.unknown)});
        if (id < 0)
            return;  // one unknown piece for the whole character
    }
}

std::string SentencePieceTokenizer::bytes(TokenId id) const {
    if (raw(id) < 0 || raw(id) >= static_cast<std::int32_t>(model_.pieces.size()))
        return {};
    const auto& piece = model_.pieces[static_cast<std::size_t>(raw(id))];
    if (piece.type == PieceType::byte)
        return std::string(1, static_cast<char>(byteOf(piece.text).value_or(0)));
    return piece.type == PieceType::control ? piece.text : spacesBack(piece.text);
}

std::optional<TokenId> SentencePieceTokenizer::special(std::string_view name) const {
    for (const auto& [special, id] : specials_)
        if (special == name)
            return id;
    return std::nullopt;
}

bool SentencePieceTokenizer::isSpecial(TokenId id) const {
    return raw(id) >= 0 && raw(id) < static_cast<std::int32_t>(model_.pieces.size()) &&
           model_.pieces[static_cast<std::size_t>(raw(id))].type == PieceType::control;
}

std::optional<TokenId> SentencePieceTokenizer::beginOfText() const {
    return model_.begin >= 0 ? std::optional(TokenId{model_.begin}) : std::nullopt;
}

std::vector<TokenId> SentencePieceTokenizer::stopTokens() const {
    std::vector<TokenId> ids;
    if (model_.end >= 0)
        ids.push_back(TokenId{model_.end});
    // Documents of story models begin with BOS and have no end token: the next BOS ends one.
    if (model_.begin >= 0)
        ids.push_back(TokenId{model_.begin});
    return ids;
}

}  // namespace engine
