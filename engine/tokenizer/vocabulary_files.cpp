// Vocabularies as the files that tokenizers read: for sources that carry theirs inside (GGUF).
#include <algorithm>
#include <bit>
#include <cstring>
#include <nlohmann/json.hpp>
#include <set>

#include "engine/tokenizer/vocabulary.h"

namespace engine {
namespace {

using Json = nlohmann::json;

std::set<std::size_t> specialIds(const BpeVocabulary& vocabulary) {
    std::set<std::size_t> ids;
    for (const auto& [name, id] : vocabulary.specials)
        ids.insert(static_cast<std::size_t>(raw(id)));
    return ids;
}

/// The two pieces that are joined last when only tokens of lower rank may be made of `token`'s bytes.
std::optional<std::pair<std::string, std::string>> lastJoin(
    const std::string& token, std::size_t rank, const std::unordered_map<std::string, std::size_t>& ranks) {
    std::vector<std::string> pieces;
    for (const char byte : token)
        pieces.emplace_back(1, byte);
    while (pieces.size() > 2) {
        std::size_t best = rank;
        std::size_t place = 0;
        for (std::size_t i = 0; i + 1 < pieces.size(); ++i)
            if (const auto at = ranks.find(pieces[i] + pieces[i + 1]);
                at != ranks.end() && at->second < best) {
                best = at->second;
                place = i;
            }
        if (best == rank)
            return std::nullopt;
        pieces[place] += pieces[place + 1];
        pieces.erase(pieces.begin() + static_cast<std::ptrdiff_t>(place) + 1);
    }
    if (pieces.size() < 2)
        return std::nullopt;
    return std::pair{pieces[0], pieces[1]};
}

std::vector<std::string> joinsOf(const BpeVocabulary& vocabulary) {
    const auto specials = specialIds(vocabulary);
    std::unordered_map<std::string, std::size_t> ranks;
    for (std::size_t i = 0; i < vocabulary.tokens.size(); ++i)
        if (specials.count(i) == 0)
            ranks.emplace(vocabulary.tokens[i], i);
    std::vector<std::string> texts;
    for (std::size_t i = 0; i < vocabulary.tokens.size(); ++i)
        if (specials.count(i) == 0)
            if (const auto join = lastJoin(vocabulary.tokens[i], i, ranks))
                texts.push_back(toByteAlphabet(join->first) + " " + toByteAlphabet(join->second));
    return texts;
}

/// Protobuf wire format.
class WireWriter {
public:
    void varint(std::uint32_t field, std::uint64_t value) {
        raw(std::uint64_t{field} << 3);
        raw(value);
    }
    void bytes(std::uint32_t field, std::string_view value) {
        raw(std::uint64_t{field} << 3 | 2);
        raw(value.size());
        out += value;
    }
    void number(std::uint32_t field, float value) {
        raw(std::uint64_t{field} << 3 | 5);
        const auto bits = std::bit_cast<std::uint32_t>(value);
        for (int shift = 0; shift < 32; shift += 8)
            out += static_cast<char>((bits >> shift) & 255U);
    }
    std::string out;

private:
    void raw(std::uint64_t value) {
        for (; value >= 128; value >>= 7)
            out += static_cast<char>((value & 127U) | 128U);
        out += static_cast<char>(value);
    }
};

}  // namespace

std::vector<std::string> mergeTexts(const BpeVocabulary& vocabulary) {
    if (vocabulary.merges.empty())
        return joinsOf(vocabulary);
    std::vector<std::pair<std::int32_t, std::string>> ranked;
    for (const auto& [key, rank] : vocabulary.merges) {
        const auto divider = key.find('\0', 1);  // a piece may itself be the byte 0
        ranked.emplace_back(rank, toByteAlphabet(std::string_view(key).substr(0, divider)) + " " +
                                      toByteAlphabet(std::string_view(key).substr(divider + 1)));
    }
    std::sort(ranked.begin(), ranked.end());
    std::vector<std::string> texts;
    texts.reserve(ranked.size());
    for (auto& [rank, text] : ranked)
        texts.push_back(std::move(text));
    return texts;
}

std::string toTokenizerJson(const BpeVocabulary& vocabulary) {
    Json added = Json::array();
    for (const auto& [name, id] : vocabulary.specials)
        added.push_back({{"id", raw(id)},
                         {"content", name},
                         {"single_word", false},
                         {"lstrip", false},
                         {"rstrip", false},
                         {"normalized", false},
                         {"special", true}});
    const auto specials = specialIds(vocabulary);
    Json tokens = Json::object();
    for (std::size_t i = 0; i < vocabulary.tokens.size(); ++i)
        if (specials.count(i) == 0)
            tokens[toByteAlphabet(vocabulary.tokens[i])] = i;
    const Json split{{"type", "Split"},
                     {"pattern", {{"Regex", PreSplitter::expression(vocabulary.pattern)}}},
                     {"behavior", "Isolated"},
                     {"invert", false}};
    const Json bytes{
        {"type", "ByteLevel"}, {"add_prefix_space", false}, {"trim_offsets", true}, {"use_regex", false}};
    return Json{{"version", "1.0"},
                {"truncation", nullptr},
                {"padding", nullptr},
                {"added_tokens", added},
                {"normalizer", nullptr},
                {"pre_tokenizer", {{"type", "Sequence"}, {"pretokenizers", {split, bytes}}}},
                {"post_processor", nullptr},
                {"decoder", bytes},
                {"model",
                 {{"type", "BPE"},
                  {"dropout", nullptr},
                  {"unk_token", nullptr},
                  {"continuing_subword_prefix", nullptr},
                  {"end_of_word_suffix", nullptr},
                  {"fuse_unk", false},
                  {"byte_fallback", false},
                  {"ignore_merges", vocabulary.wholePieceFirst},
                  {"vocab", tokens},
                  {"merges", mergeTexts(vocabulary)}}}}
        .dump(1, ' ', false, Json::error_handler_t::replace);
}

std::string toSentencePieceFile(const SentencePieceModel& model) {
    constexpr std::uint64_t kBpe = 2;
    WireWriter file;
    for (const auto& piece : model.pieces) {
        WireWriter entry;
        entry.bytes(1, piece.text);
        entry.number(2, piece.score);
        entry.varint(3, static_cast<std::uint64_t>(piece.type));
        file.bytes(1, entry.out);
    }
    const auto id = [](std::int32_t value) { return static_cast<std::uint64_t>(std::int64_t{value}); };
    WireWriter trainer;
    trainer.varint(3, kBpe);
    trainer.varint(4, model.pieces.size());
    trainer.varint(35, 1);  // byte fallback
    trainer.varint(40, id(model.unknown));
    trainer.varint(41, id(model.begin));
    trainer.varint(42, id(model.end));
    file.bytes(2, trainer.out);
    WireWriter normalizer;
    normalizer.bytes(1, "identity");
    normalizer.varint(3, model.addDummyPrefix ? 1 : 0);
    normalizer.varint(4, model.removeExtraSpaces ? 1 : 0);
    normalizer.varint(5, 1);  // white space is escaped
    file.bytes(3, normalizer.out);
    return file.out;
}

}  // namespace engine
