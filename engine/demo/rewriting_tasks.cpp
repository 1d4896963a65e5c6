// Sentences in another tense, form or wording.
#include "engine/demo/talk_tasks.h"

namespace engine::demo {
namespace {

struct Verb {
    const char* base;
    const char* present;
    const char* past;
    const char* object;  // a list of the grammar
};

const std::vector<Verb> kVerbs{{"eat", "eats", "ate", "fruit"},
                               {"see", "sees", "saw", "animal"},
                               {"buy", "buys", "bought", "thing"},
                               {"find", "finds", "found", "thing"},
                               {"draw", "draws", "drew", "shape"},
                               {"wash", "washes", "washed", "clothes"},
                               {"feed", "feeds", "fed", "pet"},
                               {"take", "takes", "took", "thing"},
                               {"open", "opens", "opened", "openable"},
                               {"carry", "carries", "carried", "thing"},
                               {"clean", "cleans", "cleaned", "furniture"},
                               {"like", "likes", "liked", "instrument"},
                               {"lose", "loses", "lost", "thing"},
                               {"paint", "paints", "painted", "furniture"},
                               {"visit", "visits", "visited", "place"},
                               {"help", "helps", "helped", "job"},
                               {"bring", "brings", "brought", "vegetable"},
                               {"wear", "wears", "wore", "clothes"},
                               {"hold", "holds", "held", "thing"},
                               {"want", "wants", "wanted", "fruit"}};

struct Sentence {
    std::string subject;
    Verb verb;
    std::string object;
    std::string with(const char* form) const { return subject + " " + form + " " + object + "."; }
};

Sentence sentence(Source& s) {
    const auto verb = s.chance.pick(kVerbs);
    auto noun = s.word(verb.object);
    const bool described = s.chance.oneIn(3);
    const auto colour = described ? s.word("colour") + " " : std::string();
    return {s.chance.oneIn(4) ? "The " + s.word("job") : s.word("name"), verb, "the " + colour + noun};
}

std::string lowered(std::string text) {
    if (text.starts_with("The "))
        text[0] = 't';
    return text;
}

std::string upper(std::string text) {
    for (char& c : text)
        c = c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
    return text;
}

Turn shorten(Source& s, const Sentence& x) {
    const std::string extra =
        s.grammar.fill(s.chance.pick(std::vector<std::string>{
                           ", because it is {weather} and there is nothing else to do",
                           ", as always on {weekday} in {season}", " while {name} is {hobby}",
                           ", which was a present from {name}"}),
                       {}, s.chance);
    const auto text = x.with(x.verb.present);
    return {s.grammar.say("short.ask", {{"s", text.substr(0, text.size() - 1) + extra + "."}}, s.chance),
            text};
}

Turn swap(Source& s, const Sentence& x) {
    const auto text = x.with(x.verb.present);
    const auto from = x.object.substr(x.object.rfind(' ') + 1);
    std::string to;
    do
        to = s.word("thing");
    while (to == from);
    auto result = text;
    result.replace(result.rfind(from), from.size(), to);
    return {s.grammar.say("swap.ask", {{"a", from}, {"b", to}, {"s", text}}, s.chance), result};
}

Turn joined(Source& s, const Sentence& x) {
    auto y = sentence(s);
    y.subject = x.subject;
    const auto first = x.with(x.verb.present);
    return {s.grammar.say("join.ask", {{"s", first + " " + y.with(y.verb.present)}}, s.chance),
            first.substr(0, first.size() - 1) + " and " + y.verb.present + " " + y.object + "."};
}

std::vector<Turn> rewritten(Source& s) {
    const auto x = sentence(s);
    const auto present = x.with(x.verb.present);
    const auto base = std::string(x.verb.base) + " " + x.object;
    const auto ask = [&](const char* phrase) { return s.grammar.say(phrase, {{"s", present}}, s.chance); };
    switch (s.chance.number(0, 8)) {
        case 0:
            return {{ask("past.ask"), x.with(x.verb.past)}};
        case 1:
            return {{ask("future.ask"), x.subject + " will " + base + "."}};
        case 2:
            return {{ask("not.ask"), x.subject + " does not " + base + "."}};
        case 3:
            return {{ask("question.ask"), "Does " + lowered(x.subject) + " " + base + "?"}};
        case 4: {
            const auto command = s.word("command");
            return {{s.grammar.say("polite.ask", {{"s", capitalized(command) + "!"}}, s.chance),
                     s.grammar.say("polite.answer", {{"s", command}}, s.chance)}};
        }
        case 5:
            return {{ask("capital.ask"), upper(present)}};
        case 6:
            return {shorten(s, x)};
        case 7:
            return {swap(s, x)};
        default:
            return {joined(s, x)};
    }
}

}  // namespace

std::vector<Turn> rewritingTask(Source& s) {
    auto turns = rewritten(s);
    if (turns[0].answer.find("lease") == std::string::npos)  // a polite form is one of several
        turns[0].keys = {turns[0].answer};
    return turns;
}

}  // namespace engine::demo
