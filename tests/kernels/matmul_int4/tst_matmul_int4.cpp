#include <limits>

#include "engine/base/float_types.h"
#include "kernels/matmul_int4/matmul_int4.h"
#include "tests/kernels/matmul_cases.h"
#include "tests/kernels/variant_cases.h"

using kernels::kTileRows;
using kernels::matmul_int4::Fn;
using kernels::matmul_int4::ScaleType;
using kernels::matmul_int4::variants;
using kernels::matmul_int4::Weights;
using kerneltest::at;
using kerneltest::Expected;
using kerneltest::Integers;
using kerneltest::QuantizedTokens;
using kerneltest::Shape;

namespace {

/// A variant may take zp * (sum of a whole row) off in f32: what rounding leaves of the two sums where they
/// cancel, as a share of sum |zp scale w|. At most 1e-7 in these tests with AVX2.
constexpr double kZeroPointShare = 5e-7;

constexpr ScaleType kScaleTypes[] = {ScaleType::f32, ScaleType::f16};

/// As the type keeps them.
std::vector<float> kept(std::vector<float> scales, ScaleType type) {
    if (type == ScaleType::f16)
        for (float& scale : scales)
            scale = engine::fromF16(engine::toF16(scale));
    return scales;
}

/// Where the integers of a problem come from.
struct Ranges {
    Integers weights{-8, 7};
    Integers q{-128, 127};
    Integers zeroPoints{-128, 127};
};

QuantizedTokens randomTokens(const Shape& s, const Ranges& ranges) {
    return {s.tokens, s.cols, kerneltest::integers<std::int8_t>(at(s.tokens * s.cols), ranges.q, 11),
            kerneltest::uniform(at(s.tokens), 0.001F, 0.5F, 12),
            kerneltest::integers<std::int32_t>(at(s.tokens), ranges.zeroPoints, 13)};
}

std::int64_t scalesPerRow(std::int64_t cols, std::int64_t groupSize) {
    return (cols + groupSize - 1) / groupSize;
}

struct Case {
    explicit Case(const Shape& s, ScaleType type, std::int64_t group = 32, const Ranges& ranges = {})
        : Case(s, type, group, kerneltest::integers<std::int8_t>(at(s.rows * s.cols), ranges.weights, 14),
               kerneltest::uniform(at(s.rows * scalesPerRow(s.cols, group)), 0.001F, 0.2F, 15),
               randomTokens(s, ranges)) {}
    Case(const Shape& s, ScaleType type, std::int64_t group, std::vector<std::int8_t> weights,
         std::vector<float> groupScales, QuantizedTokens activations)
        : shape(s),
          scaleType(type),
          groupSize(group),
          values(std::move(weights)),
          scales(kept(std::move(groupScales), type)),
          x(std::move(activations)),
          y(std::vector<float>(at(s.tokens * s.ldy()), kerneltest::kUntouched)) {}

    /// Tiles [tileBegin, tileEnd) from freshly packed weights; what went wrong besides the values of y.
    std::string run(const Fn& fn, std::int64_t tileBegin, std::int64_t tileEnd) {
        const std::size_t stride = fn.tileBytes(scaleType, shape.cols);
        if (stride % 64 != 0)
            return "tiles are not a multiple of 64 bytes";
        kerneltest::GuardedMemory packed(stride * at(shape.tiles()));
        pack(fn, stride, packed);
        kerneltest::GuardedMemory scratch(fn.scratchBytes(shape.tokens, shape.cols));
        fn.run({packed.data(), scaleType, shape.rows, shape.cols}, x.rows(), tileBegin, tileEnd, y.data(),
               shape.ldy(), scratch.data());
        if (!packed.intact())
            return "wrote outside of the packed tiles";
        if (!scratch.intact())
            return "wrote outside of the scratch";
        return y.intact() ? "" : "wrote outside of y";
    }
    std::string runAll(const Fn& fn) { return run(fn, 0, shape.tiles()); }

    /// The formula of the contract with its tolerance, in double, and zeroPointShare more of the zero point's
    /// part.
    Expected expected(double zeroPointShare = 0.0) const {
        Expected result(shape.tokens, shape.ldy());
        for (std::int64_t t = 0; t < shape.tokens; ++t)
            for (std::int64_t o = 0; o < shape.rows; ++o) {
                double sum = 0.0;
                double tolerance = 0.0;
                for (std::int64_t k = 0; k < shape.cols; ++k) {
                    const double scale =
                        double{scales[at(o * scalesPerRow(shape.cols, groupSize) + k / groupSize)]};
                    const double weight = scale * values[at(o * shape.cols + k)];
                    const double term = weight * static_cast<double>(x.value(t, k));
                    sum += term;
                    tolerance += 1e-5 * std::fabs(term) + zeroPointShare * std::fabs(weight * x.zeroPoint(t));
                }
                result.set(t, o, double{x.scale(t)} * sum, double{x.scale(t)} * tolerance);
            }
        return result;
    }

    Shape shape;
    ScaleType scaleType;
    std::int64_t groupSize;
    std::vector<std::int8_t> values;  // [rows, cols]
    std::vector<float> scales;        // [rows, scalesPerRow]
    QuantizedTokens x;
    kerneltest::GuardedBuffer y;

private:
    static constexpr std::int8_t kGap = 5;  // stands between the rows of the source
    void pack(const Fn& fn, std::size_t stride, kerneltest::GuardedMemory& packed) const {
        const std::int64_t perRow = scalesPerRow(shape.cols, groupSize);
        const std::int64_t ldv = shape.cols + 3;
        const std::int64_t lds = perRow + 2;
        std::vector<std::int8_t> source(at(shape.rows * ldv), kGap);
        std::vector<float> sourceScales(at(shape.rows * lds), std::numeric_limits<float>::quiet_NaN());
        for (std::int64_t o = 0; o < shape.rows; ++o) {
            std::copy_n(values.data() + o * shape.cols, shape.cols, source.data() + o * ldv);
            std::copy_n(scales.data() + o * perRow, perRow, sourceScales.data() + o * lds);
        }
        // Last tile first: writing into the next one then shows.
        for (std::int64_t tile = shape.tiles() - 1; tile >= 0; --tile)
            fn.packTile(source.data() + tile * kTileRows * ldv, ldv,
                        sourceScales.data() + tile * kTileRows * lds, lds, groupSize, scaleType,
                        std::min(kTileRows, shape.rows - tile * kTileRows), shape.cols,
                        packed.data() + at(tile) * stride);
    }
};

}  // namespace

class TestMatmulInt4 : public QObject {
    Q_OBJECT
private slots:
    void matchesDefinition_data();
    void matchesDefinition();
    void largerGroupsRepeatTheirScale_data();
    void largerGroupsRepeatTheirScale();
    void extremesDoNotSaturate_data();
    void extremesDoNotSaturate();
    void valuesAtTheZeroPointGiveZero_data() {
        kerneltest::addVariantRows(variants(), "zeroPoint", {-128, -1, 0, 77, 127});
    }
    void valuesAtTheZeroPointGiveZero();
    void matchesReference_data() { kerneltest::addVariantRows(variants(), "cols", {2048, 8192, 14336}); }
    void matchesReference();
    void matchesGolden_data() { kerneltest::addVariantRows(variants()); }
    void matchesGolden();
    void tileRangesKeepToTheirRows_data() { kerneltest::addVariantRows(variants(), "tokens", {1, 7}); }
    void tileRangesKeepToTheirRows();
    void missingRowsArePackedAsZero_data() { kerneltest::addVariantRows(variants()); }
    void missingRowsArePackedAsZero();
    void scalesAreRoundedToTheNearestHalf_data() { kerneltest::addVariantRows(variants()); }
    void scalesAreRoundedToTheNearestHalf();
    void referenceIsLast() { QCOMPARE(QString(variants().back()->name), QString("reference")); }
};

void TestMatmulInt4::matchesDefinition_data() {
    QTest::addColumn<int>("variant");
    QTest::addColumn<Shape>("shape");
    for (std::size_t v = 0; v < variants().size(); ++v)
        for (const Shape& s : kerneltest::shapes({1, 15, 16, 17, 31, 32, 33, 64, 65, 96, 130}))
            QTest::addRow("%s rows=%d cols=%d tokens=%d", variants()[v]->name, int(s.rows), int(s.cols),
                          int(s.tokens))
                << int(v) << s;
}

void TestMatmulInt4::matchesDefinition() {
    const auto& variant = kerneltest::variantOfRow(variants());
    SKIP_UNLESS_SUPPORTED(variant);
    QFETCH(Shape, shape);
    for (const ScaleType type : kScaleTypes) {
        Case problem(shape, type);
        VERIFY_NO_MESSAGE(problem.runAll(variant.fn));
        VERIFY_NO_MESSAGE(problem.expected().differenceOf(problem.y.values()));
    }
}

void TestMatmulInt4::largerGroupsRepeatTheirScale_data() {
    QTest::addColumn<int>("variant");
    QTest::addColumn<int>("groupSize");
    QTest::addColumn<int>("cols");
    for (std::size_t v = 0; v < variants().size(); ++v)
        for (const int groupSize : {32, 64, 96, 128, 256, 4096})
            for (const int cols : {32, 90, 256, 300})
                QTest::addRow("%s groupSize=%d cols=%d", variants()[v]->name, groupSize, cols)
                    << int(v) << groupSize << cols;
}

void TestMatmulInt4::largerGroupsRepeatTheirScale() {
    const auto& variant = kerneltest::variantOfRow(variants());
    SKIP_UNLESS_SUPPORTED(variant);
    QFETCH(int, groupSize);
    QFETCH(int, cols);
    for (const ScaleType type : kScaleTypes) {
        Case problem({33, cols, 3}, type, groupSize);
        VERIFY_NO_MESSAGE(problem.runAll(variant.fn));
        VERIFY_NO_MESSAGE(problem.expected().differenceOf(problem.y.values()));
    }
}

void TestMatmulInt4::extremesDoNotSaturate_data() {
    QTest::addColumn<int>("variant");
    QTest::addColumn<Ranges>("ranges");
    // All the lowest, all the highest, and both mixed.
    for (std::size_t v = 0; v < variants().size(); ++v)
        for (const Integers& weights : {Integers{-8, -8}, Integers{7, 7}, Integers{-8, 7, 15}})
            for (const Integers& q : {Integers{-128, -128}, Integers{127, 127}, Integers{-128, 127, 255}})
                for (const int zeroPoint : {-128, 0, 127})
                    if (q.step > 1 || q.low != zeroPoint)  // else see valuesAtTheZeroPointGiveZero
                        QTest::addRow("%s weights=%d..%d q=%d..%d zero point=%d", variants()[v]->name,
                                      weights.low, weights.high, q.low, q.high, zeroPoint)
                            << int(v) << Ranges{weights, q, {zeroPoint, zeroPoint}};
}

void TestMatmulInt4::extremesDoNotSaturate() {
    const auto& variant = kerneltest::variantOfRow(variants());
    SKIP_UNLESS_SUPPORTED(variant);
    QFETCH(Ranges, ranges);
    Case problem({33, 4097, 5}, ScaleType::f16, 32, ranges);
    VERIFY_NO_MESSAGE(problem.runAll(variant.fn));
    VERIFY_NO_MESSAGE(problem.expected().differenceOf(problem.y.values()));
}

void TestMatmulInt4::valuesAtTheZeroPointGiveZero() {
    const auto& variant = kerneltest::variantOfRow(variants());
    SKIP_UNLESS_SUPPORTED(variant);
    QFETCH(int, zeroPoint);
    const Integers same{zeroPoint, zeroPoint};
    Case problem({17, 2048, 5}, ScaleType::f16, 32, {{-8, 7}, same, same});
    VERIFY_NO_MESSAGE(problem.runAll(variant.fn));
    VERIFY_NO_MESSAGE(problem.expected(kZeroPointShare).differenceOf(problem.y.values()));
}

void TestMatmulInt4::matchesReference() {
    const auto& variant = kerneltest::variantOfRow(variants());
    SKIP_UNLESS_SUPPORTED(variant);
    QFETCH(int, cols);
    for (const ScaleType type : kScaleTypes) {
        Case reference({40, cols, 13}, type);
        Case problem({40, cols, 13}, type);
        VERIFY_NO_MESSAGE(reference.runAll(variants().back()->fn));
        VERIFY_NO_MESSAGE(problem.runAll(variant.fn));
        VERIFY_NO_MESSAGE(kerneltest::firstDifference(problem.y.values(), reference.y.values(),
                                                      problem.expected().allowed));
    }
}

void TestMatmulInt4::matchesGolden() {
    const auto& variant = kerneltest::variantOfRow(variants());
    SKIP_UNLESS_SUPPORTED(variant);
    const Shape shape{40, 96, 12};
    const auto weights = kerneltest::golden("ops/linear_w4_weight.npy");
    const auto scales = kerneltest::golden("ops/linear_w4_scales.npy");
    const auto y = kerneltest::golden("ops/linear_w4_y.npy");
    QCOMPARE(weights.data.size(), at(shape.rows * shape.cols));
    QCOMPARE(scales.data.size(), at(shape.rows * 3));
    QCOMPARE(y.data.size(), at(shape.tokens * shape.rows));
    Case problem(shape, ScaleType::f32, 32,
                 std::vector<std::int8_t>(weights.data.begin(), weights.data.end()), scales.data,
                 kerneltest::goldenTokens());
    QCOMPARE(problem.x.rows().tokens, shape.tokens);
    VERIFY_NO_MESSAGE(problem.runAll(variant.fn));
    Expected expected = problem.expected(kZeroPointShare);
    for (std::int64_t t = 0; t < shape.tokens; ++t)
        std::copy_n(y.data.data() + t * shape.rows, shape.rows, expected.values.data() + t * expected.ldy);
    VERIFY_NO_MESSAGE(expected.differenceOf(problem.y.values()));
}

void TestMatmulInt4::tileRangesKeepToTheirRows() {
    const auto& variant = kerneltest::variantOfRow(variants());
    SKIP_UNLESS_SUPPORTED(variant);
    QFETCH(int, tokens);
    const Shape shape{50, 70, tokens};
    Case all(shape, ScaleType::f16);
    VERIFY_NO_MESSAGE(all.runAll(variant.fn));
    Expected whole(shape.tokens, shape.ldy());
    whole.values.assign(all.y.values().begin(), all.y.values().end());
    VERIFY_NO_MESSAGE(all.expected().differenceOf(whole.values));
    for (std::int64_t begin = 0; begin <= shape.tiles(); ++begin)
        for (std::int64_t end = begin; end <= shape.tiles(); ++end) {
            Case problem(shape, ScaleType::f16);
            VERIFY_NO_MESSAGE(problem.run(variant.fn, begin, end));
            VERIFY_NO_MESSAGE(whole.ofTiles(begin, end).differenceOf(problem.y.values()));
        }
}

void TestMatmulInt4::missingRowsArePackedAsZero() {
    const auto& variant = kerneltest::variantOfRow(variants());
    SKIP_UNLESS_SUPPORTED(variant);
    constexpr std::int64_t kCols = 19;
    constexpr std::int64_t kPacked = 3;
    const std::vector<std::int8_t> source(at(kPacked * kCols), 7);
    const std::vector<float> scales(at(kPacked), 0.5F);
    for (const ScaleType type : kScaleTypes) {
        kerneltest::GuardedMemory tile(variant.fn.tileBytes(type, kCols));
        variant.fn.packTile(source.data(), kCols, scales.data(), 1, 32, type, kPacked, kCols, tile.data());
        QVERIFY(tile.intact());
        const QuantizedTokens x(1, kCols, std::vector<std::int8_t>(at(kCols), 100), {1.0F}, {-20});
        std::vector<float> y(at(kTileRows), kerneltest::kUntouched);
        kerneltest::GuardedMemory scratch(variant.fn.scratchBytes(1, kCols));
        variant.fn.run({tile.data(), type, kTileRows, kCols}, x.rows(), 0, 1, y.data(), kTileRows,
                       scratch.data());
        for (std::int64_t o = 0; o < kTileRows; ++o)
            QCOMPARE(y[at(o)], o < kPacked ? 120.0F * 7.0F * 0.5F * float{kCols} : 0.0F);
    }
}

void TestMatmulInt4::scalesAreRoundedToTheNearestHalf() {
    const auto& variant = kerneltest::variantOfRow(variants());
    SKIP_UNLESS_SUPPORTED(variant);
    // Each row has the weight 1 alone, so that its output is its scale. Ties go to the even mantissa.
    const std::vector<float> scales = {
        0.0F,     1.0F,         1.0F + 0x1p-11F, 1.0F + 0x1.8p-10F, 1.0F / 3, 0x1.ffep-15F, 65504.0F, -0.1F,
        0x1p-14F, 0x1.003p-14F, 0.0123F,         7.77e-4F,          123.4F,   0x1.0028p-3F, 2048.5F,  -1e-3F};
    const std::vector<std::int8_t> weights(at(kTileRows), 1);
    kerneltest::GuardedMemory tile(variant.fn.tileBytes(ScaleType::f16, 1));
    variant.fn.packTile(weights.data(), 1, scales.data(), 1, 32, ScaleType::f16, kTileRows, 1, tile.data());
    QVERIFY(tile.intact());
    const QuantizedTokens x(1, 1, std::vector<std::int8_t>{1}, {1.0F}, {0});
    std::vector<float> y(at(kTileRows), kerneltest::kUntouched);
    kerneltest::GuardedMemory scratch(variant.fn.scratchBytes(1, 1));
    variant.fn.run({tile.data(), ScaleType::f16, kTileRows, 1}, x.rows(), 0, 1, y.data(), kTileRows,
                   scratch.data());
    for (std::size_t o = 0; o < y.size(); ++o)
        QCOMPARE(y[o], engine::fromF16(engine::toF16(scales[o])));
}

QTEST_APPLESS_MAIN(TestMatmulInt4)
#include "tst_matmul_int4.moc"
