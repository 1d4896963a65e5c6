#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "engine/base/result.h"
#include "engine/checkpoint/gguf_metadata.h"

namespace engine {

enum class PieceType : std::uint8_t {
    normal = 1,
    unknown = 2,
    control = 3,
    userDefined = 4,
    unused = 5,
    byte = 6
};

struct Piece {
    std::string text;
    float score = 0.0F;
    PieceType type = PieceType::normal;
};

/// A SentencePiece BPE vocabulary, whatever file it came from.
struct SentencePieceModel {
    std::vector<Piece> pieces;
    bool addDummyPrefix = true;  ///< one space before the text
    bool removeExtraSpaces = false;
    bool addBegin = true;  ///< raw prompts start with `begin`
    std::int32_t unknown = 0;
    std::int32_t begin = 1;
    std::int32_t end = 2;
};

/// A tokenizer.model protobuf (sentencepiece_model.proto: pieces, trainer_spec, normalizer_spec). Character
/// normalization other than the whitespace escape is treated as identity. Errors: corrupt with the offset,
/// unsupported for other than BPE.
Result<SentencePieceModel> readSentencePiece(std::string_view file);
/// GGUF metadata with tokenizer.ggml.model = llama. Errors: notFound, corrupt.
Result<SentencePieceModel> readGgufSentencePiece(const GgufMetadata& metadata);

}  // namespace engine
