#include <QTemporaryDir>
#include <QtTest>
#include <clocale>
#include <fstream>
#include <nlohmann/json.hpp>

#include "engine/report/report.h"
#include "engine/report/report_document.h"
#include "engine/report/run_warnings.h"
#include "tests/engine/report/sample_report.h"

/// Every format says everything that a run holds, with units; the file is replaced as a whole.
class TestReport : public QObject {
    Q_OBJECT
private slots:
    void everyFieldAppears_data();
    void everyFieldAppears();
    void everySampleIsARow();
    void picturesAreShownOrNamed_data() { formats(); }
    void picturesAreShownOrNamed();
    void pagesHoldNoPictureThatTheyCannotShow();
    void jsonHoldsTheNumbers();
    void missingValuesAreDashes_data();
    void missingValuesAreDashes();
    void numbersHaveAPointInEveryLocale_data() { formats(); }
    void numbersHaveAPointInEveryLocale();
    void saysHowToRepeat_data();
    void saysHowToRepeat();
    void saysWhichProfileRan_data();
    void saysWhichProfileRan();
    void writesByExtension_data() { formats(); }
    void writesByExtension();
    void refusesOtherExtensions_data();
    void refusesOtherExtensions();
    void leavesTheOldReportWhenItCannotWrite();
    void loadsRunsFromTheStore();

private:
    void formats() const;
};

namespace {

std::string write(const QString& format, const std::vector<engine::RunReport>& runs) {
    for (const auto& writer : engine::reportWriters())
        if (format.toStdString() == writer.format)
            return writer.write(runs);
    return {};
}

/// Records of RFC 4180.
QList<QStringList> csvRecords(const std::string& text) {
    QList<QStringList> records;
    QStringList record;
    QString cell;
    bool quoted = false;
    for (std::size_t i = 0; i < text.size(); ++i) {
        const char c = text[i];
        if (quoted && c == '"' && i + 1 < text.size() && text[i + 1] == '"') {
            cell += text[i++];
        } else if (c == '"') {
            quoted = !quoted;
        } else if (!quoted && (c == ',' || c == '\n')) {
            record << cell;
            cell.clear();
            if (c == '\n') {
                records << record;
                record.clear();
            }
        } else if (quoted || c != '\r') {
            cell += c;
        }
    }
    return records;
}

}  // namespace

void TestReport::formats() const {
    QTest::addColumn<QString>("format");
    for (const auto& writer : engine::reportWriters())
        QTest::newRow(writer.format.data())
            << QString::fromUtf8(writer.format.data(), static_cast<qsizetype>(writer.format.size()));
}

void TestReport::everyFieldAppears_data() {
    QTest::addColumn<QString>("format");
    QTest::addColumn<QString>("text");
    const QStringList everywhere{"7",
                                 "compare",
                                 "finished",
                                 "2026-11-24T10:15:30.123Z",
                                 "Alpha",
                                 "Beta",
                                 "ModelAlpha",
                                 "VariantBeta",
                                 "/models/Alpha.gguf",
                                 "cafeBeta",
                                 "avx2",
                                 "f32",
                                 "decode",
                                 "furlong",
                                 "tok/s",
                                 "measured",
                                 "rapl:package-0",
                                 "ReasonText"};
    const QStringList documents{"2026-11-24T10:16:00.456Z",
                                "NightlyProfile",
                                "PromptText",
                                "TestCPU9000",
                                "17179869184",
                                "abc1234",
                                "123456789",
                                "NoteText",
                                "AnswerAlpha",
                                "AnswerBeta",
                                "length",
                                "101",
                                "4096",
                                "rope",
                                "gguf"};
    const QStringList pages{
        "Decode speed",         "Peak memory",    "GiB", "J/token", "12.5", "0.375", "3.25", "24 J",
        "decode 512+64 @ 2048", "difference seen"};
    for (const char* format : {"md", "html", "csv", "json"})
        for (const auto& text : everywhere)
            QTest::addRow("%s %s", format, qPrintable(text)) << format << text;
    for (const char* format : {"md", "html", "json"})
        for (const auto& text : documents)
            QTest::addRow("%s %s", format, qPrintable(text)) << format << text;
    for (const char* format : {"md", "html"})
        for (const auto& text : pages)
            QTest::addRow("%s %s", format, qPrintable(text)) << format << text;
    for (const char* text : {"ttft_ms", "512", "64", "2048", "3221225472", "bytes", "J", "24", "unavailable",
                             "2026-11-24T10:15:31.000Z"})
        QTest::addRow("csv %s", text) << "csv" << text;
}

void TestReport::everyFieldAppears() {
    QFETCH(QString, format);
    QFETCH(QString, text);
    auto report = reporttest::sampleReport("compare");
    auto page = QString::fromStdString(write(format, {report}));
    if (format == "md")  // escapes do not change what is read
        page.remove('\\');
    QVERIFY2(page.contains(text), qPrintable(page.left(3000)));
}

void TestReport::everySampleIsARow() {
    const auto report = reporttest::sampleReport();
    const auto records = csvRecords(write("csv", {report}));
    qsizetype expected = 1;
    for (const auto& lane : report.lanes)
        expected += static_cast<qsizetype>(lane.samples.size() + lane.energy.size());
    QCOMPARE(records.size(), expected);
    const auto column = [&](const QStringList& record, const char* name) {
        return record.value(records.front().indexOf(name));
    };
    for (const auto& record : records)
        QCOMPARE(record.size(), records.front().size());
    const auto& first = records[1];
    QCOMPARE(column(first, "lane"), QString("Alpha"));
    QCOMPARE(column(first, "metric"), QString("decode_tokens_per_s"));
    QCOMPARE(column(first, "unit"), QString("tok/s"));
    QCOMPARE(column(first, "value").toDouble(), 100.0);
    QCOMPARE(column(records[2], "value").toDouble(),
             report.lanes[0].samples[1].value);  // digits enough to come back
    const auto& energy = records[static_cast<qsizetype>(1 + report.lanes[0].samples.size())];
    QCOMPARE(column(energy, "test"), QString("energy"));
    QCOMPARE(column(energy, "value"), QString("24"));
    QCOMPARE(column(energy, "energy_source"), QString("rapl:package-0"));
    QCOMPARE(column(energy, "energy_provenance"), QString("measured"));
    const auto& none = records.back();
    QCOMPARE(column(none, "value"), QString());  // unavailable is not zero
    QCOMPARE(column(none, "energy_reason"), QString("ReasonText"));
}

void TestReport::jsonHoldsTheNumbers() {
    const auto report = reporttest::sampleReport();
    const auto document = nlohmann::json::parse(write("json", {report, report}), nullptr, false);
    QVERIFY(document.is_object());
    QVERIFY(document.at("schema_version").is_number_integer());
    QCOMPARE(document.at("runs").size(), std::size_t{2});
    const auto& lane = document.at("runs")[0].at("lanes")[0];
    QCOMPARE(lane.at("samples").size(), report.lanes[0].samples.size());
    QCOMPARE(lane.at("samples")[1].at("value").get<double>(), report.lanes[0].samples[1].value);
    QCOMPARE(lane.at("results")[0].at("median").get<double>(), report.lanes[0].results[0].summary.median);
    QVERIFY(lane.at("results")[0].at("p90").is_number());
    QVERIFY(lane.at("results")[1].at("p90").is_null());  // two samples carry no percentile
    QVERIFY(document.at("runs")[0].at("lanes")[1].at("energy")[0].at("joules").is_null());
    QCOMPARE(document.at("runs")[0].at("machine").at("cpu").get<std::string>(), std::string("TestCPU9000"));
}

void TestReport::missingValuesAreDashes_data() {
    QTest::addColumn<QString>("format");
    QTest::newRow("md") << "md";
    QTest::newRow("html") << "html";
}

// A lane that failed has no samples; the report is written all the same and says why.
void TestReport::missingValuesAreDashes() {
    QFETCH(QString, format);
    engine::RunReport report;
    report.run.kind = "compare";
    report.lanes.resize(2);
    report.lanes[0].lane.name = "Empty";
    report.lanes[1].lane.status = "failed";
    report.lanes[1].lane.error = "ran out of memory";
    const auto page = QString::fromStdString(write(format, {report}));
    QVERIFY(page.contains("Empty"));
    QVERIFY(page.contains("failed: ran out of memory"));
    QVERIFY(page.contains("–"));
    QVERIFY(!page.contains("nan") && !page.contains("inf"));
    QVERIFY(!write(format, {}).empty());
}

void TestReport::numbersHaveAPointInEveryLocale() {
    QFETCH(QString, format);
    const auto expected = write(format, {reporttest::sampleReport()});
    const char* comma = nullptr;
    for (const char* name : {"de_DE.UTF-8", "de_DE.utf8", "uk_UA.UTF-8", "fr_FR.UTF-8"})
        comma = comma ? comma : std::setlocale(LC_NUMERIC, name);
    if (comma == nullptr)
        QSKIP("no locale with a decimal comma is installed");
    const auto page = write(format, {reporttest::sampleReport()});
    std::setlocale(LC_NUMERIC, "C");
    QCOMPARE(page, expected);
}

void TestReport::saysHowToRepeat_data() {
    QTest::addColumn<QString>("kind");
    QTest::addColumn<QString>("profile");
    QTest::addColumn<QString>("command");
    QTest::newRow("bench")
        << "bench"
        << R"({"tests":[{"test":"prefill","prompt":64},{"test":"prefill","prompt":512},{"test":"decode","generate":32,"depth":128}],"repetitions":5})"
        << "anven bench '/models/Alpha.gguf' '/models/Beta.gguf' --prefill 64,512 --decode 32 --depth 0,128 "
           "--repetitions 5 --seed 123456789";
    QTest::newRow("compare")
        << "compare"
        << R"({"generation":{"max_tokens":64,"temperature":0.5,"top_p":0.9,"top_k":40,"seed":42}})"
        << "anven compare '/models/Alpha.gguf' '/models/Beta.gguf' -p 'It'\\''s' -n 64 --temperature 0.5 "
           "--top-p 0.9 --top-k 40 --seed 42";
    QTest::newRow("bench by a profile")
        << "bench"
        << R"j({"profile":{"arguments":["quick","--model","it's=$(reboot)"]},"tests":[]})j"
        << "anven bench 'quick' '--model' 'it'\\''s=$(reboot)'";
    // The line is made to be pasted into a shell, so nothing from a database goes into it unquoted.
    const QString models = "'/models/Alpha.gguf' '/models/Beta.gguf'";
    QTest::newRow("options that are texts")
        << "compare"
        << R"j({"generation":{"seed":"$(reboot)","max_tokens":"; reboot"}})j"
        << "anven compare " + models + " -p 'It'\\''s'";
    QTest::newRow("repetitions that are a text") << "bench"
                                                 << R"j({"tests":[],"repetitions":"$(reboot)"})j"
                                                 << "anven bench " + models;
    QTest::newRow("arguments that are none") << "bench"
                                             << R"({"profile":{"arguments":[7]}})"
                                             << "anven bench " + models;
    QTest::newRow("tests that are none") << "bench"
                                         << R"({"tests":[7]})"
                                         << "anven bench " + models;
    QTest::newRow("a profile that is none") << "bench"
                                            << "[1, 2"
                                            << "anven bench " + models;
    QTest::newRow("a kind that is none") << "x; reboot"
                                         << ""
                                         << "anven bench " + models;
}

void TestReport::saysHowToRepeat() {
    QFETCH(QString, kind);
    QFETCH(QString, profile);
    auto report = reporttest::sampleReport(kind.toStdString());
    report.run.profileText = profile.toStdString();
    report.run.prompt = "It's";
    QTEST(QString::fromStdString(engine::repeatCommand(report)), "command");
}

void TestReport::saysWhichProfileRan_data() {
    QTest::addColumn<QString>("profile");
    QTest::addColumn<QString>("text");
    QTest::addColumn<QString>("line");
    QTest::newRow("as shipped") << "quick"
                                << R"({"profile":{"sha256":"cafe","shipped":true}})"
                                << "quick, unmodified (sha256 cafe)";
    QTest::newRow("changed") << "quick"
                             << R"({"profile":{"sha256":"cafe","shipped":false}})"
                             << "quick, not as shipped (sha256 cafe)";
    QTest::newRow("by options") << "ad hoc"
                                << R"({"profile":{"sha256":"cafe","shipped":false}})"
                                << "ad hoc (sha256 cafe)";
    QTest::newRow("before there were profiles") << "ad hoc"
                                                << R"({"tests":[]})"
                                                << "ad hoc";
    QTest::newRow("a digest that is none") << "quick"
                                           << R"({"profile":{"sha256":7,"shipped":true}})"
                                           << "quick";
    QTest::newRow("a profile that is none") << "quick"
                                            << R"({"profile":[3]})"
                                            << "quick";
    QTest::newRow("no JSON") << "quick"
                             << "["
                             << "quick";
}

void TestReport::saysWhichProfileRan() {
    QFETCH(QString, profile);
    QFETCH(QString, text);
    auto report = reporttest::sampleReport();
    report.run.profile = profile.toStdString();
    report.run.profileText = text.toStdString();
    QTEST(QString::fromStdString(engine::profileLine(report.run)), "line");
    for (const auto& writer : engine::reportWriters())
        QVERIFY(!writer.write({report}).empty());
}

void TestReport::writesByExtension() {
    QFETCH(QString, format);
    const QTemporaryDir folder;
    const std::filesystem::path file(folder.filePath("report." + format).toStdString());
    std::ofstream(file) << "old";
    const std::vector<engine::RunReport> runs{reporttest::sampleReport()};
    const auto done = engine::writeReport(runs, file);
    QVERIFY2(done.has_value(), done ? "" : done.error().message.c_str());
    std::ifstream in(file, std::ios::binary);
    QCOMPARE(std::string(std::istreambuf_iterator<char>(in), {}), write(format, runs));
    QCOMPARE(QDir(folder.path()).entryList(QDir::Files), QStringList{"report." + format});
}

void TestReport::refusesOtherExtensions_data() {
    QTest::addColumn<QString>("name");
    for (const char* name : {"report", "report.docx", "report.", "html"})
        QTest::newRow(name) << name;
}

void TestReport::refusesOtherExtensions() {
    QFETCH(QString, name);
    const QTemporaryDir folder;
    const auto done = engine::writeReport({reporttest::sampleReport()}, folder.filePath(name).toStdString());
    QVERIFY(!done);
    QCOMPARE(done.error().code, engine::ErrorCode::unsupported);
    QVERIFY2(QString::fromStdString(done.error().message).contains(".html"), done.error().message.c_str());
    QVERIFY(QDir(folder.path()).entryList(QDir::Files).isEmpty());
}

void TestReport::leavesTheOldReportWhenItCannotWrite() {
    const QTemporaryDir folder;
    const auto done =
        engine::writeReport({reporttest::sampleReport()}, folder.filePath("absent/report.md").toStdString());
    QVERIFY(!done);
    QCOMPARE(done.error().code, engine::ErrorCode::io);
    QVERIFY(QDir(folder.path()).mkdir("taken.md"));  // a folder in the report's place
    const auto taken =
        engine::writeReport({reporttest::sampleReport()}, folder.filePath("taken.md").toStdString());
    QVERIFY(!taken);
    QCOMPARE(QDir(folder.path()).entryList(QDir::AllEntries | QDir::NoDotAndDotDot), QStringList{"taken.md"});
}

void TestReport::loadsRunsFromTheStore() {
    const QTemporaryDir folder;
    auto store = engine::Store::open(folder.filePath("a.sqlite").toStdString());
    QVERIFY(store.has_value());
    QVERIFY(!engine::loadReports(**store, {}));  // nothing measured yet
    const auto sample = reporttest::sampleReport("compare");
    std::vector<std::int64_t> ids;
    for (int i = 0; i < 2; ++i) {
        const auto run = (*store)->addRun(sample.run);
        QVERIFY((*store)->setRunPictures(*run, sample.pictures).has_value());
        ids.push_back(*run);
        for (auto lane : sample.lanes) {
            lane.lane.runId = *run;
            const auto id = (*store)->addLane(lane.lane);
            for (auto& row : lane.samples)
                row.laneId = *id;
            QVERIFY((*store)->addSamples(lane.samples).has_value());
            lane.energy.front().laneId = *id;
            QVERIFY((*store)->addEnergy(lane.energy.front()).has_value());
        }
    }
    const auto newest = engine::loadReports(**store, {});
    QVERIFY(newest.has_value());
    QCOMPARE(newest->size(), std::size_t{1});
    QCOMPARE(newest->front().run.id, ids.back());
    const auto both = engine::loadReports(**store, ids);
    QVERIFY(both.has_value());
    QCOMPARE(both->size(), std::size_t{2});
    QVERIFY(both->front().pictures == sample.pictures);
    const auto& lanes = both->front().lanes;
    QCOMPARE(lanes.size(), std::size_t{2});
    QCOMPARE(lanes[0].results.size(), sample.lanes[0].results.size());
    QCOMPARE(lanes[0].results[0].summary, sample.lanes[0].results[0].summary);
    QCOMPARE(lanes[0].energy.front().source, std::string("rapl:package-0"));
    const std::int64_t absent[] = {99};
    const auto none = engine::loadReports(**store, absent);
    QVERIFY(!none);
    QCOMPARE(none.error().code, engine::ErrorCode::notFound);
}

void TestReport::picturesAreShownOrNamed() {
    QFETCH(QString, format);
    const auto report = reporttest::sampleReport("compare");
    const auto& picture = report.pictures.front();
    const auto text = write(format, {report});
    if (format == "csv")
        return;  // rows of samples
    QVERIFY(text.find("SeenPicture.png") != std::string::npos);
    QVERIFY(text.find(picture.sha256) != std::string::npos);
    QVERIFY(text.find(std::to_string(picture.bytes())) != std::string::npos);
    // "\x89PNG\r\n\x1a\nPictureBytes" in base64, by coreutils.
    const bool shown =
        text.find("<img src=\"data:image/png;base64,iVBORw0KGgpQaWN0dXJlQnl0ZXM=\"") != std::string::npos;
    QCOMPARE(shown, format == "html");
    if (shown)
        QVERIFY(text.find("img-src data:") != std::string::npos);  // else the page's own policy forbids it
}

void TestReport::pagesHoldNoPictureThatTheyCannotShow() {
    auto report = reporttest::sampleReport("compare");
    std::string large = *report.pictures.front().content;
    large.resize(std::size_t{9} << 20);
    report.pictures = {engine::pictureRow("scan.tiff", std::string("II*\0 tiff", 9), 8, 8),
                       engine::pictureRow("<b>\".png", large, 8, 8)};
    const auto text = write("html", {report});
    QVERIFY(text.find("<img") == std::string::npos && text.size() < large.size());
    QVERIFY(text.find("scan.tiff") != std::string::npos);
    QVERIFY(text.find("&lt;b&gt;&quot;.png") != std::string::npos);
}

QTEST_GUILESS_MAIN(TestReport)
#include "tst_report.moc"
