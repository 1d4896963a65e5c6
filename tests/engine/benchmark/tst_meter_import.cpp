#include <QTemporaryDir>
#include <QtTest>
#include <fstream>

#include "engine/benchmark/meter_import.h"

/// Readings of a meter at the wall become the energy of repetitions by their clock times.
class TestMeterImport : public QObject {
    Q_OBJECT
private slots:
    void init();
    void readsTheFormsOfTime_data();
    void readsTheFormsOfTime();
    void badLinesAreNamed();
    void energyIsTheAreaUnderTheReadings();
    void idleIsTakenOffAndClocksAreShifted();
    void nothingInCommonIsAnError();
    void twoSourcesAreNotMixed();

private:
    std::filesystem::path csv(const std::string& text) {
        const std::filesystem::path file = folder_->filePath("meter.csv").toStdString();
        std::ofstream(file) << text;
        return file;
    }
    /// A repetition of `test` that began at `start` and took `ms`.
    void repetition(int number, double start, double ms) {
        for (const auto& [metric, value] :
             {std::pair("started_unix_ms", start * 1000.0), {"elapsed_ms", ms}}) {
            engine::SampleRow row;
            row.laneId = lane_;
            row.repetition = number;
            row.test = "decode";
            row.generate = 20;
            row.metric = metric;
            row.value = value;
            QVERIFY(store_->addSample(row));
        }
    }
    std::vector<double> valuesOf(const std::string& metric) {
        std::vector<double> values;
        const auto samples = *store_->samples(lane_);
        for (const auto& sample : samples)
            if (sample.metric == metric)
                values.push_back(sample.value);
        return values;
    }

    std::unique_ptr<QTemporaryDir> folder_;
    std::unique_ptr<engine::Store> store_;
    std::int64_t run_ = 0;
    std::int64_t lane_ = 0;
};

void TestMeterImport::init() {
    store_.reset();
    folder_ = std::make_unique<QTemporaryDir>();
    store_ = std::move(*engine::Store::open(folder_->filePath("m.sqlite").toStdString()));
    engine::RunRow run;
    run.kind = "bench";
    run.status = "finished";
    run_ = *store_->addRun(run);
    engine::LaneRow lane;
    lane.runId = run_;
    lane.status = "finished";
    lane_ = *store_->addLane(lane);
}

void TestMeterImport::readsTheFormsOfTime_data() {
    QTest::addColumn<QString>("time");
    QTest::addColumn<double>("seconds");
    // `date -u -d @1764065730` says 2025-11-25T10:15:30Z.
    QTest::newRow("seconds") << "1764065730.5" << 1764065730.5;
    QTest::newRow("milliseconds") << "1764065730500" << 1764065730.5;
    QTest::newRow("utc") << "2025-11-25T10:15:30.5Z" << 1764065730.5;
    QTest::newRow("blank") << "2025-11-25 10:15:30.5" << 1764065730.5;
    QTest::newRow("zone") << "2025-11-25T11:45:30.5+01:30" << 1764065730.5;
}

void TestMeterImport::readsTheFormsOfTime() {
    QFETCH(QString, time);
    QFETCH(double, seconds);
    for (const char* separator : {",", ";", "\t"}) {
        const auto text = "Time" + std::string(separator) + "W\r\n" + time.toStdString() + separator +
                          "41.5" + separator + "more\r\n1764099999,1\n";
        const auto readings = engine::parseMeterCsv(text, "f.csv");
        QVERIFY2(readings, readings ? "" : readings.error().message.c_str());
        QCOMPARE(readings->size(), std::size_t{2});
        QCOMPARE(readings->front().unixSeconds, seconds);
        QCOMPARE(readings->front().watts, 41.5);
    }
}

void TestMeterImport::badLinesAreNamed() {
    for (const auto& [text, place] : {std::pair("1,2\n2,nothing\n", "f.csv:2: expected a time"),
                                      {"5,1\n4,1\n", "f.csv:2: the time does not rise"},
                                      {"1,2\n", "fewer than two readings"},
                                      {"", "fewer than two readings"},
                                      {"1,2\n2,inf\n", "f.csv:2: "}}) {
        const auto readings = engine::parseMeterCsv(text, "f.csv");
        QVERIFY(!readings);
        QVERIFY2(readings.error().message.find(place) != std::string::npos, readings.error().message.c_str());
    }
}

void TestMeterImport::energyIsTheAreaUnderTheReadings() {
    repetition(0, 1001.5, 2000.0);
    repetition(1, 1004.0, 200.0);  // too short
    repetition(2, 2000.0, 900.0);  // not recorded
    // 10 W until 1002, rising to 30 W at 1003, then 30 W: 0.5 s at 10 W, 1 s at 20 W mean, 0.5 s at 30 W.
    const auto file = csv("time,W\n1000,10\n1001,10\n1002,10\n1003,30\n1004,30\n1005,30\n");
    const auto done = engine::importMeter(*store_, run_, file);
    QVERIFY2(done, done ? "" : done.error().message.c_str());
    QCOMPARE(done->repetitions, 1);
    QCOMPARE(done->without, 2);
    QCOMPARE(valuesOf("energy_gross_joules"), (std::vector<double>{5.0 + 20.0 + 15.0}));
    QCOMPARE(valuesOf("joules_per_token"), (std::vector<double>{2.0}));
    QVERIFY(valuesOf("energy_net_joules").empty());
    const auto rows = *store_->energy(lane_);
    QCOMPARE(rows.size(), std::size_t{3});
    QCOMPARE(rows[0].source, std::string("external:meter.csv"));
    QCOMPARE(rows[0].provenance, std::string("measured"));
    QVERIFY2(rows[1].reason.starts_with("decode 20: window too short: 200 ms"), rows[1].reason.c_str());
    QCOMPARE(rows[2].reason, std::string("decode 20: outside the meter's recording"));
}

void TestMeterImport::idleIsTakenOffAndClocksAreShifted() {
    repetition(0, 5001.0, 2000.0);
    const auto file = csv("1000,40\n1001,40\n1002,40\n1003,40\n1004,40\n");
    const auto done = engine::importMeter(*store_, run_, file, {4000.0, 30.0});
    QVERIFY2(done, done ? "" : done.error().message.c_str());
    QCOMPARE(valuesOf("energy_gross_joules"), (std::vector<double>{80.0}));
    QCOMPARE(valuesOf("energy_net_joules"), (std::vector<double>{20.0}));
    QCOMPARE(valuesOf("joules_per_token"), (std::vector<double>{1.0}));
}

void TestMeterImport::nothingInCommonIsAnError() {
    repetition(0, 9000.0, 2000.0);
    const auto done = engine::importMeter(*store_, run_, csv("1,40\n2,40\n"));
    QVERIFY(!done);
    QVERIFY(done.error().message.find("--clock-offset") != std::string::npos);
    QVERIFY(store_->energy(lane_)->empty());
    QCOMPARE(engine::importMeter(*store_, 99, csv("1,40\n2,40\n")).error().code, engine::ErrorCode::notFound);
    QCOMPARE(engine::importMeter(*store_, run_, "/no/such.csv").error().code, engine::ErrorCode::notFound);
}

void TestMeterImport::twoSourcesAreNotMixed() {
    repetition(0, 1001.0, 2000.0);
    const auto file = csv("1000,10\n1001,10\n1002,10\n1003,10\n1004,10\n");
    QVERIFY(engine::importMeter(*store_, run_, file));
    const auto again = engine::importMeter(*store_, run_, file);
    QVERIFY(!again);
    QVERIFY2(again.error().message.find("external:meter.csv already") != std::string::npos,
             again.error().message.c_str());
    QCOMPARE(valuesOf("joules_per_token").size(), std::size_t{1});
}

QTEST_APPLESS_MAIN(TestMeterImport)
#include "tst_meter_import.moc"
