#include <QtTest>
#include <nlohmann/json.hpp>

#include "tests/engine/benchmark/sample_measurement.h"

/// A measurement is kept as text and read again; damaged text is an error and never a number.
class TestKernelMeasurement : public QObject {
    Q_OBJECT
private slots:
    void comesBackAsItWas();
    void keepsWhatIsAbsent();
    void truncatedTextIsAnError();
    void damagedValueIsAnError_data();
    void damagedValueIsAnError();
    void boundIsWhatIsNearer();
};

using benchmarktest::sampleMeasurement;

void TestKernelMeasurement::comesBackAsItWas() {
    const auto sample = sampleMeasurement();
    const auto text = engine::kernelMeasurementJson(sample);
    const auto read = engine::kernelMeasurementFromJson(text);
    QVERIFY2(read, read ? "" : read.error().message.c_str());
    QCOMPARE(read->measuredAt, sample.measuredAt);
    QCOMPARE(read->cpu, sample.cpu);
    QCOMPARE(read->benchmark.roofline.readGbPerS, 20.0);
    QCOMPARE(read->benchmark.roofline.int8->instructions, std::string("vpdpbusd zmm"));
    QCOMPARE(read->benchmark.timings.size(), sample.benchmark.timings.size());
    const auto& timing = read->benchmark.timings[3];
    QCOMPARE(timing.variant, std::string("avx512_vnni"));
    QVERIFY(timing.inUse && !read->benchmark.timings[2].inUse);
    QCOMPARE(timing.gops, 320.0);
    QCOMPARE(timing.arithmetic, std::string("int8"));
    QCOMPARE(engine::kernelMeasurementJson(*read), text);
}

void TestKernelMeasurement::keepsWhatIsAbsent() {
    auto sample = sampleMeasurement();
    sample.benchmark.roofline.bf16.reset();
    sample.benchmark.roofline.int8.reset();
    sample.benchmark.roofline.barrierUs = 0.5;
    const auto read = engine::kernelMeasurementFromJson(engine::kernelMeasurementJson(sample));
    QVERIFY(read);
    QVERIFY(!read->benchmark.roofline.bf16 && !read->benchmark.roofline.int8);
    QCOMPARE(*read->benchmark.roofline.barrierUs, 0.5);
    QVERIFY(!read->benchmark.timings[5].percentOfMemory);
    QVERIFY(read->benchmark.timings[0].percentOfMemory);
}

void TestKernelMeasurement::truncatedTextIsAnError() {
    const auto text = engine::kernelMeasurementJson(sampleMeasurement());
    for (std::size_t length = 0; length < text.size(); ++length)
        QVERIFY(!engine::kernelMeasurementFromJson(text.substr(0, length)));
}

void TestKernelMeasurement::damagedValueIsAnError_data() {
    QTest::addColumn<QString>("place");
    QTest::addColumn<QString>("value");
    for (const char* place : {"/roofline/read_gb_per_s", "/roofline/fp32_gops", "/roofline/int8_gops",
                              "/ops/0/gops", "/ops/0/gbps", "/ops/0/ms"})
        for (const char* value : {"0", "-1", "\"fast\"", "[]"})
            QTest::addRow("%s %s", place, value) << place << value;
    for (const char* place : {"/ops/0/op", "/ops/0/in_use", "/ops/0/arithmetic", "/cpu", "/measured_at",
                              "/ops", "/roofline", "/roofline/fp32_gops"})
        QTest::addRow("%s null", place) << place << "null";
}

void TestKernelMeasurement::damagedValueIsAnError() {
    QFETCH(QString, place);
    QFETCH(QString, value);
    auto json = nlohmann::json::parse(engine::kernelMeasurementJson(sampleMeasurement()));
    json.at(nlohmann::json::json_pointer(place.toStdString())) = nlohmann::json::parse(value.toStdString());
    const auto read = engine::kernelMeasurementFromJson(json.dump());
    if (place == "/ops" && value == "null")
        QVERIFY(!read || read->benchmark.timings.empty());  // no op is no wrong number
    else
        QVERIFY(!read);
    if (!read)
        QCOMPARE(read.error().code, engine::ErrorCode::corrupt);
}

void TestKernelMeasurement::boundIsWhatIsNearer() {
    const auto timings = sampleMeasurement().benchmark.timings;
    QVERIFY(timings[0].boundByMemory());
    QCOMPARE(timings[0].percentOfPeak, 80.0);
    QVERIFY(!timings[3].boundByMemory());
    QCOMPARE(timings[3].percentOfPeak, 80.0);
    QVERIFY(!timings[5].boundByMemory());  // its data stay in the caches
    QCOMPARE(timings[0].opsPerByte(), 1.0);
}

QTEST_APPLESS_MAIN(TestKernelMeasurement)
#include "tst_kernel_measurement.moc"
