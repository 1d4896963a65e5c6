#include <QtTest>
#include <functional>

#include "engine/energy/meters.h"
#include "tests/engine/energy/fake_system.h"

using Meter = engine::Result<std::unique_ptr<engine::EnergyMeter>>;

/// Each kind of meter on files like the kernel's.
class TestEnergyMeters : public QObject {
    Q_OBJECT
private slots:
    void raplCountsEveryJouleOnce_data();
    void raplCountsEveryJouleOnce();
    void raplCounterWraps();
    void raplSaysWhatPermissionIsMissing();
    void raplFailsWhenItsCounterVanishes();
    void hwmonTakesCountersThatDoNotOverlap_data();
    void hwmonTakesCountersThatDoNotOverlap();
    void hwmonNeverGoesBack();
    void hwmonSaysWhatPermissionIsMissing();
    void batteryCountsWhatLeaves_data();
    void batteryCountsWhatLeaves();
    void batteryStopsAtTheCharger();
    void absentMetersGiveAReason_data();
    void absentMetersGiveAReason();
    void damagedFilesGiveAReason_data();
    void damagedFilesGiveAReason();
    void statusesNameEverySource();
    void cpuTimeIsAnEstimate();
};

using Build = std::function<void(const FakeSystem&)>;
Q_DECLARE_METATYPE(Build)

namespace {

double joulesOf(engine::EnergyMeter& meter) {
    const auto energy = meter.read();
    return energy ? energy->value : -1.0;
}

const std::string kBattery = "sys/class/power_supply/BAT0/";

void battery(const FakeSystem& system, const std::string& status) {
    system.write(kBattery + "type", "Battery");
    system.write(kBattery + "status", status);
}

}  // namespace

void TestEnergyMeters::raplCountsEveryJouleOnce_data() {
    QTest::addColumn<Build>("build");
    QTest::addColumn<Build>("use");
    QTest::addColumn<QString>("source");
    QTest::addColumn<double>("joules");
    const auto row = [](const char* name, const char* source, double joules, const Build& build,
                        const Build& use) {
        QTest::newRow(name) << build << use << QString(source) << joules;
    };
    row(
        "one package", "rapl:package-0", 3.0,
        [](auto& s) { s.raplZone("intel-rapl:0", "package-0", 5'000'000); },
        [](auto& s) { s.setRapl("intel-rapl:0", 8'000'000); });
    row(
        "core and uncore lie inside the package", "rapl:package-0", 3.0,
        [](auto& s) {
            s.raplZone("intel-rapl:0", "package-0", 5'000'000);
            s.raplZone("intel-rapl:0:0", "core", 1'000'000);
            s.raplZone("intel-rapl:0:1", "uncore", 1'000'000);
        },
        [](auto& s) {
            s.setRapl("intel-rapl:0", 8'000'000);
            s.setRapl("intel-rapl:0:0", 3'000'000);
            s.setRapl("intel-rapl:0:1", 1'500'000);
        });
    row(
        "the memory lies outside", "rapl:package-0+dram-0", 3.5,
        [](auto& s) {
            s.raplZone("intel-rapl:0", "package-0", 5'000'000);
            s.raplZone("intel-rapl:0:0", "dram", 1'000'000);
        },
        [](auto& s) {
            s.setRapl("intel-rapl:0", 8'000'000);
            s.setRapl("intel-rapl:0:0", 1'500'000);
        });
    row(
        "two packages", "rapl:package-0+package-1", 5.0,
        [](auto& s) {
            s.raplZone("intel-rapl:0", "package-0", 0);
            s.raplZone("intel-rapl:1", "package-1", 0);
        },
        [](auto& s) {
            s.setRapl("intel-rapl:0", 2'000'000);
            s.setRapl("intel-rapl:1", 3'000'000);
        });
    row(
        "psys holds the package", "rapl:package-0", 3.0,
        [](auto& s) {
            s.raplZone("intel-rapl:0", "package-0", 5'000'000);
            s.raplZone("intel-rapl:1", "psys", 9'000'000);
        },
        [](auto& s) {
            s.setRapl("intel-rapl:0", 8'000'000);
            s.setRapl("intel-rapl:1", 19'000'000);
        });
    const auto twice = [](const FakeSystem& s) {
        s.raplZone("intel-rapl:0", "package-0", 5'000'000);
        s.raplZone("intel-rapl-mmio:0", "package-0", 5'000'000);
    };
    row("the same counter in a second tree", "rapl:package-0", 3.0, twice, [](auto& s) {
        s.setRapl("intel-rapl:0", 8'000'000);
        s.setRapl("intel-rapl-mmio:0", 8'000'000);
    });
    row(
        "only the second tree", "rapl:package-0", 3.0,
        [](auto& s) { s.raplZone("intel-rapl-mmio:0", "package-0", 5'000'000); },
        [](auto& s) { s.setRapl("intel-rapl-mmio:0", 8'000'000); });
    row(
        "unused", "rapl:package-0", 0.0, [](auto& s) { s.raplZone("intel-rapl:0", "package-0", 5'000'000); },
        [](auto&) {});
}

void TestEnergyMeters::raplCountsEveryJouleOnce() {
    QFETCH(Build, build);
    QFETCH(Build, use);
    const FakeSystem system;
    build(system);
    const Meter meter = engine::openRapl(system.root());
    QVERIFY2(meter.has_value(), meter ? "" : meter.error().message.c_str());
    QTEST(QString::fromStdString((*meter)->source()), "source");
    QCOMPARE((*meter)->provenance(), engine::Provenance::measured);
    const double before = joulesOf(**meter);
    use(system);
    QTEST(joulesOf(**meter) - before, "joules");
}

void TestEnergyMeters::raplCounterWraps() {
    const FakeSystem system;
    system.raplZone("intel-rapl:0", "package-0", 9'000'000, 10'000'000);
    const Meter meter = engine::openRapl(system.root());
    QVERIFY(meter.has_value());
    QCOMPARE(joulesOf(**meter), 0.0);
    system.setRapl("intel-rapl:0", 500'000);
    QCOMPARE(joulesOf(**meter), 1.5);
    system.setRapl("intel-rapl:0", 9'500'000);
    QCOMPARE(joulesOf(**meter), 10.5);
    system.setRapl("intel-rapl:0", 0);
    QCOMPARE(joulesOf(**meter), 11.0);
}

void TestEnergyMeters::raplSaysWhatPermissionIsMissing() {
    const FakeSystem system;
    system.raplZone("intel-rapl:0", "package-0", 5'000'000);
    system.forbid("sys/class/powercap/intel-rapl:0/energy_uj");
    const WithoutPrivileges nobody;
    if (nobody.privileged())
        QSKIP("this user may read everything and cannot become another one");
    const Meter meter = engine::openRapl(system.root());
    QVERIFY(!meter);
    QCOMPARE(meter.error().code, engine::ErrorCode::unavailable);
    QVERIFY2(QString::fromStdString(meter.error().message).contains("sudo chmod a+r"),
             meter.error().message.c_str());
}

void TestEnergyMeters::raplFailsWhenItsCounterVanishes() {
    const FakeSystem system;
    system.raplZone("intel-rapl:0", "package-0", 5'000'000);
    const Meter meter = engine::openRapl(system.root());
    QVERIFY(meter.has_value());
    system.remove("sys/class/powercap/intel-rapl:0");
    const auto energy = (*meter)->read();
    QVERIFY(!energy);
    QVERIFY(QString::fromStdString(energy.error().message).contains("energy_uj"));
}

void TestEnergyMeters::hwmonTakesCountersThatDoNotOverlap_data() {
    QTest::addColumn<Build>("build");
    QTest::addColumn<QString>("source");
    QTest::addColumn<double>("joules");
    QTest::newRow("a sensor's only counter") << Build([](const FakeSystem& s) {
        s.write("sys/class/hwmon/hwmon0/name", "ina219");
        s.write("sys/class/hwmon/hwmon0/energy1_input", 4'000'000);
    }) << QString("hwmon:ina219") << 4.0;
    QTest::newRow("sockets, not their cores") << Build([](const FakeSystem& s) {
        s.write("sys/class/hwmon/hwmon2/name", "amd_energy");
        s.write("sys/class/hwmon/hwmon2/energy1_label", "Ecore000");
        s.write("sys/class/hwmon/hwmon2/energy1_input", 1'000'000);
        s.write("sys/class/hwmon/hwmon2/energy2_label", "Esocket0");
        s.write("sys/class/hwmon/hwmon2/energy2_input", 2'000'000);
        s.write("sys/class/hwmon/hwmon2/energy3_label", "Esocket1");
        s.write("sys/class/hwmon/hwmon2/energy3_input", 3'000'000);
    }) << QString("hwmon:amd_energy") << 5.0;
    QTest::newRow("after one that only has temperatures") << Build([](const FakeSystem& s) {
        s.write("sys/class/hwmon/hwmon0/name", "coretemp");
        s.write("sys/class/hwmon/hwmon0/temp1_input", 40'000);
        s.write("sys/class/hwmon/hwmon1/energy1_input", 7'000'000);
    }) << QString("hwmon:hwmon1") << 7.0;
}

void TestEnergyMeters::hwmonTakesCountersThatDoNotOverlap() {
    QFETCH(Build, build);
    const FakeSystem system;
    build(system);
    const Meter meter = engine::openHwmon(system.root());
    QVERIFY2(meter.has_value(), meter ? "" : meter.error().message.c_str());
    QTEST(QString::fromStdString((*meter)->source()), "source");
    QTEST(joulesOf(**meter), "joules");
}

void TestEnergyMeters::hwmonNeverGoesBack() {
    const FakeSystem system;
    system.write("sys/class/hwmon/hwmon0/energy1_input", 4'000'000);
    const Meter meter = engine::openHwmon(system.root());
    QVERIFY(meter.has_value());
    QCOMPARE(joulesOf(**meter), 4.0);
    system.write("sys/class/hwmon/hwmon0/energy1_input", 3'999'999);
    const auto energy = (*meter)->read();
    QVERIFY(!energy);
    QVERIFY(QString::fromStdString(energy.error().message).contains("backwards"));
}

void TestEnergyMeters::hwmonSaysWhatPermissionIsMissing() {
    const FakeSystem system;
    system.write("sys/class/hwmon/hwmon0/energy1_input", 4'000'000);
    system.forbid("sys/class/hwmon/hwmon0/energy1_input");
    const WithoutPrivileges nobody;
    if (nobody.privileged())
        QSKIP("this user may read everything and cannot become another one");
    const Meter meter = engine::openHwmon(system.root());
    QVERIFY(!meter);
    QVERIFY2(QString::fromStdString(meter.error().message).contains("sudo chmod a+r"),
             meter.error().message.c_str());
}

void TestEnergyMeters::batteryCountsWhatLeaves_data() {
    QTest::addColumn<Build>("build");
    QTest::addColumn<Build>("use");
    QTest::addColumn<double>("joules");
    QTest::newRow("energy in microwatt-hours")
        << Build([](const FakeSystem& s) { s.write(kBattery + "energy_now", 50'000'000); })
        << Build([](const FakeSystem& s) { s.write(kBattery + "energy_now", 49'990'000); }) << 36.0;
    QTest::newRow("charge at its design voltage") << Build([](const FakeSystem& s) {
        s.write(kBattery + "charge_now", 4'000'000);
        s.write(kBattery + "voltage_min_design", 10'000'000);
    }) << Build([](const FakeSystem& s) { s.write(kBattery + "charge_now", 3'999'000); })
                                                  << 36.0;
    QTest::newRow("charge at the voltage now") << Build([](const FakeSystem& s) {
        s.write(kBattery + "charge_now", 4'000'000);
        s.write(kBattery + "voltage_now", 10'000'000);
    }) << Build([](const FakeSystem& s) { s.write(kBattery + "charge_now", 3'999'000); })
                                               << 36.0;
    QTest::newRow("not the mouse's battery") << Build([](const FakeSystem& s) {
        s.write("sys/class/power_supply/AAA/type", "Battery");
        s.write("sys/class/power_supply/AAA/scope", "Device");
        s.write("sys/class/power_supply/AAA/status", "Discharging");
        s.write("sys/class/power_supply/AAA/energy_now", 1000);
        s.write("sys/class/power_supply/AC/type", "Mains");
        s.write(kBattery + "energy_now", 50'000'000);
    }) << Build([](const FakeSystem& s) { s.write(kBattery + "energy_now", 49'990'000); })
                                             << 36.0;
}

void TestEnergyMeters::batteryCountsWhatLeaves() {
    QFETCH(Build, build);
    QFETCH(Build, use);
    QFETCH(double, joules);
    const FakeSystem system;
    battery(system, "Discharging");
    build(system);
    const Meter meter = engine::openBattery(system.root());
    QVERIFY2(meter.has_value(), meter ? "" : meter.error().message.c_str());
    QCOMPARE((*meter)->source(), std::string("battery"));
    const double before = joulesOf(**meter);
    use(system);
    QVERIFY(std::abs(joulesOf(**meter) - before - joules) < 1e-6);
}

void TestEnergyMeters::batteryStopsAtTheCharger() {
    const FakeSystem system;
    battery(system, "Discharging");
    system.write(kBattery + "energy_now", 50'000'000);
    const Meter meter = engine::openBattery(system.root());
    QVERIFY(meter.has_value());
    system.write(kBattery + "status", "Charging");
    const auto energy = (*meter)->read();
    QVERIFY(!energy);
    QVERIFY(QString::fromStdString(energy.error().message).contains("Charging"));
}

void TestEnergyMeters::absentMetersGiveAReason_data() {
    QTest::addColumn<QString>("id");
    QTest::addColumn<Build>("build");
    QTest::addColumn<QString>("reason");
    const auto row = [](const char* name, const char* id, const char* reason, const Build& build) {
        QTest::newRow(name) << QString(id) << build << QString(reason);
    };
    const Build nothing = [](const FakeSystem&) {};
    row("no powercap", "rapl", "modprobe", nothing);
    row("powercap without packages", "rapl", "no RAPL package zone",
        [](auto& s) { s.raplZone("intel-rapl:0:0", "core", 1); });
    row("virtual machine", "rapl", "virtual machine",
        [](auto& s) { s.write("proc/cpuinfo", "flags\t: fpu hypervisor sse"); });
    row("no perf events", "perf", "no perf power events", nothing);
    row("no sensors", "hwmon", "no hardware monitor", nothing);
    row("sensors whose sums are unknown", "hwmon", "no hardware monitor", [](auto& s) {
        s.write("sys/class/hwmon/hwmon0/energy1_input", 1);
        s.write("sys/class/hwmon/hwmon0/energy2_input", 1);
    });
    row("no battery", "battery", "no battery", nothing);
    row("full battery", "battery", "not discharging", [](auto& s) { battery(s, "Full"); });
    row("battery without numbers", "battery", "neither its energy nor its charge",
        [](auto& s) { battery(s, "Discharging"); });
}

namespace {

Meter open(const QString& id, const FakeSystem& system) {
    for (const auto& entry : engine::meters())
        if (id == QString::fromUtf8(entry.id.data(), static_cast<qsizetype>(entry.id.size())))
            return entry.open(system.root());
    return engine::Error{engine::ErrorCode::internal, "no such meter"};
}

}  // namespace

void TestEnergyMeters::absentMetersGiveAReason() {
    QFETCH(QString, id);
    QFETCH(Build, build);
    QFETCH(QString, reason);
    const FakeSystem system;
    build(system);
    const Meter meter = open(id, system);
    QVERIFY(!meter);
    QCOMPARE(meter.error().code, engine::ErrorCode::unavailable);
    QVERIFY2(QString::fromStdString(meter.error().message).contains(reason), meter.error().message.c_str());
}

void TestEnergyMeters::damagedFilesGiveAReason_data() {
    QTest::addColumn<QString>("id");
    QTest::addColumn<Build>("build");
    QTest::addColumn<QString>("reason");
    const auto row = [](const char* name, const char* id, const char* reason, const Build& build) {
        QTest::newRow(name) << QString(id) << build << QString(reason);
    };
    row("RAPL counter is a word", "rapl", "where a number is expected", [](auto& s) {
        s.raplZone("intel-rapl:0", "package-0", 1);
        s.write("sys/class/powercap/intel-rapl:0/energy_uj", "lots");
    });
    row("RAPL counter is negative", "rapl", "where a number is expected", [](auto& s) {
        s.raplZone("intel-rapl:0", "package-0", 1);
        s.write("sys/class/powercap/intel-rapl:0/energy_uj", "-5");
    });
    row("RAPL zone without range", "rapl", "max_energy_range_uj", [](auto& s) {
        s.raplZone("intel-rapl:0", "package-0", 1);
        s.remove("sys/class/powercap/intel-rapl:0/max_energy_range_uj");
    });
    const auto perf = [](const FakeSystem& s, const std::string& event, const std::string& scale,
                         const std::string& mask) {
        const std::string device = "sys/bus/event_source/devices/power/";
        s.write(device + "type", "4294967294");  // a type that no kernel has
        s.write(device + "events/energy-pkg", event);
        s.write(device + "events/energy-pkg.scale", scale);
        s.write(device + "cpumask", mask);
    };
    row("perf event without number", "perf", "energy-pkg has event",
        [=](auto& s) { perf(s, "event", "2.3e-10", "0"); });
    row("perf scale is no number", "perf", "scale 'x'", [=](auto& s) { perf(s, "event=0x02", "x", "0"); });
    row("perf CPUs are a word", "perf", "not a list of CPUs",
        [=](auto& s) { perf(s, "event=0x02", "2.3e-10", "all"); });
    row("perf CPUs without end", "perf", "not a list of CPUs",
        [=](auto& s) { perf(s, "event=0x02", "2.3e-10", "0-99999999"); });
    row("perf refuses", "perf",
        "perf power/energy-pkg/:", [=](auto& s) { perf(s, "event=0x02", "2.3e-10", "0"); });
}

void TestEnergyMeters::damagedFilesGiveAReason() {
    QFETCH(QString, id);
    QFETCH(Build, build);
    QFETCH(QString, reason);
    const FakeSystem system;
    build(system);
    const Meter meter = open(id, system);
    QVERIFY(!meter);
    QVERIFY2(QString::fromStdString(meter.error().message).contains(reason), meter.error().message.c_str());
}

void TestEnergyMeters::statusesNameEverySource() {
    const FakeSystem system;
    system.raplZone("intel-rapl:0", "package-0", 5);
    const auto statuses = engine::meterStatuses(system.root());
    QCOMPARE(statuses.size(), engine::meters().size() + 1);
    QCOMPARE(statuses.front().name, std::string("rapl:package-0"));
    QVERIFY(statuses.front().available && statuses.front().reason.empty());
    QCOMPARE(statuses.front().provenance, engine::Provenance::measured);
    for (std::size_t i = 1; i + 1 < statuses.size(); ++i) {
        QVERIFY2(!statuses[i].available && !statuses[i].reason.empty(), statuses[i].name.c_str());
        QCOMPARE(statuses[i].provenance, engine::Provenance::unavailable);
    }
    QCOMPARE(statuses.back().name, std::string("cpu-time-model"));
    QCOMPARE(statuses.back().provenance, engine::Provenance::estimated);
}

void TestEnergyMeters::cpuTimeIsAnEstimate() {
    const auto meter = engine::makeCpuTimeMeter(10.0);
    QCOMPARE(meter->provenance(), engine::Provenance::estimated);
    QCOMPARE(meter->source(), std::string("cpu-time-model"));
    const double before = joulesOf(*meter);
    volatile std::uint64_t sink = 0;
    while (joulesOf(*meter) <= before)  // CPU time passes while this runs
        sink = sink + 1;
    QVERIFY(joulesOf(*meter) > before);
}

QTEST_GUILESS_MAIN(TestEnergyMeters)
#include "tst_energy_meters.moc"
