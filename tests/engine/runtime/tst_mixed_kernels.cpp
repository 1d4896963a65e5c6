#include <QtTest>
#include <filesystem>

#include "engine/generate/local_model.h"
#include "engine/runtime/kernel_plan.h"
#include "engine/runtime/kernel_table.h"

using engine::KernelTable;
using engine::LocalModel;
using engine::TokenClass;
using engine::TokenId;

/// A model whose plan takes another variant for many tokens than for one: each pass is, bit for bit, that of
/// the variant the table names for its number of tokens.
class TestMixedKernels : public QObject {
    Q_OBJECT
private slots:
    void initTestCase();
    void everyPassUsesItsVariant_data();
    void everyPassUsesItsVariant();

private:
    QTemporaryDir folder_;
};

namespace {

constexpr std::size_t kTokens = 20;  // of the class 16-63

std::unique_ptr<LocalModel> load(const QString& model, const std::string& kernels) {
    engine::LoadRequest request;
    request.model = model.toStdString();
    request.kernels = kernels;
    request.threads = 2;
    auto loaded = LocalModel::load(request);
    return loaded ? std::move(*loaded) : nullptr;
}

std::vector<TokenId> someTokens() {
    std::vector<TokenId> tokens;
    for (std::size_t i = 0; i < kTokens; ++i)
        tokens.push_back(TokenId{static_cast<std::int32_t>(7 + 13 * i)});
    return tokens;
}

std::vector<float> together(LocalModel& model) {
    model.session().rewind(0);
    const auto logits = model.session().verify(someTokens());
    return logits ? std::vector<float>(logits->begin(), logits->end()) : std::vector<float>{};
}

std::vector<float> oneByOne(LocalModel& model) {
    model.session().rewind(0);
    std::vector<float> all;
    for (const auto token : someTokens())
        if (const auto logits = model.session().decode(token))
            all.insert(all.end(), logits->begin(), logits->end());
    return all;
}

}  // namespace

/// The user's table of this process: matmul_int4's reference, which shares the packed layout, from 16 tokens.
void TestMixedKernels::initTestCase() {
    qputenv("XDG_DATA_HOME", folder_.path().toUtf8());
    const auto cpu = engine::CpuClass::here();
    if (cpu.features.empty())
        QSKIP("this CPU runs the reference alone");
    std::string usual;
    const auto plan = engine::KernelPlan::make("auto", false, {});
    for (const auto& choice : plan->choices)
        if (choice.op == "matmul_int4")
            usual = choice.variant;
    KernelTable table;
    table.features = cpu.features;
    for (const auto weights : engine::weightNames("matmul_int4"))
        for (const auto tokens : {TokenClass::one, TokenClass::some})
            table.rows.push_back(
                {"matmul_int4",
                 std::string(weights),
                 tokens,
                 {{"reference", tokens == TokenClass::one ? 1.0 : 99.0, 1.0, 0.0}, {usual, 10.0, 1.0, 0.0}}});
    QVERIFY(table.write(engine::userKernelTablePath(cpu)).has_value());
}

void TestMixedKernels::everyPassUsesItsVariant_data() {
    QTest::addColumn<QString>("model");
    QTest::newRow("int4") << "demo:spinquant";
    QTest::newRow("int4 with adapters") << "demo:qat-lora";
}

void TestMixedKernels::everyPassUsesItsVariant() {
    QFETCH(QString, model);
    const auto mixed = load(model, "auto");
    QVERIFY(mixed);
    const auto usual = mixed->model().plan().matmulInt4->name;
    QCOMPARE(mixed->model().plan().batchDependent(), std::string("matmul_int4=") + usual + "+reference");
    const auto fast = load(model, std::string("matmul_int4=") + usual);
    const auto slow = load(model, "matmul_int4=reference");
    QVERIFY(fast && slow);
    const auto all = together(*mixed);
    QVERIFY(!all.empty());
    QVERIFY(all == together(*slow));
    if (together(*slow) == together(*fast))
        QSKIP("on this CPU both variants round alike, so nothing tells which of them ran");
    QVERIFY(all != together(*fast));
    const auto single = oneByOne(*mixed);
    QCOMPARE(single.size(), all.size());
    QVERIFY(single == oneByOne(*fast));
}

QTEST_GUILESS_MAIN(TestMixedKernels)
#include "tst_mixed_kernels.moc"
