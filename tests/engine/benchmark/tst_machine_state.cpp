#include <QtTest>

#include "engine/benchmark/benchmark_cell.h"
#include "engine/benchmark/machine_watch.h"
#include "engine/benchmark/preflight.h"
#include "engine/benchmark/run_pace.h"
#include "tests/engine/energy/fake_system.h"

/// What is read of the machine before and during repetitions, from a root that a test writes.
class TestMachineState : public QObject {
    Q_OBJECT
private slots:
    void anEmptySystemTellsNothing();
    void readsClockHeatAndThrottles();
    void theWatchKeepsTheWorstSinceTheMark();
    void preflightNamesWhatIsWrongAndTheFix();
    void aCellSaysWhatSpoiledIt();
    void theRestIsEstimatedFromWhatWasTimed();
};

void TestMachineState::anEmptySystemTellsNothing() {
    const FakeSystem system;
    const auto state = engine::readMachineState(system.root());
    QVERIFY(!state.mhz && !state.celsius && !state.throttles);
}

void TestMachineState::readsClockHeatAndThrottles() {
    const FakeSystem system;
    for (int cpu = 0; cpu < 2; ++cpu) {
        const auto folder = "sys/devices/system/cpu/cpu" + std::to_string(cpu) + "/";
        system.write(folder + "cpufreq/scaling_cur_freq", std::uint64_t(cpu == 0 ? 800'000 : 3'900'000));
        system.write(folder + "thermal_throttle/core_throttle_count", std::uint64_t(cpu + 1));
        system.write(folder + "thermal_throttle/package_throttle_count", std::uint64_t(10));
    }
    system.write("sys/devices/system/cpu/cpufreq/boost", std::uint64_t(1));  // no CPU's folder
    system.write("sys/class/hwmon/hwmon0/name", "nvme");
    system.write("sys/class/hwmon/hwmon0/temp1_input", std::uint64_t(90'000));
    system.write("sys/class/hwmon/hwmon1/name", "coretemp");
    system.write("sys/class/hwmon/hwmon1/temp1_input", std::uint64_t(61'000));
    system.write("sys/class/hwmon/hwmon1/temp3_input", std::uint64_t(71'500));
    auto state = engine::readMachineState(system.root());
    QCOMPARE(state.mhz, std::optional(3900.0));                          // the CPU that works
    QCOMPARE(state.celsius, std::optional(71.5));                        // the disk's is not the CPU's
    QCOMPARE(state.throttles, std::optional(std::int64_t{1 + 2 + 10}));  // a package is counted once
    system.remove("sys/class/hwmon");
    system.write("sys/class/thermal/thermal_zone0/type", "x86_pkg_temp");
    system.write("sys/class/thermal/thermal_zone0/temp", std::uint64_t(55'000));
    state = engine::readMachineState(system.root());
    QCOMPARE(state.celsius, std::optional(55.0));
}

void TestMachineState::theWatchKeepsTheWorstSinceTheMark() {
    engine::MachineState now{4000.0, 50.0, 7};
    std::mutex mutex;
    engine::MachineWatch::Sources sources;
    sources.background = [] { return engine::BackgroundLoad{1.0, 500, 0.5}; };
    sources.machine = [&] {
        const std::lock_guard lock(mutex);
        return now;
    };
    const FakeSystem empty;
    sources.root = empty.root();
    std::atomic<int> samples = 0;
    engine::MachineWatch watch(sources, [&](const engine::LiveSample&) { ++samples; });
    QTRY_VERIFY(samples > 0);
    watch.mark();
    {
        const std::lock_guard lock(mutex);
        now = {3000.0, 97.0, 9};
    }
    const auto span = watch.sinceMark();
    QCOMPARE(span.start.mhz, std::optional(4000.0));
    QCOMPARE(span.lowestMhz, std::optional(3000.0));
    QCOMPARE(span.hottestCelsius, std::optional(97.0));
    QCOMPARE(span.throttles, std::optional(std::int64_t{2}));
    QCOMPARE(span.before.pressureAvg10, std::optional(1.0));
}

void TestMachineState::preflightNamesWhatIsWrongAndTheFix() {
    using State = engine::PreflightCheck::State;
    const FakeSystem system;
    system.write("sys/class/power_supply/BAT0/type", "Battery");
    system.write("sys/class/power_supply/BAT0/status", "Charging");
    system.write("sys/devices/system/cpu/cpu0/cpufreq/scaling_governor", "powersave");
    system.write("proc/pressure/cpu", "some avg10=35.00 avg60=1.00 avg300=0.50 total=9");
    system.raplZone("intel-rapl:0", "package-0", 1000);
    system.forbid("sys/class/powercap/intel-rapl:0/energy_uj");
    std::vector<engine::PreflightCheck> checks;
    {
        const WithoutPrivileges plain;
        checks = engine::runPreflight(system.root());
    }
    QCOMPARE(checks.size(), std::size_t{5});
    QCOMPARE(checks[0].text, std::string("on battery"));
    QCOMPARE(checks[0].state, State::warning);
    QCOMPARE(checks[1].text, std::string("governor powersave"));
    QVERIFY(checks[1].command.find("performance") != std::string::npos);
    QCOMPARE(checks[2].text, std::string("background load 35 % (PSI)"));
    QCOMPARE(checks[2].state, State::warning);
    QCOMPARE(checks[3].state, State::unknown);
    QCOMPARE(checks[4].text, std::string("energy: no permission"));
    QVERIFY(checks[4].command.find("energy_uj") != std::string::npos);
    QVERIFY(checks[4].advice.find("allow-energy") != std::string::npos);
}

void TestMachineState::aCellSaysWhatSpoiledIt() {
    engine::LaneRow lane;
    lane.name = "a";
    const engine::BenchmarkTest test{"decode", 0, 8, 0};
    std::vector<engine::SampleRow> samples;
    const auto add = [&](int repetition, const char* metric, double value) {
        engine::SampleRow row;
        row.repetition = repetition;
        row.test = "decode";
        row.generate = 8;
        row.metric = metric;
        row.value = value;
        samples.push_back(row);
    };
    const double speeds[] = {50.0, 100.0, 101.0};
    for (int i = 0; i < 3; ++i) {
        add(i, "decode_tokens_per_s", speeds[i]);
        add(i, "mhz_during", i == 2 ? 3000.0 : 4000.0);
        add(i, "celsius_during", 96.0);
        add(i, "throttles_during", i == 1 ? 2.0 : 0.0);
        add(i, "cpu_pressure_during", i == 0 ? 40.0 : 0.0);
    }
    add(0, "joules_per_token", 0.5);
    engine::EnergyRow energy;
    energy.joules = 4.0;
    energy.source = "rapl:package-0";
    energy.provenance = "measured";
    const engine::EnergyRow rows[] = {energy};
    auto cell = engine::cellOf(lane, test, samples, rows, {{3, 3, 2.0}, {1, 0.0}, 2});
    QCOMPARE(cell.speed->median, 100.0);
    QCOMPARE(cell.energySource, std::string("rapl:package-0"));
    QCOMPARE(cell.warnings.size(), std::size_t{6});
    QCOMPARE(cell.warnings[0], std::string("busy in 1 of 3 (CPU pressure up to 40 %)"));
    QCOMPARE(cell.warnings[1], std::string("throttled 2×"));
    QCOMPARE(cell.warnings[2], std::string("hot: 96 °C"));
    QCOMPARE(cell.warnings[3], std::string("clock fell from 4000 to 3000 MHz"));
    QCOMPARE(cell.warnings[4], std::string("slow first run"));
    QVERIFY(cell.warnings[5].starts_with("interval ") && cell.warnings[5].ends_with("wanted 2 %"));
    // The reason of another test is not this one's.
    std::erase_if(samples, [](const auto& row) { return row.metric == "joules_per_token"; });
    engine::EnergyRow mine{
        0, 0, 0, {}, {}, "rapl:package-0", "unavailable", "decode 8: window too short: 9 ms"};
    engine::EnergyRow other = mine;
    other.reason = "prefill 8: it vanished";
    const engine::EnergyRow reasons[] = {mine, other};
    cell = engine::cellOf(lane, test, samples, reasons, {{3, 3, 0.0}, {1, 0.0}, 2});
    QCOMPARE(cell.energyReason, std::string("window too short: 9 ms"));
    QCOMPARE(cell.warnings.back(), std::string("energy window too short: 9 ms"));
}

void TestMachineState::theRestIsEstimatedFromWhatWasTimed() {
    engine::RunPace pace(2, {{"decode", 0, 10, 0}, {"decode", 0, 30, 0}, {"prefill", 100, 0, 0}});
    QVERIFY(!pace.secondsLeft({{1, 1, 1}, {1, 1, 1}}));
    pace.record(0, 0, 2.0);
    pace.record(0, 0, 4.0);
    // 3 s each; per token 0.3 s, so 9 s for 30 and 30 s for 100 tokens.
    QCOMPARE(pace.secondsLeft({{2, 0, 0}, {0, 0, 0}}), std::optional(6.0));
    QCOMPARE(pace.secondsLeft({{0, 1, 0}, {1, 0, 0}}), std::optional(12.0));
    QCOMPARE(pace.secondsLeft({{0, 0, 1}, {0, 0, 0}}), std::optional(30.0));
    pace.record(1, 2, 5.0);  // a prefill speaks for prefills
    QCOMPARE(pace.secondsLeft({{0, 0, 1}, {0, 0, 1}}), std::optional(10.0));
}

QTEST_GUILESS_MAIN(TestMachineState)
#include "tst_machine_state.moc"
