#include <QtTest>
#include <cmath>
#include <random>

#include "engine/checkpoint/coded_weight.h"
#include "engine/quantize/group_rounding.h"

using engine::GroupGrid;
using engine::RangeChoice;
using engine::RoundingOptions;

namespace {

std::vector<float> normals(std::size_t count, unsigned seed) {
    std::mt19937 bits(seed);
    std::normal_distribution<float> normal(0.0F, 0.05F);
    std::vector<float> values(count);
    for (auto& value : values)
        value = normal(bits);
    return values;
}

double squaredError(const GroupGrid& grid, const std::vector<float>& values, int bits) {
    double sum = 0.0;
    for (const float value : values)
        sum += std::pow(double{grid.round(value, bits)} - double{value}, 2.0);
    return sum;
}

}  // namespace

class TestGroupRounding : public QObject {
    Q_OBJECT
private slots:
    void errorsInsideTheRangeAreHalfAStep_data() { choices(); }
    void errorsInsideTheRangeAreHalfAStep();
    void zerosStayZero_data() { choices(); }
    void zerosStayZero();
    void searchNeverLoses();
    void roundingAgainChangesNothing_data() { choices(); }
    void roundingAgainChangesNothing();
    void familyScaleIsAbsmaxOverHalfTheLevels();
    void importanceDrawsTheGrid();
    void lastGroupHasItsOwnScale();
    void packedCodesComeBack_data();
    void packedCodesComeBack();
    void schemeNamesComeBack();

private:
    static void choices() {
        QTest::addColumn<int>("range");
        QTest::addColumn<int>("bits");
        for (int range = 0; range < 4; ++range)
            for (const int bits : {2, 3, 4, 8})
                QTest::addRow("%s %d bit", std::string(engine::name(static_cast<RangeChoice>(range))).c_str(),
                              bits)
                    << range << bits;
    }
};

void TestGroupRounding::errorsInsideTheRangeAreHalfAStep() {
    QFETCH(int, range);
    QFETCH(int, bits);
    const auto values = normals(32, 7);
    const auto grid =
        engine::chooseGrid(values, {}, {static_cast<RangeChoice>(range), bits, engine::ScaleType::f16Normal});
    QVERIFY(std::isfinite(grid.scale) && grid.scale != 0.0F);
    const auto low = std::min(grid.value(0), grid.value((1 << bits) - 1));
    const auto high = std::max(grid.value(0), grid.value((1 << bits) - 1));
    for (const float value : values)
        if (value >= low && value <= high)
            QVERIFY(std::abs(grid.round(value, bits) - value) <= std::abs(grid.scale) * 0.500001F);
}

void TestGroupRounding::zerosStayZero() {
    QFETCH(int, range);
    QFETCH(int, bits);
    const std::vector<float> values(32, 0.0F);
    const auto grid =
        engine::chooseGrid(values, {}, {static_cast<RangeChoice>(range), bits, engine::ScaleType::f16Normal});
    QVERIFY(std::isfinite(grid.scale) && grid.scale != 0.0F);
    QCOMPARE(grid.round(0.0F, bits), 0.0F);
}

void TestGroupRounding::searchNeverLoses() {
    for (unsigned seed = 0; seed < 200; ++seed)
        for (const int bits : {2, 3, 4}) {
            const auto values = normals(32, seed);
            const auto error = [&](RangeChoice range) {
                return squaredError(engine::chooseGrid(values, {}, {range, bits, engine::ScaleType::f32}),
                                    values, bits);
            };
            // Sums of 32 squares in f32 decide the search.
            QVERIFY(error(RangeChoice::symMse) <= error(RangeChoice::sym) * (1 + 1e-5));
            QVERIFY(error(RangeChoice::asymMse) <= error(RangeChoice::asym) * (1 + 1e-5));
        }
}

void TestGroupRounding::roundingAgainChangesNothing() {
    QFETCH(int, range);
    QFETCH(int, bits);
    const auto values = normals(32, 3);
    const auto grid =
        engine::chooseGrid(values, {}, {static_cast<RangeChoice>(range), bits, engine::ScaleType::f16Normal});
    for (int code = 0; code < 1 << bits; ++code)
        QCOMPARE(grid.code(grid.value(code), bits), code);
    for (const float value : values)
        QCOMPARE(grid.round(grid.round(value, bits), bits), grid.round(value, bits));
}

void TestGroupRounding::familyScaleIsAbsmaxOverHalfTheLevels() {
    const std::vector<float> values{0.3F, -0.75F, 0.1F, 0.0F};
    const auto grid = engine::chooseGrid(values, {}, {RangeChoice::sym, 4, engine::ScaleType::f32});
    QCOMPARE(grid.scale, 0.75F / 7.5F);
    QCOMPARE(grid.zero, 8);
    QCOMPARE(grid.code(-0.75F, 4), 0);  // -7.5 to the even -8
    QCOMPARE(grid.code(0.75F, 4), 15);  // 7.5 to 8, which is clipped to 7
}

void TestGroupRounding::importanceDrawsTheGrid() {
    std::vector<float> values = normals(32, 11);
    std::vector<float> importance(32, 1e-6F);
    importance[5] = 1.0F;
    const auto plain = engine::chooseGrid(values, {}, {RangeChoice::symMse, 2, engine::ScaleType::f32});
    const auto drawn =
        engine::chooseGrid(values, importance, {RangeChoice::symMse, 2, engine::ScaleType::f32});
    QVERIFY(std::abs(drawn.round(values[5], 2) - values[5]) <
                std::abs(plain.round(values[5], 2) - values[5]) ||
            drawn.round(values[5], 2) == plain.round(values[5], 2));
    QVERIFY(drawn.scale != plain.scale);
}

void TestGroupRounding::lastGroupHasItsOwnScale() {
    auto values = normals(44, 5);
    for (std::size_t i = 32; i < values.size(); ++i)
        values[i] *= 100.0F;
    engine::GroupCodes codes(1, 44, 32);
    engine::roundRow(values, {}, {RangeChoice::sym, 4, engine::ScaleType::f32}, 0, codes);
    QCOMPARE(codes.groups(), 2);
    float absmax = 0.0F;
    for (std::size_t i = 32; i < values.size(); ++i)
        absmax = std::max(absmax, std::abs(values[i]));
    QCOMPARE(codes.grid(0, 1).scale, absmax / 7.5F);
    std::vector<float> decoded(44);
    codes.dequantizeRow(0, decoded.data());
    for (std::size_t i = 0; i < 32; ++i)
        QVERIFY(std::abs(decoded[i] - values[i]) <= codes.grid(0, 0).scale * 1.000001F);
}

void TestGroupRounding::packedCodesComeBack_data() {
    QTest::addColumn<int>("bits");
    for (int bits = 2; bits <= 16; ++bits)
        QTest::addRow("%d bit", bits) << bits;
}

void TestGroupRounding::packedCodesComeBack() {
    QFETCH(int, bits);
    for (const std::size_t count : {1U, 7U, 12U, 32U, 172U}) {
        std::vector<std::uint16_t> codes(count);
        for (std::size_t i = 0; i < count; ++i)
            codes[i] = static_cast<std::uint16_t>((i * 40503U + 11U) & ((1U << bits) - 1U));
        std::vector<std::byte> packed(
            static_cast<std::size_t>(engine::packedRowBytes(static_cast<std::int64_t>(count), bits)));
        engine::packCodes(codes, bits, packed.data());
        std::vector<std::uint16_t> back(count);
        engine::unpackCodes(packed.data(), packed.size(), bits, back);
        QVERIFY(back == codes);
    }
}

void TestGroupRounding::schemeNamesComeBack() {
    for (const char* name : {"bf16", "f16", "f32", "int8_channel", "int4_g32", "uint3_g64", "int2_g32"}) {
        const auto scheme = engine::WeightScheme::parse(name);
        QVERIFY2(scheme, name);
        QCOMPARE(scheme->name(), std::string(name));
    }
    for (const char* name :
         {"", "int1_g32", "int9_g32", "int4", "int4_g", "int4_g-1", "uint4_g32x", "vq_v4_k256"})
        QVERIFY2(!engine::WeightScheme::parse(name), name);
}

QTEST_GUILESS_MAIN(TestGroupRounding)
#include "tst_group_rounding.moc"
