// A short text about one or two persons, and questions that it answers or does not.
#include <algorithm>

#include "engine/demo/talk_tasks.h"

namespace engine::demo {
namespace {

const std::vector<std::string> kKinds{"age",   "town",    "job",    "pet", "food",
                                      "hobby", "vehicle", "colour", "day", "instrument"};

struct Fact {
    std::string kind;
    std::string person;
    std::string value;
};

std::string valueOf(Source& s, const std::string& kind) {
    if (kind == "age")
        return std::to_string(s.chance.number(5, 89));
    return s.word(kind == "day" ? "weekday" : kind);
}

bool contains(const std::vector<Fact>& facts, const std::string& kind) {
    return std::any_of(facts.begin(), facts.end(), [&](const Fact& f) { return f.kind == kind; });
}

Bindings bound(const Fact& fact) {
    return {{"n", fact.person}, {"v", fact.value}};
}

/// "Which person lives in Rome?" needs no phrase of its own: the fact's question with "Who" is enough for
/// three kinds.
Turn whoQuestion(const Fact& fact) {
    const std::string question = fact.kind == "town"  ? "Who lives in " + fact.value + "?"
                                 : fact.kind == "job" ? "Who is " + withArticle(fact.value) + "?"
                                                      : "Who has " + withArticle(fact.value) + "?";
    return {question, fact.person + ".", {fact.person}};
}

}  // namespace

std::vector<Turn> readingTask(Source& s) {
    const auto people = s.words("name", s.chance.oneIn(3) ? 2 : 1);
    std::vector<Fact> facts;
    const auto count = static_cast<std::size_t>(s.chance.number(2, 4));
    while (facts.size() < count) {
        // Two persons share a kind now and then, so that the name has to be read.
        const auto kind = s.chance.pick(kKinds);
        const auto person = s.chance.pick(people);
        const bool anywhere = kind == "colour" || kind == "day";  // their questions name no person
        if (std::any_of(facts.begin(), facts.end(),
                        [&](const Fact& f) { return f.kind == kind && (anywhere || f.person == person); }))
            continue;
        const auto value = valueOf(s, kind);
        if (std::any_of(facts.begin(), facts.end(), [&](const Fact& f) { return f.value == value; }))
            continue;
        facts.push_back({kind, person, value});
    }
    std::string text;
    for (const auto& fact : facts) {
        // Forms that name a second day would make "which day" ambiguous.
        std::string sentence;
        do
            sentence = s.grammar.say("fact." + fact.kind + ".say", bound(fact), s.chance);
        while (fact.kind == "food" && contains(facts, "day") && sentence.find("day") != std::string::npos);
        text += sentence + " ";
    }
    if (s.chance.oneIn(3))
        text += s.grammar.say("read.filler", {}, s.chance) + " ";
    text.pop_back();
    s.chance.shuffle(facts);
    std::vector<Turn> turns;
    const auto questions = std::min(facts.size(), static_cast<std::size_t>(s.chance.number(1, 3)));
    for (std::size_t i = 0; i < questions; ++i) {
        const auto& fact = facts[i];
        const bool nameable = fact.kind == "town" || fact.kind == "job" || fact.kind == "pet";
        turns.push_back(nameable && s.chance.oneIn(4) ? whoQuestion(fact)
                                                      : s.turn("fact." + fact.kind, bound(fact), "v"));
    }
    if (s.chance.oneIn(4)) {
        const auto kind = s.chance.pick(kKinds);
        if (!contains(facts, kind) && !(kind == "day" && text.find("day") != std::string::npos))
            turns.push_back({s.grammar.say("fact." + kind + ".ask", {{"n", people[0]}}, s.chance),
                             s.grammar.say("read.missing", {}, s.chance),
                             {"not"}});
    }
    turns.front().question =
        s.grammar.say("read.lead", {{"text", text}}, s.chance) + " " + turns.front().question;
    return turns;
}

}  // namespace engine::demo
