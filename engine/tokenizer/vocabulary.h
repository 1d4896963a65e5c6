#pragma once

#include <variant>

#include "engine/tokenizer/bpe_vocabulary.h"
#include "engine/tokenizer/sentencepiece_model.h"

namespace engine {

class Checkpoint;

/// What a tokenizer consists of, whatever file it came from.
using Vocabulary = std::variant<BpeVocabulary, SentencePieceModel>;

/// The vocabulary beside or inside a checkpoint. Errors: notFound when there is none, corrupt, unsupported.
Result<Vocabulary> readVocabulary(const Checkpoint& checkpoint);

/// "left right" in GPT-2's byte alphabet, by rank. Of tiktoken's ranks the joins that make each token.
std::vector<std::string> mergeTexts(const BpeVocabulary& vocabulary);

/// Hugging Face's tokenizer.json.
std::string toTokenizerJson(const BpeVocabulary& vocabulary);
/// SentencePiece's tokenizer.model, a protobuf.
std::string toSentencePieceFile(const SentencePieceModel& model);

}  // namespace engine
