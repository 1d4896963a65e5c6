#pragma once

#include <memory>
#include <string>
#include <vector>

#include "engine/tokenizer/bpe_vocabulary.h"
#include "engine/tokenizer/token_index.h"
#include "engine/tokenizer/tokenizer.h"

namespace engine {

/// Byte-level BPE: Llama 3 (tiktoken ranks) and merge-list vocabularies (Hugging Face, GGUF).
class BpeTokenizer final : public Tokenizer {
public:
    static Result<std::shared_ptr<const Tokenizer>> create(BpeVocabulary vocabulary);

    std::vector<TokenId> encode(std::string_view text) const override;
    std::string bytes(TokenId id) const override;
    std::int64_t vocabSize() const override { return static_cast<std::int64_t>(vocabulary_.tokens.size()); }
    std::optional<TokenId> special(std::string_view name) const override;
    bool isSpecial(TokenId id) const override;
    std::optional<TokenId> beginOfText() const override { return vocabulary_.beginOfText; }
    bool addsBeginOfText() const override { return vocabulary_.addsBeginOfText; }
    std::vector<TokenId> stopTokens() const override { return vocabulary_.stopTokens; }
    std::string_view kind() const override { return vocabulary_.kind; }

protected:
    const std::vector<std::pair<std::string, TokenId>>& specials() const override {
        return vocabulary_.specials;
    }

private:
    BpeTokenizer(BpeVocabulary vocabulary, std::unique_ptr<PreSplitter> splitter);
    void encodePiece(std::string_view piece, std::vector<TokenId>& out) const;

    BpeVocabulary vocabulary_;
    std::unique_ptr<PreSplitter> splitter_;
    TokenIndex ids_;  // ordinary tokens only
    std::vector<bool> isSpecial_;
};

}  // namespace engine
