#include "engine/tokenizer/bpe_tokenizer.h"

#include <algorithm>
#include <numeric>

#include "engine/tokenizer/bpe_merge.h"

namespace engine {

Result<std::shared_ptr<const Tokenizer>> BpeTokenizer::create(BpeVocabulary vocabulary) {
    auto splitter = PreSplitter::create(vocabulary.pattern);
    if (!splitter)
        return splitter.error();
    std::sort(vocabulary.specials.begin(), vocabulary.specials.end(),
              [](const auto& a, const auto& b) { return a.first.size() > b.first.size(); });
    return std::shared_ptr<const Tokenizer>(new BpeTokenizer(std::move(vocabulary), std::move(*splitter)));
}

BpeTokenizer::BpeTokenizer(BpeVocabulary vocabulary, std::unique_ptr<PreSplitter> splitter)
    : vocabulary_(std::move(vocabulary)),
      splitter_(std::move(splitter)),
      ids_(vocabulary_.tokens),
      isSpecial_(vocabulary_.tokens.size(), false) {
    for (const auto& [name, id] : vocabulary_.specials)
        isSpecial_[static_cast<std::size_t>(raw(id))] = true;
    for (std::size_t i = 0; i < vocabulary_.tokens.size(); ++i)
        if (!isSpecial_[i] && !vocabulary_.tokens[i].empty())
            ids_.add(static_cast<std::int32_t>(i));
}

std::vector<TokenId> BpeTokenizer::encode(std::string_view text) const {
    std::vector<TokenId> ids;
    splitter_->split(text, [&](std::string_view piece) { encodePiece(piece, ids); });
    return ids;
}

void BpeTokenizer::encodePiece(std::string_view piece, std::vector<TokenId>& out) const {
    if (vocabulary_.wholePieceFirst)
        if (const auto whole = ids_.find(piece)) {
            out.push_back(TokenId{*whole});
            return;
        }
    std::vector<std::size_t> starts(piece.size());
    std::iota(starts.begin(), starts.end(), std::size_t{0});
    const bool byId = vocabulary_.merges.empty();
    const auto rank = [&](std::string_view left, std::string_view right) -> std::optional<double> {
        if (byId)  // what is ranked are neighbours in the text
            return ids_.find({left.data(), left.size() + right.size()});
        std::string key(left);
        key += '\0';
        key += right;
        const auto at = vocabulary_.merges.find(key);
        return at == vocabulary_.merges.end() ? std::nullopt : std::optional<double>(at->second);
    };
    const auto symbols = mergePairs(piece, starts, rank);
    for (std::size_t i = 0; i < symbols.size(); ++i) {
        const auto end = i + 1 < symbols.size() ? symbols[i + 1] : piece.size();
        if (const auto id = ids_.find(piece.substr(symbols[i], end - symbols[i])))
            out.push_back(TokenId{*id});
    }
}

std::string BpeTokenizer::bytes(TokenId id) const {
    const auto index = static_cast<std::size_t>(raw(id));
    return raw(id) >= 0 && index < vocabulary_.tokens.size() ? vocabulary_.tokens[index] : std::string{};
}

std::optional<TokenId> BpeTokenizer::special(std::string_view name) const {
    for (const auto& [special, id] : vocabulary_.specials)
        if (special == name)
            return id;
    return std::nullopt;
}

bool BpeTokenizer::isSpecial(TokenId id) const {
    return raw(id) >= 0 && static_cast<std::size_t>(raw(id)) < isSpecial_.size() &&
           isSpecial_[static_cast<std::size_t>(raw(id))];
}

}  // namespace engine
