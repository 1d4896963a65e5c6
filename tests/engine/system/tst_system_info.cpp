#include <QtTest>
#include <nlohmann/json.hpp>

#include "engine/system/system_info.h"
#include "tests/engine/energy/fake_system.h"

/// The machine's description on files like the kernel's, on none, and on the machine that runs the test.
class TestSystemInfo : public QObject {
    Q_OBJECT
private slots:
    void readsWhatTheSystemTells();
    void leavesUnknownFieldsEmpty();
    void damagedFilesAreUnknown_data();
    void damagedFilesAreUnknown();
    void knowsVirtualMachines_data();
    void knowsVirtualMachines();
    void jsonSaysNullForUnknown();
    void thisMachineMakesSense();
};

void TestSystemInfo::readsWhatTheSystemTells() {
    const FakeSystem system;
    system.write(
        "proc/cpuinfo",
        "processor\t: 0\nmodel name\t: Testium 9000 @ 3.00GHz\ncpu MHz\t\t: 2995.321\nflags\t\t: fpu sse2");
    system.write("proc/meminfo",
                 "MemTotal:       16384000 kB\nMemFree:          100 kB\nMemAvailable:    8192000 kB");
    system.write("etc/os-release", "NAME=\"Test\"\nPRETTY_NAME=\"Test Linux 7 (seven)\"");
    system.write("sys/devices/system/cpu/cpu0/cpufreq/scaling_governor", "performance");
    system.write("sys/devices/system/cpu/cpu0/cpufreq/scaling_cur_freq", 3'600'000);
    const auto info = engine::readSystemInfo(system.root());
    QCOMPARE(info.cpu, std::string("Testium 9000 @ 3.00GHz"));
    QCOMPARE(info.memoryBytes, std::int64_t{16384000} * 1024);
    QCOMPARE(info.availableMemoryBytes, std::int64_t{8192000} * 1024);
    QCOMPARE(info.os, std::string("Test Linux 7 (seven)"));
    QCOMPARE(info.governor, std::string("performance"));
    QCOMPARE(info.frequency, std::string("3600 MHz"));
    QCOMPARE(info.virtualization, std::string("none"));
    system.remove("sys/devices/system/cpu/cpu0/cpufreq/scaling_cur_freq");
    QCOMPARE(engine::readSystemInfo(system.root()).frequency, std::string("2995 MHz"));
}

void TestSystemInfo::leavesUnknownFieldsEmpty() {
    const FakeSystem system;
    const auto info = engine::readSystemInfo(system.root());
    QCOMPARE(info.cpu, std::string());
    QCOMPARE(info.memoryBytes, std::int64_t{0});
    QCOMPARE(info.os, std::string());
    QCOMPARE(info.governor, std::string());
    QCOMPARE(info.frequency, std::string());
}

void TestSystemInfo::damagedFilesAreUnknown_data() {
    QTest::addColumn<QString>("file");
    QTest::addColumn<QString>("text");
    QTest::newRow("memory without a number") << "proc/meminfo"
                                             << "MemTotal: lots";
    QTest::newRow("memory without a value") << "proc/meminfo"
                                            << "MemTotal:";
    QTest::newRow("no separator") << "proc/cpuinfo"
                                  << "model name";
    QTest::newRow("only a separator") << "proc/cpuinfo"
                                      << "model name :";
    QTest::newRow("only quotes") << "etc/os-release"
                                 << "PRETTY_NAME=\"\"";
    QTest::newRow("one quote") << "etc/os-release"
                               << "PRETTY_NAME=\"";
    QTest::newRow("frequency is a word") << "sys/devices/system/cpu/cpu0/cpufreq/scaling_cur_freq"
                                         << "fast";
}

void TestSystemInfo::damagedFilesAreUnknown() {
    QFETCH(QString, file);
    QFETCH(QString, text);
    const FakeSystem system;
    system.write(file.toStdString(), text.toStdString());
    const auto info = engine::readSystemInfo(system.root());
    QCOMPARE(info.memoryBytes, std::int64_t{0});
    QVERIFY2(info.cpu.empty() && info.os.empty() && info.frequency.empty(),
             (info.cpu + info.os + info.frequency).c_str());
}

void TestSystemInfo::knowsVirtualMachines_data() {
    QTest::addColumn<QString>("flags");
    QTest::addColumn<QString>("vendor");
    QTest::addColumn<QString>("expected");
    QTest::newRow("real") << "fpu sse2"
                          << "Maker"
                          << "none";
    QTest::newRow("virtual") << "fpu hypervisor sse2"
                             << "QEMU"
                             << "QEMU";
    QTest::newRow("virtual without a vendor") << "fpu hypervisor"
                                              << ""
                                              << "hypervisor";
}

void TestSystemInfo::knowsVirtualMachines() {
    QFETCH(QString, flags);
    QFETCH(QString, vendor);
    const FakeSystem system;
    system.write("proc/cpuinfo", "flags : " + flags.toStdString());
    if (!vendor.isEmpty())
        system.write("sys/class/dmi/id/sys_vendor", vendor.toStdString());
    QTEST(QString::fromStdString(engine::readSystemInfo(system.root()).virtualization), "expected");
}

void TestSystemInfo::jsonSaysNullForUnknown() {
    const FakeSystem system;
    const auto document = nlohmann::json::parse(engine::systemInfoJson(system.root()), nullptr, false);
    QVERIFY(document.is_object());
    for (const char* key : {"cpu", "os", "governor", "frequency"})
        QVERIFY2(document.at(key).is_null(), key);
    const auto& meters = document.at("energy_meters");
    QVERIFY(!meters.empty());
    for (const auto& meter : meters) {
        const bool explained =
            meter.at("available").get<bool>() || !meter.at("reason").get<std::string>().empty();
        QVERIFY2(explained, meter.dump().c_str());
    }
    QVERIFY(document.at("versions").at("anven").is_string());
}

void TestSystemInfo::thisMachineMakesSense() {
    const auto info = engine::readSystemInfo();
    QVERIFY(!info.kernel.empty());  // not every architecture names its CPU
    QVERIFY(info.packages >= 1 && info.physicalCores >= info.packages &&
            info.logicalCpus >= info.physicalCores);
    QVERIFY(info.memoryBytes > 0 && info.availableMemoryBytes > 0 &&
            info.availableMemoryBytes <= info.memoryBytes);
    QVERIFY(!info.topology.empty());
}

QTEST_GUILESS_MAIN(TestSystemInfo)
#include "tst_system_info.moc"
