#include <cstring>
#include <fstream>
#include <iterator>

#include "kernels/embedding/embedding.h"
#include "tests/kernels/variant_cases.h"
#include "tests/support/compare_tensors.h"

using kernels::embedding::Table;
using kernels::embedding::TableType;
using kernels::embedding::variants;

namespace {

std::vector<char> readBytes(const std::string& relative) {
    std::ifstream file(testsupport::dataPath(relative), std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
}

struct StoredType {
    const char* name;
    TableType type;
    int bytes;  // of `elements` elements
    int elements;
};
constexpr StoredType kTypes[] = {
    {"f32", TableType::f32, 4, 1},     {"f16", TableType::f16, 2, 1},
    {"bf16", TableType::bf16, 2, 1},   {"int8", TableType::int8_channel, 1, 1},
    {"q8_0", TableType::q8_0, 34, 32}, {"q4_0", TableType::q4_0, 18, 32},
};

}  // namespace

class TestEmbedding : public QObject {
    Q_OBJECT
private slots:
    void matchesGolden_data();
    void matchesGolden();
    void int8RowsAreScaled_data() { kerneltest::addVariantRows(variants(), "dim", {1, 7, 8, 16, 17, 64}); }
    void int8RowsAreScaled();
    void matchesReference_data();
    void matchesReference();
    void referenceIsLast() { QCOMPARE(QString(variants().back()->name), QString("reference")); }
};

void TestEmbedding::matchesGolden_data() {
    QTest::addColumn<int>("variant");
    QTest::addColumn<QString>("file");
    QTest::addColumn<int>("type");
    QTest::addColumn<int>("rowBytes");
    for (std::size_t v = 0; v < variants().size(); ++v) {
        const auto add = [&](const char* file, TableType type, int rowBytes) {
            QTest::addRow("%s %s", variants()[v]->name, file)
                << static_cast<int>(v) << file << static_cast<int>(type) << rowBytes;
        };
        add("F16", TableType::f16, 1024);
        add("BF16", TableType::bf16, 1024);
        add("Q8_0", TableType::q8_0, 16 * 34);
        add("Q4_0", TableType::q4_0, 16 * 18);
    }
}

void TestEmbedding::matchesGolden() {
    const auto& variant = kerneltest::variantOfRow(variants());
    SKIP_UNLESS_SUPPORTED(variant);
    QFETCH(QString, file);
    QFETCH(int, type);
    QFETCH(int, rowBytes);
    const auto bytes = readBytes("golden/gguf-blocks/" + file.toStdString() + ".bin");
    const auto values =
        kerneltest::golden("gguf-blocks/" + file.toStdString() + "_dequantized.npy");  // [4, 512]
    QCOMPARE(bytes.size(), static_cast<std::size_t>(4 * rowBytes));
    QCOMPARE(values.data.size(), std::size_t{4 * 512});
    const Table table{bytes.data(), nullptr, static_cast<TableType>(type), rowBytes, 4, 512};
    const std::vector<std::int32_t> ids{3, 0, 2, 1, 3};
    std::vector<float> out(ids.size() * 512);
    variant.fn(table, ids.data(), static_cast<std::int64_t>(ids.size()), out.data(), 512);
    for (std::size_t i = 0; i < ids.size(); ++i)
        COMPARE_TENSORS(std::span(out).subspan(i * 512, 512),
                        std::span(values.data).subspan(static_cast<std::size_t>(ids[i]) * 512, 512), 0.0);
}

void TestEmbedding::int8RowsAreScaled() {
    const auto& variant = kerneltest::variantOfRow(variants());
    SKIP_UNLESS_SUPPORTED(variant);
    QFETCH(int, dim);
    const auto size = static_cast<std::size_t>(dim);
    std::vector<signed char> rows(2 * size);
    std::vector<float> expected(size);
    for (std::size_t i = 0; i < size; ++i) {
        rows[size + i] = static_cast<signed char>(static_cast<int>(i) * 37 % 256 - 128);
        expected[i] = 0.25F * static_cast<float>(rows[size + i]);
    }
    const float scales[] = {100.0F, 0.25F};
    const Table table{rows.data(), scales, TableType::int8_channel, dim, 2, dim};
    const std::int32_t id = 1;
    kerneltest::GuardedBuffer out(size);
    variant.fn(table, &id, 1, out.data(), dim);
    COMPARE_TENSORS(out.values(), expected, 0.0);
    QVERIFY(out.intact());
}

void TestEmbedding::matchesReference_data() {
    QTest::addColumn<int>("variant");
    QTest::addColumn<int>("stored");
    QTest::addColumn<int>("dim");
    for (std::size_t v = 0; v < variants().size(); ++v)
        for (std::size_t t = 0; t < std::size(kTypes); ++t)
            for (const int dim : {1, 7, 8, 9, 16, 17, 32, 96, 2048})
                if (dim % kTypes[t].elements == 0)
                    QTest::addRow("%s %s dim=%d", variants()[v]->name, kTypes[t].name, dim)
                        << static_cast<int>(v) << static_cast<int>(t) << dim;
}

void TestEmbedding::matchesReference() {
    const auto& variant = kerneltest::variantOfRow(variants());
    SKIP_UNLESS_SUPPORTED(variant);
    QFETCH(int, stored);
    QFETCH(int, dim);
    const StoredType& type = kTypes[stored];
    constexpr int kRows = 5;
    const int rowBytes = dim / type.elements * type.bytes + 3;  // rows that no vector load finds aligned
    std::mt19937 generator(51);
    std::vector<unsigned char> bytes(static_cast<std::size_t>(kRows * rowBytes));
    for (auto& byte : bytes)
        byte = static_cast<unsigned char>(generator() & 0xb7u);  // keeps 16- and 32-bit floats finite
    const auto scales = kerneltest::uniform(kRows, 0.001F, 0.1F, 52);
    const Table table{bytes.data(), type.type == TableType::int8_channel ? scales.data() : nullptr,
                      type.type,    rowBytes,
                      kRows,        dim};
    const std::vector<std::int32_t> ids{4, 4, 0, 2};
    const auto ldo = static_cast<std::size_t>(dim + 2);
    kerneltest::GuardedBuffer out(ids.size() * ldo);
    std::vector<float> expected(ids.size() * ldo);
    variants().back()->fn(table, ids.data(), 4, expected.data(), dim + 2);
    variant.fn(table, ids.data(), 4, out.data(), dim + 2);
    COMPARE_TENSORS(out.values(), expected, 0.0);
    QVERIFY(out.intact());
}

QTEST_APPLESS_MAIN(TestEmbedding)
#include "tst_embedding.moc"
