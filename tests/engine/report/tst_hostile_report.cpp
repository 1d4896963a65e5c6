#include <QRegularExpression>
#include <QtTest>
#include <nlohmann/json.hpp>

#include "engine/report/report.h"
#include "tests/engine/report/sample_report.h"

/// Texts of models, files and foreign databases that try to become markup, formulas or scripts.
class TestHostileReport : public QObject {
    Q_OBJECT
private slots:
    void htmlHoldsOnlyItsOwnElements_data() { texts(); }
    void htmlHoldsOnlyItsOwnElements();
    void htmlLoadsNothing();
    void htmlIsUtf8WhereverALabelIsCut_data();
    void htmlIsUtf8WhereverALabelIsCut();
    void markdownKeepsItsShape_data() { texts(); }
    void markdownKeepsItsShape();
    void csvRunsNoFormula_data() { texts(); }
    void csvRunsNoFormula();
    void jsonGivesTheTextBack_data() { texts(); }
    void jsonGivesTheTextBack();

private:
    static void texts();
};

namespace {

std::string write(const char* format, const engine::RunReport& report) {
    for (const auto& writer : engine::reportWriters())
        if (writer.format == format)
            return writer.write({report});
    return {};
}

/// The text in every field that a model, a file name or a database can fill.
engine::RunReport reportWith(const std::string& text) {
    auto report = reporttest::sampleReport("compare");
    auto& run = report.run;
    for (auto* field : {&run.status, &run.startedAt, &run.finishedAt, &run.profile, &run.profileText,
                        &run.prompt, &run.machine, &run.build, &run.note})
        *field = text;
    auto& lane = report.lanes[0].lane;
    for (auto* field : {&lane.name, &lane.modelPath, &lane.modelName, &lane.variant, &lane.format,
                        &lane.digest, &lane.kernelSpec, &lane.kernelPlan, &lane.settings, &lane.kv,
                        &lane.status, &lane.error, &lane.text, &lane.tokens, &lane.finishReason})
        *field = text;
    for (auto& sample : report.lanes[0].samples)
        sample.test = text;
    for (auto& result : report.lanes[0].results)
        result.test = result.unit = text;
    report.lanes[1].energy.front().reason = text;
    return report;
}

}  // namespace

void TestHostileReport::texts() {
    QTest::addColumn<QByteArray>("text");
    QTest::newRow("script") << QByteArray("<script>alert(1)</script>");
    QTest::newRow("event handler") << QByteArray("<img src=x onerror=alert(1)>");
    QTest::newRow("end of the element")
        << QByteArray("</pre></td></svg></text></main><iframe src=file:///etc/passwd>");
    QTest::newRow("quotes") << QByteArray("\" onload=\"alert(1) ' onload='alert(1)");
    QTest::newRow("entities") << QByteArray("&lt;script&gt; &amp; &#60;b&#62;");
    QTest::newRow("comment and CDATA") << QByteArray("<!-- --> <![CDATA[ ]]> <?xml?>");
    QTest::newRow("markdown link") << QByteArray("[a](javascript:alert(1)) ![b](http://example.org/b.png)");
    QTest::newRow("fence") << QByteArray("```\n# Heading\n````\n<b>x</b>");
    QTest::newRow("heading and cells") << QByteArray("# Heading\n| a | b |\n--- \n> quote");
    QTest::newRow("formula") << QByteArray("=HYPERLINK(\"http://example.org\",\"x\")");
    QTest::newRow("other formulas") << QByteArray("@SUM(1)\n+1\n-1");
    QTest::newRow("minus") << QByteArray("-2+3+cmd|' /C calc'!A0");
    QTest::newRow("line ends") << QByteArray("a\r\nb\nc\rd");
    QTest::newRow("control characters") << QByteArray("a\x1b[31m\x07\x01 b");
    QTest::newRow("json") << QByteArray(R"({"a":[1,{"b":null}]})");
}

void TestHostileReport::htmlHoldsOnlyItsOwnElements() {
    QFETCH(QByteArray, text);
    const auto page = QString::fromStdString(write("html", reportWith(text.toStdString())));
    static const QStringList kElements{
        "html",    "head", "meta", "title",  "style",      "body",    "main",  "h1",
        "h2",      "h3",   "p",    "pre",    "div",        "table",   "thead", "tbody",
        "tr",      "th",   "td",   "figure", "figcaption", "span",    "svg",   "defs",
        "pattern", "rect", "text", "path",   "details",    "summary", "img"};
    static const QRegularExpression kTag("<([^>]*)>");
    // One data block at the end, which no browser runs; nothing in it can end it.
    const auto data = page.indexOf("<script");
    QCOMPARE(page.count("<script"), 1);
    const auto inside =
        page.mid(data + QString("<script type=\"application/json\" id=\"anven-report\">").size());
    QVERIFY(page.mid(data).startsWith("<script type=\"application/json\" id=\"anven-report\">"));
    const auto json = inside.left(inside.indexOf('<'));
    QVERIFY(inside.mid(json.size()).startsWith("</script>\n</body>"));
    const auto document = nlohmann::json::parse(json.toStdString(), nullptr, false);
    QCOMPARE(document.at("runs")[0].at("prompt").get<std::string>(), text.toStdString());
    auto tags = kTag.globalMatch(page.mid(page.indexOf("<html"), data - page.indexOf("<html")));
    while (tags.hasNext()) {
        auto tag = tags.next().captured(1);
        const auto name = tag.section(QRegularExpression("[ /]"), 0, 0, QString::SectionSkipEmpty);
        QVERIFY2(kElements.contains(name), qPrintable("foreign element: <" + tag + ">"));
        QVERIFY2(name != "img" || tag.startsWith("img src=\"data:image/"), qPrintable("loads <" + tag + ">"));
        QVERIFY2(!tag.contains(" on"), qPrintable("handler in <" + tag + ">"));
    }
    // As many elements as with harmless text: nothing was closed or opened from inside.
    const auto harmless =
        QString::fromStdString(write("html", reportWith(text.contains('{') ? "{\"a\":1}" : "harmless")));
    QCOMPARE(page.count('<'), harmless.count('<'));
    QVERIFY(!page.contains(QChar(0x1b)) && !page.contains(QChar(0x07)));
}

void TestHostileReport::htmlLoadsNothing() {
    const auto page = QString::fromStdString(write("html", reporttest::sampleReport()));
    for (const char* loading :
         {"<script>", "text/javascript", "<link", "<img", "src=", "href=", "@import", "http://", "https://"})
        QVERIFY2(!page.contains(loading, Qt::CaseInsensitive), loading);
    static const QRegularExpression kUrl("url\\((?!#)");
    QVERIFY(!page.contains(kUrl));
    QVERIFY(page.contains("Content-Security-Policy\" content=\"default-src 'none'"));
}

void TestHostileReport::htmlIsUtf8WhereverALabelIsCut_data() {
    QTest::addColumn<int>("size");
    for (int size = 30; size <= 45; ++size)
        QTest::addRow("%d letters before", size) << size;
}

void TestHostileReport::htmlIsUtf8WhereverALabelIsCut() {
    QFETCH(int, size);
    auto report = reporttest::sampleReport();
    report.lanes[0].lane.name =
        std::string(static_cast<std::size_t>(size), 'a') + "\xf0\x9f\xa6\x99\xf0\x9f\xa6\x99";
    const auto page = write("html", report);
    QStringDecoder decoder(QStringDecoder::Utf8, QStringConverter::Flag::Stateless);
    [[maybe_unused]] const QString decoded =
        decoder(QByteArrayView(page.data(), static_cast<qsizetype>(page.size())));
    QVERIFY(!decoder.hasError());
}

void TestHostileReport::markdownKeepsItsShape() {
    QFETCH(QByteArray, text);
    const auto page = QString::fromStdString(write("md", reportWith(text.toStdString())));
    static const QRegularExpression kFence("^(`{3,})$");
    static const QRegularExpression kBar("(?<!\\\\)\\|");
    static const QRegularExpression kLink("(?<!\\\\)\\]\\(");
    static const QRegularExpression kHeading(
        "^#{1,3} (Anven Workbench report|Run 7: compare|Prompt|Against the reference lane)$");
    static const QRegularExpression kFold(
        "^(<details>|<summary>(Lanes|Results|Answers|Environment|Run it again)</summary>|</details>)$");
    QString fence;
    qsizetype columns = 0;
    for (const auto& line : page.split('\n')) {
        if (!fence.isEmpty()) {
            if (line == fence)
                fence.clear();
            continue;
        }
        if (const auto match = kFence.match(line); match.hasMatch()) {
            fence = match.captured(1);
            continue;
        }
        if (kFold.match(line).hasMatch())
            continue;
        QVERIFY2(!line.contains('<') && !line.contains(kLink), qPrintable(line));
        if (line.startsWith('#'))
            QVERIFY2(kHeading.match(line).hasMatch(), qPrintable(line));
        const auto bars = line.startsWith('|') ? line.count(kBar) : 0;
        QVERIFY2(bars == 0 || columns == 0 || bars == columns, qPrintable(line));
        columns = bars;
    }
    QVERIFY2(fence.isEmpty(), "a fence is not closed");
}

void TestHostileReport::csvRunsNoFormula() {
    QFETCH(QByteArray, text);
    const auto page = QByteArray::fromStdString(write("csv", reportWith(text.toStdString())));
    // Every text cell is quoted, so a formula would stand right after an opening quote.
    static const QRegularExpression kFormula("(^|[,\\n])\"[=+\\-@\\t\\r]");
    QVERIFY(!QString::fromUtf8(page).contains(kFormula));
    auto quoted = text;
    QVERIFY(page.contains(quoted.replace('"', "\"\"")));
}

void TestHostileReport::jsonGivesTheTextBack() {
    QFETCH(QByteArray, text);
    const auto document =
        nlohmann::json::parse(write("json", reportWith(text.toStdString())), nullptr, false);
    QVERIFY(document.is_object());
    const auto& run = document.at("runs")[0];
    QCOMPARE(run.at("prompt").get<std::string>(), text.toStdString());
    QCOMPARE(run.at("note").get<std::string>(), text.toStdString());
    QCOMPARE(run.at("lanes")[0].at("text").get<std::string>(), text.toStdString());
    QCOMPARE(run.at("lanes")[0].at("path").get<std::string>(), text.toStdString());
}

QTEST_GUILESS_MAIN(TestHostileReport)
#include "tst_hostile_report.moc"
