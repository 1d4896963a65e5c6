#include "engine/tokenizer/gguf_vocabulary.h"

#include <algorithm>

namespace engine {
namespace {

constexpr std::int32_t kNormal = 1;
constexpr std::int32_t kControl = 3;
constexpr std::int32_t kUnused = 5;

/// Token texts with their types, and scores where the vocabulary has them.
struct Tokens {
    std::vector<std::string> texts;
    std::vector<std::int32_t> types;
    std::vector<float> scores;

    void add(std::string text, std::int32_t type, float score = 0.0F) {
        texts.push_back(std::move(text));
        types.push_back(type);
        scores.push_back(score);
    }

    Result<void> fit(std::int64_t vocabSize) {
        const auto size = static_cast<std::size_t>(vocabSize);
        for (std::size_t i = size; i < types.size(); ++i)
            if (types[i] != kControl && types[i] != kUnused)
                return Error{ErrorCode::invalidInput, "the tokenizer has " + std::to_string(texts.size()) +
                                                          " tokens, the embedding only " +
                                                          std::to_string(vocabSize) + " rows"};
        while (texts.size() < size)
            add("[PAD" + std::to_string(texts.size()) + "]", kUnused, -1e4F);
        texts.resize(size);
        types.resize(size);
        scores.resize(size);
        return {};
    }
};

std::uint32_t number(TokenId id) {
    return static_cast<std::uint32_t>(raw(id));
}

Result<std::vector<GgufEntry>> entriesOf(const BpeVocabulary& vocabulary, std::int64_t vocabSize,
                                         const std::vector<TokenId>& stopTokens) {
    Tokens tokens;
    for (const auto& token : vocabulary.tokens)
        tokens.add(toByteAlphabet(token), kNormal);
    for (const auto& [name, id] : vocabulary.specials) {
        tokens.texts[static_cast<std::size_t>(raw(id))] = name;
        tokens.types[static_cast<std::size_t>(raw(id))] = kControl;
    }
    if (auto ok = tokens.fit(vocabSize); !ok)
        return ok.error();
    const bool llama = vocabulary.pattern == PreSplitter::Pattern::llama3;
    std::vector<GgufEntry> entries{{"tokenizer.ggml.model", std::string("gpt2")},
                                   {"tokenizer.ggml.pre", std::string(llama ? "llama-bpe" : "qwen2")},
                                   {"tokenizer.ggml.tokens", std::move(tokens.texts)},
                                   {"tokenizer.ggml.token_type", std::move(tokens.types)},
                                   {"tokenizer.ggml.merges", mergeTexts(vocabulary)},
                                   {"tokenizer.ggml.add_bos_token", vocabulary.addsBeginOfText}};
    if (vocabulary.beginOfText)
        entries.push_back({"tokenizer.ggml.bos_token_id", number(*vocabulary.beginOfText)});
    const auto& stops = stopTokens.empty() ? vocabulary.stopTokens : stopTokens;
    if (!stops.empty())
        entries.push_back({"tokenizer.ggml.eos_token_id", number(stops.front())});
    const std::pair<const char*, const char*> roles[] = {{"<|eot_id|>", "tokenizer.ggml.eot_token_id"},
                                                         {"<|im_end|>", "tokenizer.ggml.eot_token_id"},
                                                         {"<|eom_id|>", "tokenizer.ggml.eom_token_id"}};
    for (const auto& [name, id] : vocabulary.specials)
        for (const auto& [text, key] : roles)
            if (name == text && raw(id) < vocabSize)
                entries.push_back({key, number(id)});
    return entries;
}

Result<std::vector<GgufEntry>> entriesOf(const SentencePieceModel& model, std::int64_t vocabSize,
                                         const std::vector<TokenId>&) {
    Tokens tokens;
    for (const auto& piece : model.pieces)
        tokens.add(piece.text, static_cast<std::int32_t>(piece.type), piece.score);
    if (auto ok = tokens.fit(vocabSize); !ok)
        return ok.error();
    std::vector<GgufEntry> entries{{"tokenizer.ggml.model", std::string("llama")},
                                   {"tokenizer.ggml.pre", std::string("default")},
                                   {"tokenizer.ggml.tokens", std::move(tokens.texts)},
                                   {"tokenizer.ggml.scores", std::move(tokens.scores)},
                                   {"tokenizer.ggml.token_type", std::move(tokens.types)},
                                   {"tokenizer.ggml.add_bos_token", model.addBegin},
                                   {"tokenizer.ggml.add_eos_token", false},
                                   {"tokenizer.ggml.add_space_prefix", model.addDummyPrefix},
                                   {"tokenizer.ggml.remove_extra_whitespaces", model.removeExtraSpaces}};
    for (const auto& [key, id] : {std::pair{"tokenizer.ggml.bos_token_id", model.begin},
                                  {"tokenizer.ggml.eos_token_id", model.end},
                                  {"tokenizer.ggml.unknown_token_id", model.unknown}})
        if (id >= 0)
            entries.push_back({key, static_cast<std::uint32_t>(id)});
    return entries;
}

}  // namespace

Result<std::vector<GgufEntry>> ggufEntries(const Vocabulary& vocabulary, std::int64_t vocabSize,
                                           const std::vector<TokenId>& stopTokens) {
    return std::visit([&](const auto& known) { return entriesOf(known, vocabSize, stopTokens); }, vocabulary);
}

}  // namespace engine
