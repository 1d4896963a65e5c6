#include <limits>

#include "kernels/matmul_int8/matmul_int8.h"
#include "kernels/quantize_activations/quantize_activations.h"
#include "tests/kernels/matmul_cases.h"
#include "tests/kernels/variant_cases.h"

using kernels::kTileRows;
using kernels::matmul_int8::Fn;
using kernels::matmul_int8::variants;
using kernels::matmul_int8::Weights;
using kerneltest::at;
using kerneltest::Expected;
using kerneltest::Integers;
using kerneltest::QuantizedTokens;
using kerneltest::Shape;

namespace {

/// Where the integers of a problem come from.
struct Ranges {
    Integers weights{-128, 127};
    Integers q{-128, 127};
    Integers zeroPoints{-128, 127};
};

QuantizedTokens randomTokens(const Shape& s, const Ranges& ranges) {
    return {s.tokens, s.cols, kerneltest::integers<std::int8_t>(at(s.tokens * s.cols), ranges.q, 21),
            kerneltest::uniform(at(s.tokens), 0.001F, 0.5F, 22),
            kerneltest::integers<std::int32_t>(at(s.tokens), ranges.zeroPoints, 23)};
}

/// The golden activations as the output head quantizes them.
QuantizedTokens goldenHeadTokens() {
    namespace quantize = kernels::quantize_activations;
    constexpr std::int64_t kTokens = 12;
    constexpr std::int64_t kCols = 96;
    constexpr std::int64_t kLd = 128;
    const auto x = kerneltest::golden("ops/actquant_x.npy");
    if (x.data.size() != at(kTokens * kCols))
        return {0, 0, {}, {}, {}};
    std::vector<std::int8_t> padded(at(kTokens * kLd));
    std::vector<float> scales(at(kTokens));
    std::vector<std::int32_t> zeroPoints(at(kTokens));
    std::vector<std::int32_t> groupSums(at(kTokens * kLd / kernels::kGroupSize));
    quantize::variants().back()->fn(
        x.data.data(), kCols, quantize::kOutputScaleFloor, 0, kTokens,
        {padded.data(), scales.data(), zeroPoints.data(), groupSums.data(), kTokens, kCols, kLd});
    std::vector<std::int8_t> q;
    for (std::int64_t t = 0; t < kTokens; ++t)
        q.insert(q.end(), padded.begin() + t * kLd, padded.begin() + t * kLd + kCols);
    return {kTokens, kCols, q, scales, zeroPoints};
}

struct Case {
    explicit Case(const Shape& s, const Ranges& ranges = {})
        : Case(s, kerneltest::integers<std::int8_t>(at(s.rows * s.cols), ranges.weights, 24),
               kerneltest::uniform(at(s.rows), 0.001F, 0.02F, 25), randomTokens(s, ranges)) {}
    Case(const Shape& s, std::vector<std::int8_t> weights, std::vector<float> rowScales,
         QuantizedTokens activations)
        : shape(s),
          values(std::move(weights)),
          scales(std::move(rowScales)),
          x(std::move(activations)),
          y(std::vector<float>(at(s.tokens * s.ldy()), kerneltest::kUntouched)) {
        for (std::int64_t o = 0; o < s.rows; ++o) {
            std::int32_t sum = 0;
            for (std::int64_t k = 0; k < s.cols; ++k)
                sum += values[at(o * s.cols + k)];
            rowSums.push_back(sum);
        }
        scales.resize(at(s.tiles() * kTileRows), std::numeric_limits<float>::quiet_NaN());
        rowSums.resize(scales.size(), std::numeric_limits<std::int32_t>::max());
    }

    /// Tiles [tileBegin, tileEnd) from freshly packed weights; what went wrong besides the values of y.
    std::string run(const Fn& fn, std::int64_t tileBegin, std::int64_t tileEnd) {
        const std::size_t stride = fn.tileBytes(shape.cols);
        if (stride % 64 != 0)
            return "tiles are not a multiple of 64 bytes";
        const std::int64_t ldv = shape.cols + 3;
        std::vector<std::int8_t> source(at(shape.rows * ldv), kGap);
        for (std::int64_t o = 0; o < shape.rows; ++o)
            std::copy_n(values.data() + o * shape.cols, shape.cols, source.data() + o * ldv);
        kerneltest::GuardedMemory packed(stride * at(shape.tiles()));
        // Last tile first: writing into the next one then shows.
        for (std::int64_t tile = shape.tiles() - 1; tile >= 0; --tile)
            fn.packTile(source.data() + tile * kTileRows * ldv, ldv,
                        std::min(kTileRows, shape.rows - tile * kTileRows), shape.cols,
                        packed.data() + at(tile) * stride);
        kerneltest::GuardedMemory scratch(fn.scratchBytes(shape.tokens, shape.cols));
        const Weights weights{packed.data(), scales.data(), rowSums.data(), shape.rows, shape.cols};
        fn.run(weights, x.rows(), tileBegin, tileEnd, y.data(), shape.ldy(), scratch.data());
        if (!packed.intact())
            return "wrote outside of the packed tiles";
        if (!scratch.intact())
            return "wrote outside of the scratch";
        return y.intact() ? "" : "wrote outside of y";
    }
    std::string runAll(const Fn& fn) { return run(fn, 0, shape.tiles()); }

    /// The formula of the contract with its tolerance; the integers are exact.
    Expected expected() const {
        Expected result(shape.tokens, shape.ldy());
        for (std::int64_t t = 0; t < shape.tokens; ++t)
            for (std::int64_t o = 0; o < shape.rows; ++o) {
                std::int64_t sum = 0;
                for (std::int64_t k = 0; k < shape.cols; ++k)
                    sum += x.value(t, k) * values[at(o * shape.cols + k)];
                const double value = double{x.scale(t)} * double{scales[at(o)]} * static_cast<double>(sum);
                result.set(t, o, value, 1e-6 * std::fabs(value));
            }
        return result;
    }

    static constexpr std::int8_t kGap = 85;
    Shape shape;
    std::vector<std::int8_t> values;    // [rows, cols]
    std::vector<float> scales;          // [tiles * 16], NaN beyond the rows
    std::vector<std::int32_t> rowSums;  // [tiles * 16], the largest integer beyond the rows
    QuantizedTokens x;
    kerneltest::GuardedBuffer y;
};

}  // namespace

class TestMatmulInt8 : public QObject {
    Q_OBJECT
private slots:
    void matchesDefinition_data();
    void matchesDefinition();
    void extremesDoNotSaturate_data();
    void extremesDoNotSaturate();
    void matchesReference_data() { kerneltest::addVariantRows(variants(), "cols", {2048, 8192, 14336}); }
    void matchesReference();
    void matchesGolden_data() { kerneltest::addVariantRows(variants()); }
    void matchesGolden();
    void tileRangesKeepToTheirRows_data() { kerneltest::addVariantRows(variants(), "tokens", {1, 7}); }
    void tileRangesKeepToTheirRows();
    void missingRowsArePackedAsZero_data() { kerneltest::addVariantRows(variants()); }
    void missingRowsArePackedAsZero();
    void referenceIsLast() { QCOMPARE(QString(variants().back()->name), QString("reference")); }
};

void TestMatmulInt8::matchesDefinition_data() {
    QTest::addColumn<int>("variant");
    QTest::addColumn<Shape>("shape");
    for (std::size_t v = 0; v < variants().size(); ++v)
        for (const Shape& s : kerneltest::shapes({1, 2, 3, 4, 5, 31, 32, 33, 63, 64, 65, 130}))
            QTest::addRow("%s rows=%d cols=%d tokens=%d", variants()[v]->name, int(s.rows), int(s.cols),
                          int(s.tokens))
                << int(v) << s;
}

void TestMatmulInt8::matchesDefinition() {
    const auto& variant = kerneltest::variantOfRow(variants());
    SKIP_UNLESS_SUPPORTED(variant);
    QFETCH(Shape, shape);
    Case problem(shape);
    VERIFY_NO_MESSAGE(problem.runAll(variant.fn));
    VERIFY_NO_MESSAGE(problem.expected().differenceOf(problem.y.values()));
}

void TestMatmulInt8::extremesDoNotSaturate_data() {
    QTest::addColumn<int>("variant");
    QTest::addColumn<Ranges>("ranges");
    // All the lowest, all the highest, and both mixed.
    constexpr Integers kExtremes[] = {{-128, -128}, {127, 127}, {-128, 127, 255}};
    for (std::size_t v = 0; v < variants().size(); ++v)
        for (const Integers& weights : kExtremes)
            for (const Integers& q : kExtremes)
                for (const int zeroPoint : {-128, 0, 127})
                    QTest::addRow("%s weights=%d..%d q=%d..%d zero point=%d", variants()[v]->name,
                                  weights.low, weights.high, q.low, q.high, zeroPoint)
                        << int(v) << Ranges{weights, q, {zeroPoint, zeroPoint}};
}

void TestMatmulInt8::extremesDoNotSaturate() {
    const auto& variant = kerneltest::variantOfRow(variants());
    SKIP_UNLESS_SUPPORTED(variant);
    QFETCH(Ranges, ranges);
    Case problem({33, 4099, 5}, ranges);
    VERIFY_NO_MESSAGE(problem.runAll(variant.fn));
    VERIFY_NO_MESSAGE(problem.expected().differenceOf(problem.y.values()));
}

void TestMatmulInt8::matchesReference() {
    const auto& variant = kerneltest::variantOfRow(variants());
    SKIP_UNLESS_SUPPORTED(variant);
    QFETCH(int, cols);
    Case reference({40, cols, 13});
    Case problem({40, cols, 13});
    VERIFY_NO_MESSAGE(reference.runAll(variants().back()->fn));
    VERIFY_NO_MESSAGE(problem.runAll(variant.fn));
    VERIFY_NO_MESSAGE(
        kerneltest::firstDifference(problem.y.values(), reference.y.values(), problem.expected().allowed));
}

void TestMatmulInt8::matchesGolden() {
    const auto& variant = kerneltest::variantOfRow(variants());
    SKIP_UNLESS_SUPPORTED(variant);
    const Shape shape{40, 96, 12};
    const auto weights = kerneltest::golden("ops/linear_w8_weight.npy");
    const auto scales = kerneltest::golden("ops/linear_w8_scales.npy");
    const auto y = kerneltest::golden("ops/linear_w8_dynamic_activation_y.npy");
    QCOMPARE(weights.data.size(), at(shape.rows * shape.cols));
    QCOMPARE(scales.data.size(), at(shape.rows));
    QCOMPARE(y.data.size(), at(shape.tokens * shape.rows));
    Case problem(shape, std::vector<std::int8_t>(weights.data.begin(), weights.data.end()), scales.data,
                 goldenHeadTokens());
    QCOMPARE(problem.x.rows().tokens, shape.tokens);
    VERIFY_NO_MESSAGE(problem.runAll(variant.fn));
    // The golden values were added in f32, so that what is lost goes with the size of the terms.
    Expected expected(shape.tokens, shape.ldy());
    for (std::int64_t t = 0; t < shape.tokens; ++t)
        for (std::int64_t o = 0; o < shape.rows; ++o) {
            double magnitude = 0.0;
            for (std::int64_t k = 0; k < shape.cols; ++k)
                magnitude += std::fabs(static_cast<double>(problem.x.value(t, k)) *
                                       double{weights.data[at(o * shape.cols + k)]});
            expected.set(t, o, double{y.data[at(t * shape.rows + o)]},
                         1e-6 * double{problem.x.scale(t)} * double{scales.data[at(o)]} * magnitude);
        }
    VERIFY_NO_MESSAGE(expected.differenceOf(problem.y.values()));
}

void TestMatmulInt8::tileRangesKeepToTheirRows() {
    const auto& variant = kerneltest::variantOfRow(variants());
    SKIP_UNLESS_SUPPORTED(variant);
    QFETCH(int, tokens);
    const Shape shape{50, 35, tokens};
    Case all(shape);
    VERIFY_NO_MESSAGE(all.runAll(variant.fn));
    Expected whole(shape.tokens, shape.ldy());
    whole.values.assign(all.y.values().begin(), all.y.values().end());
    VERIFY_NO_MESSAGE(all.expected().differenceOf(whole.values));
    for (std::int64_t begin = 0; begin <= shape.tiles(); ++begin)
        for (std::int64_t end = begin; end <= shape.tiles(); ++end) {
            Case problem(shape);
            VERIFY_NO_MESSAGE(problem.run(variant.fn, begin, end));
            VERIFY_NO_MESSAGE(whole.ofTiles(begin, end).differenceOf(problem.y.values()));
        }
}

void TestMatmulInt8::missingRowsArePackedAsZero() {
    const auto& variant = kerneltest::variantOfRow(variants());
    SKIP_UNLESS_SUPPORTED(variant);
    constexpr std::int64_t kCols = 19;
    constexpr std::int64_t kPacked = 3;
    const std::vector<std::int8_t> source(at(kPacked * kCols), 7);
    kerneltest::GuardedMemory tile(variant.fn.tileBytes(kCols));
    variant.fn.packTile(source.data(), kCols, kPacked, kCols, tile.data());
    QVERIFY(tile.intact());
    const QuantizedTokens x(1, kCols, std::vector<std::int8_t>(at(kCols), 100), {1.0F}, {0});
    const std::vector<float> scales(at(kTileRows), 1.0F);
    std::vector<std::int32_t> rowSums(at(kTileRows));
    std::fill_n(rowSums.begin(), kPacked, 7 * std::int32_t{kCols});
    std::vector<float> y(at(kTileRows), kerneltest::kUntouched);
    kerneltest::GuardedMemory scratch(variant.fn.scratchBytes(1, kCols));
    variant.fn.run({tile.data(), scales.data(), rowSums.data(), kTileRows, kCols}, x.rows(), 0, 1, y.data(),
                   kTileRows, scratch.data());
    for (std::int64_t o = 0; o < kTileRows; ++o)
        QCOMPARE(y[at(o)], o < kPacked ? 700.0F * float{kCols} : 0.0F);
}

QTEST_APPLESS_MAIN(TestMatmulInt8)
#include "tst_matmul_int8.moc"
