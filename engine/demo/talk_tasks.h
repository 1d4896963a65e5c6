#pragma once

#include <functional>
#include <string>
#include <vector>

#include "engine/demo/phrase_grammar.h"

namespace engine::demo {

/// A question and the right answer.
struct Turn {
    std::string question;
    std::string answer;
    std::vector<std::string> keys = {};  ///< words that a right answer holds; empty where none can be told
};

/// What tasks draw from.
struct Source {
    const PhraseGrammar& grammar;
    Chance& chance;

    std::string word(std::string_view list) { return grammar.say(list, {}, chance); }
    /// A turn by the phrases `task`.ask and `task`.answer.
    /// Its key is what `key` is bound to; without one nothing is marked.
    Turn turn(const std::string& task, const Bindings& bindings = {}, std::string_view key = {}) {
        Turn made{grammar.say(task + ".ask", bindings, chance),
                  grammar.say(task + ".answer", bindings, chance)};
        if (const auto at = bindings.find(key); at != bindings.end())
            made.keys.push_back(at->second);
        return made;
    }
    /// `count` different words of a list.
    std::vector<std::string> words(std::string_view list, std::size_t count);
};

/// One kind of exercise: one or more turns that belong together.
struct Task {
    std::string_view name;
    int share;  ///< how often it occurs, of all shares
    std::vector<Turn> (*make)(Source&);
};

std::vector<Turn> talkTask(Source& source);
std::vector<Turn> storyTask(Source& source);
std::vector<Turn> readingTask(Source& source);
std::vector<Turn> sumTask(Source& source);
std::vector<Turn> wordTask(Source& source);
std::vector<Turn> listTask(Source& source);
std::vector<Turn> rewritingTask(Source& source);

inline constexpr Task kTasks[] = {
    {"talk", 8, talkTask},   {"story", 16, storyTask}, {"reading", 24, readingTask},    {"sums", 18, sumTask},
    {"words", 12, wordTask}, {"lists", 12, listTask},  {"rewriting", 12, rewritingTask}};

/// "a, b and c"
std::string enumerated(const std::vector<std::string>& words);
/// "a, b, c"
std::string commaList(const std::vector<std::string>& words);
/// The plural of an English noun of the grammar.
std::string plural(const std::string& noun);

}  // namespace engine::demo
