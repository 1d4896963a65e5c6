#include "engine/train/training_data.h"

#include <algorithm>
#include <numeric>
#include <random>
#include <set>

namespace engine::train {
namespace {

/// FNV-1a with a finish that spreads the last bytes.
std::uint64_t hashOf(std::string_view text, std::uint64_t seed) {
    std::uint64_t hash = 0xcbf29ce484222325 ^ seed;
    for (const char c : text)
        hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001b3;
    hash ^= hash >> 33;
    hash *= 0xff51afd7ed558ccd;
    return hash ^ (hash >> 33);
}

void append(TrainExample& example, std::span<const TokenId> ids, bool learned) {
    for (const auto id : ids) {
        example.tokens.push_back(raw(id));
        example.learned.push_back(learned ? 1 : 0);
    }
}

/// The token that ends an assistant's turn.
std::optional<TokenId> endOfTurn(const Tokenizer& tokenizer, PromptFormat format) {
    return tokenizer.special(format == PromptFormat::llama3 ? "<|eot_id|>" : "<|im_end|>");
}

/// Transcripts are one text, so that an answer's tokens are those behind what the prompt has in common with
/// it.
TrainExample plainExample(std::span<const Message> messages, const Tokenizer& tokenizer) {
    TrainExample example;
    const auto encoded = [&](std::size_t count) {
        auto prompt = renderDialog(messages.first(count), tokenizer, PromptFormat::plain);
        return prompt ? prompt->tokens : std::vector<TokenId>{};
    };
    const auto withoutHeader = [&](std::vector<TokenId> tokens) {
        for (std::size_t bytes = 0; bytes < std::string_view("Bot:").size() && !tokens.empty();
             tokens.pop_back())
            bytes += tokenizer.bytes(tokens.back()).size();
        return tokens;
    };
    for (std::size_t i = 0; i < messages.size(); ++i) {
        if (messages[i].role != Role::assistant || i == 0)
            continue;
        const auto prompt = encoded(i);
        const auto whole = withoutHeader(encoded(i + 1));
        const auto common = std::mismatch(prompt.begin(), prompt.end(), whole.begin(), whole.end()).second;
        const auto from = static_cast<std::size_t>(common - whole.begin());
        const auto had = std::min(example.tokens.size(), from);
        example.tokens.resize(had);
        example.learned.resize(had);
        append(example, std::span(whole).subspan(had, from - had), false);
        append(example, std::span(whole).subspan(from), true);
    }
    return example;
}

/// Cuts texts into pieces that fit a row; dialogs end where the row ends.
void addFitting(TrainExample example, bool text, std::int64_t sequence, std::vector<TrainExample>& out) {
    const auto most = static_cast<std::size_t>(sequence) + 1;
    for (std::size_t begin = 0; begin + 1 < example.tokens.size(); begin += most - 1) {
        const auto count = std::min(most, example.tokens.size() - begin);
        const auto at = [&](const auto& values) {
            return values.begin() + static_cast<std::ptrdiff_t>(begin);
        };
        const auto n = static_cast<std::ptrdiff_t>(count);
        out.push_back(
            {{at(example.tokens), at(example.tokens) + n}, {at(example.learned), at(example.learned) + n}});
        if (!text)
            return;
    }
}

std::string_view kindName(TrainingItem::Kind kind) {
    constexpr std::string_view kNames[] = {"chat", "text", "preference", "task"};
    return kNames[static_cast<std::size_t>(kind)];
}

class Preparation {
public:
    Preparation(const Tokenizer& tokenizer, std::int64_t sequence)
        : tokenizer_(tokenizer), format_(promptFormatFor(tokenizer)), sequence_(sequence) {}

    Result<void> add(const TrainingItem& item, bool heldOut) {
        ++statistics.kinds[std::string(kindName(item.kind))];
        statistics.validation += heldOut ? 1 : 0;
        if (item.kind == TrainingItem::Kind::task)
            return addTask(item, heldOut ? data_.validationTasks : data_.tasks);
        if (item.kind == TrainingItem::Kind::preference) {
            auto& pairs = heldOut ? data_.validationPairs : data_.trainPairs;
            PreferencePair pair{answered(item, item.chosen), answered(item, item.rejected)};
            count(pair.chosen);
            pair.chosen = fitting(std::move(pair.chosen));
            pair.rejected = fitting(std::move(pair.rejected));
            pairs.push_back(std::move(pair));
            return {};
        }
        const bool text = item.kind == TrainingItem::Kind::text;
        auto example =
            text ? textExample(item.text, tokenizer_) : dialogExample(item.messages, tokenizer_, format_);
        count(example);
        addFitting(std::move(example), text, sequence_, heldOut ? data_.validation : data_.train);
        return {};
    }

    TrainingData take() {
        std::sort(lengths_.begin(), lengths_.end());
        const auto at = [&](std::size_t percent) { return lengths_[(lengths_.size() - 1) * percent / 100]; };
        statistics.shortest = lengths_.front();
        statistics.median = at(50);
        statistics.p95 = at(95);
        statistics.longest = lengths_.back();
        data_.statistics = std::move(statistics);
        return std::move(data_);
    }

    DataStatistics statistics;

private:
    /// Prompts that leave no room for an answer are left out, and counted as cut.
    Result<void> addTask(const TrainingItem& item, std::vector<VerifiableTask>& tasks) {
        if (format_ == PromptFormat::plain)
            return Error{ErrorCode::unsupported,
                         "tasks need a model whose vocabulary has tokens that begin and end turns"};
        auto prompt = renderDialog(item.messages, tokenizer_, format_);
        if (!prompt)
            return prompt.error();
        VerifiableTask task{{}, item.expected};
        for (const auto token : prompt->tokens)
            task.prompt.push_back(raw(token));
        lengths_.push_back(std::ssize(task.prompt));
        statistics.tokens += std::ssize(task.prompt);
        if (std::ssize(task.prompt) >= sequence_)
            ++statistics.cut;
        else
            tasks.push_back(std::move(task));
        return {};
    }
    TrainExample answered(const TrainingItem& item, const std::string& answer) const {
        auto messages = item.messages;
        messages.push_back({Role::assistant, answer});
        auto example = dialogExample(messages, tokenizer_, format_);
        // Only this answer counts, not those of earlier turns.
        const auto last = std::find(example.learned.rbegin(), example.learned.rend(), std::uint8_t{0});
        std::fill(last, example.learned.rend(), std::uint8_t{0});
        return example;
    }
    TrainExample fitting(TrainExample example) const {
        std::vector<TrainExample> pieces;
        addFitting(std::move(example), false, sequence_, pieces);
        return pieces.empty() ? TrainExample{} : std::move(pieces.front());
    }
    void count(const TrainExample& example) {
        lengths_.push_back(example.size());
        statistics.tokens += example.size();
        statistics.learnedTokens +=
            std::count(example.learned.begin(), example.learned.end(), std::uint8_t{1});
        statistics.cut += example.size() > sequence_ + 1 ? 1 : 0;
    }

    const Tokenizer& tokenizer_;
    PromptFormat format_;
    std::int64_t sequence_;
    TrainingData data_;
    std::vector<std::int64_t> lengths_;
};

void warn(DataStatistics& statistics) {
    constexpr std::int64_t kFew = 50;
    auto& warnings = statistics.warnings;
    if (statistics.items < kFew)
        warnings.push_back(
            "there are fewer than 50 examples; a model learns them by heart rather than what they have "
            "in common");
    if (statistics.duplicates * 10 > statistics.items)
        warnings.push_back("more than a tenth of the examples repeat an earlier one");
    if (statistics.cut * 20 > statistics.items)
        warnings.push_back("more than a twentieth of the examples are longer than a row; raise `sequence`");
}

}  // namespace

TrainExample dialogExample(std::span<const Message> messages, const Tokenizer& tokenizer,
                           PromptFormat format) {
    if (format == PromptFormat::plain)
        return plainExample(messages, tokenizer);
    TrainExample example;
    const auto end = endOfTurn(tokenizer, format);
    for (std::size_t i = 0; i < messages.size(); ++i) {
        if (messages[i].role != Role::assistant || i == 0)
            continue;
        const auto prompt = renderDialog(messages.first(i), tokenizer, format);
        // What an answer's own tokens were stays; formats differ from them by nothing or by where a text is
        // cut.
        const auto had = std::min(example.tokens.size(), prompt->tokens.size());
        append(example, std::span(prompt->tokens).subspan(had), false);
        append(example, tokenizer.encode(messages[i].content), true);
        if (end)
            append(example, std::span(&*end, 1), true);
    }
    return example;
}

TrainExample textExample(std::string_view text, const Tokenizer& tokenizer) {
    TrainExample example;
    append(example, renderCompletion(text, tokenizer).tokens, true);
    if (const auto end = tokenizer.special("<|end_of_text|>"))
        append(example, std::span(&*end, 1), true);
    return example;
}

Result<TrainingData> prepareData(const std::vector<TrainingItem>& items, const Tokenizer& tokenizer,
                                 double validation, std::int64_t sequence, std::uint64_t seed) {
    std::vector<std::uint64_t> hashes;
    for (const auto& item : items)
        hashes.push_back(hashOf(item.fingerprint(), seed));
    // The share of all 64-bit numbers; where chance leaves nobody, the item with the smallest one is held
    // out.
    auto bound = static_cast<std::uint64_t>(validation * 0x1p64);
    if (validation > 0.0 && items.size() > 1)
        bound = std::max(bound, *std::min_element(hashes.begin(), hashes.end()) + 1);
    Preparation preparation(tokenizer, sequence);
    std::set<std::uint64_t> seen;
    preparation.statistics.items = static_cast<std::int64_t>(items.size());
    for (std::size_t i = 0; i < items.size(); ++i) {
        preparation.statistics.duplicates += seen.insert(hashes[i]).second ? 0 : 1;
        if (auto ok = preparation.add(items[i], hashes[i] < bound); !ok)
            return ok.error();
    }
    auto data = preparation.take();
    warn(data.statistics);
    if (data.train.empty() && data.trainPairs.empty() && data.tasks.empty())
        return Error{ErrorCode::invalidInput,
                     "nothing is left to train on: the examples are empty or all held out for validation"};
    return data;
}

std::vector<std::vector<std::size_t>> packRows(const std::vector<TrainExample>& examples,
                                               std::int64_t sequence, std::uint64_t seed,
                                               std::int64_t epoch) {
    std::vector<std::size_t> order(examples.size());
    std::iota(order.begin(), order.end(), std::size_t{0});
    std::mt19937_64 bits(seed * 1'000'003 + static_cast<std::uint64_t>(epoch));
    for (std::size_t i = order.size(); i > 1; --i)
        std::swap(order[i - 1], order[bits() % i]);
    std::vector<std::vector<std::size_t>> rows;
    std::int64_t filled = sequence;
    for (const auto index : order) {
        const auto length = examples[index].size() - 1;
        if (filled + length > sequence) {
            rows.emplace_back();
            filled = 0;
        }
        rows.back().push_back(index);
        filled += length;
    }
    return rows;
}

TrainRow rowOf(const std::vector<TrainExample>& examples, std::span<const std::size_t> indices) {
    TrainRow result;
    for (const auto index : indices) {
        const auto& example = examples[index];
        result.row.segments.push_back({result.row.size(), example.size() - 1});
        for (std::size_t i = 0; i + 1 < example.tokens.size(); ++i) {
            result.row.tokens.push_back(example.tokens[i]);
            result.targets.push_back(example.tokens[i + 1]);
            result.weights.push_back(static_cast<float>(example.learned[i + 1]));
            result.learned += example.learned[i + 1];
        }
    }
    return result;
}

}  // namespace engine::train
