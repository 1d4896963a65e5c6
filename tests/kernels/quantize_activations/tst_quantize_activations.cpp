#include <cmath>
#include <cstdint>
#include <limits>
#include <numeric>

#include "kernels/quantize_activations/quantize_activations.h"
#include "tests/kernels/matmul_cases.h"
#include "tests/kernels/variant_cases.h"

using kernels::kGroupSize;
using kernels::QuantizedRows;
using kernels::roundUp;
using kernels::quantize_activations::Fn;
using kernels::quantize_activations::kLinearScaleFloor;
using kernels::quantize_activations::kOutputScaleFloor;
using kernels::quantize_activations::variants;
using kerneltest::at;

namespace {

/// What fills the memory of the results before a run.
constexpr int kUntouchedInteger = 93;

/// Results for `tokens` rows, each array between guards.
struct Output {
    Output(std::int64_t rowCount, std::int64_t colCount)
        : tokens(rowCount),
          cols(colCount),
          ld(roundUp(cols, 64)),
          q(at(tokens * ld)),
          scale(at(tokens) * sizeof(float)),
          zeroPoint(at(tokens) * sizeof(std::int32_t)),
          groupSums(at(tokens * ld / kGroupSize) * sizeof(std::int32_t)) {
        std::fill_n(q.as<std::int8_t>(), tokens * ld, std::int8_t{kUntouchedInteger});
        std::fill_n(scale.as<float>(), tokens, kerneltest::kUntouched);
        std::fill_n(zeroPoint.as<std::int32_t>(), tokens, kUntouchedInteger);
        std::fill_n(groupSums.as<std::int32_t>(), tokens * ld / kGroupSize, kUntouchedInteger);
    }
    QuantizedRows rows() {
        return {q.as<std::int8_t>(),
                scale.as<float>(),
                zeroPoint.as<std::int32_t>(),
                groupSums.as<std::int32_t>(),
                tokens,
                cols,
                ld,
                bits};
    }
    /// Where this differs from `other`, or what was written outside of it; empty when nothing is wrong.
    std::string differenceFrom(Output& other) {
        if (!q.intact() || !scale.intact() || !zeroPoint.intact() || !groupSums.intact())
            return "wrote outside of the results";
        for (std::int64_t t = 0; t < tokens; ++t) {
            if (std::memcmp(scale.as<float>() + t, other.scale.as<float>() + t, sizeof(float)) != 0)
                return message("scale", t, 0, double{scale.as<float>()[t]},
                               double{other.scale.as<float>()[t]});
            if (zeroPoint.as<std::int32_t>()[t] != other.zeroPoint.as<std::int32_t>()[t])
                return message("zero point", t, 0, zeroPoint.as<std::int32_t>()[t],
                               other.zeroPoint.as<std::int32_t>()[t]);
            for (std::int64_t i = 0; i < ld; ++i)
                if (q.as<std::int8_t>()[t * ld + i] != other.q.as<std::int8_t>()[t * ld + i])
                    return message("q", t, i, q.as<std::int8_t>()[t * ld + i],
                                   other.q.as<std::int8_t>()[t * ld + i]);
            for (std::int64_t g = t * ld / kGroupSize; g < (t + 1) * ld / kGroupSize; ++g)
                if (groupSums.as<std::int32_t>()[g] != other.groupSums.as<std::int32_t>()[g])
                    return message("group sum", t, g - t * ld / kGroupSize, groupSums.as<std::int32_t>()[g],
                                   other.groupSums.as<std::int32_t>()[g]);
        }
        return {};
    }

    std::int64_t tokens;
    std::int64_t cols;
    std::int64_t ld;
    int bits = 8;
    kerneltest::GuardedMemory q;
    kerneltest::GuardedMemory scale;
    kerneltest::GuardedMemory zeroPoint;
    kerneltest::GuardedMemory groupSums;

private:
    static std::string message(const char* what, std::int64_t token, std::int64_t index, double actual,
                               double expected) {
        return QString("%1 of row %2, index %3: %4 instead of %5")
            .arg(what)
            .arg(token)
            .arg(index)
            .arg(actual, 0, 'g', 9)
            .arg(expected, 0, 'g', 9)
            .toStdString();
    }
};

/// Half to even, whatever the rounding mode.
double roundHalfToEven(double value) {
    const double below = std::floor(value);
    const double rest = value - below;
    if (rest == 0.5)
        return std::fmod(below, 2.0) == 0.0 ? below : below + 1.0;
    return rest < 0.5 ? below : below + 1.0;
}

int clampTo(int bits, double value) {
    const double half = std::exp2(bits - 1);
    return static_cast<int>(std::min(half - 1.0, std::max(-half, value)));
}

/// The contract's formulas; each f32 operation is one double operation, rounded.
void define(std::span<const float> x, float scaleFloor, std::int64_t row, Output& out) {
    float low = 0.0F;
    float high = 0.0F;
    for (const float value : x) {
        low = std::min(low, value);
        high = std::max(high, value);
    }
    const auto range = static_cast<float>(double{high} - double{low});
    const float scale = std::max(static_cast<float>(double{range} / (std::exp2(out.bits) - 1.0)), scaleFloor);
    const auto inverse = static_cast<float>(1.0 / double{scale});
    const double lowSteps = static_cast<double>(static_cast<float>(double{low} / double{scale}));
    const int zeroPoint = clampTo(out.bits, -std::exp2(out.bits - 1) - roundHalfToEven(lowSteps));
    out.scale.as<float>()[row] = scale;
    out.zeroPoint.as<std::int32_t>()[row] = zeroPoint;
    std::int8_t* q = out.q.as<std::int8_t>() + row * out.ld;
    std::int32_t* sums = out.groupSums.as<std::int32_t>() + row * out.ld / kGroupSize;
    std::fill_n(q, out.ld, std::int8_t{0});
    std::fill_n(sums, out.ld / kGroupSize, 0);
    for (std::int64_t i = 0; i < out.cols; ++i) {
        const double steps = static_cast<double>(static_cast<float>(double{x[at(i)]} * double{inverse}));
        q[i] = static_cast<std::int8_t>(clampTo(out.bits, roundHalfToEven(steps) + zeroPoint));
        sums[i / kGroupSize] += q[i];
    }
}

/// Rows of `values` that lie apart in memory, with NaN between them.
class Input {
public:
    Input(std::span<const float> values, std::int64_t tokens, std::int64_t cols)
        : cols_(cols), ldx_(cols + 3), memory_(std::vector<float>(at(tokens * ldx_), std::nanf(""))) {
        for (std::int64_t t = 0; t < tokens; ++t)
            std::copy_n(values.data() + t * cols, cols, memory_.data() + t * ldx_);
    }
    std::span<const float> row(std::int64_t t) const {
        return memory_.values().subspan(at(t * ldx_), at(cols_));
    }
    void quantize(Fn fn, float floor, std::int64_t begin, std::int64_t end, Output& out) {
        fn(memory_.data(), ldx_, floor, begin, end, out.rows());
    }

private:
    std::int64_t cols_;
    std::int64_t ldx_;
    kerneltest::GuardedBuffer memory_;
};

std::string compareWithDefinition(Fn fn, std::span<const float> x, std::int64_t tokens, float scaleFloor,
                                  int bits = 8) {
    const std::int64_t cols = static_cast<std::int64_t>(x.size()) / tokens;
    Input input(x, tokens, cols);
    Output actual(tokens, cols);
    Output expected(tokens, cols);
    actual.bits = bits;
    expected.bits = bits;
    input.quantize(fn, scaleFloor, 0, tokens, actual);
    for (std::int64_t t = 0; t < tokens; ++t)
        define(input.row(t), scaleFloor, t, expected);
    return actual.differenceFrom(expected);
}

/// A row whose result can be worked out by hand.
struct Row {
    const char* name;
    std::vector<float> x;
    float scaleFloor;
    float scale;
    int zeroPoint;
    std::vector<int> q;
};

const std::vector<Row>& handmadeRows() {
    constexpr float kTiny = 0x1p-23F;
    static const std::vector<Row> rows = {
        {"zeros", {0, 0, 0}, kTiny, kTiny, -128, {-128, -128, -128}},
        {"negative zeros", {-0.0F, -0.0F}, kTiny, kTiny, -128, {-128, -128}},
        {"zeros, smallest floor", {0, -0.0F}, kOutputScaleFloor, kOutputScaleFloor, -128, {-128, -128}},
        {"constant, positive", {255, 255, 255, 255}, kTiny, 1, -128, {127, 127, 127, 127}},
        {"constant, negative", {-255, -255, -255}, kTiny, 1, 127, {-128, -128, -128}},
        {"ties of values",
         {255, 0.5F, 1.5F, 2.5F, 3.5F, 253.5F, 254.5F},
         kTiny,
         1,
         -128,
         {127, -128, -126, -126, -124, 126, 126}},
        {"ties of negative values",
         {-255, -0.5F, -1.5F, -2.5F, -253.5F, -254.5F},
         kTiny,
         1,
         127,
         {-128, 127, 125, 125, -127, -127}},
        {"tie of the zero point, down", {-0.5F, 254.5F, 0}, kTiny, 1, -128, {-128, 126, -128}},
        {"tie of the zero point, up, and the top clamped",
         {-1.5F, 253.5F, 0},
         kTiny,
         1,
         -126,
         {-128, 127, -126}},
        {"ties with scale 1/2",
         {-64, 63.5F, 0.25F, 0.75F, -0.25F, -0.75F},
         kTiny,
         0.5F,
         0,
         {-128, 127, 0, 2, 0, -2}},
        {"below the floor",
         {kTiny, -kTiny, 0.5F * kTiny, 1.5F * kTiny, 0},
         kTiny,
         kTiny,
         -127,
         {-126, -128, -127, -125, -127}},
        {"just at the floor", {255 * kTiny, 0}, kTiny, kTiny, -128, {127, -128}},
        {"above the output's floor",
         {0x1p-60F * 255, 0x1p-60F},
         kOutputScaleFloor,
         0x1p-60F,
         -128,
         {127, -127}},
        {"subnormal values",
         {0x1p-126F, 0x1p-127F, 0x1.8p-126F},
         kOutputScaleFloor,
         kOutputScaleFloor,
         -128,
         {-127, -128, -126}},
        {"symmetric", {-127.5F, 127.5F}, kTiny, 1, 0, {-128, 127}},
    };
    return rows;
}

}  // namespace

class TestQuantizeActivations : public QObject {
    Q_OBJECT
private slots:
    void matchesGolden_data() { kerneltest::addVariantRows(variants()); }
    void matchesGolden();
    void matchesHandmadeRows_data();
    void matchesHandmadeRows();
    void matchesDefinition_data();
    void matchesDefinition();
    void matchesReference_data();
    void matchesReference();
    void everyScaleRoundsTheSame_data() { kerneltest::addVariantRows(variants()); }
    void everyScaleRoundsTheSame();
    void extremesAreFoundInEveryColumn_data() {
        kerneltest::addVariantRows(variants(), "cols", {1, 9, 17, 33, 70});
    }
    void extremesAreFoundInEveryColumn();
    void fewerBitsAreTheSameFormula_data() { kerneltest::addVariantRows(variants()); }
    void fewerBitsAreTheSameFormula();
    void rowRangesKeepToTheirRows_data() { kerneltest::addVariantRows(variants()); }
    void rowRangesKeepToTheirRows();
    void referenceIsLast() { QCOMPARE(QString(variants().back()->name), QString("reference")); }
};

void TestQuantizeActivations::matchesGolden() {
    const auto& variant = kerneltest::variantOfRow(variants());
    SKIP_UNLESS_SUPPORTED(variant);
    const auto x = kerneltest::golden("ops/actquant_x.npy");
    const auto expected = kerneltest::goldenTokens();
    const auto& rows = expected.rows();
    QCOMPARE(rows.tokens, 12);
    QCOMPARE(rows.cols, 96);
    QCOMPARE(x.data.size(), at(rows.tokens * rows.cols));
    Input input(x.data, rows.tokens, rows.cols);
    Output out(rows.tokens, rows.cols);
    input.quantize(variant.fn, kLinearScaleFloor, 0, rows.tokens, out);
    Output golden(rows.tokens, rows.cols);
    std::copy_n(rows.q, rows.tokens * rows.ld, golden.q.as<std::int8_t>());
    std::copy_n(rows.scale, rows.tokens, golden.scale.as<float>());
    std::copy_n(rows.zeroPoint, rows.tokens, golden.zeroPoint.as<std::int32_t>());
    std::copy_n(rows.groupSums, rows.tokens * rows.ld / kGroupSize, golden.groupSums.as<std::int32_t>());
    VERIFY_NO_MESSAGE(out.differenceFrom(golden));
}

void TestQuantizeActivations::matchesHandmadeRows_data() {
    QTest::addColumn<int>("variant");
    QTest::addColumn<int>("row");
    for (std::size_t v = 0; v < variants().size(); ++v)
        for (std::size_t row = 0; row < handmadeRows().size(); ++row)
            QTest::addRow("%s %s", variants()[v]->name, handmadeRows()[row].name) << int(v) << int(row);
}

void TestQuantizeActivations::matchesHandmadeRows() {
    const auto& variant = kerneltest::variantOfRow(variants());
    SKIP_UNLESS_SUPPORTED(variant);
    QFETCH(int, row);
    const Row& handmade = handmadeRows()[static_cast<std::size_t>(row)];
    const auto cols = static_cast<std::int64_t>(handmade.x.size());
    Input input(handmade.x, 1, cols);
    Output out(1, cols);
    input.quantize(variant.fn, handmade.scaleFloor, 0, 1, out);
    QVERIFY(out.scale.as<float>()[0] == handmade.scale);  // QCOMPARE would allow for a difference
    QCOMPARE(out.zeroPoint.as<std::int32_t>()[0], handmade.zeroPoint);
    for (std::size_t i = 0; i < handmade.q.size(); ++i)
        QCOMPARE(int{out.q.as<std::int8_t>()[i]}, handmade.q[i]);
    QCOMPARE(out.groupSums.as<std::int32_t>()[0], std::accumulate(handmade.q.begin(), handmade.q.end(), 0));
}

void TestQuantizeActivations::matchesDefinition_data() {
    QTest::addColumn<int>("variant");
    QTest::addColumn<int>("cols");
    QTest::addColumn<float>("low");
    QTest::addColumn<float>("high");
    constexpr float kMax = std::numeric_limits<float>::max();
    constexpr float kRanges[][2] = {{-2, 3},
                                    {0.5F, 4},
                                    {-4, -0.5F},
                                    {-1e-6F, 2e-6F},
                                    {-1e-30F, 1e-30F},
                                    {-100, 0.01F},
                                    {-0.3F * kMax, 0.3F * kMax}};
    for (std::size_t v = 0; v < variants().size(); ++v)
        for (const int cols : {1, 7, 8, 9, 15, 16, 17, 31, 32, 33, 63, 64, 65, 96, 128, 129, 2051})
            for (const auto& range : kRanges)
                QTest::addRow("%s cols=%d %g..%g", variants()[v]->name, cols, double{range[0]},
                              double{range[1]})
                    << int(v) << cols << range[0] << range[1];
}

void TestQuantizeActivations::matchesDefinition() {
    const auto& variant = kerneltest::variantOfRow(variants());
    SKIP_UNLESS_SUPPORTED(variant);
    QFETCH(int, cols);
    QFETCH(float, low);
    QFETCH(float, high);
    const auto x = kerneltest::uniform(at(3 * cols), low, high, 31);
    VERIFY_NO_MESSAGE(compareWithDefinition(variant.fn, x, 3, kLinearScaleFloor));
    VERIFY_NO_MESSAGE(compareWithDefinition(variant.fn, x, 3, kOutputScaleFloor));
}

void TestQuantizeActivations::matchesReference_data() {
    QTest::addColumn<int>("variant");
    QTest::addColumn<float>("largest");
    for (std::size_t v = 0; v < variants().size(); ++v)
        for (const float largest : {1e-36F, 1.0F, 1e20F, std::numeric_limits<float>::max()})
            QTest::addRow("%s largest=%g", variants()[v]->name, double{largest}) << int(v) << largest;
}

void TestQuantizeActivations::matchesReference() {
    const auto& variant = kerneltest::variantOfRow(variants());
    SKIP_UNLESS_SUPPORTED(variant);
    QFETCH(float, largest);
    constexpr std::int64_t kRows = 4;
    constexpr std::int64_t kCols = 333;
    auto x = kerneltest::uniform(at(kRows * kCols), -1.0F, 1.0F, 32);
    for (float& value : x)
        value *= largest;  // the last size overflows the range: the scale is infinite for all
    Input input(x, kRows, kCols);
    Output actual(kRows, kCols);
    Output expected(kRows, kCols);
    input.quantize(variant.fn, kOutputScaleFloor, 0, kRows, actual);
    input.quantize(variants().back()->fn, kOutputScaleFloor, 0, kRows, expected);
    VERIFY_NO_MESSAGE(actual.differenceFrom(expected));
}

void TestQuantizeActivations::everyScaleRoundsTheSame() {
    const auto& variant = kerneltest::variantOfRow(variants());
    SKIP_UNLESS_SUPPORTED(variant);
    // Halves of a step in rows whose scale is not a power of two: x * (1/s) and x / s often differ there.
    constexpr std::int64_t kRows = 500;
    constexpr std::int64_t kCols = 130;
    const auto steps = kerneltest::uniform(at(kRows), 0.001F, 3.0F, 33);
    std::vector<float> x(at(kRows * kCols));
    for (std::int64_t t = 0; t < kRows; ++t)
        for (std::int64_t i = 0; i < kCols; ++i)
            x[at(t * kCols + i)] = steps[at(t)] * (static_cast<float>(i) - static_cast<float>(t % 90) + 0.5F);
    VERIFY_NO_MESSAGE(compareWithDefinition(variant.fn, x, kRows, kLinearScaleFloor));
}

void TestQuantizeActivations::extremesAreFoundInEveryColumn() {
    const auto& variant = kerneltest::variantOfRow(variants());
    SKIP_UNLESS_SUPPORTED(variant);
    QFETCH(int, cols);
    for (const float extreme : {-51.0F, 51.0F}) {
        std::vector<float> x(at(cols * cols), 0.1F);
        for (std::int64_t i = 0; i < cols; ++i)
            x[at(i * cols + i)] = extreme;
        VERIFY_NO_MESSAGE(compareWithDefinition(variant.fn, x, cols, kLinearScaleFloor));
    }
}

void TestQuantizeActivations::fewerBitsAreTheSameFormula() {
    const auto& variant = kerneltest::variantOfRow(variants());
    SKIP_UNLESS_SUPPORTED(variant);
    for (const int bits : {2, 3, 4, 5, 6, 7})
        for (const std::int64_t cols : {1, 31, 32, 33, 192, 333}) {
            const auto x = kerneltest::uniform(at(7 * cols), -3.0F, 2.0F, 35);
            VERIFY_NO_MESSAGE(compareWithDefinition(variant.fn, x, 7, kLinearScaleFloor, bits));
        }
}

void TestQuantizeActivations::rowRangesKeepToTheirRows() {
    const auto& variant = kerneltest::variantOfRow(variants());
    SKIP_UNLESS_SUPPORTED(variant);
    constexpr std::int64_t kRows = 5;
    constexpr std::int64_t kCols = 70;
    Input input(kerneltest::uniform(at(kRows * kCols), -3.0F, 2.0F, 34), kRows, kCols);
    for (std::int64_t begin = 0; begin <= kRows; ++begin)
        for (std::int64_t end = begin; end <= kRows; ++end) {
            Output actual(kRows, kCols);
            Output expected(kRows, kCols);
            input.quantize(variant.fn, kLinearScaleFloor, begin, end, actual);
            for (std::int64_t t = begin; t < end; ++t)
                define(input.row(t), kLinearScaleFloor, t, expected);
            VERIFY_NO_MESSAGE(actual.differenceFrom(expected));
        }
}

QTEST_APPLESS_MAIN(TestQuantizeActivations)
#include "tst_quantize_activations.moc"
