#include <hwloc.h>

#include <QtTest>
#include <thread>

#include "engine/system/cpu_topology.h"
#include "engine/system/system_info.h"

using Kind = engine::TopologyPart::Kind;

/// Topologies of made-up machines, with parts known beforehand, and of the one that runs the test.
class TestCpuTopology : public QObject {
    Q_OBJECT
private slots:
    void madeUpMachines_data();
    void madeUpMachines();
    void cachesAndMemoryHaveTheirSizes();
    void kindsOfCoresAreTold();
    void nonsenseIsAnError();
    void thisMachineAgreesWithItsSummary();
};

void TestCpuTopology::madeUpMachines_data() {
    QTest::addColumn<QString>("source");
    QTest::addColumn<QVector<int>>("counts");  // packages, cores, threads, caches
    QTest::newRow("one core, two threads") << "pack:1 core:1 pu:2" << QVector<int>{1, 1, 2, 0};
    QTest::newRow("laptop") << "pack:1 l3:1 l2:4 l1d:1 core:1 pu:2" << QVector<int>{1, 4, 8, 9};
    QTest::newRow("128 threads") << "pack:2 l3:4 l2:8 core:1 pu:2" << QVector<int>{2, 64, 128, 72};
}

void TestCpuTopology::madeUpMachines() {
    QFETCH(QString, source);
    QFETCH(QVector<int>, counts);
    const auto topology = engine::readCpuTopology(source.toStdString());
    QVERIFY2(topology.has_value(), topology ? "" : topology.error().message.c_str());
    const auto& machine = topology->machine;
    QCOMPARE(QVector<int>({machine.count(Kind::package), machine.count(Kind::core),
                           machine.count(Kind::thread), machine.count(Kind::cache)}),
             counts);
    QCOMPARE(topology->coreKinds, 1);
    QCOMPARE(machine.parts.front().kind, Kind::package);
}

void TestCpuTopology::cachesAndMemoryHaveTheirSizes() {
    const auto topology =
        engine::readCpuTopology("pack:2 [numa(memory=8589934592)] l3:1(size=33554432) core:2 pu:1");
    QVERIFY2(topology.has_value(), topology ? "" : topology.error().message.c_str());
    const auto& package = topology->machine.parts.at(1);
    QCOMPARE(package.memory.size(), std::size_t{1});
    QCOMPARE(package.memory.front().bytes, std::int64_t{8589934592});
    QCOMPARE(package.memory.front().number, 1);
    const auto& cache = package.parts.front();
    QCOMPARE(cache.kind, Kind::cache);
    QCOMPARE(cache.cacheLevel, 3);
    QCOMPARE(cache.bytes, std::int64_t{33554432});
    QCOMPARE(cache.number, 1);
}

void TestCpuTopology::kindsOfCoresAreTold() {
    const QTemporaryDir folder;
    const auto file = folder.filePath("hybrid.xml").toStdString();
    hwloc_topology_t made = nullptr;
    QCOMPARE(hwloc_topology_init(&made), 0);
    QCOMPARE(hwloc_topology_set_synthetic(made, "pack:1 core:4 pu:1"), 0);
    QCOMPARE(hwloc_topology_load(made), 0);
    for (int kind = 0; kind < 2; ++kind) {
        auto* cpus = hwloc_bitmap_alloc();
        hwloc_bitmap_set_range(cpus, kind == 1 ? 0U : 2U,
                               kind == 1 ? 1 : 3);  // cores 0 and 1 are the fast ones
        QCOMPARE(hwloc_cpukinds_register(made, cpus, kind, 0, nullptr, 0), 0);
        hwloc_bitmap_free(cpus);
    }
    QCOMPARE(hwloc_topology_export_xml(made, file.c_str(), 0), 0);
    hwloc_topology_destroy(made);
    const auto topology = engine::readCpuTopology(file);
    QVERIFY2(topology.has_value(), topology ? "" : topology.error().message.c_str());
    QCOMPARE(topology->coreKinds, 2);
    QVector<int> kinds;
    for (const auto& core : topology->machine.parts.front().parts)
        kinds << core.coreKind;
    QCOMPARE(kinds, QVector<int>({1, 1, 0, 0}));
}

void TestCpuTopology::nonsenseIsAnError() {
    for (const char* source : {"pack:x", "/absent/file.xml"}) {
        const auto topology = engine::readCpuTopology(source);
        QVERIFY2(!topology.has_value(), source);
        QCOMPARE(topology.error().code, engine::ErrorCode::invalidInput);
    }
}

void TestCpuTopology::thisMachineAgreesWithItsSummary() {
    const auto topology = engine::readCpuTopology();
    QVERIFY(topology.has_value());
    const auto info = engine::readSystemInfo();
    QCOMPARE(topology->machine.count(Kind::core), info.physicalCores);
    QCOMPARE(topology->machine.count(Kind::thread), info.logicalCpus);
    QCOMPARE(topology->machine.count(Kind::package), info.packages);
}

QTEST_GUILESS_MAIN(TestCpuTopology)
#include "tst_cpu_topology.moc"
