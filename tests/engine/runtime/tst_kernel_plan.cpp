#include <QtTest>
#include <algorithm>

#include "engine/runtime/kernel_plan.h"

using engine::ErrorCode;
using engine::KernelPlan;

/// What a word of --kernels chooses: every op gets a variant, a pin is honoured or refused, reasons are kept.
class TestKernelPlan : public QObject {
    Q_OBJECT
private slots:
    void everyOpHasAVariant_data();
    void everyOpHasAVariant();
    void aLevelIsNeverExceeded_data();
    void aLevelIsNeverExceeded();
    void referenceIsAlwaysThere();
    void exactArithmeticRoundsNothing();
    void namesVariantsThatDependOnTheBatch();
    void pinsHold_data();
    void pinsHold();
    void passedOverVariantsHaveReasons();
    void refuses_data();
    void refuses();
};

namespace {

const QStringList kOps{"matmul_dense", "matmul_int4", "matmul_int8", "quantize_activations",
                       "rmsnorm",      "rope",        "attention",   "softmax",
                       "swiglu",       "hadamard",    "embedding"};

std::size_t rankOf(const std::string& variant) {
    const auto levels = engine::kernelLevels();
    return static_cast<std::size_t>(std::find(levels.begin(), levels.end(), variant) - levels.begin());
}

std::string variantOf(const KernelPlan& plan, const std::string& op) {
    for (const auto& choice : plan.choices)
        if (choice.op == op)
            return choice.variant;
    return {};
}

}  // namespace

void TestKernelPlan::everyOpHasAVariant_data() {
    QTest::addColumn<QString>("spec");
    QTest::addColumn<bool>("exact");
    for (const bool exact : {false, true})
        for (const char* spec : {"", "auto", "reference", "attention=reference", "matmul=reference"})
            QTest::addRow("'%s'%s", spec, exact ? " exact" : "") << spec << exact;
}

void TestKernelPlan::everyOpHasAVariant() {
    QFETCH(QString, spec);
    QFETCH(bool, exact);
    const auto plan = KernelPlan::make(spec.toStdString(), exact);
    QVERIFY2(plan.has_value(), plan ? "" : plan.error().message.c_str());
    QStringList ops;
    for (const auto& choice : plan->choices)
        ops << QString::fromStdString(choice.op);
    QCOMPARE(ops, kOps);
    QVERIFY(plan->matmulDense && plan->matmulInt4 && plan->matmulInt8 && plan->quantizeActivations &&
            plan->rmsnorm && plan->rope && plan->attention && plan->softmax && plan->swiglu &&
            plan->hadamard && plan->embedding);
    QCOMPARE(std::string(plan->rope->name), variantOf(*plan, "rope"));
    QCOMPARE(QString::fromStdString(plan->summary()).count('='), kOps.size());
}

void TestKernelPlan::aLevelIsNeverExceeded_data() {
    QTest::addColumn<QString>("level");
    for (const auto level : engine::kernelLevels())
        QTest::newRow(level.data()) << QString::fromUtf8(level.data(), static_cast<qsizetype>(level.size()));
}

void TestKernelPlan::aLevelIsNeverExceeded() {
    QFETCH(QString, level);
    const auto plan = KernelPlan::make(level.toStdString(), false);
    if (!plan) {
        QCOMPARE(plan.error().code, ErrorCode::unavailable);
        QVERIFY(QString::fromStdString(plan.error().message).contains(level));
        QSKIP(plan.error().message.c_str());
    }
    bool reached = false;
    for (const auto& choice : plan->choices) {
        QVERIFY2(rankOf(choice.variant) <= rankOf(level.toStdString()),
                 (choice.op + "=" + choice.variant).c_str());
        reached = reached || choice.variant == level.toStdString();
    }
    QVERIFY2(reached, "no op reached the level that was asked for");
    QCOMPARE(plan->label(), level.toStdString());
}

void TestKernelPlan::referenceIsAlwaysThere() {
    const auto plan = KernelPlan::make("reference", true);
    QVERIFY(plan.has_value());
    for (const auto& choice : plan->choices)
        QCOMPARE(choice.variant, std::string("reference"));
}

void TestKernelPlan::exactArithmeticRoundsNothing() {
    const auto plan = KernelPlan::make("auto", true);
    QVERIFY(plan.has_value());
    QVERIFY(!kernels::hasTrait(plan->matmulDense->traits, kernels::Trait::roundsActivations));
    QVERIFY(!kernels::hasTrait(plan->attention->traits, kernels::Trait::roundsActivations));
}

void TestKernelPlan::namesVariantsThatDependOnTheBatch() {
    QCOMPARE(KernelPlan::make("auto", false)->batchDependent(), std::string());
    QCOMPARE(KernelPlan::make("reference", true)->batchDependent(), std::string());
    const auto pinned = KernelPlan::make("matmul_dense=onednn", false);
    if (!pinned)
        QSKIP(pinned.error().message.c_str());
    QCOMPARE(pinned->batchDependent(), std::string("matmul_dense=onednn"));
}

void TestKernelPlan::pinsHold_data() {
    QTest::addColumn<QString>("spec");
    QTest::addColumn<QString>("op");
    QTest::newRow("one op") << "rope=reference"
                            << "rope";
    QTest::newRow("among others") << "auto,softmax=reference"
                                  << "softmax";
    QTest::newRow("below a level") << "swiglu=reference,auto"
                                   << "swiglu";
    QTest::newRow("all matmuls") << "matmul=reference"
                                 << "matmul_int4";
    QTest::newRow("all matmuls, another one") << "matmul=reference"
                                              << "matmul_dense";
}

void TestKernelPlan::pinsHold() {
    QFETCH(QString, spec);
    QFETCH(QString, op);
    const auto plan = KernelPlan::make(spec.toStdString(), false);
    QVERIFY2(plan.has_value(), plan ? "" : plan.error().message.c_str());
    QCOMPARE(variantOf(*plan, op.toStdString()), std::string("reference"));
    const auto unpinned = KernelPlan::make("auto", false);
    QCOMPARE(variantOf(*plan, "rmsnorm"), variantOf(*unpinned, "rmsnorm"));  // a pin leaves the others alone
}

void TestKernelPlan::passedOverVariantsHaveReasons() {
    const auto plan = KernelPlan::make("reference", false);
    QVERIFY(plan.has_value());
    for (const auto& choice : plan->choices)
        for (const auto& reason : choice.passedOver)
            QVERIFY2(QString::fromStdString(reason).section(": ", 1).size() > 5, reason.c_str());
    const auto& dense = plan->choices.front();
    QCOMPARE(dense.passedOver.size() + 1, kernels::matmul_dense::variants().size());
}

void TestKernelPlan::refuses_data() {
    QTest::addColumn<QString>("spec");
    QTest::addColumn<QString>("expected");
    QTest::newRow("unknown word") << "fast"
                                  << "'fast' is neither a level";
    QTest::newRow("unknown op") << "conv=avx2"
                                << "no op 'conv'";
    QTest::newRow("unknown variant") << "rope=magic"
                                     << "rope has no variant 'magic'; it has";
    QTest::newRow("no op") << "=avx2"
                           << "no op ''";
    QTest::newRow("no variant") << "rope="
                                << "has no variant ''";
    QTest::newRow("one good, one not") << "rope=reference,fast"
                                       << "'fast'";
}

void TestKernelPlan::refuses() {
    QFETCH(QString, spec);
    QFETCH(QString, expected);
    const auto plan = KernelPlan::make(spec.toStdString(), false);
    QVERIFY(!plan);
    QCOMPARE(plan.error().code, ErrorCode::invalidInput);
    QVERIFY2(QString::fromStdString(plan.error().message).contains(expected), plan.error().message.c_str());
}

QTEST_GUILESS_MAIN(TestKernelPlan)
#include "tst_kernel_plan.moc"
