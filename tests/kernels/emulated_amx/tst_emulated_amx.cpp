#include <QtTest>
#include <cmath>

#include "engine/benchmark/kernel_trial.h"
#include "kernels/matmul_dense/matmul_dense.h"
#include "kernels/matmul_int4/matmul_int4.h"
#include "kernels/matmul_int8/matmul_int8.h"
#include "kernels/ops.h"

// The AMX variants hand fewer than 16 tokens to a variant with the same layout; here to the one that most
// CPUs can run. These definitions come before the library's.
#define STANDS_IN(op, name)                                                        \
    namespace kernels::op {                                                        \
    namespace avx2 {                                                               \
    extern const Variant<Fn> variant;                                              \
    }                                                                              \
    namespace name {                                                               \
    extern const Variant<Fn> variant{#name, CpuFeature::avx512, avx2::variant.fn}; \
    }                                                                              \
    }
STANDS_IN(matmul_dense, avx512_bf16)
STANDS_IN(matmul_int4, avx512_vnni)
STANDS_IN(matmul_int8, avx512_vnni)
#undef STANDS_IN

using kernels::CpuFeature;

/// The AMX variants, compiled with emulated instructions, against the references: this says that they are
/// right about layouts, tails and registers, not that a CPU runs them.
class TestEmulatedAmx : public QObject {
    Q_OBJECT
private slots:
    void initTestCase();
    void matchesReference_data();
    void matchesReference();
};

namespace {

const kernels::OpInfo& opNamed(const std::string& name) {
    const auto ops = kernels::ops();
    return *std::find_if(ops.begin(), ops.end(), [&](const auto& op) { return name == op.name; });
}

std::size_t amxOf(const kernels::OpInfo& op) {
    std::size_t i = 0;
    while (i < op.variants.size() && std::string_view(op.variants[i].name) != "amx")
        ++i;
    return i;
}

const std::vector<engine::KernelTrial>& trials() {
    static const auto all = engine::verificationTrials();
    return all;
}

}  // namespace

void TestEmulatedAmx::initTestCase() {
    if (!kernels::has(CpuFeature::avx2 | CpuFeature::fma | CpuFeature::f16c))
        QSKIP("this CPU lacks AVX2, which stands in for few tokens");
}

void TestEmulatedAmx::matchesReference_data() {
    QTest::addColumn<int>("trial");
    for (std::size_t i = 0; i < trials().size(); ++i) {
        const auto& op = opNamed(trials()[i].op);
        if (amxOf(op) < op.variants.size())
            QTest::addRow("%s %s", op.name, trials()[i].shape.c_str()) << static_cast<int>(i);
    }
}

void TestEmulatedAmx::matchesReference() {
    QFETCH(int, trial);
    const auto& of = trials()[static_cast<std::size_t>(trial)];
    const auto& op = opNamed(of.op);
    auto reference = of.prepare(op.variants.size() - 1);
    reference.execute();
    const auto expected = reference.output();
    const auto amx = amxOf(op);
    auto prepared = of.prepare(amx);
    prepared.execute();
    const auto output = prepared.output();
    const auto allowed = of.tolerance(amx, expected);
    QCOMPARE(output.size(), expected.size());
    for (std::size_t i = 0; i < output.size(); ++i) {
        const double error = std::abs(static_cast<double>(output[i]) - static_cast<double>(expected[i]));
        QVERIFY2(error <= static_cast<double>(allowed[i]),
                 qPrintable(QString("element %1: %2, expected %3 +- %4")
                                .arg(i)
                                .arg(static_cast<double>(output[i]))
                                .arg(static_cast<double>(expected[i]))
                                .arg(static_cast<double>(allowed[i]))));
    }
}

QTEST_APPLESS_MAIN(TestEmulatedAmx)
#include "tst_emulated_amx.moc"
