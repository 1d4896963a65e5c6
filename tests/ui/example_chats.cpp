#include "tests/ui/example_chats.h"

#include <QDateTime>

#include "engine/conversation/conversation_settings.h"

namespace uitest {
namespace {

using engine::Role;

const char* const kMetrics =
    R"({"ttft_ms": 212.0, "decode_tokens_per_s": 41.1, "prompt_tokens": 60, "generated_tokens": 184,
        "energy": {"joules_per_token": 0.52, "provenance": "measured"}})";

std::int64_t addChat(engine::Store& store, const std::string& title, int daysAgo,
                     const std::vector<std::string>& tags, const std::string& settings = {}) {
    engine::ConversationRow row;
    row.title = title;
    row.model = "demo:spinquant";
    row.systemPrompt = "You answer briefly.";
    row.createdAt = row.updatedAt =
        QDateTime::currentDateTimeUtc().addDays(-daysAgo).toString(Qt::ISODateWithMs).toStdString();
    row.settings = settings;
    const auto id = store.addConversation(row);
    if (!id || !store.setConversationTags(*id, tags))
        qFatal("a chat could not be stored");
    return *id;
}

std::int64_t say(engine::Store& store, std::int64_t chat, std::optional<std::int64_t> parent, Role role,
                 const std::string& text, const std::string& metrics = kMetrics,
                 const std::string& status = "complete") {
    engine::MessageRow row;
    row.conversationId = chat;
    row.parentId = parent;
    row.role = role;
    row.content = text;
    row.status = status;
    row.metrics = role == Role::assistant ? metrics : std::string();
    row.createdAt = engine::utcNow();
    const auto id = store.addMessage(row);
    if (!id)
        qFatal("a message could not be stored");
    return *id;
}

void addMarkdownChat(engine::Store& store) {
    const auto chat = addChat(store, "What does this chart show?", 0, {"demo", "charts"});
    const auto question = say(store, chat, std::nullopt, Role::user, "What does this chart show?");
    say(store, chat, question, Role::assistant, "It shows **decode speed**.");
    say(store, chat, question, Role::assistant, "Three bars, one per variant.");
    say(store, chat, question, Role::assistant, markdownAnswer());
}

void addToolChat(engine::Store& store) {
    const auto settings = engine::settingsJson({weatherTools(), engine::ToolPlace::systemPrompt, 0, 0});
    const auto chat = addChat(store, "Weather in Zürich", 0, {"tools"}, settings);
    auto last = say(store, chat, std::nullopt, Role::user, "How warm is it in Zürich, and in Bern?");
    last = say(store, chat, last, Role::assistant, R"([get_weather(city="Zürich")])");
    last = say(store, chat, last, Role::ipython, R"({"celsius": 11.5, "sky": "overcast"})");
    say(store, chat, last, Role::assistant, R"([get_weather(city="Bern", unit="celsius"), get_time()])");
}

void addFullChat(engine::Store& store) {
    const auto chat = addChat(store, "A long story", 0, {"demo"},
                              engine::settingsJson({{}, engine::ToolPlace::systemPrompt, 1, 0}));
    std::optional<std::int64_t> last;
    for (int turn = 1; turn <= 3; ++turn) {
        last = say(store, chat, last, Role::user, "And then? Part " + std::to_string(turn) + ", please.");
        last = say(store, chat, last, Role::assistant,
                   "The lighthouse keeper counted the waves, as every evening, and wrote the number down.",
                   R"({"prompt_tokens": )" + std::to_string(70 * turn) + R"(, "generated_tokens": 42,
                      "ttft_ms": 95.0, "decode_tokens_per_s": 38.2})",
                   turn == 3 ? "cancelled" : "complete");
    }
}

}  // namespace

std::string weatherTools() {
    return R"([{"name": "get_weather", "description": "Weather of a place",
        "parameters": {"type": "dict", "required": ["city"],
                       "properties": {"city": {"type": "string", "description": "The city"}}}}])";
}

std::string markdownAnswer() {
    return R"(# Decode speed

The bar chart compares the *decode speed* of three variants of the **same** model; see
[the method](https://example.org/method) and `lane_summary`:

1. **SpinQuant** is the fastest, at about 41 tokens per second
   - int4 weights, int8 activations
   - rotations are merged
2. **QAT+LoRA** follows with 38
3. **BF16** reaches 13

## In numbers

| Variant | tok/s | J/token | Note |
| :-- | --: | --: | :-: |
| BF16 | 13.2 | 1.10 | reference |
| QAT+LoRA | 38.0 | 0.55 | adapters kept |
| SpinQuant | 41.1 | 0.52 | fastest |

> Energy is shown only with its source.
> Everything else would be a guess.

```sql
SELECT variant, median FROM lane_summary  -- one row per lane
WHERE metric = 'decode_tokens_per_s';
```

```python
def median(values: list[float]) -> float:
    """The middle one; type 7 interpolates."""
    return sorted(values)[len(values) // 2]  # a line that is much too long for the width of a chat and therefore scrolls inside its block
```

- [x] measured
- [ ] explained

A word without an end: Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaftsversammlungsprotokollführerin_and_more.)";
}

void addExampleChats(engine::Store& store) {
    const char* const titles[] = {"Translate release notes",
                                  "Sort these names",
                                  "Kernel question",
                                  "Explain RAPL wraparound and what happens when a counter overflows twice",
                                  "Rename the columns",
                                  "Recipe for a rainy Sunday",
                                  "Why is prefill faster than decode?",
                                  "Regular expression for dates",
                                  "Letter to the landlord",
                                  "Haiku about caches"};
    const std::vector<std::string> tags[] = {{"work", "release"}, {}, {"kernels"}, {"energy", "kernels"}, {}};
    int days = 45;
    for (int i = 0; i < 20; ++i) {
        const auto chat = addChat(store, titles[i % 10], days - 2 * i, tags[i % 5]);
        const auto question = say(store, chat, std::nullopt, Role::user, titles[i % 10]);
        say(store, chat, question, Role::assistant,
            "Counters of this kind wrap around; the lighthouse of the example stays. " +
                std::to_string(i + 1));
    }
    addFullChat(store);
    addToolChat(store);
    addMarkdownChat(store);
}

}  // namespace uitest
