#include <QtTest>
#include <thread>

#include "engine/energy/energy.h"
#include "tests/engine/energy/fake_system.h"

/// The energy of a region: what is measured, what is only estimated, and what is neither.
class TestEnergyRecorder : public QObject {
    Q_OBJECT
private slots:
    void withoutAMeterThereIsNoValue_data();
    void withoutAMeterThereIsNoValue();
    void estimatesOnlyWhenAsked_data();
    void estimatesOnlyWhenAsked();
    void measuresARegion();
    void aMeterGoesBeforeAnEstimate();
    void aShortWindowHasNoValue();
    void aFailedReadVoidsTheValue();
    void stopWithoutStartHasNoValue();
};

namespace {

engine::EnergyOptions optionsFor(const FakeSystem& system) {
    engine::EnergyOptions options;
    options.root = system.root();
    return options;
}

void verifyUnavailable(const engine::EnergyResult& result) {
    QCOMPARE(result.provenance, engine::Provenance::unavailable);
    QVERIFY(!result.joules && !result.grossJoules && !result.joulesPerToken);
    QVERIFY(!result.reason.empty());
}

}  // namespace

void TestEnergyRecorder::withoutAMeterThereIsNoValue_data() {
    QTest::addColumn<QString>("cpuinfo");
    QTest::addColumn<QString>("reason");
    QTest::newRow("plain machine") << "flags : fpu"
                                   << "modprobe";
    QTest::newRow("virtual machine") << "flags : fpu hypervisor"
                                     << "virtual machine";
}

void TestEnergyRecorder::withoutAMeterThereIsNoValue() {
    QFETCH(QString, cpuinfo);
    QFETCH(QString, reason);
    const FakeSystem system;
    system.write("proc/cpuinfo", cpuinfo.toStdString());
    engine::EnergyRecorder recorder(optionsFor(system));
    recorder.measureIdle();
    recorder.start();
    const auto result = recorder.stop(10);
    verifyUnavailable(result);
    QCOMPARE(result.source, std::string("none"));
    QVERIFY2(QString::fromStdString(result.reason).contains(reason), result.reason.c_str());
}

void TestEnergyRecorder::estimatesOnlyWhenAsked_data() {
    QTest::addColumn<bool>("asked");
    QTest::addColumn<double>("watts");
    QTest::addColumn<bool>("estimated");
    QTest::newRow("asked") << true << 10.0 << true;
    QTest::newRow("not asked") << false << 10.0 << false;
    QTest::newRow("asked without a power") << true << 0.0 << false;
}

void TestEnergyRecorder::estimatesOnlyWhenAsked() {
    QFETCH(bool, asked);
    QFETCH(double, watts);
    QFETCH(bool, estimated);
    const FakeSystem system;
    auto options = optionsFor(system);
    options.estimateFromCpuTime = asked;
    options.estimateWattsPerCore = watts;
    engine::EnergyRecorder recorder(options);
    recorder.measureIdle();
    recorder.start();
    const auto result = recorder.stop(4);
    if (!estimated) {
        verifyUnavailable(result);
        return;
    }
    QCOMPARE(result.provenance, engine::Provenance::estimated);
    QCOMPARE(result.source, std::string("cpu-time-model"));
    QVERIFY(result.joules.has_value() && *result.joules >= 0.0);
    QCOMPARE(*result.joulesPerToken, *result.joules / 4.0);
    QVERIFY(!result.idleWatts.has_value());  // the model counts this process alone
}

void TestEnergyRecorder::measuresARegion() {
    const FakeSystem system;
    system.raplZone("intel-rapl:0", "package-0", 5'000'000);
    auto options = optionsFor(system);
    options.idleBaseline = std::chrono::milliseconds(5);  // the counter rests: 0 W
    engine::EnergyRecorder recorder(options);
    recorder.measureIdle();
    recorder.start();
    system.setRapl("intel-rapl:0", 13'000'000);
    std::this_thread::sleep_for(std::chrono::milliseconds(520));  // the meter's shortest window is real time
    const auto result = recorder.stop(4);
    QCOMPARE(result.provenance, engine::Provenance::measured);
    QCOMPARE(result.source, std::string("rapl:package-0"));
    QCOMPARE(result.grossJoules, std::optional(8.0));
    QCOMPARE(result.idleWatts, std::optional(0.0));
    QCOMPARE(result.joules, std::optional(8.0));
    QCOMPARE(result.joulesPerToken, std::optional(2.0));
    QVERIFY(result.reason.empty());
}

void TestEnergyRecorder::aMeterGoesBeforeAnEstimate() {
    const FakeSystem system;
    system.raplZone("intel-rapl:0", "package-0", 5'000'000);
    auto options = optionsFor(system);
    options.estimateFromCpuTime = true;
    options.estimateWattsPerCore = 10.0;
    engine::EnergyRecorder recorder(options);
    recorder.start();
    QCOMPARE(recorder.stop(1).source, std::string("rapl:package-0"));
}

void TestEnergyRecorder::aShortWindowHasNoValue() {
    const FakeSystem system;
    // The battery's gauge needs a minute, so no machine is slow enough to make this window long.
    system.write("sys/class/power_supply/BAT0/type", "Battery");
    system.write("sys/class/power_supply/BAT0/status", "Discharging");
    system.write("sys/class/power_supply/BAT0/energy_now", 50'000'000);
    engine::EnergyRecorder recorder(optionsFor(system));
    recorder.start();
    const auto result = recorder.stop(1);
    verifyUnavailable(result);
    QCOMPARE(result.source, std::string("battery"));
    QVERIFY2(QString::fromStdString(result.reason).contains("window too short"), result.reason.c_str());
}

void TestEnergyRecorder::aFailedReadVoidsTheValue() {
    const FakeSystem system;
    system.raplZone("intel-rapl:0", "package-0", 5'000'000);
    engine::EnergyRecorder recorder(optionsFor(system));
    recorder.start();
    system.remove("sys/class/powercap/intel-rapl:0");
    const auto result = recorder.stop(1);
    verifyUnavailable(result);
    QVERIFY2(QString::fromStdString(result.reason).contains("energy_uj"), result.reason.c_str());
}

void TestEnergyRecorder::stopWithoutStartHasNoValue() {
    const FakeSystem system;
    system.raplZone("intel-rapl:0", "package-0", 5'000'000);
    engine::EnergyRecorder recorder(optionsFor(system));
    verifyUnavailable(recorder.stop(1));
}

QTEST_GUILESS_MAIN(TestEnergyRecorder)
#include "tst_energy_recorder.moc"
