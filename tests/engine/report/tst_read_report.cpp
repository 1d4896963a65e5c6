#include <QTemporaryDir>
#include <QtTest>
#include <fstream>

#include "engine/report/read_report.h"
#include "engine/report/writers.h"
#include "tests/engine/report/sample_report.h"

/// Reports read back, and imported into another database.
class TestReadReport : public QObject {
    Q_OBJECT
private slots:
    void whatWasWrittenComesBack_data();
    void whatWasWrittenComesBack();
    void importsOnceAndTags();
    void importsADatabaseAndLeavesItAlone();
    void refusesOtherFiles_data();
    void refusesOtherFiles();
    void everyTruncationIsRefused();
};

namespace {

engine::RunReport tagged() {
    auto report = reporttest::sampleReport("compare");
    report.run.tags = {"baseline", "nightly"};
    report.run.prompt = "</script><b>x</b> \xe2\x86\x92 & \"quoted\"";
    report.run.profileText = R"({"a":1})";
    return report;
}

std::unique_ptr<engine::Store> openStore(const std::filesystem::path& file) {
    auto store = engine::Store::open(file);
    if (!store)
        qFatal("%s", store.error().message.c_str());
    return std::move(*store);
}

}  // namespace

void TestReadReport::whatWasWrittenComesBack_data() {
    QTest::addColumn<QString>("format");
    QTest::newRow("json") << "json";
    QTest::newRow("html") << "html";
}

void TestReadReport::whatWasWrittenComesBack() {
    QFETCH(QString, format);
    const QTemporaryDir folder;
    const std::filesystem::path file(folder.filePath("r." + format).toStdString());
    const auto report = tagged();
    QVERIFY(engine::writeReport({report, report}, file).has_value());
    const auto read = engine::readReport(file);
    QVERIFY2(read.has_value(), read ? "" : read.error().message.c_str());
    QCOMPARE(read->size(), std::size_t{2});
    // Written again it is the same file: nothing was lost or changed but the pictures, whose bytes it lacks.
    auto named = report;
    named.pictures.clear();
    QCOMPARE(engine::writeJson(*read), engine::writeJson({named, named}));
    QCOMPARE(read->front().run.prompt, report.run.prompt);
    QCOMPARE(read->front().lanes[0].results[0].summary, report.lanes[0].results[0].summary);
}

void TestReadReport::importsOnceAndTags() {
    const QTemporaryDir folder;
    const auto store = openStore(folder.filePath("a.sqlite").toStdString());
    const auto first = engine::importRuns(*store, {tagged()});
    QVERIFY2(first.has_value(), first ? "" : first.error().message.c_str());
    QCOMPARE(first->added.size(), std::size_t{1});
    const auto run = store->run(first->added[0]);
    QCOMPARE(run->tags, std::vector<std::string>({"imported", "nightly"}));  // not their baseline
    const auto loaded = engine::loadReports(*store, first->added);
    QCOMPARE(loaded->front().lanes.size(), std::size_t{2});
    QCOMPARE(loaded->front().lanes[0].samples.size(), tagged().lanes[0].samples.size());
    QCOMPARE(loaded->front().lanes[1].energy[0].reason, std::string("ReasonText"));
    const auto again = engine::importRuns(*store, {tagged()});
    QVERIFY(again->added.empty());
    QCOMPARE(again->alreadyThere, 1);
    QCOMPARE(store->runs()->size(), std::size_t{1});
}

void TestReadReport::importsADatabaseAndLeavesItAlone() {
    const QTemporaryDir folder;
    const std::filesystem::path file(folder.filePath("other.sqlite").toStdString());
    {
        const auto store = openStore(file);
        QVERIFY(engine::importRuns(*store, {tagged()}).has_value());
    }
    const auto bytes = [&] {
        std::ifstream in(file, std::ios::binary);
        return std::string(std::istreambuf_iterator<char>(in), {});
    };
    const auto before = bytes();
    const auto read = engine::readReport(file);
    QVERIFY2(read.has_value(), read ? "" : read.error().message.c_str());
    QCOMPARE(read->size(), std::size_t{1});
    QCOMPARE(read->front().lanes[1].lane.name, std::string("Beta"));
    QVERIFY(bytes() == before);
    QCOMPARE(QDir(folder.path()).entryList(QDir::Files), QStringList{"other.sqlite"});
}

void TestReadReport::refusesOtherFiles_data() {
    QTest::addColumn<QByteArray>("content");
    QTest::addColumn<QString>("said");
    QTest::newRow("empty") << QByteArray() << "holds no runs";
    QTest::newRow("a page of another kind") << QByteArray("<html><body>x</body></html>") << "holds no runs";
    QTest::newRow("no JSON") << QByteArray("hello") << "is no report";
    QTest::newRow("other JSON") << QByteArray("[1,2]") << "is no report";
    QTest::newRow("no runs") << QByteArray(R"({"schema_version":1})") << "is no report";
    QTest::newRow("newer") << QByteArray(R"({"schema_version":9,"runs":[]})") << "newer version";
    QTest::newRow("a run that is none")
        << QByteArray(R"({"schema_version":1,"runs":[{}]})") << "is no report";
    QTest::newRow("database that is none") << QByteArray("SQLite format 3\0garbage", 23) << "database";
}

void TestReadReport::refusesOtherFiles() {
    QFETCH(QByteArray, content);
    QFETCH(QString, said);
    const QTemporaryDir folder;
    const std::filesystem::path file(folder.filePath("x").toStdString());
    std::ofstream(file, std::ios::binary) << content.toStdString();
    const auto read = engine::readReport(file);
    QVERIFY(!read.has_value());
    const auto message = QString::fromStdString(read.error().message);
    QVERIFY2(message.contains(said), qPrintable(message));
}

void TestReadReport::everyTruncationIsRefused() {
    const auto whole = engine::writeJson({tagged()});
    for (std::size_t size = 1; size + 2 < whole.size(); size += 97)
        QVERIFY2(!engine::reportFromJson(whole.substr(0, size)).has_value(),
                 qPrintable(QString::number(size)));
    QVERIFY(engine::reportFromJson(whole).has_value());
}

QTEST_GUILESS_MAIN(TestReadReport)
#include "tst_read_report.moc"
