#pragma once

#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "engine/base/ids.h"
#include "engine/base/result.h"

namespace engine {

class Checkpoint;

/// Text to ids and back. Immutable after loading; may be shared between threads.
class Tokenizer {
public:
    /// Picks tiktoken BPE, byte-level BPE or SentencePiece by what the checkpoint carries (tokenizer.model,
    /// tokenizer.json, GGUF metadata). Errors: notFound when there is no tokenizer, corrupt, unsupported.
    static Result<std::shared_ptr<const Tokenizer>> load(const Checkpoint& checkpoint);

    virtual ~Tokenizer() = default;

    /// Ordinary text: special tokens spelled out in it stay text. No begin-of-text is added. `text` is UTF-8;
    /// invalid bytes are encoded as bytes.
    virtual std::vector<TokenId> encode(std::string_view text) const = 0;
    /// The bytes of one token; may be part of a UTF-8 character. Special tokens give their name
    /// (`<|eot_id|>`), unknown ids nothing.
    virtual std::string bytes(TokenId id) const = 0;
    virtual std::int64_t vocabSize() const = 0;
    /// The id of a special token by its name, e.g. "<|eot_id|>".
    virtual std::optional<TokenId> special(std::string_view name) const = 0;
    virtual bool isSpecial(TokenId id) const = 0;
    virtual std::optional<TokenId> beginOfText() const = 0;
    /// Whether a text's first piece carries a space that is not part of the text (SentencePiece's dummy
    /// prefix).
    virtual bool beginsWithSpace() const { return false; }
    /// Whether raw prompts start with begin-of-text.
    virtual bool addsBeginOfText() const = 0;
    /// Ids that end a generation.
    virtual std::vector<TokenId> stopTokens() const = 0;
    /// "tiktoken", "byte-level BPE", "SentencePiece BPE".
    virtual std::string_view kind() const = 0;

    /// Like encode(), but special tokens spelled out in the text become their ids (for trusted text only).
    std::vector<TokenId> encodeWithSpecials(std::string_view text) const;
    /// All bytes joined, without the tokenizer's own leading space; invalid UTF-8 stays as it is.
    std::string decode(std::span<const TokenId> ids) const;

protected:
    /// Names of all special tokens with their ids, longest first.
    virtual const std::vector<std::pair<std::string, TokenId>>& specials() const = 0;
};

/// Turns token bytes into text that never ends inside a UTF-8 character.
class Utf8Stream {
public:
    /// Text that is complete now; what is incomplete waits. Bytes that can never become a character give
    /// U+FFFD.
    std::string push(std::string_view bytes);
    /// What is left at the end, incomplete characters as U+FFFD.
    std::string finish();

private:
    std::string pending_;
};

}  // namespace engine
