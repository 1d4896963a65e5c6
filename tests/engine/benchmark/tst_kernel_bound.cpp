#include <QtTest>

#include "engine/benchmark/kernel_bound.h"

using Arithmetic = engine::KernelTrial::Arithmetic;

/// Shares of the measured peaks, against numbers worked out by hand.
class TestKernelBound : public QObject {
    Q_OBJECT
private slots:
    void sharesAreThoseOfTheTrialsPeak_data();
    void sharesAreThoseOfTheTrialsPeak();
    void cachedDataHaveNoMemoryShare();
    void everyBenchmarkTrialSaysWhatItTakes();

private:
    /// 20 GB/s, int8 400, BF16 200 where the CPU has it, FP32 100 Gop/s.
    static engine::Roofline machine(bool hasBf16) {
        engine::Roofline roofline;
        roofline.threads = 1;
        roofline.readGbPerS = 20.0;
        roofline.int8 = engine::Roofline::Peak{"", 400.0};
        if (hasBf16)
            roofline.bf16 = engine::Roofline::Peak{"", 200.0};
        roofline.fp32 = {"", 100.0};
        return roofline;
    }
    static engine::KernelTrial trial(double operations, double bytes, Arithmetic arithmetic) {
        engine::KernelTrial trial("op", "shape");
        trial.operations = operations;
        trial.bytes = bytes;
        trial.arithmetic = arithmetic;
        return trial;
    }
};

void TestKernelBound::sharesAreThoseOfTheTrialsPeak_data() {
    QTest::addColumn<int>("arithmetic");
    QTest::addColumn<bool>("hasBf16");
    QTest::addColumn<double>("operations");
    QTest::addColumn<double>("arithmeticPercent");
    QTest::addColumn<double>("binding");
    const auto row = [](const char* name, Arithmetic arithmetic, bool hasBf16, double operations,
                        double percent, double binding) {
        QTest::newRow(name) << static_cast<int>(arithmetic) << hasBf16 << operations << percent << binding;
    };
    // One second each; 10 GB are half of the bandwidth.
    row("int8, memory binds", Arithmetic::int8, true, 100e9, 25.0, 50.0);
    row("int8, arithmetic binds", Arithmetic::int8, true, 300e9, 75.0, 75.0);
    row("bf16", Arithmetic::bf16, true, 150e9, 75.0, 75.0);
    row("bf16 computed as f32", Arithmetic::bf16, false, 75e9, 75.0, 75.0);
    row("f32", Arithmetic::fp32, true, 20e9, 20.0, 50.0);
}

void TestKernelBound::sharesAreThoseOfTheTrialsPeak() {
    QFETCH(int, arithmetic);
    QFETCH(bool, hasBf16);
    QFETCH(double, operations);
    const auto share = engine::shareOfPeak(trial(operations, 10e9, static_cast<Arithmetic>(arithmetic)), 1.0,
                                           machine(hasBf16), 1 << 25);
    QTEST(share.arithmetic, "arithmeticPercent");
    QVERIFY(share.memory);
    QCOMPARE(*share.memory, 50.0);
    QTEST(share.binding(), "binding");
}

void TestKernelBound::cachedDataHaveNoMemoryShare() {
    const auto share =
        engine::shareOfPeak(trial(1e6, 1 << 20, Arithmetic::fp32), 1e-4, machine(true), 1 << 25);
    QVERIFY(!share.memory);
    QCOMPARE(share.arithmetic, 10.0);
    QCOMPARE(share.binding(), share.arithmetic);
}

void TestKernelBound::everyBenchmarkTrialSaysWhatItTakes() {
    for (const auto& each : engine::benchmarkTrials()) {
        QVERIFY2(each.operations > 0.0 && each.bytes > 0.0, (each.op + " " + each.shape).c_str());
        const bool integers = each.op == "matmul_int4" || each.op == "matmul_int8";
        QVERIFY2(integers == (each.arithmetic == Arithmetic::int8), each.op.c_str());
    }
}

QTEST_GUILESS_MAIN(TestKernelBound)
#include "tst_kernel_bound.moc"
