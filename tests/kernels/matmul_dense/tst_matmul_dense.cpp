#include <bit>

#include "kernels/matmul_dense/matmul_dense.h"
#include "tests/kernels/matmul_cases.h"
#include "tests/kernels/variant_cases.h"

using kernels::kTileRows;
using kernels::matmul_dense::Fn;
using kernels::matmul_dense::variants;
using kernels::matmul_dense::Weights;
using kernels::matmul_dense::WeightType;
using kerneltest::at;
using kerneltest::Expected;
using kerneltest::Shape;

namespace {

constexpr WeightType kTypes[] = {WeightType::f32, WeightType::f16, WeightType::bf16};

const char* nameOf(WeightType type) {
    return type == WeightType::f32 ? "f32" : type == WeightType::f16 ? "f16" : "bf16";
}

std::int64_t sizeOf(WeightType type) {
    return type == WeightType::f32 ? 4 : 2;
}

/// The value of the low bits of `bits`, by the definition of the format.
double decode(WeightType type, std::uint32_t bits) {
    if (type != WeightType::f16)
        return double{std::bit_cast<float>(type == WeightType::f32 ? bits : bits << 16)};
    const int exponent = static_cast<int>(bits >> 10 & 31);
    const double magnitude =
        exponent == 0 ? std::ldexp(bits & 1023, -24) : std::ldexp(1024 + (bits & 1023), exponent - 25);
    return (bits & 0x8000) != 0 ? -magnitude : magnitude;
}

/// Weights of either sign between 2^-7 and 4, every 16th zero; in f16 every 16th subnormal too.
std::vector<std::uint32_t> ordinaryBits(WeightType type, std::size_t count, unsigned seed) {
    std::mt19937 generator(seed);
    std::vector<std::uint32_t> result(count);
    for (std::uint32_t& value : result) {
        const auto r = static_cast<std::uint32_t>(generator());
        const std::uint32_t exponent = r >> 16 & 7;
        const std::uint32_t kind = r >> 20 & 15;
        if (type == WeightType::f16)
            value = (r & 0x83ff) | (kind == 1 ? 0 : (exponent + 8) << 10);
        else if (type == WeightType::bf16)
            value = (r & 0x807f) | (exponent + 120) << 7;
        else
            value = (r << 16 & 0x80000000) | (exponent + 120) << 23 | (r * 2654435761U & 0x7fffff);
        if (kind == 0)
            value = 0;
    }
    return result;
}

/// Activations that BF16 holds exactly, so that rounding them changes nothing.
std::vector<float> bf16Uniform(std::size_t count, unsigned seed) {
    auto values = kerneltest::uniform(count, -2.0F, 2.0F, seed);
    for (float& value : values)
        value = std::bit_cast<float>(std::bit_cast<std::uint32_t>(value) & 0xffff0000U);
    return values;
}

struct Case {
    Case(WeightType t, const Shape& s)
        : Case(t, s, ordinaryBits(t, at(s.rows * s.cols), 1), bf16Uniform(at(s.tokens * s.cols), 2)) {}
    Case(WeightType t, const Shape& s, std::vector<std::uint32_t> weightBits, std::vector<float> activations)
        : type(t),
          shape(s),
          bits(std::move(weightBits)),
          values(std::move(activations)),
          ldx(s.cols + 3),
          x(std::vector<float>(at(s.tokens * ldx), std::nanf(""))),
          y(std::vector<float>(at(s.tokens * s.ldy()), kerneltest::kUntouched)) {
        for (std::int64_t token = 0; token < s.tokens; ++token)
            std::copy_n(values.data() + token * s.cols, s.cols, x.data() + token * ldx);
    }

    /// Tiles [tileBegin, tileEnd) from freshly packed weights; what went wrong besides the values of y.
    std::string run(const Fn& fn, std::int64_t tileBegin, std::int64_t tileEnd) {
        const std::size_t stride = fn.tileBytes(type, shape.cols);
        if (stride % 64 != 0)
            return "tiles are not a multiple of 64 bytes";
        const auto source = sourceBytes();
        kerneltest::GuardedMemory packed(stride * at(shape.tiles()));
        // Last tile first: writing into the next one then shows.
        for (std::int64_t tile = shape.tiles() - 1; tile >= 0; --tile)
            fn.packTile(type, source.data() + 1 + tile * kTileRows * ld() * sizeOf(type), ld(),
                        std::min(kTileRows, shape.rows - tile * kTileRows), shape.cols,
                        packed.data() + at(tile) * stride);
        kerneltest::GuardedMemory scratch(fn.scratchBytes(shape.tokens, shape.cols));
        const Weights weights{packed.data(), type, shape.rows, shape.cols};
        fn.run(weights, x.data(), ldx, shape.tokens, tileBegin, tileEnd, y.data(), shape.ldy(),
               scratch.data());
        if (!packed.intact())
            return "wrote outside of the packed tiles";
        if (!scratch.intact())
            return "wrote outside of the scratch";
        return y.intact() ? "" : "wrote outside of y";
    }
    std::string runAll(const Fn& fn) { return run(fn, 0, shape.tiles()); }

    /// The formula in double; `relative` times the sum of the terms' magnitudes may be missing.
    Expected expected(double relative) const {
        Expected result(shape.tokens, shape.ldy());
        std::vector<double> row(at(shape.cols));
        for (std::int64_t o = 0; o < shape.rows; ++o) {
            for (std::int64_t k = 0; k < shape.cols; ++k)
                row[at(k)] = decode(type, bits[at(o * shape.cols + k)]);
            for (std::int64_t t = 0; t < shape.tokens; ++t) {
                double sum = 0.0;
                double magnitude = 0.0;
                for (std::int64_t k = 0; k < shape.cols; ++k) {
                    const double term = double{values[at(t * shape.cols + k)]} * row[at(k)];
                    sum += term;
                    magnitude += std::fabs(term);
                }
                result.set(t, o, sum, relative * magnitude);
            }
        }
        return result;
    }

    WeightType type;
    Shape shape;
    std::vector<std::uint32_t> bits;  // [rows, cols]
    std::vector<float> values;        // [tokens, cols]
    std::int64_t ldx;
    kerneltest::GuardedBuffer x;
    kerneltest::GuardedBuffer y;

private:
    std::int64_t ld() const { return shape.cols + 3; }
    /// The weights in their format from byte 1 on, off every alignment, with NaN between the rows.
    std::vector<std::byte> sourceBytes() const {
        std::vector<std::byte> source(at(1 + shape.rows * ld() * sizeOf(type)), std::byte{0xff});
        for (std::int64_t o = 0; o < shape.rows; ++o)
            for (std::int64_t k = 0; k < shape.cols; ++k)  // little-endian: the low bytes come first
                std::memcpy(source.data() + 1 + (o * ld() + k) * sizeOf(type), &bits[at(o * shape.cols + k)],
                            at(sizeOf(type)));
        return source;
    }
};

constexpr double kF32 = 1e-5;
double contractTolerance(const kernels::Variant<Fn>& variant) {
    return kernels::hasTrait(variant.traits, kernels::Trait::roundsActivations) ? 0x1p-8 : kF32;
}

}  // namespace

class TestMatmulDense : public QObject {
    Q_OBJECT
private slots:
    void matchesDefinition_data();
    void matchesDefinition();
    void matchesReference_data() { addTypes({}); }
    void matchesReference();
    void matchesGolden_data() { kerneltest::addVariantRows(variants()); }
    void matchesGolden();
    void tileRangesKeepToTheirRows_data() { addTypes({1, 7}); }
    void tileRangesKeepToTheirRows();
    void oneHotActivationsReturnEveryWeight_data() { addTypes({}); }
    void oneHotActivationsReturnEveryWeight();
    void activationsAreRoundedOnlyWhereSaid_data() { addTypes({}); }
    void activationsAreRoundedOnlyWhereSaid();
    void longSumsKeepTheirTolerance_data() { addTypes({}); }
    void longSumsKeepTheirTolerance();
    void missingRowsArePackedAsZero_data() { addTypes({}); }
    void missingRowsArePackedAsZero();
    void referenceIsLast() { QCOMPARE(QString(variants().back()->name), QString("reference")); }

private:
    static void addTypes(std::initializer_list<int> tokenCounts);
};

/// One row per variant, weight type and count of tokens, if any.
void TestMatmulDense::addTypes(std::initializer_list<int> tokenCounts) {
    QTest::addColumn<int>("variant");
    QTest::addColumn<WeightType>("type");
    QTest::addColumn<int>("tokens");
    for (std::size_t v = 0; v < variants().size(); ++v)
        for (const WeightType type : kTypes) {
            if (tokenCounts.size() == 0)
                QTest::addRow("%s %s", variants()[v]->name, nameOf(type)) << int(v) << type << 13;
            for (const int tokens : tokenCounts)
                QTest::addRow("%s %s tokens=%d", variants()[v]->name, nameOf(type), tokens)
                    << int(v) << type << tokens;
        }
}

void TestMatmulDense::matchesDefinition_data() {
    QTest::addColumn<int>("variant");
    QTest::addColumn<WeightType>("type");
    QTest::addColumn<Shape>("shape");
    for (std::size_t v = 0; v < variants().size(); ++v)
        for (const WeightType type : kTypes)
            for (const Shape& s : kerneltest::shapes({1, 2, 3, 15, 16, 17, 64, 129}))
                QTest::addRow("%s %s rows=%d cols=%d tokens=%d", variants()[v]->name, nameOf(type),
                              int(s.rows), int(s.cols), int(s.tokens))
                    << int(v) << type << s;
}

void TestMatmulDense::matchesDefinition() {
    const auto& variant = kerneltest::variantOfRow(variants());
    SKIP_UNLESS_SUPPORTED(variant);
    QFETCH(WeightType, type);
    QFETCH(Shape, shape);
    Case problem(type, shape);
    VERIFY_NO_MESSAGE(problem.runAll(variant.fn));
    VERIFY_NO_MESSAGE(problem.expected(kF32).differenceOf(problem.y.values()));
}

void TestMatmulDense::matchesReference() {
    const auto& variant = kerneltest::variantOfRow(variants());
    SKIP_UNLESS_SUPPORTED(variant);
    QFETCH(WeightType, type);
    const Shape shape{50, 2051, 13};
    const auto bits = ordinaryBits(type, at(shape.rows * shape.cols), 3);
    const auto x = kerneltest::uniform(at(shape.tokens * shape.cols), -3.0F, 3.0F, 4);
    Case reference(type, shape, bits, x);
    Case problem(type, shape, bits, x);
    VERIFY_NO_MESSAGE(reference.runAll(variants().back()->fn));
    VERIFY_NO_MESSAGE(problem.runAll(variant.fn));
    VERIFY_NO_MESSAGE(kerneltest::firstDifference(problem.y.values(), reference.y.values(),
                                                  problem.expected(contractTolerance(variant)).allowed));
}

void TestMatmulDense::matchesGolden() {
    const auto& variant = kerneltest::variantOfRow(variants());
    SKIP_UNLESS_SUPPORTED(variant);
    const auto x = kerneltest::golden("ops/actquant_x.npy");
    const auto weights = kerneltest::golden("ops/linear_w8_weight.npy");
    const auto scales = kerneltest::golden("ops/linear_w8_scales.npy");
    const auto y = kerneltest::golden("ops/linear_w8_dequantized_weight_float_activation_y.npy");
    const Shape shape{40, 96, 12};
    QCOMPARE(x.data.size(), at(shape.tokens * shape.cols));
    QCOMPARE(weights.data.size(), at(shape.rows * shape.cols));
    QCOMPARE(scales.data.size(), at(shape.rows));
    QCOMPARE(y.data.size(), at(shape.tokens * shape.rows));
    std::vector<std::uint32_t> bits;
    for (std::size_t i = 0; i < weights.data.size(); ++i)
        bits.push_back(std::bit_cast<std::uint32_t>(weights.data[i] * scales.data[i / at(shape.cols)]));
    Case problem(WeightType::f32, shape, bits, x.data);
    VERIFY_NO_MESSAGE(problem.runAll(variant.fn));
    Expected expected = problem.expected(contractTolerance(variant));
    for (std::int64_t t = 0; t < shape.tokens; ++t)
        std::copy_n(y.data.data() + t * shape.rows, shape.rows, expected.values.data() + t * expected.ldy);
    VERIFY_NO_MESSAGE(expected.differenceOf(problem.y.values()));
}

void TestMatmulDense::tileRangesKeepToTheirRows() {
    const auto& variant = kerneltest::variantOfRow(variants());
    SKIP_UNLESS_SUPPORTED(variant);
    QFETCH(WeightType, type);
    QFETCH(int, tokens);
    const Shape shape{50, 35, tokens};
    const Expected whole = Case(type, shape).expected(kF32);
    for (std::int64_t begin = 0; begin <= shape.tiles(); ++begin)
        for (std::int64_t end = begin; end <= shape.tiles(); ++end) {
            Case problem(type, shape);
            VERIFY_NO_MESSAGE(problem.run(variant.fn, begin, end));
            VERIFY_NO_MESSAGE(whole.ofTiles(begin, end).differenceOf(problem.y.values()));
        }
}

void TestMatmulDense::oneHotActivationsReturnEveryWeight() {
    const auto& variant = kerneltest::variantOfRow(variants());
    SKIP_UNLESS_SUPPORTED(variant);
    QFETCH(WeightType, type);
    // Every finite f16; every normal bf16 (hardware products of BF16 may flush subnormal ones); as many f32.
    constexpr std::int64_t kCols = 256;
    const std::uint32_t lastExponent = type == WeightType::f16 ? 30 : 254;
    const int mantissaBits = type == WeightType::f16 ? 10 : 7;
    std::vector<std::uint32_t> bits;
    for (std::uint32_t exponent = type == WeightType::f16 ? 0 : 1; exponent <= lastExponent; ++exponent)
        for (std::uint32_t m = 0; m < 2U << mantissaBits; ++m) {
            const std::uint32_t value = (m & 1) << 15 | exponent << mantissaBits | m >> 1;
            bits.push_back(type == WeightType::f32 ? value << 16 | (value * 40503U & 0xffff) : value);
        }
    const Shape shape{static_cast<std::int64_t>(bits.size()) / kCols, kCols, kCols};
    std::vector<float> identity(at(kCols * kCols));
    for (std::int64_t i = 0; i < kCols; ++i)
        identity[at(i * kCols + i)] = 1.0F;
    Case problem(type, shape, bits, identity);
    VERIFY_NO_MESSAGE(problem.runAll(variant.fn));
    Expected expected(shape.tokens, shape.ldy());
    for (std::int64_t t = 0; t < kCols; ++t)
        for (std::int64_t o = 0; o < shape.rows; ++o)
            expected.set(t, o, decode(type, bits[at(o * kCols + t)]), 0.0);
    VERIFY_NO_MESSAGE(expected.differenceOf(problem.y.values()));
}

void TestMatmulDense::activationsAreRoundedOnlyWhereSaid() {
    const auto& variant = kerneltest::variantOfRow(variants());
    SKIP_UNLESS_SUPPORTED(variant);
    QFETCH(WeightType, type);
    QFETCH(int, tokens);
    // Rounding to BF16 takes off 2^-9 of each value, and no term makes up for another.
    const Shape shape{17, 40, tokens};
    const std::uint32_t one = type == WeightType::f32   ? 0x3f800000
                              : type == WeightType::f16 ? 0x3c00
                                                        : 0x3f80;
    Case problem(type, shape, std::vector<std::uint32_t>(at(shape.rows * shape.cols), one),
                 std::vector<float>(at(shape.tokens * shape.cols), 1.0F + 0x1p-9F));
    VERIFY_NO_MESSAGE(problem.runAll(variant.fn));
    VERIFY_NO_MESSAGE(problem.expected(contractTolerance(variant)).differenceOf(problem.y.values()));
}

void TestMatmulDense::longSumsKeepTheirTolerance() {
    const auto& variant = kerneltest::variantOfRow(variants());
    SKIP_UNLESS_SUPPORTED(variant);
    QFETCH(WeightType, type);
    QFETCH(int, tokens);
    const Shape shape{17, 14336, tokens};  // the widest input of the 8B models
    const auto bits = ordinaryBits(type, at(shape.rows * shape.cols), 6);
    Case problem(type, shape, bits, bf16Uniform(at(shape.tokens * shape.cols), 7));
    VERIFY_NO_MESSAGE(problem.runAll(variant.fn));
    VERIFY_NO_MESSAGE(problem.expected(kF32).differenceOf(problem.y.values()));

    // Equal terms: in one running sum every rounding errs to the same side.
    const std::uint32_t third = type == WeightType::f32   ? 0x3eaaaaab
                                : type == WeightType::f16 ? 0x3555
                                                          : 0x3eab;
    Case biased(type, shape, std::vector<std::uint32_t>(at(shape.rows * shape.cols), third),
                std::vector<float>(at(shape.tokens * shape.cols), 0.703125F));
    VERIFY_NO_MESSAGE(biased.runAll(variant.fn));
    VERIFY_NO_MESSAGE(biased.expected(kF32).differenceOf(biased.y.values()));
}

void TestMatmulDense::missingRowsArePackedAsZero() {
    const auto& variant = kerneltest::variantOfRow(variants());
    SKIP_UNLESS_SUPPORTED(variant);
    QFETCH(WeightType, type);
    constexpr std::int64_t kCols = 19;
    constexpr std::int64_t kPacked = 3;
    const std::vector<std::byte> source(at(kPacked * kCols * 4), std::byte{0x3c});
    kerneltest::GuardedMemory tile(variant.fn.tileBytes(type, kCols));
    variant.fn.packTile(type, source.data(), kCols, kPacked, kCols, tile.data());
    QVERIFY(tile.intact());
    const std::vector<float> x(at(kCols), 1.0F);
    std::vector<float> y(at(kTileRows), kerneltest::kUntouched);
    kerneltest::GuardedMemory scratch(variant.fn.scratchBytes(1, kCols));
    variant.fn.run({tile.data(), type, kTileRows, kCols}, x.data(), kCols, 1, 0, 1, y.data(), kTileRows,
                   scratch.data());
    for (std::size_t o = 0; o < y.size(); ++o)
        QCOMPARE(y[o] != 0.0F, o < kPacked);
}

QTEST_APPLESS_MAIN(TestMatmulDense)
#include "tst_matmul_dense.moc"
