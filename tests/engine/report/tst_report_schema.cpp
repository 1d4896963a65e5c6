#include <QProcess>
#include <QTemporaryDir>
#include <QtTest>
#include <fstream>
#include <nlohmann/json.hpp>

#include "engine/report/writers.h"
#include "tests/engine/report/sample_report.h"

/// JSON reports against the published schema, by a validator that is not ours.
class TestReportSchema : public QObject {
    Q_OBJECT
private slots:
    void initTestCase();
    void reportsAreValid_data();
    void reportsAreValid();
    void damagedReportsAreNot_data();
    void damagedReportsAreNot();

private:
    bool isValid(const std::string& json, QString* why);
    QTemporaryDir folder_;
};

namespace {

const char* const kPython = "/usr/bin/python3";
const char* const kValidate =
    "import json,sys,jsonschema\n"
    "schema=json.load(open(sys.argv[1]))\n"
    "jsonschema.Draft7Validator.check_schema(schema)\n"
    "jsonschema.Draft7Validator(schema).validate(json.load(open(sys.argv[2])))\n";

}  // namespace

void TestReportSchema::initTestCase() {
    QProcess python;
    python.start(kPython, {"-c", "import jsonschema"});
    if (!python.waitForFinished() || python.exitCode() != 0)
        QSKIP("python3-jsonschema is not installed");
}

bool TestReportSchema::isValid(const std::string& json, QString* why) {
    const auto file = folder_.filePath("report.json");
    std::ofstream(file.toStdString()) << json;
    QProcess python;
    python.start(kPython, {"-c", kValidate, ANVEN_SOURCE_DIR "/resources/schema/report.schema.json", file});
    if (!python.waitForFinished(60'000))
        qFatal("the validator did not end");
    *why = python.readAllStandardError();
    return python.exitCode() == 0;
}

void TestReportSchema::reportsAreValid_data() {
    QTest::addColumn<QString>("kind");
    QTest::newRow("bench") << "bench";
    QTest::newRow("compare") << "compare";
    QTest::newRow("nothing in it") << "";
}

void TestReportSchema::reportsAreValid() {
    QFETCH(QString, kind);
    auto report = reporttest::sampleReport(kind.isEmpty() ? "compare" : kind.toStdString());
    report.run.tags = {"nightly", "release"};
    if (kind.isEmpty()) {  // a lane that failed before it was loaded
        report.lanes[0] = {};
        report.lanes[0].lane.status = "failed";
    }
    QString why;
    QVERIFY2(isValid(engine::writeJson({report}), &why), qPrintable(why));
}

void TestReportSchema::damagedReportsAreNot_data() {
    QTest::addColumn<QString>("pointer");
    QTest::addColumn<QString>("value");
    QTest::newRow("version") << "/schema_version"
                             << "2";
    QTest::newRow("kind") << "/runs/0/kind"
                          << "\"other\"";
    QTest::newRow("value") << "/runs/0/lanes/0/samples/0/value"
                           << "\"fast\"";
    QTest::newRow("interval") << "/runs/0/lanes/0/results/0/ci95"
                              << "[1]";
    QTest::newRow("provenance") << "/runs/0/lanes/0/energy/0/provenance"
                                << "\"guessed\"";
    QTest::newRow("samples") << "/runs/0/lanes/0/samples"
                             << "null";
}

void TestReportSchema::damagedReportsAreNot() {
    QFETCH(QString, pointer);
    QFETCH(QString, value);
    auto json = nlohmann::json::parse(engine::writeJson({reporttest::sampleReport()}));
    json[nlohmann::json::json_pointer(pointer.toStdString())] = nlohmann::json::parse(value.toStdString());
    QString why;
    QVERIFY(!isValid(json.dump(), &why));
    QVERIFY2(why.contains("ValidationError"), qPrintable(why));
}

QTEST_GUILESS_MAIN(TestReportSchema)
#include "tst_report_schema.moc"
