#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "engine/tokenizer/tokenizer.h"
#include "engine/train/decoder_passes.h"
#include "engine/train/training_file.h"

namespace engine::train {

/// Tokens of one text, and which of them are to be learned: an assistant's turns with the token that ends
/// them, or all of a plain text.
struct TrainExample {
    std::vector<std::int32_t> tokens;
    std::vector<std::uint8_t> learned;  // [tokens]

    std::int64_t size() const { return static_cast<std::int64_t>(tokens.size()); }
    bool operator==(const TrainExample&) const = default;
};

/// Two answers to one prompt; the learned tokens are the answers'.
struct PreferencePair {
    TrainExample chosen;
    TrainExample rejected;
};

/// A question whose answers are told right from wrong.
struct VerifiableTask {
    std::vector<std::int32_t> prompt;  ///< up to where the answer begins
    ExpectedAnswer expected;
};

/// A dialog in the prompt format of the tokenizer's family, as the model sees it when it answers.
TrainExample dialogExample(std::span<const Message> messages, const Tokenizer& tokenizer,
                           PromptFormat format);
/// Begin-of-text, the text, and end-of-text where the vocabulary has one.
TrainExample textExample(std::string_view text, const Tokenizer& tokenizer);

struct DataStatistics {
    std::int64_t items = 0;
    std::map<std::string, std::int64_t> kinds;  ///< "chat", "text", "preference", "task"
    std::int64_t validation = 0;                ///< items held out
    std::int64_t tokens = 0;
    std::int64_t learnedTokens = 0;
    std::int64_t shortest = 0, median = 0, p95 = 0, longest = 0;  ///< tokens per item
    std::int64_t duplicates = 0;                                  ///< items that repeat an earlier one
    std::int64_t cut =
        0;  ///< items that are longer than a row: texts go on in the next, dialogs lose their end
    std::vector<std::string> warnings;
};

/// What is trained on and what is held out.
struct TrainingData {
    std::vector<TrainExample> train, validation;
    std::vector<PreferencePair> trainPairs, validationPairs;
    std::vector<VerifiableTask> tasks, validationTasks;
    DataStatistics statistics;
};

/// `validation` is the share that is held out; equal items stay together, and the same seed and items give
/// the same split. `sequence` is the length of a row in tokens. Errors: invalidInput where nothing can be
/// learned; unsupported for tasks with a model whose vocabulary has no turns.
Result<TrainingData> prepareData(const std::vector<TrainingItem>& items, const Tokenizer& tokenizer,
                                 double validation, std::int64_t sequence, std::uint64_t seed);

/// Rows of tokens with what each of them predicts.
struct TrainRow {
    TokenRow row;
    std::vector<std::int32_t> targets;  // [tokens]
    std::vector<float> weights;         // [tokens] 1 where the target is to be learned, else 0
    std::int64_t learned = 0;
};

/// Examples side by side in rows of at most `sequence` tokens, in a seeded order.
std::vector<std::vector<std::size_t>> packRows(const std::vector<TrainExample>& examples,
                                               std::int64_t sequence, std::uint64_t seed, std::int64_t epoch);
TrainRow rowOf(const std::vector<TrainExample>& examples, std::span<const std::size_t> indices);

}  // namespace engine::train
