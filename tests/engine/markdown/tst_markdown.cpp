#include <QtTest>

#include "engine/markdown/code_lexer.h"
#include "engine/markdown/html_text.h"
#include "engine/markdown/markdown_segments.h"

using engine::MarkdownKind;

namespace {

const std::string kSample =
    "# Title\n\nA *b* **c** `d` ~~e~~ [f](https://g.h).\nNext  \nbroken\n\n- one\n- two\n  - inner\n\n  more of two\n- [x] done\n"
    "\n1. first\n2. second\n\n> quoted\n> - item\n\n```cpp\nint a = 1;  // \"x\"\n\nreturn a;\n```\nafter\n\n"
    "| a | b |\n|---|--:|\n| 1 | 2 |\n\n---\n\n    indented\n\nend <b>raw</b> &amp; &#65;\n";

}  // namespace

/// Texts as blocks: what each is, and that a text which grows gives the same blocks piece by piece.
class TestMarkdown : public QObject {
    Q_OBJECT
private slots:
    void kindsOfBlocks();
    void everySplitGivesTheSameBlocks();
    void onlySafeLinksAreLinks();
    void htmlIsEscaped();
    void lexes_data();
    void lexes();
};

void TestMarkdown::kindsOfBlocks() {
    const auto blocks = engine::markdownBlocks(kSample);
    QVector<int> kinds;
    for (const auto& block : blocks)
        kinds << static_cast<int>(block.kind);
    const auto K = [](MarkdownKind kind) { return static_cast<int>(kind); };
    const int item = K(MarkdownKind::listItem);
    const int text = K(MarkdownKind::paragraph);
    QCOMPARE(kinds, (QVector<int>{K(MarkdownKind::heading), text, item, item, item, text, item, item, item, text,
                                  item, K(MarkdownKind::code), text, K(MarkdownKind::table),
                                  K(MarkdownKind::rule), K(MarkdownKind::code), text}));
    QCOMPARE(blocks[4].listDepth, 2);
    QVERIFY(blocks[6].task == engine::MarkdownTask::done);
    QCOMPARE(blocks[8].number, std::int64_t{2});
    QCOMPARE(blocks[9].quoteDepth, 1);
    QCOMPARE(blocks[11].language, std::string("cpp"));
    QCOMPARE(blocks[11].text, std::string("int a = 1;  // \"x\"\n\nreturn a;"));
    QCOMPARE(blocks[13].rows.size(), std::size_t{2});
    QVERIFY(blocks[13].rows[1][1].align == engine::MarkdownAlign::right);
    QCOMPARE(blocks[16].spans.size(), std::size_t{1});
    QCOMPARE(blocks[16].spans[0].text, std::string("end <b>raw</b> & A"));
}

void TestMarkdown::everySplitGivesTheSameBlocks() {
    const auto whole = engine::markdownBlocks(kSample);
    std::size_t last = 0;
    for (std::size_t size = 0; size <= kSample.size(); ++size) {
        const auto done = engine::finishedMarkdown(std::string_view(kSample).substr(0, size));
        QVERIFY2(done >= last && done <= size, "what is finished stays finished");
        last = done;
        auto blocks = engine::markdownBlocks(kSample.substr(0, done));
        const auto rest = engine::markdownBlocks(kSample.substr(done));
        blocks.insert(blocks.end(), rest.begin(), rest.end());
        QVERIFY2(blocks == whole, qPrintable(QString("split at %1 of %2").arg(done).arg(size)));
    }
    QVERIFY(last > kSample.size() / 2);
}

void TestMarkdown::onlySafeLinksAreLinks() {
    QVERIFY(engine::isOpenableLink("HTTPS://a") && engine::isOpenableLink("mailto:a@b"));
    for (const char* bad : {"file:///etc/passwd", "javascript:alert(1)", "data:text/html,x", "/etc/passwd",
                            "https://a\nb", ""})
        QVERIFY2(!engine::isOpenableLink(bad), bad);
}

void TestMarkdown::htmlIsEscaped() {
    const auto html = [](const char* text) { return engine::markdownHtml(engine::markdownBlocks(text)); };
    for (const char* text : {"<script>x</script>", "`<script>`", "```\n<script>\n```", "| <script> |\n|--|",
                             "[<script>](http://a?\"<script>)", "![<script>](http://a/b.png)"}) {
        const auto out = html(text);
        QVERIFY2(out.find("<script") == std::string::npos && out.find("&lt;script") != std::string::npos, text);
        QVERIFY2(out.find("<img") == std::string::npos && out.find("src=") == std::string::npos, text);
    }
    QVERIFY(html("[x](javascript:alert)").find("href") == std::string::npos);
}

void TestMarkdown::lexes_data() {
    QTest::addColumn<QString>("language");
    QTest::addColumn<QString>("code");
    QTest::addColumn<QStringList>("tokens");  // k, s, n, c and the text
    QTest::newRow("c++") << "cpp" << "int x = 0x1F; // c\n\"a\\\"b\"" << QStringList{"kint", "n0x1F", "c// c", "s\"a\\\"b\""};
    QTest::newRow("python") << "Python" << "def f():\n '''a\nb''' # c" << QStringList{"kdef", "s'''a\nb'''", "c# c"};
    QTest::newRow("sql") << "sql" << "SELECT 1.5 -- x" << QStringList{"kSELECT", "n1.5", "c-- x"};
    QTest::newRow("js") << "js" << "let a = `x\ny`;" << QStringList{"klet", "s`x\ny`"};
    QTest::newRow("json") << "json" << "{\"a\": true}" << QStringList{"s\"a\"", "ktrue"};
    QTest::newRow("bash") << "sh" << "if x; then # c" << QStringList{"kif", "kthen", "c# c"};
    QTest::newRow("rust") << "rust" << "let x: u8 = 1e-3;" << QStringList{"klet", "ku8", "n1e-3"};
    QTest::newRow("go") << "go" << "func f() /* a\n*/" << QStringList{"kfunc", "c/* a\n*/"};
    QTest::newRow("yaml") << "yaml" << "a: true # c" << QStringList{"ktrue", "c# c"};
    QTest::newRow("no end") << "c" << "\"a\nint" << QStringList{"s\"a", "kint"};
    QTest::newRow("unknown") << "klingon" << "int x" << QStringList{};
}

void TestMarkdown::lexes() {
    QFETCH(QString, language);
    QFETCH(QString, code);
    const auto text = code.toStdString();
    QStringList tokens;
    for (const auto& token : engine::codeTokens(text, language.toStdString()))
        tokens << QChar("ksnc"[static_cast<int>(token.kind)]) +
                      QString::fromStdString(text.substr(token.offset, token.length));
    QTEST(tokens, "tokens");
}

QTEST_APPLESS_MAIN(TestMarkdown)
#include "tst_markdown.moc"
