// Stories from given words, with questions about them.
#include "engine/demo/talk_tasks.h"

namespace engine::demo {
namespace {

Bindings cast(Source& s, bool free) {
    Bindings b;
    b["thing"] = s.word("thing");
    b["place"] = s.word("place");
    b["where"] = "the " + b["place"];
    b["item"] = withArticle(s.chance.oneIn(3) ? s.word("colour") + " " + b["thing"] : b["thing"]);
    b["adjective"] = s.word("adjective");
    const bool person = !free && s.chance.oneIn(4);
    b["animal"] = person ? s.word("job") : s.word("animal");
    b["who"] = b["animal"];
    b["it"] = person ? (s.chance.oneIn(2) ? "he" : "she") : "it";
    b["hero"] = withArticle(s.chance.oneIn(2) ? b["adjective"] + " " + b["who"] : b["who"]);
    do
        b["friend"] = s.word("animal");
    while (b["friend"] == b["who"]);
    do
        b["next"] = s.word("thing");
    while (b["next"] == b["thing"]);
    return b;
}

}  // namespace

std::vector<Turn> storyTask(Source& s) {
    const auto form = s.chance.number(0, 5);
    const auto b = cast(s, form == 0);
    const auto say = [&](const char* phrase) { return s.grammar.say(phrase, b, s.chance); };
    const char* ask = form == 0 ? "story.free.ask" : form == 1 ? "story.person.ask" : "story.ask";
    std::string story = say("story.begin") + " " + say("story.find") + " ";
    if (s.chance.oneIn(2))
        story += say("story.wonder") + " ";
    story += say("story.meet") + " " + say("story.act") + " " + say("story.end");
    std::vector<Turn> turns{{say(ask), story}};
    if (form > 1)
        turns[0].keys = {b.at("who"), b.at("thing")};
    switch (s.chance.number(0, 4)) {
        case 0:
            turns.push_back({say("story.more.ask"), say("story.more")});
            break;
        case 1:
            turns.push_back({say("story.title.ask"), say("story.title")});
            break;
        case 2:
            turns.push_back({say("story.who.ask"), say("story.who")});
            break;
        default:
            break;
    }
    return turns;
}

}  // namespace engine::demo
