// Small talk, words and lists.
#include <algorithm>

#include "engine/demo/talk_tasks.h"

namespace engine::demo {
namespace {

const std::vector<std::vector<std::string>> kOpposites{
    {"big", "small"},      {"hot", "cold"},     {"up", "down"},     {"old", "young"},   {"fast", "slow"},
    {"light", "dark"},     {"day", "night"},    {"open", "closed"}, {"full", "empty"},  {"wet", "dry"},
    {"happy", "sad"},      {"high", "low"},     {"long", "short"},  {"hard", "soft"},   {"rich", "poor"},
    {"early", "late"},     {"near", "far"},     {"loud", "quiet"},  {"thick", "thin"},  {"strong", "weak"},
    {"left", "right"},     {"clean", "dirty"},  {"good", "bad"},    {"first", "last"},  {"inside", "outside"},
    {"easy", "difficult"}, {"brave", "afraid"}, {"sweet", "sour"},  {"above", "below"}, {"win", "lose"},
    {"begin", "end"},      {"love", "hate"},    {"push", "pull"},   {"buy", "sell"},    {"give", "take"}};
const std::vector<std::string> kLists{"animal",  "colour", "fruit",      "vegetable", "thing",
                                      "job",     "sport",  "instrument", "shape",     "furniture",
                                      "clothes", "drink",  "food",       "pet",       "vehicle"};
const std::vector<std::string> kDays{"Monday", "Tuesday",  "Wednesday", "Thursday",
                                     "Friday", "Saturday", "Sunday"};
const std::vector<std::string> kMonths{"January", "February", "March",     "April",   "May",      "June",
                                       "July",    "August",   "September", "October", "November", "December"};
const std::vector<std::string> kNumberWords{"zero", "one", "two", "three", "four", "five", "six", "seven"};

std::string pluralOfKind(const std::string& kind) {
    static const Bindings special{
        {"clothes", "clothes"}, {"furniture", "pieces of furniture"}, {"food", "foods"}};
    const auto at = special.find(kind);
    return at == special.end() ? plural(kind) : at->second;
}

std::string oneOfKind(const std::string& kind) {
    static const Bindings special{{"clothes", "piece of clothing"}, {"furniture", "piece of furniture"}};
    const auto at = special.find(kind);
    return at == special.end() ? kind : at->second;
}

Turn neighbour(Source& s, const std::vector<std::string>& cycle, const std::string& task, std::size_t step) {
    const auto at = static_cast<std::size_t>(s.chance.number(0, static_cast<std::int64_t>(cycle.size()) - 1));
    return s.turn(task, {{"a", cycle[at]}, {"b", cycle[(at + step) % cycle.size()]}}, "b");
}

Turn spelling(Source& s) {
    const auto word = s.word(s.chance.pick(kLists));
    std::string letters;
    for (const char letter : word)
        letters += (letters.empty() ? "" : "-") + std::string(1, letter);
    return {s.grammar.say("spell.ask", {{"a", word}}, s.chance), letters, {letters}};
}

Turn letterQuestion(Source& s) {
    const auto word = s.word(s.chance.pick(kLists));
    if (s.chance.oneIn(3))
        return s.turn("letters", {{"a", word}, {"b", std::to_string(word.size())}}, "b");
    const bool first = s.chance.oneIn(2);
    return s.turn(first ? "first" : "last",
                  {{"a", word}, {"b", std::string(1, first ? word.front() : word.back())}}, "b");
}

Turn sorting(Source& s) {
    const bool numbers = s.chance.oneIn(2);
    std::vector<std::string> words;
    if (numbers) {
        std::vector<std::int64_t> values;
        while (values.size() < static_cast<std::size_t>(s.chance.number(3, 5)))
            if (const auto n = s.chance.number(1, 99);
                std::find(values.begin(), values.end(), n) == values.end())
                values.push_back(n);
        for (const auto value : values)
            words.push_back(std::to_string(value));
    } else {
        words = s.words(s.chance.pick(kLists), static_cast<std::size_t>(s.chance.number(3, 4)));
    }
    const auto question =
        s.grammar.say(numbers ? "sortnumbers.ask" : "sort.ask", {{"list", commaList(words)}}, s.chance);
    std::sort(words.begin(), words.end(),
              [&](const auto& a, const auto& b) { return numbers ? std::stoi(a) < std::stoi(b) : a < b; });
    return {question, commaList(words), {commaList(words)}};
}

Turn oddOneOut(Source& s) {
    const auto kinds = s.words("listkind", 2);
    auto words = s.words(kinds[0], 3);
    const auto stranger = s.word(kinds[1]);
    words.push_back(stranger);
    s.chance.shuffle(words);
    return s.turn("odd",
                  {{"list", commaList(words)},
                   {"a", stranger},
                   {"kind", oneOfKind(kinds[0])},
                   {"kinds", pluralOfKind(kinds[0])}},
                  "a");
}

}  // namespace

std::vector<std::string> Source::words(std::string_view list, std::size_t count) {
    auto all = grammar.forms(list);
    chance.shuffle(all);
    all.resize(std::min(all.size(), count));
    return all;
}

std::string commaList(const std::vector<std::string>& words) {
    std::string text;
    for (const auto& word : words)
        text += (text.empty() ? "" : ", ") + word;
    return text;
}

std::string enumerated(const std::vector<std::string>& words) {
    std::string text;
    for (std::size_t i = 0; i < words.size(); ++i)
        text += (i == 0 ? "" : i + 1 == words.size() ? " and " : ", ") + words[i];
    return text;
}

std::string plural(const std::string& noun) {
    static const Bindings special{
        {"mouse", "mice"},          {"sheep", "sheep"},     {"deer", "deer"},       {"goldfish", "goldfish"},
        {"foot", "feet"},           {"wolf", "wolves"},     {"shelf", "shelves"},   {"scarf", "scarves"},
        {"fisherman", "fishermen"}, {"potato", "potatoes"}, {"tomato", "tomatoes"}, {"clothes", "clothes"}};
    if (const auto at = special.find(noun); at != special.end())
        return at->second;
    const auto ends = [&](std::string_view end) { return noun.ends_with(end); };
    if (ends("s") || ends("x") || ends("ch") || ends("sh"))
        return noun + "es";
    if (ends("y") && noun.size() > 1 &&
        std::string_view("aeiou").find(noun[noun.size() - 2]) == std::string_view::npos)
        return noun.substr(0, noun.size() - 1) + "ies";
    return noun + "s";
}

std::vector<Turn> talkTask(Source& s) {
    static const std::vector<std::string> kinds{"hello",  "how",     "who",    "can",
                                                "cannot", "unknown", "cannot", "unknown"};
    return {s.turn(s.chance.pick(kinds))};
}

std::vector<Turn> wordTask(Source& s) {
    switch (s.chance.number(0, 6)) {
        case 0: {
            const auto pair = s.chance.pick(kOpposites);
            const bool swapped = s.chance.oneIn(2);
            return {s.turn("opposite", {{"a", pair[swapped ? 1 : 0]}, {"b", pair[swapped ? 0 : 1]}}, "b")};
        }
        case 1: {
            const auto noun =
                s.word(s.chance.pick(std::vector<std::string>{"animal", "thing", "fruit", "job"}));
            return {s.turn("plural", {{"a", noun}, {"b", plural(noun)}}, "b")};
        }
        case 2:
            return {spelling(s)};
        case 3:
            return {letterQuestion(s)};
        case 4:
            return {neighbour(s, kDays, "after", 1)};
        case 5:
            return {neighbour(s, kDays, "before", 6)};
        default:
            return {neighbour(s, kMonths, "monthafter", 1)};
    }
}

std::vector<Turn> listTask(Source& s) {
    const auto form = s.chance.number(0, 4);
    if (form == 0)
        return {sorting(s)};
    if (form == 1)
        return {oddOneOut(s)};
    if (form == 2) {
        const auto kinds = s.words("listkind", 2);
        const auto thing = s.word(kinds[0]);
        return {s.turn("kind", {{"a", thing}, {"kind", oneOfKind(kinds[0])}, {"other", oneOfKind(kinds[1])}},
                       "kind")};
    }
    const auto kind = s.chance.pick(s.grammar.forms("listkind"));
    const auto count = static_cast<std::size_t>(s.chance.number(2, 5));
    auto words = s.words(kind, count + 1);
    const auto extra = words.back();
    words.pop_back();
    const auto said = s.chance.oneIn(2) ? kNumberWords[words.size()] : std::to_string(words.size());
    std::vector<Turn> turns{{s.grammar.say("list.ask", {{"k", said}, {"kind", pluralOfKind(kind)}}, s.chance),
                             capitalized(s.chance.oneIn(2) ? enumerated(words) : commaList(words)) + "."}};
    if (s.chance.oneIn(2))
        turns.push_back({s.grammar.say("list.more.ask", {}, s.chance),
                         s.grammar.say("list.more", {{"v", extra}}, s.chance)});
    return turns;
}

}  // namespace engine::demo
