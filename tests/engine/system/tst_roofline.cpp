#include <QtTest>
#include <nlohmann/json.hpp>
#include <numeric>

#include "engine/system/roofline.h"
#include "kernels/base/cpu_features.h"
#include "kernels/base/peak_loops.h"

/// The measurement is complete, its rates are of this universe, and its loops do what their names say.
class TestRoofline : public QObject {
    Q_OBJECT
private slots:
    void everyRateIsThere_data();
    void everyRateIsThere();
    void peaksAreThoseOfTheKernelsInstructions();
    void readingSeesEveryByte_data();
    void readingSeesEveryByte();
    void absentRatesAreNullInJson();
    void nonsenseIsRefused_data();
    void nonsenseIsRefused();
    void canBeStopped();

private:
    static engine::RooflineRequest quick(int threads) { return {threads, std::int64_t{8} << 20, 2, 0.004}; }
};

void TestRoofline::everyRateIsThere_data() {
    QTest::addColumn<int>("threads");
    QTest::newRow("one thread") << 1;
    QTest::newRow("two threads") << 2;
    QTest::newRow("as many as cores") << 0;
}

void TestRoofline::everyRateIsThere() {
    QFETCH(int, threads);
    const auto measured = engine::measureRoofline(quick(threads));
    QVERIFY2(measured, measured ? "" : measured.error().message.c_str());
    QVERIFY(threads == 0 ? measured->threads >= 1 : measured->threads == threads);
    QVERIFY(measured->readGbPerS > 0.0);
    QVERIFY(measured->readGbPerSMin <= measured->readGbPerS &&
            measured->readGbPerS <= measured->readGbPerSMax);
    QVERIFY(measured->fp32.gops > 0.0 && !measured->fp32.instructions.empty());
    QCOMPARE(measured->barrierUs.has_value(), measured->threads > 1);
    // Without an instruction of their own the types are computed as f32.
    QVERIFY(measured->bf16 || measured->bf16Gops() == measured->fp32.gops);
    QVERIFY(measured->int8 || measured->int8Gops() == measured->fp32.gops);
}

void TestRoofline::peaksAreThoseOfTheKernelsInstructions() {
    using kernels::CpuFeature;
    QCOMPARE(kernels::bf16PeakLoop() != nullptr, kernels::has(CpuFeature::avx512 | CpuFeature::avx512Bf16));
    QCOMPARE(kernels::int8PeakLoop() != nullptr, kernels::has(CpuFeature::avx2));
    QVERIFY(kernels::fp32PeakLoop() != nullptr);
    for (const auto* loop : {kernels::int8PeakLoop(), kernels::bf16PeakLoop(), kernels::fp32PeakLoop()})
        if (loop != nullptr)
            loop->run(3);  // an instruction that the CPU lacks ends the test here
}

void TestRoofline::readingSeesEveryByte_data() {
    QTest::addColumn<int>("words");
    for (const int words : {0, 1, 63, 64, 65, 127, 128, 64 * 37})
        QTest::addRow("%d words", words) << words;
}

void TestRoofline::readingSeesEveryByte() {
    QFETCH(int, words);
    std::vector<std::uint64_t> data(static_cast<std::size_t>(words));
    for (std::size_t i = 0; i < data.size(); ++i)
        data[i] = 0x9e3779b97f4a7c15ULL * (i + 1);
    const auto whole = static_cast<std::ptrdiff_t>(words / 64 * 64);  // 512 bytes
    QCOMPARE(kernels::readLinearly(data.data(), data.size() * 8),
             std::accumulate(data.begin(), data.begin() + whole, std::uint64_t{0}));
}

void TestRoofline::absentRatesAreNullInJson() {
    engine::Roofline roofline;
    roofline.threads = 3;
    roofline.readGbPerS = 20.5;
    roofline.fp32 = {"vfmadd231ps ymm", 100.0};
    const auto json = nlohmann::json::parse(engine::rooflineJson(roofline));
    QCOMPARE(json.at("threads").get<int>(), 3);
    QCOMPARE(json.at("read_gb_per_s").get<double>(), 20.5);
    QCOMPARE(json.at("fp32_gops").get<double>(), 100.0);
    for (const char* key : {"int8_gops", "bf16_gops", "barrier_us"})
        QVERIFY2(json.at(key).is_null(), key);
    roofline.int8 = engine::Roofline::Peak{"vpdpbusd zmm", 400.0};
    const auto filled = nlohmann::json::parse(engine::rooflineJson(roofline));
    QCOMPARE(filled.at("int8_gops").get<double>(), 400.0);
    QCOMPARE(filled.at("instructions").at("int8").get<std::string>(), std::string("vpdpbusd zmm"));
}

void TestRoofline::nonsenseIsRefused_data() {
    QTest::addColumn<int>("threads");
    QTest::addColumn<qint64>("bytes");
    QTest::addColumn<int>("passes");
    QTest::addColumn<int>("code");
    const auto row = [](const char* name, int threads, qint64 bytes, int passes, engine::ErrorCode code) {
        QTest::newRow(name) << threads << bytes << passes << static_cast<int>(code);
    };
    row("negative threads", -1, 1 << 20, 1, engine::ErrorCode::invalidInput);
    row("no memory", 1, 0, 1, engine::ErrorCode::invalidInput);
    row("no passes", 1, 1 << 20, 0, engine::ErrorCode::invalidInput);
    row("more memory than there is", 1, qint64{1} << 60, 1, engine::ErrorCode::outOfMemory);
}

void TestRoofline::nonsenseIsRefused() {
    QFETCH(int, threads);
    QFETCH(qint64, bytes);
    QFETCH(int, passes);
    const auto measured = engine::measureRoofline({threads, bytes, passes, 0.004});
    QVERIFY(!measured);
    QTEST(static_cast<int>(measured.error().code), "code");
}

void TestRoofline::canBeStopped() {
    std::stop_source stop;
    stop.request_stop();
    const auto measured = engine::measureRoofline(quick(1), stop.get_token());
    QVERIFY(!measured);
    QCOMPARE(measured.error().code, engine::ErrorCode::cancelled);
}

QTEST_GUILESS_MAIN(TestRoofline)
#include "tst_roofline.moc"
