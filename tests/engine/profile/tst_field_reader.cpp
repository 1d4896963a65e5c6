#include <QtTest>

#include "engine/profile/field_reader.h"

using engine::FieldReader;
using engine::YamlValue;

namespace {

/// The targets of every kind of field, with their defaults.
struct Fields {
    double share = 0.5;
    float scale = 1.5F;
    std::int64_t count = 7;
    std::vector<std::int64_t> lengths{64};
    bool quick = false;
    std::string title = "untitled";
    std::vector<std::string> names;
    std::size_t mode = 0;
};

engine::Result<void> readFields(const std::string& text, Fields& out) {
    const auto value = engine::parseYaml(text, "p.yaml");
    if (!value)
        return value.error();
    FieldReader fields(*value, "p.yaml");
    fields.require("title");
    fields.text("title", out.title);
    fields.number("share", 0.0, 1.0, out.share);
    fields.number("scale", -2.0, 2.0, out.scale);
    fields.integer("count", 1, 100, out.count);
    fields.integers("lengths", 1, 4096, out.lengths);
    fields.flag("quick", out.quick);
    fields.texts("names", out.names);
    fields.choice("mode", {"bars", "lines"}, out.mode);
    return fields.finish();
}

}  // namespace

/// Fields get types; what does not fit is said with file, line, key and expectation.
class TestFieldReader : public QObject {
    Q_OBJECT
private slots:
    void readsEveryKind();
    void absentFieldsKeepTheirDefaults();
    void saysWhatIsWrong_data();
    void saysWhatIsWrong();
    void nestedValuesKeepTheirLines();
};

void TestFieldReader::readsEveryKind() {
    Fields f;
    const auto read = readFields(
        "title: A title\nshare: 1e-1\nscale: -2\ncount: 100\nlengths: [64, 512]\nquick: true\nnames: [a, b "
        "c]\nmode: lines\n",
        f);
    QVERIFY2(read, read ? "" : read.error().message.c_str());
    QCOMPARE(f.title, std::string("A title"));
    QCOMPARE(f.share, 0.1);
    QCOMPARE(f.scale, -2.0F);
    QCOMPARE(f.count, std::int64_t{100});
    QCOMPARE(f.lengths, (std::vector<std::int64_t>{64, 512}));
    QVERIFY(f.quick);
    QCOMPARE(f.names, (std::vector<std::string>{"a", "b c"}));
    QCOMPARE(f.mode, std::size_t{1});
}

void TestFieldReader::absentFieldsKeepTheirDefaults() {
    Fields f;
    QVERIFY(readFields("title: x\nlengths: 128\nnames: one\n", f));
    QCOMPARE(f.share, 0.5);
    QCOMPARE(f.lengths, (std::vector<std::int64_t>{128}));  // one value is a list of one
    QCOMPARE(f.names, (std::vector<std::string>{"one"}));
    QCOMPARE(f.mode, std::size_t{0});
}

void TestFieldReader::saysWhatIsWrong_data() {
    QTest::addColumn<QByteArray>("text");
    QTest::addColumn<QByteArray>("message");
    const auto row = [](const char* name, const char* text, const char* message) {
        QTest::newRow(name) << QByteArray("title: x\n") + text << QByteArray("p.yaml:2: key ") + message;
    };
    row("too large", "share: 1.5", "'share': expected a number from 0 to 1, found '1.5'");
    row("no number", "share: much", "'share': expected a number from 0 to 1, found 'much'");
    row("not a number", "share: nan", "'share': expected a number from 0 to 1, found 'nan'");
    row("half an integer", "count: 1.5", "'count': expected a whole number from 1 to 100, found '1.5'");
    row("beyond 64 bits", "count: 99999999999999999999",
        "'count': expected a whole number from 1 to 100, found '99999999999999999999'");
    row("a list for a number", "count: [1]", "'count': expected a whole number from 1 to 100, found a list");
    row("zero in a list", "lengths: [64, 0]", "'lengths': expected whole numbers from 1 to 4096, found '0'");
    row("yes", "quick: yes", "'quick': expected true or false, found 'yes'");
    row("a map for a text", "names: {a: 1}", "'names': expected a list of texts, found a map");
    row("another word", "mode: pie", "'mode': expected one of bars, lines, found 'pie'");
    row("a misspelt key", "shaer: 1",
        "'shaer': is not known here; the keys are count, lengths, mode, names, quick, scale, share, title");
    QTest::newRow("a required key misspelt") << QByteArray("titel: x\n")
                                             << QByteArray(
                                                    "p.yaml:1: key 'titel': is not known here; the keys are "
                                                    "count, lengths, mode, names, quick, scale, "
                                                    "share, title");
    QTest::newRow("a missing key") << QByteArray("count: 2\n")
                                   << QByteArray("p.yaml:1: the key 'title' is missing");
    QTest::newRow("no map") << QByteArray("- 1\n")
                            << QByteArray("p.yaml:1: expected a map of keys and values, found a list");
    QTest::newRow("an empty file") << QByteArray()
                                   << QByteArray(
                                          "p.yaml:1: expected a map of keys and values, found nothing");
}

void TestFieldReader::saysWhatIsWrong() {
    QFETCH(QByteArray, text);
    QFETCH(QByteArray, message);
    Fields f;
    const auto read = readFields(text.toStdString(), f);
    QVERIFY(!read);
    QCOMPARE(QByteArray::fromStdString(read.error().message), message);
}

void TestFieldReader::nestedValuesKeepTheirLines() {
    const auto value = engine::parseYaml("models:\n  - path: a\n    n: x\n", "p.yaml");
    QVERIFY(value);
    FieldReader outer(*value, "p.yaml");
    QVERIFY(outer.nested("models", YamlValue::Kind::map) == nullptr);  // it is a list
    QVERIFY(!outer.finish());
    FieldReader again(*value, "p.yaml");
    const auto* list = again.nested("models", YamlValue::Kind::list);
    QVERIFY(list != nullptr);
    FieldReader inner(list->items[0], "p.yaml");
    std::string path;
    std::int64_t n = 0;
    inner.text("path", path);
    inner.integer("n", 0, 9, n);
    const auto read = inner.finish();
    QVERIFY(!read);
    QVERIFY2(read.error().message.starts_with("p.yaml:3: key 'n'"), read.error().message.c_str());
    again.fail(read.error());
    QCOMPARE(again.finish().error(), read.error());
}

QTEST_APPLESS_MAIN(TestFieldReader)
#include "tst_field_reader.moc"
