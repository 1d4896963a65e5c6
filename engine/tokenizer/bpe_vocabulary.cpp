#include "engine/tokenizer/bpe_vocabulary.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <nlohmann/json.hpp>

#include "engine/checkpoint/untrusted_text.h"
#include "engine/tokenizer/base64.h"
#include "engine/tokenizer/utf8.h"

namespace engine {
namespace {

using Json = nlohmann::json;

constexpr std::size_t kMaxTokens = std::size_t{1} << 22;
constexpr std::size_t kMaxTokenBytes = std::size_t{64} << 10;

Error corrupt(const std::string& what) {
    return {ErrorCode::corrupt, "tokenizer: " + what};
}

/// Begin-of-text and stop tokens by their usual names.
void findRoles(BpeVocabulary& vocabulary) {
    const auto find = [&](std::string_view name) -> std::optional<TokenId> {
        for (const auto& [special, id] : vocabulary.specials)
            if (special == name)
                return id;
        return std::nullopt;
    };
    if (!vocabulary.beginOfText)
        vocabulary.beginOfText = find("<|begin_of_text|>");
    vocabulary.addsBeginOfText = vocabulary.addsBeginOfText && vocabulary.beginOfText.has_value();
    for (const char* stop : {"<|end_of_text|>", "<|eom_id|>", "<|eot_id|>", "<|im_end|>", "<|endoftext|>"})
        if (const auto id = find(stop);
            id && std::find(vocabulary.stopTokens.begin(), vocabulary.stopTokens.end(), *id) ==
                      vocabulary.stopTokens.end())
            vocabulary.stopTokens.push_back(*id);
}

/// GPT-2's table: printable bytes stand for themselves, the others for the characters from U+0100 on.
std::array<std::uint32_t, 256> byteAlphabet() {
    std::array<std::uint32_t, 256> table{};
    std::uint32_t next = 256;
    for (std::uint32_t b = 0; b < 256; ++b) {
        const bool printable = (b >= 33 && b <= 126) || (b >= 161 && b <= 172) || b >= 174;
        table[b] = printable ? b : next++;
    }
    return table;
}

std::string mergeKey(std::string_view left, std::string_view right) {
    std::string key(left);
    key += '\0';
    key += right;
    return key;
}

/// Adds the merge of two alphabet-coded pieces. False when a character is foreign.
bool addMerge(BpeVocabulary& vocabulary, std::string_view left, std::string_view right) {
    const auto a = fromByteAlphabet(left);
    const auto b = fromByteAlphabet(right);
    if (!a || !b || a->empty() || b->empty())
        return false;
    vocabulary.merges.emplace(mergeKey(*a, *b), static_cast<std::int32_t>(vocabulary.merges.size()));
    return true;
}

bool addMergeText(BpeVocabulary& vocabulary, std::string_view text) {
    const auto space = text.find(' ');
    return space != std::string_view::npos &&
           addMerge(vocabulary, text.substr(0, space), text.substr(space + 1));
}

}  // namespace

std::string llamaSpecial(int index) {
    static const std::array<const char*, 12> names = {"<|begin_of_text|>",
                                                      "<|end_of_text|>",
                                                      "<|reserved_special_token_0|>",
                                                      "<|reserved_special_token_1|>",
                                                      "<|finetune_right_pad_id|>",
                                                      "<|step_id|>",
                                                      "<|start_header_id|>",
                                                      "<|end_header_id|>",
                                                      "<|eom_id|>",
                                                      "<|eot_id|>",
                                                      "<|python_tag|>",
                                                      "<|image|>"};
    if (index < static_cast<int>(names.size()))
        return names[static_cast<std::size_t>(index)];
    return "<|reserved_special_token_" + std::to_string(index - 10) + "|>";
}

std::optional<std::string> fromByteAlphabet(std::string_view text) {
    static const auto bytes = [] {
        std::unordered_map<std::uint32_t, char> map;
        const auto table = byteAlphabet();
        for (std::size_t b = 0; b < table.size(); ++b)
            map.emplace(table[b], static_cast<char>(b));
        return map;
    }();
    std::string result;
    while (!text.empty()) {
        const int length = utf8Length(text);
        if (length <= 0)
            return std::nullopt;
        const auto at = bytes.find(codePointAt(text));
        if (at == bytes.end())
            return std::nullopt;
        result += at->second;
        text.remove_prefix(static_cast<std::size_t>(length));
    }
    return result;
}

std::string toByteAlphabet(std::string_view bytes) {
    static const auto alphabet = byteAlphabet();
    std::string result;
    for (const char byte : bytes)
        result += toUtf8(alphabet[static_cast<unsigned char>(byte)]);
    return result;
}

Result<BpeVocabulary> readTiktoken(std::string_view file) {
    BpeVocabulary vocabulary;
    vocabulary.kind = "tiktoken";
    std::size_t number = 0;
    while (!file.empty()) {
        const auto end = file.find('\n');
        auto line = file.substr(0, end);
        file = end == std::string_view::npos ? std::string_view{} : file.substr(end + 1);
        ++number;
        if (!line.empty() && line.back() == '\r')
            line.remove_suffix(1);
        if (line.empty())
            continue;
        const auto where = "line " + std::to_string(number) + " of tokenizer.model ";
        const auto space = line.find(' ');
        const auto bytes =
            space == std::string_view::npos ? std::nullopt : decodeBase64(line.substr(0, space));
        if (!bytes || bytes->size() > kMaxTokenBytes)
            return corrupt(where + "is not 'base64 rank'");
        std::size_t rank = 0;
        const auto digits = line.substr(space + 1);
        const auto parsed = std::from_chars(digits.data(), digits.data() + digits.size(), rank);
        if (parsed.ec != std::errc{} || parsed.ptr != digits.data() + digits.size() ||
            rank != vocabulary.tokens.size())
            return corrupt(where + "does not have the rank " + std::to_string(vocabulary.tokens.size()));
        if (vocabulary.tokens.size() >= kMaxTokens)
            return corrupt("tokenizer.model has too many tokens");
        vocabulary.tokens.push_back(*bytes);
    }
    if (vocabulary.tokens.size() < 256)
        return corrupt("tokenizer.model has " + std::to_string(vocabulary.tokens.size()) +
                       " tokens, at least the 256 bytes are needed");
    const auto first = vocabulary.tokens.size();
    for (int i = 0; i < kLlamaSpecials; ++i) {
        vocabulary.specials.emplace_back(llamaSpecial(i), TokenId{static_cast<std::int32_t>(first) + i});
        vocabulary.tokens.push_back(llamaSpecial(i));
    }
    findRoles(vocabulary);
    return vocabulary;
}

namespace {

Result<void> readJsonVocabulary(const Json& json, BpeVocabulary& vocabulary) {
    const auto model = json.find("model");
    if (model == json.end() || !model->is_object() || model->value("type", Json("BPE")) != Json("BPE"))
        return Error{ErrorCode::unsupported, "tokenizer: tokenizer.json has no BPE model"};
    const auto vocab = model->find("vocab");
    if (vocab == model->end() || !vocab->is_object() || vocab->size() > kMaxTokens)
        return corrupt("tokenizer.json has no vocabulary, or too large a one");
    std::vector<std::pair<std::string, std::int64_t>> all;
    const auto idOf = [](const Json& id) {
        return id.is_number_integer() ? id.get<std::int64_t>() : std::int64_t{-1};
    };
    for (const auto& [text, id] : vocab->items()) {
        const auto bytes = fromByteAlphabet(text);
        if (!bytes)
            return Error{ErrorCode::unsupported, "tokenizer: the token of id " + std::to_string(idOf(id)) +
                                                     " is not in the byte-level alphabet"};
        all.emplace_back(*bytes, idOf(id));
    }
    if (const auto added = json.find("added_tokens"); added != json.end() && added->is_array())
        for (const auto& token : *added) {
            if (!token.is_object() || !token.contains("content") || !token["content"].is_string() ||
                !token.contains("id"))
                return corrupt("an added token of tokenizer.json lacks id or content");
            const auto id = idOf(token["id"]);
            if (id < 0 || id >= static_cast<std::int64_t>(kMaxTokens))
                return corrupt("an added token of tokenizer.json has an impossible id");
            all.emplace_back(token["content"].get<std::string>(), id);
            vocabulary.specials.emplace_back(token["content"].get<std::string>(),
                                             TokenId{static_cast<std::int32_t>(id)});
        }
    for (const auto& [bytes, id] : all) {
        if (id < 0 || id >= static_cast<std::int64_t>(kMaxTokens) || bytes.size() > kMaxTokenBytes)
            return corrupt("tokenizer.json has a token with an impossible id or length");
        if (static_cast<std::size_t>(id) >= vocabulary.tokens.size())
            vocabulary.tokens.resize(static_cast<std::size_t>(id) + 1);
        vocabulary.tokens[static_cast<std::size_t>(id)] = bytes;
    }
    vocabulary.wholePieceFirst = model->contains("ignore_merges") && (*model)["ignore_merges"] == Json(true);
    const auto merges = model->find("merges");
    if (merges == model->end() || !merges->is_array())
        return corrupt("tokenizer.json has no merges");
    for (const auto& merge : *merges) {
        const bool pair =
            merge.is_array() && merge.size() == 2 && merge[0].is_string() && merge[1].is_string();
        const bool ok = pair ? addMerge(vocabulary, merge[0].get<std::string>(), merge[1].get<std::string>())
                             : merge.is_string() && addMergeText(vocabulary, merge.get<std::string>());
        if (!ok)
            return corrupt("a merge of tokenizer.json is not a pair of byte-level texts");
    }
    return {};
}

}  // namespace

Result<BpeVocabulary> readTokenizerJson(std::string_view file) {
    if (!withinLimits(file, {32, 2 * kMaxTokens}))
        return corrupt("tokenizer.json is nested deeper than 32 or has too many values");
    const Json json = Json::parse(file, nullptr, false);
    if (json.is_discarded() || !json.is_object())
        return corrupt("tokenizer.json is not a valid JSON object");
    BpeVocabulary vocabulary;
    vocabulary.kind = "byte-level BPE";
    if (auto ok = readJsonVocabulary(json, vocabulary); !ok)
        return ok.error();
    // The split pattern stands in the file as text; it is recognized, never compiled.
    const auto pre = json.contains("pre_tokenizer")
                         ? json["pre_tokenizer"].dump(-1, ' ', false, Json::error_handler_t::replace)
                         : "";
    vocabulary.pattern =
        pre.find("{1,3}") != std::string::npos ? PreSplitter::Pattern::llama3 : PreSplitter::Pattern::qwen2;
    findRoles(vocabulary);
    return vocabulary;
}

Result<BpeVocabulary> readGgufBpe(const GgufMetadata& metadata) {
    const auto* tokens = metadata.texts("tokenizer.ggml.tokens");
    const auto* merges = metadata.texts("tokenizer.ggml.merges");
    const auto* types = metadata.integers("tokenizer.ggml.token_type");
    if (tokens == nullptr || merges == nullptr)
        return Error{ErrorCode::notFound, "tokenizer: the GGUF file has no tokens or merges"};
    if (tokens->size() > kMaxTokens || (types != nullptr && types->size() != tokens->size()))
        return corrupt("the GGUF vocabulary is too large, or its types do not fit it");
    constexpr std::int64_t kControl = 3;
    constexpr std::int64_t kUserDefined = 4;
    constexpr std::int64_t kUnused = 5;  // fills the embedding
    BpeVocabulary vocabulary;
    vocabulary.kind = "byte-level BPE";
    for (std::size_t i = 0; i < tokens->size(); ++i) {
        const auto& text = (*tokens)[i];
        const auto type = types != nullptr ? (*types)[i] : 1;
        const auto bytes = fromByteAlphabet(text);
        if (type == kControl || type == kUserDefined || type == kUnused || !bytes) {
            vocabulary.specials.emplace_back(text, TokenId{static_cast<std::int32_t>(i)});
            vocabulary.tokens.push_back(text);
        } else {
            vocabulary.tokens.push_back(*bytes);
        }
    }
    for (const auto& merge : *merges)
        if (!addMergeText(vocabulary, merge))
            return corrupt("a merge of the GGUF file is not a pair of byte-level texts");
    const auto pre = metadata.text("tokenizer.ggml.pre").value_or("llama-bpe");
    vocabulary.pattern = pre == "qwen2" ? PreSplitter::Pattern::qwen2 : PreSplitter::Pattern::llama3;
    vocabulary.wholePieceFirst = pre != "qwen2";
    const auto size = static_cast<std::int64_t>(vocabulary.tokens.size());
    if (const auto id = metadata.integer("tokenizer.ggml.bos_token_id");
        id && *id >= 0 && *id < size && pre != "qwen2")
        vocabulary.beginOfText = TokenId{static_cast<std::int32_t>(*id)};
    vocabulary.addsBeginOfText = metadata.flag("tokenizer.ggml.add_bos_token").value_or(pre != "qwen2");
    for (const char* key :
         {"tokenizer.ggml.eos_token_id", "tokenizer.ggml.eot_token_id", "tokenizer.ggml.eom_token_id"})
        if (const auto id = metadata.integer(key); id && *id >= 0 && *id < size)
            vocabulary.stopTokens.push_back(TokenId{static_cast<std::int32_t>(*id)});
    findRoles(vocabulary);
    return vocabulary;
}

}  // namespace engine
