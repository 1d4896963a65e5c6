#include <QTemporaryDir>
#include <QtTest>
#include <fstream>

#include "engine/profile/yaml_value.h"

using engine::YamlValue;

/// YAML becomes plain values with lines; what is no profile is refused in one line.
class TestYamlValue : public QObject {
    Q_OBJECT
private slots:
    void keepsOrderTextAndLines();
    void jsonIsYaml();
    void anEmptyFileIsNull() { QCOMPARE(engine::parseYaml("", "f")->kind, YamlValue::Kind::null); }
    void refusesWithFileAndLine_data();
    void refusesWithFileAndLine();
    void aliasesCountAsOftenAsTheyAreUsed();
    void aMissingFileAndAHugeOneAreRefused();
};

void TestYamlValue::keepsOrderTextAndLines() {
    const auto value = engine::parseYaml("# a comment\nsecond: 1.50\nfirst:\n  - x\n  - 'y z'\n", "f.yaml");
    QVERIFY2(value, value ? "" : value.error().message.c_str());
    QCOMPARE(value->kind, YamlValue::Kind::map);
    QCOMPARE(value->entries.size(), std::size_t{2});
    QCOMPARE(value->entries[0].first, std::string("second"));
    QCOMPARE(value->entries[0].second.text, std::string("1.50"));
    QCOMPARE(value->entries[0].second.line, 2);
    QCOMPARE(value->entries[0].second.column, 9);
    QCOMPARE(value->entries[1].line, 3);
    QCOMPARE(value->entries[1].column, 1);
    const auto& list = value->entries[1].second;
    QCOMPARE(list.kind, YamlValue::Kind::list);
    QCOMPARE(list.items[1].text, std::string("y z"));
    QCOMPARE(list.items[1].line, 5);
    QCOMPARE(list.items[1].column, 5);
}

void TestYamlValue::jsonIsYaml() {
    const auto value = engine::parseYaml(R"({"a": [1, 2], "b": {"c": true}})", "f.json");
    QVERIFY2(value, value ? "" : value.error().message.c_str());
    QCOMPARE(value->entries[1].second.entries[0].second.text, std::string("true"));
}

void TestYamlValue::refusesWithFileAndLine_data() {
    QTest::addColumn<QByteArray>("text");
    QTest::addColumn<QByteArray>("begins");
    QTest::newRow("tab as indent") << QByteArray("a:\n\tb: 1\n") << QByteArray("p.yaml:2:3: ");
    QTest::newRow("open bracket") << QByteArray("a: 1\nb: [x\n") << QByteArray("p.yaml:");
    QTest::newRow("twice the same key")
        << QByteArray("a: 1\nb: 2\na: 3\n") << QByteArray("p.yaml:3:1: the key 'a'");
    QTest::newRow("a key that is a list") << QByteArray("? [1]\n: 2\n") << QByteArray("p.yaml:1:3: a key");
    QTest::newRow("two documents") << QByteArray("a: 1\n---\nb: 2\n") << QByteArray("p.yaml:3:1: a second");
    QTest::newRow("unknown alias") << QByteArray("a: *nothing\n") << QByteArray("p.yaml:1:4: ");
    QTest::newRow("seventeen levels") << QByteArray("a: ") + QByteArray(17, '[') + QByteArray(17, ']')
                                      << QByteArray("p.yaml:1:20: values are nested");
    QTest::newRow("a hundred thousand levels") << QByteArray(100'000, '[') << QByteArray("p.yaml:");
    QByteArray many("a:\n");
    for (int i = 0; i < 10'001; ++i)
        many += " - 1\n";
    QTest::newRow("too many values") << many << QByteArray("p.yaml:10000:4: there are more");
}

void TestYamlValue::refusesWithFileAndLine() {
    QFETCH(QByteArray, text);
    QFETCH(QByteArray, begins);
    const auto value = engine::parseYaml(
        std::string_view(text.constData(), static_cast<std::size_t>(text.size())), "p.yaml");
    QVERIFY(!value);
    QCOMPARE(value.error().code, engine::ErrorCode::corrupt);
    const auto& message = value.error().message;
    QVERIFY2(QByteArray::fromStdString(message).startsWith(begins), message.c_str());
    QVERIFY2(message.find('\n') == std::string::npos, message.c_str());
}

void TestYamlValue::aliasesCountAsOftenAsTheyAreUsed() {
    std::string text = "a: &a [x,x,x,x,x,x,x,x,x,x]\n";  // ten to the power of nine values in ten lines
    for (char name = 'b'; name < 'j'; ++name) {
        const std::string before(1, static_cast<char>(name - 1));
        text += std::string(1, name) + ": &" + name + " [";
        for (int i = 0; i < 10; ++i)
            text += (i == 0 ? "*" : ",*") + before;
        text += "]\n";
    }
    const auto value = engine::parseYaml(text, "p.yaml");
    QVERIFY(!value);
    QVERIFY2(value.error().message.find("more than 10000 values") != std::string::npos,
             value.error().message.c_str());
}

void TestYamlValue::aMissingFileAndAHugeOneAreRefused() {
    const QTemporaryDir folder;
    const std::filesystem::path file = folder.filePath("big.yaml").toStdString();
    QCOMPARE(engine::readYaml(file).error().code, engine::ErrorCode::notFound);
    std::ofstream(file) << std::string((1 << 20) + 1, '#');
    QCOMPARE(engine::readYaml(file).error().code, engine::ErrorCode::invalidInput);
    std::ofstream(file, std::ios::trunc) << "a: 1\n";
    QVERIFY(engine::readYaml(file));
}

QTEST_APPLESS_MAIN(TestYamlValue)
#include "tst_yaml_value.moc"
