#include <QtTest>

#include "engine/runtime/table_choice.h"

using engine::KernelCandidate;
using engine::KernelTable;
using engine::TableChoice;
using engine::TokenClass;

/// What a table makes of an op's variants: the fastest of one packed layout for each number of tokens,
/// another layout only where it pays for decoding too, nothing for what was not measured.
class TestTableChoice : public QObject {
    Q_OBJECT
private slots:
    void chooses_data();
    void chooses();
    void everyWeightTypeHasToGain();
    void weightTypesChooseForThemselves();
};

namespace {

using Speeds = std::array<double, engine::kTokenClasses>;
using Runs = std::array<std::size_t, engine::kTokenClasses>;

/// matmul_int8, which has one weight type, with a Gop/s per token class and variant; 0: not measured.
KernelTable int8Table(const std::vector<std::pair<const char*, Speeds>>& variants) {
    KernelTable table;
    for (std::size_t c = 0; c < engine::kTokenClasses; ++c) {
        engine::KernelTableRow row{"matmul_int8", "int8_channel", static_cast<TokenClass>(c), {}};
        for (const auto& [name, speeds] : variants)
            if (speeds[c] > 0.0)
                row.variants.push_back({name, speeds[c], 1.0, 0.01});
        if (!row.variants.empty())
            table.rows.push_back(row);
    }
    return table;
}

const std::vector<KernelCandidate> kCandidates{{"avx512_vnni", "a"}, {"amx", "a"}, {"onednn", "b"}};

}  // namespace

Q_DECLARE_METATYPE(KernelTable)
Q_DECLARE_METATYPE(Runs)

void TestTableChoice::chooses_data() {
    QTest::addColumn<KernelTable>("table");
    QTest::addColumn<bool>("mayMix");
    QTest::addColumn<Runs>("expected");
    const auto row = [](const char* name, const KernelTable& table, const Runs& expected,
                        bool mayMix = true) { QTest::newRow(name) << table << mayMix << expected; };
    constexpr Speeds kUsual{10, 20, 40, 80};
    row("an empty table", {}, {0, 0, 0, 0});
    row("one variant", int8Table({{"avx512_vnni", kUsual}}), {0, 0, 0, 0});
    row("many tokens are faster", int8Table({{"avx512_vnni", kUsual}, {"amx", {5, 20, 50, 200}}}),
        {0, 0, 1, 1});
    row("within the noise", int8Table({{"avx512_vnni", kUsual}, {"amx", {10.3, 20.6, 41, 82}}}),
        {0, 0, 0, 0});
    row("the usual one is not measured", int8Table({{"amx", {50, 50, 50, 500}}}), {0, 0, 0, 0});
    row("a class is not measured", int8Table({{"avx512_vnni", kUsual}, {"amx", {20, 0, 0, 160}}}),
        {1, 0, 0, 1});
    row("an unknown variant", int8Table({{"avx512_vnni", kUsual}, {"neon", {99, 99, 99, 999}}}),
        {0, 0, 0, 0});
    row("no mixing, decoding decides", int8Table({{"avx512_vnni", kUsual}, {"amx", {5, 20, 50, 200}}}),
        {0, 0, 0, 0}, false);
    row("no mixing, faster at large", int8Table({{"avx512_vnni", kUsual}, {"amx", {10, 20, 80, 320}}}),
        {1, 1, 1, 1}, false);
    row("no mixing, a class is not measured", int8Table({{"avx512_vnni", kUsual}, {"amx", {50, 0, 50, 500}}}),
        {0, 0, 0, 0}, false);
    // 0.6 / 0.5 + 0.1 + 0.1 + 0.2 / 4 > 0.95: twice the time in decoding outweighs prefill in a quarter of
    // it.
    row("another layout, slow in decoding",
        int8Table({{"avx512_vnni", kUsual}, {"onednn", {5, 20, 40, 320}}}), {0, 0, 0, 0});
    // 0.6 + 0.1 + 0.1 + 0.2 / 2 = 0.9
    row("another layout, equal in decoding",
        int8Table({{"avx512_vnni", kUsual}, {"onednn", {10, 20, 40, 160}}}), {2, 2, 2, 2});
    // 0.6 + 0.1 + 0.1 + 0.2 * 0.8 = 0.96
    row("another layout, hardly faster", int8Table({{"avx512_vnni", kUsual}, {"onednn", {10, 20, 40, 100}}}),
        {0, 0, 0, 0});
    row("another layout, not measured everywhere",
        int8Table({{"avx512_vnni", kUsual}, {"onednn", {90, 90, 0, 900}}}), {0, 0, 0, 0});
    row("another layout against the best of the own",
        int8Table({{"avx512_vnni", kUsual}, {"amx", {10, 20, 40, 160}}, {"onednn", {10, 20, 40, 160}}}),
        {0, 0, 0, 1});
}

void TestTableChoice::chooses() {
    QFETCH(KernelTable, table);
    QFETCH(bool, mayMix);
    QFETCH(Runs, expected);
    const auto choice = chooseByTable(table, "matmul_int8", kCandidates, mayMix);
    QCOMPARE(choice.runs.size(), std::size_t{1});
    for (std::size_t c = 0; c < engine::kTokenClasses; ++c)
        QCOMPARE(choice.runs[0][c], expected[c]);
    Runs unmixed;
    unmixed.fill(expected[0]);
    QCOMPARE(choice.mixes(), expected != unmixed);
}

/// Weights of each type would have to be packed anew, and the plan does not know which ones a model brings.
void TestTableChoice::everyWeightTypeHasToGain() {
    const std::vector<KernelCandidate> candidates{{"avx2", "a"}, {"onednn", "b"}};
    KernelTable table;
    for (const char* weights : {"f32", "f16", "bf16"})
        for (std::size_t c = 0; c < engine::kTokenClasses; ++c)
            table.rows.push_back({"matmul_dense",
                                  weights,
                                  static_cast<TokenClass>(c),
                                  {{"onednn", 30.0, 1.0, 0.0}, {"avx2", 10.0, 1.0, 0.0}}});
    const std::vector<Runs> other(3, Runs{1, 1, 1, 1});
    const std::vector<Runs> usual(3, Runs{0, 0, 0, 0});
    QVERIFY(chooseByTable(table, "matmul_dense", candidates, true).runs == other);
    auto partly = table;
    for (std::size_t c = 0; c < engine::kTokenClasses; ++c)
        partly.rows[c].variants[0].gops = 8.0;  // f32
    QVERIFY(chooseByTable(partly, "matmul_dense", candidates, true).runs == usual);
    auto unmeasured = table;
    unmeasured.rows.erase(unmeasured.rows.begin() + 11);
    QVERIFY(chooseByTable(unmeasured, "matmul_dense", candidates, true).runs == usual);
}

void TestTableChoice::weightTypesChooseForThemselves() {
    const std::vector<KernelCandidate> candidates{{"avx512_bf16", "a"}, {"avx512", "a"}};
    KernelTable table;
    table.rows = {
        {"matmul_dense", "f16", TokenClass::one, {{"avx512", 20, 1, 0}, {"avx512_bf16", 10, 1, 0}}},
        {"matmul_dense", "bf16", TokenClass::one, {{"avx512_bf16", 20, 1, 0}, {"avx512", 10, 1, 0}}}};
    const auto choice = chooseByTable(table, "matmul_dense", candidates, true);
    const std::vector<Runs> expected{{0, 0, 0, 0}, {1, 0, 0, 0}, {0, 0, 0, 0}};
    QVERIFY(choice.runs == expected);
}

QTEST_GUILESS_MAIN(TestTableChoice)
#include "tst_table_choice.moc"
