#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <random>
#include <string>
#include <string_view>
#include <vector>

#include "engine/base/result.h"

namespace engine::demo {

/// Numbers that are the same on every machine for the same seed.
class Chance {
public:
    explicit Chance(std::uint64_t seed) : bits_(seed) {}
    /// Uniform in [low, high].
    std::int64_t number(std::int64_t low, std::int64_t high) {
        return low + static_cast<std::int64_t>(bits_() % static_cast<std::uint64_t>(high - low + 1));
    }
    bool oneIn(std::int64_t n) { return number(1, n) == 1; }
    template <class T>
    T pick(const std::vector<T>& from) {
        return from[static_cast<std::size_t>(number(0, static_cast<std::int64_t>(from.size()) - 1))];
    }
    template <class T>
    void shuffle(std::vector<T>& values) {
        for (std::size_t i = values.size(); i > 1; --i)
            std::swap(values[i - 1],
                      values[static_cast<std::size_t>(number(0, static_cast<std::int64_t>(i) - 1))]);
    }

private:
    std::mt19937_64 bits_;
};

/// Values that a talk fixed: {$name} in a phrase.
using Bindings = std::map<std::string, std::string, std::less<>>;

/// Phrases with several forms each; resources/demo/recipe/grammar.txt explains the notation.
class PhraseGrammar {
public:
    /// Errors: corrupt with file and line, also for a slot that nothing fills; notFound, io.
    static Result<PhraseGrammar> read(const std::filesystem::path& file);
    static Result<PhraseGrammar> parse(std::string_view text, const std::string& file);

    bool has(std::string_view name) const { return phrases_.contains(name); }
    /// All forms of a phrase as they stand; the phrase must be there.
    const std::vector<std::string>& forms(std::string_view name) const;
    /// One form with everything filled in. Names in {$…} must be bound.
    std::string say(std::string_view name, const Bindings& bindings, Chance& chance) const;
    /// A text with slots, filled in.
    std::string fill(std::string_view text, const Bindings& bindings, Chance& chance) const;

private:
    Result<void> check(const std::string& file) const;
    std::string slot(std::string_view inner, const Bindings& bindings, Chance& chance) const;
    std::map<std::string, std::vector<std::string>, std::less<>> phrases_;
};

/// "a" or "an" in front of a word, by its first letter.
std::string withArticle(const std::string& word);
/// The first letter large.
std::string capitalized(std::string text);

}  // namespace engine::demo
