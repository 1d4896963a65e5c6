#include <bit>
#include <cmath>
#include <cstring>

#include "kernels/hadamard/hadamard.h"
#include "kernels/hadamard/tables.h"
#include "tests/kernels/variant_cases.h"
#include "tests/support/compare_tensors.h"

using kernels::hadamard::factorOf;
using kernels::hadamard::Table;
using kernels::hadamard::tableOf;
using kernels::hadamard::variants;

namespace {

double norm(std::span<const float> x) {
    double sum = 0.0;
    for (const float value : x)
        sum += double{value} * double{value};
    return std::sqrt(sum);
}

/// Entry (row, column) of H_m (x) S, +1 or -1: the slow index picks from H_m, the fast one is
/// (-1)^popcount(row & column).
double entry(const Table* table, std::size_t n, std::size_t row, std::size_t column) {
    const double sylvester = std::popcount((row % n) & (column % n)) % 2 == 0 ? 1.0 : -1.0;
    return table != nullptr && table->rows[row / n][column / n] == '-' ? -sylvester : sylvester;
}

/// The transform by the explicit matrix, in double.
std::vector<float> byMatrix(std::span<const float> x) {
    const auto m = static_cast<std::size_t>(factorOf(static_cast<std::int64_t>(x.size())));
    const Table* table = tableOf(static_cast<std::int64_t>(m));
    std::vector<float> y(x.size());
    for (std::size_t row = 0; row < x.size(); ++row) {
        double sum = 0.0;
        for (std::size_t column = 0; column < x.size(); ++column)
            sum += entry(table, x.size() / m, row, column) * double{x[column]};
        y[row] = static_cast<float>(sum / std::sqrt(static_cast<double>(x.size())));
    }
    return y;
}

std::span<const Table> allTables() {
    int count = 0;
    const Table* first = kernels::hadamard::tables(count);
    return {first, static_cast<std::size_t>(count)};
}

}  // namespace

class TestHadamard : public QObject {
    Q_OBJECT
private slots:
    void tablesAreHadamardMatrices_data();
    void tablesAreHadamardMatrices();
    void factorsOfRealSizes_data();
    void factorsOfRealSizes();
    void matchesGolden_data() { kerneltest::addVariantRows(variants(), "dim", {64, 256, 8192}); }
    void matchesGolden();
    void matchesExplicitMatrix_data();
    void matchesExplicitMatrix();
    void matchesReference_data() {
        kerneltest::addVariantRows(variants(), "dim", {1, 2, 32, 2048, 4096, 8192, 14336, 11008, 13824});
    }
    void matchesReference();
    void referenceIsLast() { QCOMPARE(QString(variants().back()->name), QString("reference")); }
};

void TestHadamard::tablesAreHadamardMatrices_data() {
    QTest::addColumn<int>("order");
    for (const Table& table : allTables())
        QTest::addRow("order %d", static_cast<int>(table.order)) << static_cast<int>(table.order);
}

void TestHadamard::tablesAreHadamardMatrices() {
    QFETCH(int, order);
    const Table* table = tableOf(order);
    QVERIFY(table != nullptr);
    for (int r = 0; r < order; ++r) {
        QCOMPARE(std::strlen(table->rows[r]), static_cast<std::size_t>(order));
        QCOMPARE(std::strspn(table->rows[r], "+-"), static_cast<std::size_t>(order));
        for (int other = 0; other <= r; ++other) {
            int product = 0;
            for (int c = 0; c < order; ++c)
                product += table->rows[r][c] == table->rows[other][c] ? 1 : -1;
            QCOMPARE(product, r == other ? order : 0);
        }
    }
}

void TestHadamard::factorsOfRealSizes_data() {
    QTest::addColumn<int>("dim");
    QTest::addColumn<int>("factor");
    QTest::newRow("one") << 1 << 1;
    QTest::newRow("1B and 3B feed-forward") << 8192 << 1;
    QTest::newRow("8B feed-forward") << 14336 << 28;
    QTest::newRow("7B feed-forward") << 11008 << 172;
    QTest::newRow("13B feed-forward") << 13824 << 108;
    QTest::newRow("order 12") << 96 << 12;
    QTest::newRow("odd") << 7 << 0;
    QTest::newRow("five times a power of two") << 80 << 40;
    QTest::newRow("no table of order 4 * 23") << 23 * 64 << 0;
    QTest::newRow("zero") << 0 << 0;
}

void TestHadamard::factorsOfRealSizes() {
    QFETCH(int, dim);
    QTEST(static_cast<int>(factorOf(dim)), "factor");
}

void TestHadamard::matchesGolden() {
    const auto& variant = kerneltest::variantOfRow(variants());
    SKIP_UNLESS_SUPPORTED(variant);
    QFETCH(int, dim);
    auto x = kerneltest::golden("ops/hadamard_" + std::to_string(dim) + "_x.npy");
    const auto expected = kerneltest::golden("ops/hadamard_" + std::to_string(dim) + "_y.npy");
    QCOMPARE(x.shape.size(), std::size_t{2});
    QCOMPARE(x.shape[1], static_cast<std::int64_t>(dim));
    const double tolerance = 2e-6 * norm(std::span(x.data).first(static_cast<std::size_t>(dim)));
    std::vector<float> scratch(static_cast<std::size_t>(dim));
    variant.fn(x.data.data(), dim, x.shape[0], dim, scratch.data());
    COMPARE_TENSORS(x.data, expected.data, tolerance);
}

void TestHadamard::matchesExplicitMatrix_data() {
    QTest::addColumn<int>("variant");
    QTest::addColumn<int>("dim");
    for (std::size_t v = 0; v < variants().size(); ++v) {
        for (const int dim : {1, 2, 4, 8, 16, 32, 64, 128, 256, 512})
            QTest::addRow("%s dim=%d", variants()[v]->name, dim) << static_cast<int>(v) << dim;
        for (const Table& table : allTables())
            for (const int piece : {1, 2, 4, 8, 16, 32}) {
                const int dim = static_cast<int>(table.order) * piece;
                if (factorOf(dim) == table.order)
                    QTest::addRow("%s dim=%d*%d", variants()[v]->name, static_cast<int>(table.order), piece)
                        << static_cast<int>(v) << dim;
            }
    }
}

void TestHadamard::matchesExplicitMatrix() {
    const auto& variant = kerneltest::variantOfRow(variants());
    SKIP_UNLESS_SUPPORTED(variant);
    QFETCH(int, dim);
    kerneltest::GuardedBuffer x(kerneltest::uniform(static_cast<std::size_t>(dim), -2.0F, 2.0F, 41));
    kerneltest::GuardedBuffer scratch(static_cast<std::size_t>(dim));
    const auto expected = byMatrix(x.values());
    const double tolerance = 2e-6 * norm(x.values());
    variant.fn(x.data(), dim, 1, dim, scratch.data());
    COMPARE_TENSORS(x.values(), expected, tolerance);
    QVERIFY(x.intact() && scratch.intact());
}

void TestHadamard::matchesReference() {
    const auto& variant = kerneltest::variantOfRow(variants());
    SKIP_UNLESS_SUPPORTED(variant);
    QFETCH(int, dim);
    constexpr int kRows = 3;
    const int ldx = dim + 5;  // what lies between the rows stays as it is
    kerneltest::GuardedBuffer x(kerneltest::uniform(static_cast<std::size_t>(kRows * ldx), -2.0F, 2.0F, 42));
    std::vector<float> expected(x.values().begin(), x.values().end());
    const double tolerance = 2e-6 * norm(x.values().first(static_cast<std::size_t>(dim)));
    std::vector<float> scratch(static_cast<std::size_t>(dim));
    variants().back()->fn(expected.data(), ldx, kRows, dim, scratch.data());
    variant.fn(x.data(), ldx, kRows, dim, scratch.data());
    COMPARE_TENSORS(x.values(), expected, tolerance);
    QVERIFY(x.intact());
    for (std::size_t row = 0; row < kRows; ++row)
        for (std::size_t i = static_cast<std::size_t>(dim); i < static_cast<std::size_t>(ldx); ++i)
            QCOMPARE(x.values()[row * static_cast<std::size_t>(ldx) + i],
                     expected[row * static_cast<std::size_t>(ldx) + i]);
}

QTEST_APPLESS_MAIN(TestHadamard)
#include "tst_hadamard.moc"
