#include <QtTest>
#include <fstream>
#include <nlohmann/json.hpp>

#include "engine/prompt/tool_calls.h"
#include "engine/prompt/tool_definitions.h"
#include "tests/support/fixtures.h"

using Json = nlohmann::ordered_json;

namespace {

Json goldens() {
    std::ifstream file(testsupport::largeFixture("golden/chat/dialogs.json"));
    return Json::parse(file, nullptr, false);
}

/// Calls as [[name, arguments]], an error as its message.
Json found(const std::string& text) {
    const auto calls = engine::toolCallsIn(text);
    if (!calls)
        return calls.error().message;
    Json list = Json::array();
    for (const auto& call : *calls)
        list.push_back({call.name, call.arguments});
    return list;
}

}  // namespace

/// Calls in answers: Meta's own vectors, and text that is made to be taken for one.
class TestToolCalls : public QObject {
    Q_OBJECT
private slots:
    void readsAsMetaDoes();
    void reads_data();
    void reads();
    void refuses_data();
    void refuses();
    void everyCutIsHarmless();
    void promptsAreMetas();
    void definitionsAreChecked_data();
    void definitionsAreChecked();
    void callsAreCheckedAgainstDefinitions();
};

void TestToolCalls::readsAsMetaDoes() {
    const auto all = goldens();
    if (!all.is_object())
        QSKIP("the chat fixtures are not there");
    int seen = 0;
    for (const auto& row : all["tool_call_parsing"]) {
        if (!row["builtin"].is_null())
            continue;
        ++seen;
        const auto text = row["text"].get<std::string>();
        const auto calls = engine::toolCallsIn(text);
        const auto& wanted = row["custom"];
        if (wanted.is_object()) {
            QVERIFY2(!calls, text.c_str());
            continue;
        }
        QVERIFY2(calls.has_value(), text.c_str());
        if (wanted.is_null())
            QVERIFY2(calls->empty(), text.c_str());
        else if (row.contains("all_calls"))
            QCOMPARE(found(text).dump(), row["all_calls"].dump());
        else
            QCOMPARE(found(text).dump(), Json::array({wanted}).dump());
    }
    QVERIFY(seen > 10);
}

void TestToolCalls::reads_data() {
    QTest::addColumn<QString>("text");
    QTest::addColumn<QString>("calls");
    const auto row = [](const char* name, const char* text, const char* calls) {
        QTest::newRow(name) << QString::fromUtf8(text) << QString::fromUtf8(calls);
    };
    row("escapes", R"([f(a="x\n\"\u00e9", b='it\'s')])", R"([["f",{"a":"x\n\"é","b":"it's"}]])");
    row("adjacent texts", R"([f(a="x" 'y')])", R"([["f",{"a":"xy"}]])");
    row("nested", R"([f(a={"k": [(1, 2), {}]})])", R"([["f",{"a":{"k":[[1,2],{}]}}]])");
    row("no arguments", "[f(), g()]", R"([["f",{}],["g",{}]])");
    row("brackets in a text", R"([f(a=")], g(b=")])", R"([["f",{"a":")], g(b="}]])");
    row("space and python tag", "<|python_tag|> [f(a=1)]\n", R"([["f",{"a":1}]])");
    row("several JSON", "{\"name\":\"f\",\"parameters\":{}};\n{\"name\":\"g\",\"arguments\":{\"x\":[1]}}",
        R"([["f",{}],["g",{"x":[1]}]])");
    row("JSON array", R"([{"name":"f","parameters":{"a":{"b":null}}}])", R"([["f",{"a":{"b":null}}]])");
    row("wrapped", R"({"type":"function","function":{"name":"f","parameters":{}}})", R"([["f",{}]])");
    row("prose after", "[f(a=1)] I think", "[]");
    row("prose before", "Sure: [f(a=1)]", "[]");
    row("other JSON", R"({"name": "Anna", "age": 3})", "[]");
    row("markdown link", "[text](http://x)", "[]");
    row("64 bits", "[f(a=-9223372036854775808)]", R"([["f",{"a":-9223372036854775808}]])");
}

void TestToolCalls::reads() {
    QFETCH(QString, text);
    QFETCH(QString, calls);
    QCOMPARE(QString::fromStdString(found(text.toStdString()).dump()), calls);
}

void TestToolCalls::refuses_data() {
    QTest::addColumn<QString>("text");
    QTest::addColumn<QString>("expected");
    QTest::newRow("a call inside a call") << "[f(a=g(b=1))]"
                                          << "neither text";
    QTest::newRow("a name") << "[f(a=__import__)]"
                            << "neither text";
    QTest::newRow("too large") << "[f(a=9223372036854775808)]"
                               << "64 bits";
    QTest::newRow("twice") << "[f(a=1, a=2)]"
                           << "twice";
    QTest::newRow("cut off") << "[f(a=1"
                             << "cut off";
    QTest::newRow("cut off in a text") << "[f(a='x"
                                       << "cut off";
    QTest::newRow("half a surrogate") << R"([f(a="\ud800")])"
                                      << "no character";
    QTest::newRow("deep") << "[f(a=" + QString(100'000, '[') << "nests deeper";
    QTest::newRow("tag without object") << "<function=f>nothing</function>"
                                        << "no JSON object";
}

void TestToolCalls::refuses() {
    QFETCH(QString, text);
    QFETCH(QString, expected);
    const auto calls = engine::toolCallsIn(text.toStdString());
    QVERIFY(!calls);
    QVERIFY2(QString::fromStdString(calls.error().message).contains(expected), calls.error().message.c_str());
}

/// Answers that stop anywhere, and any byte changed: an answer of some kind, never a crash.
void TestToolCalls::everyCutIsHarmless() {
    for (const std::string text :
         {R"([f(a=[1, 'x\u00e9', None], b={"k": 2.5}), g()])", R"({"name": "f", "parameters": {"a": "\"}"}})",
          R"(<function=f>{"a": [1]}</function>)"}) {
        QVERIFY(!found(text).empty());
        for (std::size_t cut = 0; cut < text.size(); ++cut) {
            static_cast<void>(engine::toolCallsIn(text.substr(0, cut)));
            for (const char byte : {'\0', '"', '\\', '(', '\xff'}) {
                auto changed = text;
                changed[cut] = byte;
                static_cast<void>(engine::toolCallsIn(changed));
            }
        }
    }
}

void TestToolCalls::promptsAreMetas() {
    const auto all = goldens();
    if (!all.is_object())
        QSKIP("the chat fixtures are not there");
    int seen = 0;
    for (const auto& dialog : all["dialogs"]) {
        const auto name = dialog["name"].get<std::string>();
        if (name != "tools_in_system" && name != "tools_in_user")
            continue;
        ++seen;
        const auto content = dialog["messages"][0]["content"].get<std::string>();
        const auto begin = content.find("\n[\n") + 1;
        const auto definitions = content.substr(begin, content.find("\n]", begin) + 2 - begin);
        const auto tools = engine::toolDefinitions(definitions);
        QVERIFY2(tools, tools ? "" : tools.error().message.c_str());
        if (name == "tools_in_system")
            QCOMPARE(engine::toolSystemPrompt(*tools), content);
        else
            QCOMPARE(engine::toolUserPrompt(*tools,
                                            "Can you retrieve the details for the user with the ID 7890, "
                                            "who has black as their special request?"),
                     content);
    }
    QCOMPARE(seen, 2);
}

void TestToolCalls::definitionsAreChecked_data() {
    QTest::addColumn<QString>("json");
    QTest::addColumn<QString>("expected");  // empty: fits
    QTest::newRow("blank") << " \n"
                           << "";
    QTest::newRow("one object") << R"({"name":"f"})"
                                << "";
    QTest::newRow("a comma too many") << "[\n  {\"name\": \"f\",}\n]"
                                      << "line 2, column";
    QTest::newRow("no name") << R"([{"description":"x"}])"
                             << "function 1: a text \"name\" is missing";
    QTest::newRow("name") << R"([{"name":"a b"}])"
                          << "no name of letters";
    QTest::newRow("type") << R"([{"name":"f","parameters":{"properties":{"c":{"type":"strin"}}}}])"
                          << "properties.c.type: 'strin' is none of";
    QTest::newRow("required") << R"([{"name":"f","parameters":{"required":["x"]}}])"
                              << "'x' is not among";
    QTest::newRow("twice") << R"([{"name":"f"},{"name":"f"}])"
                           << "defined twice";
    QTest::newRow("a number") << "7"
                              << "expected a JSON array";
    QTest::newRow("deep") << QString(1000, '[') << "deeper nested";
}

void TestToolCalls::definitionsAreChecked() {
    QFETCH(QString, json);
    QFETCH(QString, expected);
    const auto tools = engine::toolDefinitions(json.toStdString());
    QCOMPARE(tools.has_value(), expected.isEmpty());
    if (!tools)
        QVERIFY2(QString::fromStdString(tools.error().message).contains(expected),
                 tools.error().message.c_str());
}

void TestToolCalls::callsAreCheckedAgainstDefinitions() {
    const auto tools = engine::toolDefinitions(
        R"([{"name":"f","parameters":{"required":["a"],"properties":{"a":{"type":"integer"},"b":{"enum":["x"]}}}}])");
    const auto problems = [&](const char* text) {
        return engine::problemsOf(engine::toolCallsIn(text)->front(), *tools).size();
    };
    QCOMPARE(problems("[f(a=1, b='x')]"), std::size_t{0});
    QCOMPARE(problems("[f(b='y')]"), std::size_t{2});
    QCOMPARE(problems("[f(a='1', c=2)]"), std::size_t{2});
    QCOMPARE(problems("[g()]"), std::size_t{1});
}

QTEST_APPLESS_MAIN(TestToolCalls)
#include "tst_tool_calls.moc"
