#include <QtTest>
#include <bit>
#include <set>

#include "kernels/base/cpu_features.h"
#include "kernels/ops.h"

using kernels::CpuFeature;

class TestCpuFeatures : public QObject {
    Q_OBJECT
private slots:
    void namesAreSingleAndDistinct();
    void agreesWithTheKernelsList();
    void setsAreTestedAsAWhole();
    void everyOpEndsWithAReferenceThatNeedsNothing();
};

void TestCpuFeatures::namesAreSingleAndDistinct() {
    int count = 0;
    const auto* names = kernels::cpuFeatureNames(count);
    std::set<CpuFeature> seen;
    for (int i = 0; i < count; ++i) {
        QCOMPARE(std::popcount(static_cast<std::uint32_t>(names[i].feature)), 1);
        seen.insert(names[i].feature);
    }
    QCOMPARE(static_cast<int>(seen.size()), count);
    QVERIFY(seen.contains(CpuFeature::avxVnni));
}

void TestCpuFeatures::agreesWithTheKernelsList() {
    QFile file("/proc/cpuinfo");
    if (!file.open(QIODevice::ReadOnly))
        QSKIP("no /proc/cpuinfo to compare with");
    QString flags;  // "flags" on x86, "Features" on ARM
    for (const QString& line : QString::fromUtf8(file.readAll()).split('\n'))
        if (flags.isEmpty() && (line.startsWith("flags") || line.startsWith("Features")))
            flags = line.section(':', 1) + ' ';
    if (flags.isEmpty())
        QSKIP("/proc/cpuinfo lists no flags of the CPU");
    int count = 0;
    const auto* names = kernels::cpuFeatureNames(count);
    for (int i = 0; i < count; ++i) {
        const bool listed = flags.contains(QString(" %1 ").arg(names[i].name));
        // Linux may refuse tiles to a process whose CPU has them.
        if (QString(names[i].name).startsWith("amx_") && listed && !kernels::has(names[i].feature))
            continue;
        QVERIFY2(kernels::has(names[i].feature) == listed, names[i].name);
    }
}

void TestCpuFeatures::setsAreTestedAsAWhole() {
    QVERIFY(kernels::has(CpuFeature::none));
    int count = 0;
    const auto* names = kernels::cpuFeatureNames(count);
    auto all = CpuFeature::none;
    bool everyOne = true;
    for (int i = 0; i < count; ++i) {
        all = all | names[i].feature;
        everyOne = everyOne && kernels::has(names[i].feature);
    }
    QCOMPARE(kernels::has(all), everyOne);
}

void TestCpuFeatures::everyOpEndsWithAReferenceThatNeedsNothing() {
    QVERIFY(kernels::ops().size() >= 11);
    for (const auto& op : kernels::ops()) {
        QVERIFY2(!op.variants.empty(), op.name);
        QCOMPARE(QString(op.variants.back().name), QString("reference"));
        QVERIFY2(op.variants.back().needs == CpuFeature::none, op.name);
        std::set<QString> seen;
        for (const auto& variant : op.variants)
            QVERIFY2(seen.insert(variant.name).second, variant.name);
    }
}

QTEST_APPLESS_MAIN(TestCpuFeatures)
#include "tst_cpu_features.moc"
