#include "engine/demo/demo_corpus.h"

#include <nlohmann/json.hpp>
#include <numeric>

namespace engine::demo {
namespace {

const Task& drawn(Chance& chance) {
    std::int64_t all = 0;
    for (const auto& task : kTasks)
        all += task.share;
    auto at = chance.number(1, all);
    for (const auto& task : kTasks)
        if ((at -= task.share) <= 0)
            return task;
    return kTasks[0];
}

}  // namespace

Talk makeTalk(const PhraseGrammar& grammar, std::uint64_t seed, std::int64_t index, std::size_t letters) {
    Chance chance(seed * 0x9e3779b97f4a7c15 + static_cast<std::uint64_t>(index));
    Source source{grammar, chance};
    Talk talk;
    std::size_t length = 0;
    const auto add = [&](const std::vector<Turn>& turns, std::string_view task) {
        for (const auto& turn : turns) {
            length += turn.question.size() + turn.answer.size();
            if (length > letters && !talk.tasks.empty())
                return;
            talk.messages.push_back({Role::user, turn.question});
            talk.messages.push_back({Role::assistant, turn.answer});
            talk.tasks.emplace_back(task);
            talk.keys.push_back(turn.keys);
        }
    };
    if (chance.oneIn(6))
        add({source.turn("hello")}, "talk");
    const auto exercises = chance.number(1, 5);
    for (std::int64_t i = 0; i < exercises; ++i) {
        const auto& task = drawn(chance);
        add(task.make(source), task.name);
    }
    if (chance.oneIn(5))
        add({source.turn(chance.oneIn(2) ? "thanks" : "bye")}, "talk");
    return talk;
}

std::string jsonLine(const Talk& talk) {
    auto messages = nlohmann::json::array();
    for (const auto& message : talk.messages)
        messages.push_back({{"role", name(message.role)}, {"content", message.content}});
    return nlohmann::json{{"messages", messages}}.dump();
}

}  // namespace engine::demo
