// Sums up to 100, bare and in words.
#include "engine/demo/talk_tasks.h"

namespace engine::demo {
namespace {

Bindings numbers(std::int64_t a, std::int64_t b, std::int64_t c) {
    return {{"a", std::to_string(a)}, {"b", std::to_string(b)}, {"c", std::to_string(c)}};
}

Turn counting(Source& s) {
    const auto from = s.chance.number(1, 60);
    const auto to = from + s.chance.number(3, 8);
    std::vector<std::string> all;
    for (auto n = from; n <= to; ++n)
        all.push_back(std::to_string(n));
    return {s.grammar.say("count.ask", {{"a", std::to_string(from)}, {"b", std::to_string(to)}}, s.chance),
            commaList(all),
            {commaList(all)}};
}

Turn small(Source& s) {
    switch (s.chance.number(0, 3)) {
        case 0: {
            const auto n = s.chance.number(1, 98);
            return s.turn("next", numbers(n, 0, n + 1), "c");
        }
        case 1:
            return counting(s);
        case 2: {
            const auto n = s.chance.number(1, 99);
            return s.turn("even", {{"a", std::to_string(n)}, {"v", n % 2 == 0 ? "even" : "odd"}}, "v");
        }
        default: {
            const auto a = s.chance.number(1, 99);
            auto b = s.chance.number(1, 98);
            b += b >= a ? 1 : 0;
            return s.turn("greater", numbers(a, b, std::max(a, b)), "c");
        }
    }
}

}  // namespace

std::vector<Turn> sumTask(Source& s) {
    const auto form = s.chance.number(0, 4);
    if (form == 0)
        return {small(s)};
    const bool inWords = s.chance.oneIn(2);
    // Half of the sums stay below 20: those are asked most.
    const std::int64_t most = s.chance.oneIn(2) ? 10 : 50;
    Bindings b;
    std::string task;
    if (form == 1) {
        const auto x = s.chance.number(2, inWords ? 9 : 12);
        const auto y = s.chance.number(2, 9);
        b = numbers(x, y, x * y);
        task = inWords ? "each" : "times";
    } else if (form == 2) {
        const auto y = s.chance.number(1, most);
        const auto c = s.chance.number(inWords ? 1 : 0, most);
        b = numbers(c + y, y, c);
        task = inWords ? "less" : "minus";
    } else {
        const auto x = s.chance.number(1, most);
        const auto y = s.chance.number(1, most);
        b = numbers(x, y, x + y);
        task = inWords ? "more" : "sum";
    }
    const auto people = s.words("name", 2);
    b["n"] = people[0];
    b["m"] = people[1];
    b["things"] = plural(s.word(s.chance.oneIn(2) ? "fruit" : "thing"));
    return {s.turn(task, b, "c")};
}

}  // namespace engine::demo
