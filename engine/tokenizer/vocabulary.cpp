#include "engine/tokenizer/vocabulary.h"

#include "engine/base/mapped_file.h"
#include "engine/checkpoint/checkpoint.h"

namespace engine {
namespace {

constexpr std::size_t kMaxFile = std::size_t{128} << 20;

/// Meta's file is text: base64, a space, a rank. A protobuf's first byte (0x0a) is a line feed, which no such
/// line begins with.
bool looksLikeTiktoken(std::string_view file) {
    const auto line = file.substr(0, file.find('\n'));
    const auto space = line.find(' ');
    return !file.empty() && file.front() != '\n' && space != std::string_view::npos && space > 0 &&
           line.find_first_not_of("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/=") ==
               space;
}

template <class Read>
Result<Vocabulary> any(Read read) {
    if (!read)
        return read.error();
    return Vocabulary(std::move(*read));
}

Result<Vocabulary> readFile(const std::filesystem::path& path) {
    auto file = MappedFile::open(path);
    if (!file)
        return file.error();
    const auto bytes = (*file)->bytes();
    if (bytes.size() > kMaxFile)
        return Error{ErrorCode::corrupt, "tokenizer: the file is larger than 128 MiB"};
    const std::string_view text(reinterpret_cast<const char*>(bytes.data()), bytes.size());
    if (path.extension() == ".json")
        return any(readTokenizerJson(text));
    return looksLikeTiktoken(text) ? any(readTiktoken(text)) : any(readSentencePiece(text));
}

}  // namespace

Result<Vocabulary> readVocabulary(const Checkpoint& checkpoint) {
    if (!checkpoint.tokenizerFile.empty()) {
        auto read = readFile(checkpoint.tokenizerFile);
        if (!read)
            return read.error().in(checkpoint.tokenizerFile.string());
        return read;
    }
    const auto model = checkpoint.metadata.text("tokenizer.ggml.model");
    if (model == "gpt2" || model == "llama") {
        auto read = model == "gpt2" ? any(readGgufBpe(checkpoint.metadata))
                                    : any(readGgufSentencePiece(checkpoint.metadata));
        if (!read)
            return read.error().in(checkpoint.path.string());
        return read;
    }
    if (model)
        return Error{ErrorCode::unsupported,
                     "tokenizer: GGUF vocabulary kind '" + *model + "' is not read; gpt2 and llama are"};
    return Error{ErrorCode::notFound, "there is no tokenizer beside " + checkpoint.path.string() +
                                          "; put tokenizer.model or tokenizer.json into the model's folder"};
}

}  // namespace engine
