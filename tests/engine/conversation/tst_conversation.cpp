#include <QTemporaryDir>
#include <QtTest>
#include <fstream>

#include <nlohmann/json.hpp>

#include "engine/conversation/context_window.h"
#include "engine/conversation/conversation_dialog.h"
#include "engine/conversation/conversation_formats.h"
#include "engine/conversation/message_tree.h"

using engine::MessageRow;
using engine::Role;

/// Branches, what is sent, what is found and what is exported of a conversation.
class TestConversation : public QObject {
    Q_OBJECT
private slots:
    void init();
    void branchesRememberWhatWasShown();
    void damagedParentsMakeNoCircle();
    void oldestTurnsAreDropped();
    void dialogLeavesOutWhatSaidNothing();
    void searchFindsByText();
    void searchTakesEveryTextAsText_data();
    void searchTakesEveryTextAsText();
    void tagsAndTitlesComeBack();
    void exportsAreCompleteAndEscaped();
    void picturesGoWithTheirMessages();

private:
    std::int64_t add(std::int64_t conversation, Role role, const std::string& text,
                     std::optional<std::int64_t> parent = {}, const std::string& status = "complete");

    QTemporaryDir folder_;
    std::unique_ptr<engine::Store> store_;
};

void TestConversation::init() {
    QFile::remove(folder_.filePath("a.sqlite"));
    store_ = std::move(*engine::Store::open(folder_.filePath("a.sqlite").toStdString()));
}

std::int64_t TestConversation::add(std::int64_t conversation, Role role, const std::string& text,
                                   std::optional<std::int64_t> parent, const std::string& status) {
    MessageRow row;
    row.conversationId = conversation;
    row.parentId = parent;
    row.role = role;
    row.content = text;
    row.status = status;
    return store_->addMessage(row).value();
}

void TestConversation::branchesRememberWhatWasShown() {
    using Keys = std::vector<engine::MessageTree::Key>;
    engine::MessageTree tree;
    for (const auto& [key, parent] : {std::pair(1, 0), {2, 1}, {3, 2}, {4, 3}, {5, 1}})
        tree.add(static_cast<std::uint64_t>(key), static_cast<std::uint64_t>(parent));
    QVERIFY(tree.shownPath() == (Keys{1, 5}));
    QVERIFY(tree.siblings(5) == (Keys{2, 5}));
    tree.show(2);
    QVERIFY(tree.shownPath() == (Keys{1, 2, 3, 4}));
    QVERIFY(tree.pathTo(5) == (Keys{1, 5}));
    tree.add(6, 0);
    QVERIFY(tree.shownPath() == Keys{6});
    QVERIFY(tree.siblings(1) == (Keys{1, 6}));
}

void TestConversation::damagedParentsMakeNoCircle() {
    engine::MessageTree tree;
    tree.add(1, 2);
    tree.add(2, 1);
    tree.add(1, 2);
    tree.add(3, 3);
    QCOMPARE(tree.size(), std::size_t{3});
    QVERIFY(tree.shownPath() == std::vector<engine::MessageTree::Key>{3});
    QCOMPARE(tree.pathTo(2).size(), std::size_t{2});
}

void TestConversation::oldestTurnsAreDropped() {
    const std::vector<std::int64_t> turns{100, 50, 60, 30};
    QCOMPARE(engine::turnsToDrop(turns, 10, 20, 1000), std::size_t{0});
    QCOMPARE(engine::turnsToDrop(turns, 10, 20, 170), std::size_t{1});
    QCOMPARE(engine::turnsToDrop(turns, 10, 20, 169), std::size_t{2});
    QCOMPARE(engine::turnsToDrop(turns, 10, 20, 5), std::size_t{3});  // the question itself stays
    QCOMPARE(engine::largerContext(256, 4096), std::int64_t{512});
    QCOMPARE(engine::largerContext(256, 256), std::int64_t{0});
}

void TestConversation::dialogLeavesOutWhatSaidNothing() {
    const auto row = [](Role role, const char* text, const char* status, const char* metrics = "") {
        MessageRow message;
        message.role = role;
        message.content = text;
        message.status = status;
        message.metrics = metrics;
        return message;
    };
    const std::vector<MessageRow> path{
        row(Role::user, "one", "complete"),
        row(Role::assistant, "1", "complete", R"({"prompt_tokens":10,"generated_tokens":5})"),
        row(Role::user, "two", "complete"), row(Role::assistant, "broken", "failed"),
        row(Role::user, "three", "complete")};
    engine::ConversationSettings settings;
    QCOMPARE(engine::dialogOf("Be brief.", settings, path).messages.size(), std::size_t{5});
    settings.droppedTurns = 1;
    auto dialog = engine::dialogOf("Be brief.", settings, path).messages;
    QCOMPARE(dialog.size(), std::size_t{3});
    QCOMPARE(dialog[1].content, std::string("two"));
    settings.droppedTurns = 99;
    QCOMPARE(engine::dialogOf("", settings, path).messages.front().content, std::string("three"));
    settings = {R"([{"name":"f"}])", engine::ToolPlace::systemPrompt, 0, 0};
    QVERIFY(!engine::dialogOf("", {}, path).offersTools && engine::dialogOf("", settings, path).offersTools);
    QVERIFY(engine::dialogOf("", settings, path).messages.front().role == Role::system);
    settings.toolPlace = engine::ToolPlace::userPrompt;
    dialog = engine::dialogOf("", settings, path).messages;
    QVERIFY(dialog.back().content.starts_with("Questions: three\n") && dialog.front().content == "one");
    QVERIFY(engine::settingsFromJson(engine::settingsJson(settings)) == settings);
    QCOMPARE(engine::turnTokens(path).front(), std::int64_t{15});
    QCOMPARE(engine::tokensUsed(path), std::int64_t{15});
}

void TestConversation::searchFindsByText() {
    const auto a = store_->addConversation({0, "A", "m", "", "1", "1"}).value();
    const auto b = store_->addConversation({0, "B", "m", "", "2", "2"}).value();
    const auto other =
        add(a, Role::user, "Nothing of the kind, the weather in some long text about much else");
    const auto best = add(b, Role::user, "Über wraparound wraparound");
    add(a, Role::assistant, "a counter with wraparound in a very long answer about many other things too",
        other);
    auto hits = store_->searchMessages("wraparound");
    QCOMPARE(hits->size(), std::size_t{2});
    QCOMPARE(hits->front().messageId, best);
    QVERIFY(hits->front().snippet.find("\x02wraparound\x03") != std::string::npos);
    QCOMPARE(store_->searchMessages("UBER wrap")->size(), std::size_t{1});
    MessageRow changed;
    changed.id = best;
    changed.content = "now something new";
    changed.status = "complete";
    QVERIFY(store_->updateMessage(changed));
    QCOMPARE(store_->searchMessages("wraparound")->size(), std::size_t{1});
    QCOMPARE(store_->searchMessages("something new")->front().conversationId, b);
    QVERIFY(store_->deleteConversation(b));
    QVERIFY(store_->searchMessages("something new")->empty());
}

void TestConversation::searchTakesEveryTextAsText_data() {
    QTest::addColumn<QByteArray>("text");
    for (const char* text : {"\"", "*", "a OR", "NEAR(", "a AND NOT", "content:x", "^a", "(",
                             "'; DROP TABLE message", "-- ", "", " "})
        QTest::newRow(text) << QByteArray(text);
    QTest::newRow("NUL") << QByteArray("a\0b", 3);
    QTest::newRow("not UTF-8") << QByteArray("\xff\xfe");
    QTest::newRow("many words") << QByteArray("word ").repeated(5000);
}

void TestConversation::searchTakesEveryTextAsText() {
    QFETCH(QByteArray, text);
    const auto hits = store_->searchMessages(text.toStdString());
    QVERIFY2(hits, hits ? "" : hits.error().message.c_str());
}

void TestConversation::tagsAndTitlesComeBack() {
    const auto id = store_->addConversation({0, "A", "m", "", "1", "1"}).value();
    QVERIFY(store_->setConversationTags(id, {"work", "a", "work"}));
    QVERIFY(store_->setConversationTitle(id, "New"));
    const auto leaf = add(id, Role::user, "x");
    QVERIFY(store_->setConversationLeaf(id, leaf));
    const auto row = store_->conversations()->front();
    QCOMPARE(row.title, std::string("New"));
    QVERIFY((row.tags == std::vector<std::string>{"a", "work"}));
    QVERIFY(row.leafId == leaf);
    QVERIFY(store_->setConversationTags(id, {}));
    QVERIFY(store_->conversations()->front().tags.empty());
}

void TestConversation::exportsAreCompleteAndEscaped() {
    const auto id = store_->addConversation({0, "<b>T</b>", "m&m", "Sys<", "1", "1"}).value();
    const auto question = add(id, Role::user, "why <script>?");
    const auto first = add(id, Role::assistant, "first", question);
    add(id, Role::assistant, "second\n\n```js\nlet x\n```", question);
    add(id, Role::user, "typed only", {}, "draft");
    QVERIFY(store_->setConversationLeaf(id, first));
    const auto text = [&](const char* ending) {
        const auto file = folder_.filePath(QString("out.") + ending).toStdString();
        if (!engine::exportConversation(*store_, id, file))
            return std::string();
        std::ifstream in(file);
        return std::string(std::istreambuf_iterator<char>(in), {});
    };
    const auto markdown = text("md");
    QVERIFY(markdown.find("why <script>?") != std::string::npos &&
            markdown.find("first") != std::string::npos);
    QVERIFY(markdown.find("second") == std::string::npos);
    const auto json = nlohmann::json::parse(text("json"), nullptr, false);
    QCOMPARE(json["messages"].size(), std::size_t{3});
    QCOMPARE(json["shown"].size(), std::size_t{2});
    QCOMPARE(json["messages"][2]["parent"].get<std::int64_t>(), question);
    const auto html = text("html");
    QVERIFY(html.find("<script") == std::string::npos && html.find("&lt;script&gt;") != std::string::npos);
    QVERIFY(html.find("<b>T") == std::string::npos && html.find("http://") == std::string::npos);
    QVERIFY(!engine::exportConversation(*store_, id, folder_.filePath("x.pdf").toStdString()));
    QVERIFY(!engine::exportConversation(*store_, id + 7, folder_.filePath("x.md").toStdString()));
    QVERIFY(!engine::exportConversation(*store_, id, "/nowhere/at/all/x.md"));
}

void TestConversation::picturesGoWithTheirMessages() {
    const std::string bytes("\x89PNG\r\n\x1a\n<\0\">", 12);
    const auto picture = engine::pictureRow("a \"[b]\" <c>.png", bytes, 5, 7);
    const auto id = store_->addConversation({0, "T", "m", "", "1", "1"}).value();
    MessageRow row;
    row.conversationId = id;
    row.status = "complete";
    row.pictures = {picture, picture};
    row.parentId = store_->addMessage(row).value();
    row.pictures.clear();
    row.content = "And now?";
    QVERIFY(store_->addMessage(row));
    const auto document = engine::conversationDocument(*store_, id);
    QVERIFY(document);

    // A picture without words says something.
    const auto dialog = engine::dialogOf("", {}, document->messages);
    QCOMPARE(dialog.messages.size(), std::size_t{2});
    QVERIFY(dialog.hasPictures());
    QCOMPARE(dialog.pictures.front(), (std::vector{picture, picture}));
    QVERIFY(dialog.pictures.back().empty());

    const std::string base64 = "iVBORw0KGgo8ACI+";  // coreutils base64
    for (const auto& format : engine::conversationFormats()) {
        const auto text = format.write(*document);
        QVERIFY2(text.find(base64) != std::string::npos, format.format.data());
        QVERIFY2(text.find("<c>") == std::string::npos || format.format != "html", "the name is escaped");
        if (format.format != "json") {
            QVERIFY2(text.find("data:image/png;base64," + base64) != std::string::npos, format.format.data());
            continue;
        }
        const auto first = nlohmann::json::parse(text).at("messages").front().at("pictures");
        QCOMPARE(first.size(), std::size_t{2});
        QCOMPARE(first[0].at("name").get<std::string>(), picture.name);
        QCOMPARE(first[0].at("sha256").get<std::string>(), picture.sha256);
        QCOMPARE(first[0].at("width").get<int>(), 5);
    }
}

QTEST_APPLESS_MAIN(TestConversation)
#include "tst_conversation.moc"
