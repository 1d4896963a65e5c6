#include "engine/demo/picture_tasks.h"

#include <algorithm>
#include <map>

#include "engine/demo/picture_canvas.h"

namespace engine::demo {
namespace {

constexpr std::size_t kQuestions = 4;  // of a picture that is trained on, beside its details

struct NamedColour {
    const char* name;
    Colour value;
};
constexpr NamedColour kColours[] = {{"red", {210, 35, 40}},    {"blue", {40, 80, 205}},
                                    {"green", {35, 150, 60}},  {"yellow", {240, 205, 40}},
                                    {"black", {25, 25, 25}},   {"orange", {240, 130, 25}},
                                    {"purple", {130, 50, 160}}};
constexpr Colour kPapers[] = {{255, 255, 255}, {240, 240, 235}, {225, 235, 245}, {245, 235, 225}};

const char* const kPlaces[] = {"top left",     "top middle",  "top right",     "middle left", "centre",
                               "middle right", "bottom left", "bottom middle", "bottom right"};

/// A figure in one of the nine cells of the picture.
struct Item {
    std::string figure;
    std::string colour;
    std::int64_t cell = 0;  // row-major

    std::int64_t row() const { return cell / 3; }
    std::int64_t col() const { return cell % 3; }
};

Colour valueOf(const std::string& colour) {
    return std::find_if(std::begin(kColours), std::end(kColours),
                        [&](const auto& known) { return colour == known.name; })
        ->value;
}

/// Items row by row, each row from the left: one order is right.
std::vector<Item> inReadingOrder(std::vector<Item> items) {
    std::sort(items.begin(), items.end(), [](const Item& a, const Item& b) { return a.cell < b.cell; });
    return items;
}

/// A colour a little lighter or darker, as no two printers agree.
Colour shaded(const std::string& colour, Chance& chance) {
    auto value = valueOf(colour);
    for (auto& channel : value)
        channel =
            static_cast<std::uint8_t>(std::clamp<std::int64_t>(channel + chance.number(-12, 12), 0, 255));
    return value;
}

std::vector<std::string> someColours(std::size_t count, Chance& chance) {
    std::vector<std::string> names;
    for (const auto& colour : kColours)
        names.emplace_back(colour.name);
    chance.shuffle(names);
    names.resize(count);
    return names;
}

Colour paper(Chance& chance) {
    return kPapers[static_cast<std::size_t>(chance.number(0, std::ssize(kPapers) - 1))];
}

std::string joined(const std::vector<std::string>& sentences) {
    std::string text;
    for (const auto& sentence : sentences)
        text += (text.empty() ? "" : " ") + sentence;
    return text;
}

/// Questions of one picture; those that have no clear answer are never asked.
class Questions {
public:
    Questions(const PhraseGrammar& phrases, Chance& chance) : phrases_(phrases), chance_(chance) {}

    void ask(const char* kind, const std::string& task, const Bindings& bindings,
             std::vector<std::string> keys) {
        list_.push_back({kind,
                         {phrases_.say(task + ".ask", bindings, chance_),
                          phrases_.say(task + ".answer", bindings, chance_), std::move(keys)}});
    }
    void askWhether(const char* kind, const std::string& task, const Bindings& bindings, bool yes) {
        const char* answer = yes ? "yes" : "no";
        list_.push_back(
            {kind,
             {phrases_.say(task + ".ask", bindings, chance_), phrases_.say(answer, {}, chance_), {answer}}});
    }
    /// Every kind is as likely as any other, however many questions of it there are.
    std::vector<PictureQuestion> draw(std::size_t count) {
        std::map<std::string, std::vector<PictureQuestion>> byKind;
        for (auto& question : list_)
            byKind[question.kind].push_back(std::move(question));
        std::vector<PictureQuestion> drawn;
        for (auto& [kind, questions] : byKind)
            drawn.push_back(chance_.pick(questions));
        chance_.shuffle(drawn);
        drawn.resize(std::min(count, drawn.size()));
        return drawn;
    }

private:
    const PhraseGrammar& phrases_;
    Chance& chance_;
    std::vector<PictureQuestion> list_;
};

Bindings counted(std::int64_t n, const std::string& thing) {
    return {
        {"n", std::to_string(n)}, {"are", n == 1 ? "is" : "are"}, {"things", n == 1 ? thing : plural(thing)}};
}

/// One to six figures; with few kinds of them where there is something to count.
std::vector<Item> drawItems(Chance& chance) {
    std::vector<std::int64_t> cells{0, 1, 2, 3, 4, 5, 6, 7, 8};
    chance.shuffle(cells);
    auto kinds = figures();
    chance.shuffle(kinds);
    if (chance.oneIn(2))
        kinds.resize(static_cast<std::size_t>(chance.number(1, 2)));
    const auto colours = someColours(std::size(kColours), chance);
    const bool manyColours = !chance.oneIn(3);
    std::vector<Item> items(static_cast<std::size_t>(chance.number(1, 6)));
    for (std::size_t i = 0; i < items.size(); ++i)
        items[i] = {
            kinds[kinds.size() > 2 ? i % kinds.size()
                                   : static_cast<std::size_t>(chance.number(0, std::ssize(kinds) - 1))],
            manyColours ? colours[i] : chance.pick(colours), cells[i]};
    return items;
}

void askAboutItem(const Item& item, const std::vector<Item>& items, Questions& questions) {
    const auto alike = [&](auto member) {
        return std::count_if(items.begin(), items.end(),
                             [&](const Item& other) { return other.*member == item.*member; });
    };
    const Bindings bindings{
        {"s", item.figure}, {"c", item.colour}, {"p", kPlaces[static_cast<std::size_t>(item.cell)]}};
    if (alike(&Item::colour) == 1)
        questions.ask("figure", "figure", bindings, {item.figure});
    if (alike(&Item::figure) > 1)
        return;
    questions.ask("colour", "colour", bindings, {item.colour});
    questions.ask("place", "place", bindings, {bindings.at("p")});
    for (const auto& other : items) {
        const auto same = std::count_if(items.begin(), items.end(),
                                        [&](const Item& one) { return one.figure == other.figure; });
        if (same > 1 || &other == &item)
            continue;
        const Bindings both{{"s", item.figure}, {"t", other.figure}};
        if (item.col() != other.col())
            questions.askWhether("relation", "left", both, item.col() < other.col());
        if (item.row() != other.row())
            questions.askWhether("relation", "above", both, item.row() < other.row());
    }
}

void askAboutItems(const std::vector<Item>& items, Questions& questions) {
    std::map<std::string, std::int64_t> counts;
    for (const auto& item : items)
        ++counts[item.figure];
    for (const auto& [figure, n] : counts) {
        auto bindings = counted(n, figure);
        bindings["ss"] = plural(figure);
        questions.ask("count", "count", bindings, {std::to_string(n)});
    }
    const auto all = std::ssize(items);
    questions.ask("count", "all", counted(all, "shape"), {std::to_string(all)});
    if (items.size() <= 2) {
        std::vector<std::string> words, keys;
        for (const auto& item : inReadingOrder(items)) {
            keys.push_back(item.colour + " " + item.figure);
            words.push_back(withArticle(keys.back()));
        }
        questions.ask("description", "what", {{"list", enumerated(words)}}, keys);
    }
    for (const auto& item : items)
        askAboutItem(item, items, questions);
}

/// Everything there is to say, word by word: what teaches most about a picture.
Turn detailsOf(const std::vector<Item>& items, const PhraseGrammar& phrases, Chance& chance) {
    std::vector<std::string> places, keys;
    for (const auto& item : inReadingOrder(items)) {
        keys.push_back(kPlaces[static_cast<std::size_t>(item.cell)] + std::string(", ") +
                       withArticle(item.colour + " " + item.figure));
        places.push_back("In the " + keys.back() + ".");
    }
    return {phrases.say("details.ask", {}, chance), joined(places), keys};
}

PictureCanvas paintItems(const std::vector<Item>& items, Chance& chance) {
    PictureCanvas canvas(kPictureSize, kPictureSize, paper(chance));
    constexpr double kCell = static_cast<double>(kPictureSize) / 3.0;
    for (const auto& item : items) {
        const auto radius = static_cast<double>(chance.number(22, 30)) / 2.0;
        const auto jitter = [&] { return static_cast<double>(chance.number(-3, 3)); };
        const double x = (static_cast<double>(item.col()) + 0.5) * kCell + jitter();
        const double y = (static_cast<double>(item.row()) + 0.5) * kCell + jitter();
        canvas.figure(item.figure, x, y, radius, shaded(item.colour, chance));
    }
    return canvas;
}

struct Bar {
    std::string colour;
    std::int64_t height = 1;  // of kMostUnits
};
constexpr std::int64_t kMostUnits = 6;

std::vector<Bar> drawBars(Chance& chance) {
    const auto colours = someColours(static_cast<std::size_t>(chance.number(2, 5)), chance);
    std::vector<std::int64_t> heights{1, 2, 3, 4, 5, 6};
    chance.shuffle(heights);
    std::vector<Bar> bars;
    for (std::size_t i = 0; i < colours.size(); ++i)
        bars.push_back({colours[i], heights[i]});
    return bars;
}

void askAboutBars(const std::vector<Bar>& bars, Questions& questions) {
    const auto count = std::to_string(bars.size());
    const auto lower = [](const Bar& a, const Bar& b) { return a.height < b.height; };
    const auto& highest = *std::max_element(bars.begin(), bars.end(), lower);
    const auto& lowest = *std::min_element(bars.begin(), bars.end(), lower);
    questions.ask("bars", "bars", {{"n", count}}, {count});
    questions.ask("description", "chart", {{"n", count}}, {"chart", count});
    questions.ask("extremes", "highest", {{"c", highest.colour}}, {highest.colour});
    questions.ask("extremes", "lowest", {{"c", lowest.colour}}, {lowest.colour});
    for (const auto& bar : bars) {
        questions.ask("height", "height", {{"c", bar.colour}, {"n", std::to_string(bar.height)}},
                      {std::to_string(bar.height)});
        for (const auto& other : bars)
            if (&other != &bar)
                questions.askWhether("comparison", "higher", {{"c", bar.colour}, {"d", other.colour}},
                                     bar.height > other.height);
    }
}

/// From the left to the right.
Turn detailsOf(const std::vector<Bar>& bars, const PhraseGrammar& phrases, Chance& chance) {
    std::vector<std::string> sentences, keys;
    for (const auto& bar : bars) {
        keys.push_back(bar.colour + " bar is " + std::to_string(bar.height));
        sentences.push_back("The " + keys.back() + " high.");
    }
    return {phrases.say("details.ask", {}, chance), joined(sentences), keys};
}

/// Bars on a ground line, with a thin line per unit behind them.
PictureCanvas paintBars(const std::vector<Bar>& bars, Chance& chance) {
    constexpr std::int64_t kGround = 102, kUnit = 15, kLeft = 8, kRight = 108;
    PictureCanvas canvas(kPictureSize, kPictureSize, paper(chance));
    for (std::int64_t unit = 1; unit <= kMostUnits; ++unit)
        canvas.rectangle(kLeft, kGround - unit * kUnit, kRight, kGround - unit * kUnit + 1, {190, 190, 190});
    const auto step = (kRight - kLeft) / std::ssize(bars);
    const auto width = std::min<std::int64_t>(step - 5, chance.number(12, 22));
    for (std::int64_t i = 0; i < std::ssize(bars); ++i) {
        const auto& bar = bars[static_cast<std::size_t>(i)];
        const auto left = kLeft + i * step + (step - width) / 2;
        canvas.rectangle(left, kGround - bar.height * kUnit, left + width, kGround,
                         shaded(bar.colour, chance));
    }
    canvas.rectangle(kLeft, kGround, kRight, kGround + 2, {60, 60, 60});
    return canvas;
}

}  // namespace

PictureLesson makePicture(const PhraseGrammar& phrases, std::uint64_t seed, std::int64_t index,
                          std::size_t count) {
    Chance chance(seed * 0x9e3779b97f4a7c15 + static_cast<std::uint64_t>(index));
    Questions questions(phrases, chance);
    PictureLesson lesson;
    if (chance.oneIn(3)) {
        const auto bars = drawBars(chance);
        lesson.picture = std::make_shared<const RgbImage>(paintBars(bars, chance).image());
        askAboutBars(bars, questions);
        lesson.details = {"details", detailsOf(bars, phrases, chance)};
    } else {
        const auto items = drawItems(chance);
        lesson.picture = std::make_shared<const RgbImage>(paintItems(items, chance).image());
        askAboutItems(items, questions);
        lesson.details = {"details", detailsOf(items, phrases, chance)};
    }
    lesson.questions = questions.draw(count);
    return lesson;
}

train::PictureExample PictureLessons::at(std::int64_t index) const {
    const auto lesson = makePicture(phrases_, seed_, index, kQuestions);
    train::PictureExample example{lesson.picture, {}};
    const auto& details = lesson.details.turn;
    example.talks.push_back({{Role::user, details.question}, {Role::assistant, details.answer}});
    // The first two questions follow one another in one talk, the others have talks of their own.
    for (std::size_t i = 0; i < lesson.questions.size(); ++i) {
        if (i != 1)
            example.talks.emplace_back();
        const auto& turn = lesson.questions[i].turn;
        example.talks.back().push_back({Role::user, turn.question});
        example.talks.back().push_back({Role::assistant, turn.answer});
    }
    return example;
}

std::string PictureLessons::identity() const {
    std::string text = "pictures 2, seed " + std::to_string(seed_);
    for (std::int64_t i = 0; i < 20; ++i)  // a change of phrases or painting shows
        for (const auto& question : makePicture(phrases_, seed_, i, kQuestions).questions)
            text += "\n" + question.turn.question + " " + question.turn.answer;
    return text;
}

}  // namespace engine::demo
