#include <QtTest>
#include <algorithm>

#include "engine/runtime/kernel_plan.h"

using engine::ErrorCode;
using engine::KernelChoice;
using engine::KernelPlan;
using engine::KernelTable;
using engine::TokenClass;

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
    void aTableChoosesByTheNumberOfTokens();
    void aTableOpensTheWayToAnotherLayout();
    void exactArithmeticKeepsOutOfTheTable();
    void aTableMovesNoLevelAndNoPin_data();
    void aTableMovesNoLevelAndNoPin();
    void choicesSayWhereTheyComeFrom();
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

const KernelChoice& choiceOf(const KernelPlan& plan, const std::string& op) {
    return *std::find_if(plan.choices.begin(), plan.choices.end(), [&](const auto& c) { return c.op == op; });
}

/// A table in which `variant` takes `share` of the time of what the order prefers, from `first` tokens on.
KernelTable tableFor(const std::string& op, const std::string& variant, double share, TokenClass first) {
    const auto usual = variantOf(*KernelPlan::make("auto", false, {}), op);
    KernelTable table;
    table.features = engine::CpuClass::here().features;
    table.source = "/tables/test.yaml";
    table.measured = "by hand";
    for (const auto weights : engine::weightNames(op))
        for (std::size_t c = 0; c < engine::kTokenClasses; ++c) {
            const double gops = c >= static_cast<std::size_t>(first) ? 10.0 / share : 5.0;
            table.rows.push_back({op,
                                  std::string(weights),
                                  static_cast<TokenClass>(c),
                                  {{variant, gops, 1.0, 0.01}, {usual, 10.0, 1.0, 0.01}}});
        }
    return table;
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
    QCOMPARE(KernelPlan::make("auto", false, {})->batchDependent(), std::string());
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

/// The reference of matmul_int4 reads the packed layout of the fast variants, so every machine can mix them.
void TestKernelPlan::aTableChoosesByTheNumberOfTokens() {
    const auto usual = variantOf(*KernelPlan::make("auto", false, {}), "matmul_int4");
    if (usual == "reference")
        QSKIP("this CPU runs the reference alone");
    const auto table = tableFor("matmul_int4", "reference", 0.5, TokenClass::some);
    const auto plan = KernelPlan::make("auto", false, table);
    QVERIFY2(plan.has_value(), plan ? "" : plan.error().message.c_str());
    for (const std::size_t type : {0U, 1U}) {
        QCOMPARE(std::string(plan->matmulInt4Runs.of(type, 1).name), usual);
        QCOMPARE(std::string(plan->matmulInt4Runs.of(type, 15).name), usual);
        QCOMPARE(std::string(plan->matmulInt4Runs.of(type, 16).name), std::string("reference"));
        QCOMPARE(std::string(plan->matmulInt4Runs.of(type, 500).name), std::string("reference"));
    }
    QCOMPARE(std::string(plan->matmulInt4->name), usual);  // packs
    QCOMPARE(plan->batchDependent(), "matmul_int4=" + usual + "+reference");
    QVERIFY(plan->summary().find("matmul_int4=" + usual + "+reference ") != std::string::npos);
    QCOMPARE(plan->label(), KernelPlan::make("auto", false, {})->label());
    for (const std::int64_t tokens : {1, 16, 64})
        QVERIFY(plan->matmulScratchBytes(tokens, 2048) >=
                std::max(plan->matmulInt4->fn.scratchBytes(tokens, 2048),
                         kernels::matmul_int4::variants().back()->fn.scratchBytes(tokens, 2048)));
    QCOMPARE(plan->matmulDenseRuns.byType.size(), std::size_t{3});
    QCOMPARE(std::string(plan->matmulDenseRuns.of(2, 99).name), std::string(plan->matmulDense->name));
    const auto& uses = choiceOf(*plan, "matmul_int4").uses;
    QCOMPARE(uses.size(), std::size_t{8});
    QVERIFY(std::all_of(uses.begin(), uses.end(), [&](const auto& use) {
        return use.gops == (use.variant == "reference" ? 20.0 : 10.0);
    }));
}

void TestKernelPlan::aTableOpensTheWayToAnotherLayout() {
    if (!KernelPlan::make("matmul_dense=onednn", false, {}))
        QSKIP("no oneDNN here");
    const auto table = tableFor("matmul_dense", "onednn", 0.5, TokenClass::one);
    const auto plan = KernelPlan::make("auto", false, table);
    QVERIFY(plan.has_value());
    QCOMPARE(std::string(plan->matmulDense->name), std::string("onednn"));
    QCOMPARE(plan->batchDependent(), std::string("matmul_dense=onednn"));
    const auto slowAtOne =
        KernelPlan::make("auto", false, tableFor("matmul_dense", "onednn", 0.5, TokenClass::few));
    QVERIFY(std::string(slowAtOne->matmulDense->name) != "onednn");
    QCOMPARE(slowAtOne->batchDependent(), std::string());
    const auto& passedOver = choiceOf(*slowAtOne, "matmul_dense").passedOver;
    QCOMPARE(std::count(passedOver.begin(), passedOver.end(), "onednn: no faster by the kernel table"), 1);
}

void TestKernelPlan::exactArithmeticKeepsOutOfTheTable() {
    for (const auto* op : {"matmul_dense", "matmul_int4", "matmul_int8"})
        for (const auto* variant : {"onednn", "amx", "avx512_bf16", "reference"})
            for (const auto first : {TokenClass::one, TokenClass::many}) {
                const auto plan = KernelPlan::make("auto", true, tableFor(op, variant, 0.1, first));
                QVERIFY(plan.has_value());
                QCOMPARE(plan->batchDependent(), std::string());
                plan->matmulDenseRuns.forEach([](const auto& run) {
                    QVERIFY(!kernels::hasTrait(run.traits, kernels::Trait::roundsActivations));
                });
            }
    // One variant for all tokens may come from the table.
    const auto plan =
        KernelPlan::make("auto", true, tableFor("matmul_int4", "reference", 0.5, TokenClass::one));
    QCOMPARE(variantOf(*plan, "matmul_int4"), std::string("reference"));
}

void TestKernelPlan::aTableMovesNoLevelAndNoPin_data() {
    QTest::addColumn<QString>("spec");
    for (const auto level : engine::kernelLevels())
        QTest::newRow(level.data()) << QString::fromUtf8(level.data(), static_cast<qsizetype>(level.size()));
    for (const char* choice : {"matmul_int4=", "matmul="})
        QTest::newRow(choice) << choice + QString::fromStdString(
                                              variantOf(*KernelPlan::make("auto", false, {}), "matmul_int4"));
}

void TestKernelPlan::aTableMovesNoLevelAndNoPin() {
    QFETCH(QString, spec);
    const auto without = KernelPlan::make(spec.toStdString(), false, {});
    if (!without)
        QSKIP(without.error().message.c_str());
    const auto with = KernelPlan::make(spec.toStdString(), false,
                                       tableFor("matmul_int4", "reference", 0.1, TokenClass::one));
    QVERIFY(with.has_value());
    QCOMPARE(with->summary(), without->summary());
}

void TestKernelPlan::choicesSayWhereTheyComeFrom() {
    const auto reason = [](const char* spec, const KernelTable& table, const char* op) {
        return QString::fromStdString(choiceOf(*KernelPlan::make(spec, false, table), op).reason);
    };
    const auto table = tableFor("matmul_int4", "reference", 0.5, TokenClass::one);
    QVERIFY(reason("auto", {}, "matmul_int4").contains("anven kernels tune"));
    QVERIFY(reason("auto", table, "matmul_int4").contains("/tables/test.yaml (by hand)"));
    QVERIFY(reason("auto", table, "matmul_int8").contains("not in the kernel table"));
    QVERIFY(reason("auto", table, "rope").contains("order of preference"));
    QVERIFY(reason("reference", table, "matmul_int4").contains("the level reference"));
    QVERIFY(reason("rope=reference", table, "rope").contains("asked for by name"));
    auto damaged = KernelTable();
    damaged.problem = "x.yaml:1: bad";
    QVERIFY(reason("auto", damaged, "matmul_int4").contains("x.yaml:1: bad"));
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
