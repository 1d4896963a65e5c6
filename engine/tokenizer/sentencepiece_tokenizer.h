#pragma once

#include <memory>
#include <string>
#include <unordered_map>
#include <vector>

#include "engine/tokenizer/sentencepiece_model.h"
#include "engine/tokenizer/tokenizer.h"

namespace engine {

/// SentencePiece BPE with scores and byte fallback: spaces are written U+2581, the pair with the highest
/// score joins first.
class SentencePieceTokenizer final : public Tokenizer {
public:
    static Result<std::shared_ptr<const Tokenizer>> create(SentencePieceModel model);

    std::vector<TokenId> encode(std::string_view text) const override;
    std::string bytes(TokenId id) const override;
    std::int64_t vocabSize() const override { return static_cast<std::int64_t>(model_.pieces.size()); }
    std::optional<TokenId> special(std::string_view name) const override;
    bool isSpecial(TokenId id) const override;
    std::optional<TokenId> beginOfText() const override;
    bool beginsWithSpace() const override { return model_.addDummyPrefix; }
    bool addsBeginOfText() const override { return model_.addBegin && model_.begin >= 0; }
    std::vector<TokenId> stopTokens() const override;
    std::string_view kind() const override { return "SentencePiece BPE"; }

protected:
    const std::vector<std::pair<std::string, TokenId>>& specials() const override { return specials_; }

private:
    explicit SentencePieceTokenizer(SentencePieceModel model);
    void appendPiece(std::string_view piece, std::vector<TokenId>& out) const;
    std::string normalize(std::string_view text) const;

    SentencePieceModel model_;
    std::unordered_map<std::string, std::int32_t> ids_;  // normal and user-defined pieces
    std::vector<std::int32_t> byteIds_;                  // [256], -1 = no byte piece
    std::vector<std::pair<std::string, TokenId>> specials_;
};

}  // namespace engine
