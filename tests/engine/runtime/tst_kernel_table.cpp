#include <QtTest>
#include <filesystem>
#include <fstream>

#include "engine/base/resources.h"
#include "engine/runtime/kernel_table.h"

namespace fs = std::filesystem;
using engine::CpuClass;
using engine::ErrorCode;
using engine::KernelTable;
using engine::TokenClass;

/// Tables of measured kernels: what is read is what was written, what is wrong is named with its line, and
/// the user's table goes before the one that ships.
class TestKernelTable : public QObject {
    Q_OBJECT
private slots:
    void classesOfTokens_data();
    void classesOfTokens();
    void readsWhatItWrites();
    void refuses_data();
    void refuses();
    void onlyRealDifferencesCount_data();
    void onlyRealDifferencesCount();
    void theUsersTableGoesFirst();
    void aTableOfThisModelGoesFirst();
    void aDamagedTableIsPassedOverAndNamed();
    void anotherCpuHasNoTable();
    void theUsersPathNamesTheCpu();
    void writingNowhereFails();
    void shippedTablesAreValid();
};

namespace {

const CpuClass kCpu{{"avx2", "fma", "f16c"}, "AMD EPYC"};

KernelTable tableOf(const std::string& cpu, double gops) {
    KernelTable table;
    table.features = kCpu.features;
    table.cpu = cpu;
    table.measured = "by hand: \"quoted\", #1";
    table.rows = {{"matmul_dense", "bf16", TokenClass::few, {{"onednn", gops, 2.5, 0.02}, {"avx2", 1, 1, 0}}},
                  {"matmul_int4", "int4_g32_f16", TokenClass::many, {{"avx2", 60.0, 0.5, 0.0}}}};
    return table;
}

void write(const fs::path& file, const std::string& text) {
    fs::create_directories(file.parent_path());
    std::ofstream(file) << text;
}

/// One row with `row` in the place of its usual text.
QString withRow(const char* row) {
    return QString("format: 1\nfeatures: [avx2, fma, f16c]\nrows:\n") + row;
}

const char* const kRow =
    "  - {op: matmul_int8, weights: int8_channel, tokens: 1, variants: [{name: avx2, gops: 1, gbps: 1, "
    "spread: 0}]}\n";

}  // namespace

void TestKernelTable::classesOfTokens_data() {
    QTest::addColumn<int>("tokens");
    QTest::addColumn<QString>("expected");
    const std::pair<int, const char*> rows[] = {{1, "1"},      {2, "2-15"}, {15, "2-15"}, {16, "16-63"},
                                                {63, "16-63"}, {64, "64+"}, {4096, "64+"}};
    for (const auto& [tokens, expected] : rows)
        QTest::addRow("%d", tokens) << tokens << expected;
}

void TestKernelTable::classesOfTokens() {
    QFETCH(int, tokens);
    QFETCH(QString, expected);
    QCOMPARE(QString::fromStdString(std::string(name(engine::tokenClassOf(tokens)))), expected);
}

void TestKernelTable::readsWhatItWrites() {
    QTemporaryDir folder;
    const fs::path file = fs::path(folder.path().toStdString()) / "new" / "table.yaml";
    const auto table = tableOf("AMD EPYC", 12.5);
    QVERIFY(table.write(file).has_value());
    const auto read = KernelTable::read(file);
    QVERIFY2(read.has_value(), read ? "" : read.error().message.c_str());
    QVERIFY(read->rows == table.rows);
    QVERIFY(read->features == table.features);
    QCOMPARE(read->cpu, table.cpu);
    QCOMPARE(read->measured, table.measured);
    QCOMPARE(read->source, file.string());
    QCOMPARE(std::distance(fs::directory_iterator(file.parent_path()), fs::directory_iterator()), 1);
}

void TestKernelTable::refuses_data() {
    QTest::addColumn<QString>("text");
    QTest::addColumn<QString>("expected");
    const auto row = [](const char* name, const QString& text, const char* expected) {
        QTest::newRow(name) << text << expected;
    };
    row("nothing", "", "t.yaml:1");
    row("a newer format", withRow(kRow).replace("format: 1", "format: 2"), "t.yaml:1: key 'format'");
    row("no format", withRow(kRow).remove("format: 1\n"), "the key 'format' is missing");
    row("no features", withRow(kRow).remove("features: [avx2, fma, f16c]\n"), "'features' is missing");
    row("an unknown feature", withRow(kRow).replace("f16c", "mmx"), "unknown 'mmx'; known are avx2");
    row("features out of order", withRow(kRow).replace("avx2, fma", "fma, avx2"), "out of order or twice");
    row("a feature twice", withRow(kRow).replace("fma", "avx2"), "out of order or twice");
    row("no rows", "format: 1\nfeatures: [avx2]\nrows: []\n", "t.yaml:3: key 'rows': expected at least one");
    row("rows that are no list", "format: 1\nfeatures: [avx2]\nrows: 3\n", "t.yaml:3: key 'rows'");
    row("an unknown key", withRow(kRow) + "speed: 3\n", "t.yaml:5: key 'speed'");
    row("an op without a table", withRow(kRow).replace("matmul_int8", "rope"), "t.yaml:4: key 'op'");
    row("weights of another op", withRow(kRow).replace("int8_channel", "bf16"),
        "t.yaml:4: key 'weights': matmul_int8 has no 'bf16'; it has int8_channel");
    row("an unknown number of tokens", withRow(kRow).replace("tokens: 1", "tokens: 3"),
        "t.yaml:4: key 'tokens': expected one of 1, 2-15, 16-63, 64+");
    row("a row twice", withRow(kRow) + kRow, "t.yaml:5: a second row for matmul_int8, int8_channel, 1");
    row("an unknown variant", withRow(kRow).replace("name: avx2", "name: magic"), "key 'name'");
    row("no variants", withRow(kRow).replace(QRegularExpression("\\[\\{.*\\}\\]"), "[]"),
        "key 'variants': expected at least one");
    row("a variant twice",
        withRow(kRow).replace("spread: 0}", "spread: 0}, {name: avx2, gops: 2, gbps: 2, spread: 0}"),
        "'avx2' is measured twice");
    row("no speed", withRow(kRow).replace("gops: 1, ", ""), "the key 'gops' is missing");
    row("a speed of nothing", withRow(kRow).replace("gops: 1", "gops: 0"), "key 'gops'");
    row("a negative spread", withRow(kRow).replace("spread: 0", "spread: -1"), "key 'spread'");
    row("a speed that is none", withRow(kRow).replace("gops: 1", "gops: nan"), "key 'gops'");
}

void TestKernelTable::refuses() {
    QFETCH(QString, text);
    QFETCH(QString, expected);
    QVERIFY(KernelTable::parse(withRow(kRow).toStdString(), "t.yaml").has_value());
    const auto table = KernelTable::parse(text.toStdString(), "t.yaml");
    QVERIFY(!table);
    QCOMPARE(table.error().code, ErrorCode::corrupt);
    const auto message = QString::fromStdString(table.error().message);
    QVERIFY2(message.contains(expected), qPrintable(message));
    QVERIFY2(message.startsWith("t.yaml:"), qPrintable(message));
    QVERIFY(!message.contains('\n'));
}

void TestKernelTable::onlyRealDifferencesCount_data() {
    QTest::addColumn<double>("gops");
    QTest::addColumn<double>("spread");
    QTest::addColumn<bool>("expected");
    QTest::newRow("slower") << 9.0 << 0.0 << false;
    QTest::newRow("the same") << 10.0 << 0.0 << false;
    QTest::newRow("4 % less time") << 10.0 / 0.96 << 0.0 << false;
    QTest::newRow("6 % less time") << 10.0 / 0.94 << 0.0 << true;
    QTest::newRow("6 % less time, spread 4 %") << 10.0 / 0.94 << 0.04 << false;
    QTest::newRow("20 % less time, spread 4 %") << 10.0 / 0.8 << 0.04 << true;
    QTest::newRow("half the time, spread 60 %") << 20.0 << 0.6 << false;
}

void TestKernelTable::onlyRealDifferencesCount() {
    QFETCH(double, gops);
    QFETCH(double, spread);
    QFETCH(bool, expected);
    QCOMPARE(engine::isFaster({"a", gops, 1.0, spread}, {"b", 10.0, 1.0, spread}), expected);
    QVERIFY(!engine::isFaster({"b", 10.0, 1.0, spread}, {"a", gops, 1.0, spread}) || !expected);
}

void TestKernelTable::theUsersTableGoesFirst() {
    QTemporaryDir folder;
    const fs::path root(folder.path().toStdString());
    QVERIFY(tableOf("", 10.0).write(root / "shipped" / "a.yaml").has_value());
    const fs::path folders[] = {root / "user", root / "shipped"};
    QCOMPARE(engine::kernelTableFor(kCpu, folders).source, (root / "shipped" / "a.yaml").string());
    QVERIFY(tableOf("", 20.0).write(root / "user" / "z.yaml").has_value());
    const auto table = engine::kernelTableFor(kCpu, folders);
    QCOMPARE(table.source, (root / "user" / "z.yaml").string());
    QCOMPARE(table.problem, std::string());
}

void TestKernelTable::aTableOfThisModelGoesFirst() {
    QTemporaryDir folder;
    const fs::path root(folder.path().toStdString());
    QVERIFY(tableOf("", 1.0).write(root / "a.yaml").has_value());
    QVERIFY(tableOf("AMD EPYC", 2.0).write(root / "b.yaml").has_value());
    QVERIFY(tableOf("Another CPU", 3.0).write(root / "c.yaml").has_value());
    QVERIFY(tableOf("", 4.0).write(root / "d.yaml").has_value());
    const fs::path folders[] = {root};
    QCOMPARE(engine::kernelTableFor(kCpu, folders).source, (root / "b.yaml").string());
    QCOMPARE(engine::kernelTableFor({kCpu.features, "A third CPU"}, folders).source,
             (root / "a.yaml").string());
}

void TestKernelTable::aDamagedTableIsPassedOverAndNamed() {
    QTemporaryDir folder;
    const fs::path root(folder.path().toStdString());
    write(root / "user" / "a.yaml", "format: 99\n");
    const fs::path folders[] = {root / "user", root / "shipped"};
    const auto none = engine::kernelTableFor(kCpu, folders);
    QVERIFY(none.empty());
    QVERIFY2(none.problem.find("a.yaml:1: key 'format'") != std::string::npos, none.problem.c_str());
    QVERIFY(tableOf("", 10.0).write(root / "shipped" / "a.yaml").has_value());
    const auto shipped = engine::kernelTableFor(kCpu, folders);
    QCOMPARE(shipped.source, (root / "shipped" / "a.yaml").string());
    QCOMPARE(shipped.problem, none.problem);
}

void TestKernelTable::anotherCpuHasNoTable() {
    QTemporaryDir folder;
    const fs::path root(folder.path().toStdString());
    QVERIFY(tableOf("", 10.0).write(root / "a.yaml").has_value());
    const fs::path folders[] = {root, root / "absent", {}};
    QVERIFY(engine::kernelTableFor({{"avx2", "fma"}, ""}, folders).empty());
    QVERIFY(engine::kernelTableFor({{"avx2", "fma", "f16c", "avx512f"}, ""}, folders).empty());
    QVERIFY(engine::kernelTableFor({{}, ""}, folders).empty());
    QVERIFY(!engine::kernelTableFor(kCpu, folders).empty());
}

void TestKernelTable::theUsersPathNamesTheCpu() {
    const auto before = qgetenv("XDG_DATA_HOME");
    qputenv("XDG_DATA_HOME", "/data");
    QCOMPARE(engine::userKernelTablePath(kCpu).string(),
             std::string("/data/anven-workbench/kernels/amd_epyc_avx2_fma_f16c.yaml"));
    QCOMPARE(engine::userKernelTablePath({{"asimd"}, ""}).string(),
             std::string("/data/anven-workbench/kernels/asimd.yaml"));
    QCOMPARE(engine::userKernelTablePath({{"avx2"}, "../../etc/x y"}).parent_path().string(),
             std::string("/data/anven-workbench/kernels"));
    QCOMPARE(engine::kernelTableFolders().front().string(), std::string("/data/anven-workbench/kernels"));
    before.isNull() ? qunsetenv("XDG_DATA_HOME") : qputenv("XDG_DATA_HOME", before);
}

void TestKernelTable::writingNowhereFails() {
    QTemporaryDir folder;
    const fs::path root(folder.path().toStdString());
    write(root / "file", "x");
    const auto done = tableOf("", 1.0).write(root / "file" / "t.yaml");
    QVERIFY(!done);
    QCOMPARE(done.error().code, ErrorCode::io);
    QVERIFY(done.error().message.find("t.yaml") != std::string::npos);
}

/// Each holds for a class and not for one model, has every weight type and token class, and says how it came
/// about.
void TestKernelTable::shippedTablesAreValid() {
    const auto folder = engine::profilePath("kernels");
    QVERIFY(!folder.empty());
    int files = 0;
    for (const auto& entry : fs::directory_iterator(folder)) {
        if (entry.path().extension() != ".yaml")
            continue;
        ++files;
        const auto table = KernelTable::read(entry.path());
        QVERIFY2(table.has_value(), table ? "" : table.error().message.c_str());
        QVERIFY(!table->measured.empty());
        for (const char* op : {"matmul_dense", "matmul_int4", "matmul_int8"})
            for (const auto weights : engine::weightNames(op))
                for (std::size_t c = 0; c < engine::kTokenClasses; ++c)
                    QVERIFY(table->find(op, weights, static_cast<TokenClass>(c)) != nullptr);
    }
    QVERIFY(files > 0);
}

QTEST_GUILESS_MAIN(TestKernelTable)
#include "tst_kernel_table.moc"
