#include <QtTest>
#include <cmath>
#include <cstring>

#include "kernels/attention/attention.h"
#include "kernels/base/half.h"
#include "kernels/matmul_dense/matmul_dense.h"
#include "kernels/matmul_int4/matmul_int4.h"
#include "kernels/matmul_int8/matmul_int8.h"
#include "kernels/swiglu/swiglu.h"
#include "tests/kernels/attention/filled_cache.h"
#include "tests/kernels/matmul_cases.h"

using kernels::kGroupSize;
using kernels::kTileRows;
using kernels::QuantizedRows;
using kerneltest::at;
using kerneltest::GuardedMemory;
using kerneltest::QuantizedTokens;

/// A token's result is the same bit for bit, however many tokens are computed with it: verifying guesses in
/// one pass gives what one pass per token would. Variants that cannot promise it say so
/// (Trait::dependsOnBatch).
class TestBatchIndependence : public QObject {
    Q_OBJECT
private slots:
    void dense_data();
    void dense();
    void int4_data();
    void int4();
    void int8_data();
    void int8();
    void attention_data();
    void attention();
    void swiglu_data();
    void swiglu();
};

#define SKIP_UNLESS_PROMISED(variant)                                                  \
    do {                                                                               \
        SKIP_UNLESS_SUPPORTED(variant);                                                \
        if (kernels::hasTrait((variant).traits, kernels::Trait::dependsOnBatch))       \
            QSKIP("the variant says that its results depend on the number of tokens"); \
    } while (false)

namespace {

constexpr std::int64_t kTokens = 37;  // several blocks of tokens of every variant, and a rest
constexpr std::int64_t kRows = 70;    // several tiles, the last one partly filled
constexpr std::initializer_list<int> kColumns{67, 320, 2048};

/// The first output in which together [tokens, ld] and alone [tokens, ld] differ in any bit; empty when none.
std::string difference(std::span<const float> together, std::span<const float> alone, std::int64_t ld) {
    for (std::size_t i = 0; i < together.size(); ++i)
        if (std::memcmp(&together[i], &alone[i], sizeof(float)) != 0)
            return QString("token %1, output %2: %3 together, %4 alone")
                .arg(static_cast<std::int64_t>(i) / ld)
                .arg(static_cast<std::int64_t>(i) % ld)
                .arg(double{together[i]}, 0, 'g', 9)
                .arg(double{alone[i]}, 0, 'g', 9)
                .toStdString();
    return {};
}

/// The activations of token t alone.
QuantizedRows rowOf(const QuantizedRows& rows, std::int64_t t) {
    return {rows.q + t * rows.ld,
            rows.scale + t,
            rows.zeroPoint + t,
            rows.groupSums + t * (rows.ld / kGroupSize),
            1,
            rows.cols,
            rows.ld};
}

QuantizedTokens quantizedTokens(std::int64_t cols) {
    return {kTokens, cols, kerneltest::integers<std::int8_t>(at(kTokens * cols), {-128, 127}, 21),
            kerneltest::uniform(at(kTokens), 0.001F, 0.5F, 22),
            kerneltest::integers<std::int32_t>(at(kTokens), {-128, 127}, 23)};
}

struct Outputs {
    std::vector<float> together = std::vector<float>(at(kTokens * kRows));
    std::vector<float> alone = std::vector<float>(at(kTokens * kRows));
    std::string difference() const { return ::difference(together, alone, kRows); }
};

}  // namespace

void TestBatchIndependence::dense_data() {
    QTest::addColumn<int>("variant");
    QTest::addColumn<int>("type");
    QTest::addColumn<int>("cols");
    const auto all = kernels::matmul_dense::variants();
    const char* const names[] = {"f32", "f16", "bf16"};
    for (std::size_t v = 0; v < all.size(); ++v)
        for (int type = 0; type < 3; ++type)
            for (const int cols : kColumns)
                QTest::addRow("%s %s cols=%d", all[v]->name, names[type], cols)
                    << static_cast<int>(v) << type << cols;
}

void TestBatchIndependence::dense() {
    using namespace kernels::matmul_dense;
    const auto& variant = kerneltest::variantOfRow(variants());
    SKIP_UNLESS_PROMISED(variant);
    QFETCH(int, type);
    QFETCH(int, cols);
    const Fn& fn = variant.fn;
    const auto weightType = static_cast<WeightType>(type);
    const auto values = kerneltest::uniform(at(kRows * cols), -1.0F, 1.0F, 31);
    std::vector<std::uint16_t> narrow;
    for (const float value : values)
        narrow.push_back(weightType == WeightType::bf16
                             ? kernels::floatToBf16(value)
                             : static_cast<std::uint16_t>(0x3000 + narrow.size() % 0x0fff));  // 0.125 to 1.99
    const std::size_t stride = fn.tileBytes(weightType, cols);
    GuardedMemory packed(stride * at(kernels::tilesOf(kRows)));
    for (std::int64_t tile = 0; tile < kernels::tilesOf(kRows); ++tile) {
        const auto first = tile * kTileRows * cols;
        const void* source = weightType == WeightType::f32 ? static_cast<const void*>(values.data() + first)
                                                           : narrow.data() + first;
        fn.packTile(weightType, source, cols, std::min(kTileRows, kRows - tile * kTileRows), cols,
                    packed.data() + at(tile) * stride);
    }
    const auto x = kerneltest::uniform(at(kTokens * cols), -1.0F, 1.0F, 32);
    const Weights weights{packed.data(), weightType, kRows, cols};
    GuardedMemory scratch(std::max(fn.scratchBytes(kTokens, cols), fn.scratchBytes(1, cols)));
    Outputs y;
    const auto tiles = kernels::tilesOf(kRows);
    fn.run(weights, x.data(), cols, kTokens, 0, tiles, y.together.data(), kRows, scratch.data());
    for (std::int64_t t = 0; t < kTokens; ++t)
        fn.run(weights, x.data() + t * cols, cols, 1, 0, tiles, y.alone.data() + t * kRows, kRows,
               scratch.data());
    VERIFY_NO_MESSAGE(y.difference());
}

void TestBatchIndependence::int4_data() {
    QTest::addColumn<int>("variant");
    QTest::addColumn<bool>("f16");
    QTest::addColumn<int>("cols");
    const auto all = kernels::matmul_int4::variants();
    for (std::size_t v = 0; v < all.size(); ++v)
        for (const bool f16 : {false, true})
            for (const int cols : kColumns)
                QTest::addRow("%s %s scales cols=%d", all[v]->name, f16 ? "f16" : "f32", cols)
                    << static_cast<int>(v) << f16 << cols;
}

void TestBatchIndependence::int4() {
    using namespace kernels::matmul_int4;
    const auto& variant = kerneltest::variantOfRow(variants());
    SKIP_UNLESS_PROMISED(variant);
    QFETCH(int, cols);
    QFETCH(bool, f16);
    const auto type = f16 ? ScaleType::f16 : ScaleType::f32;
    const Fn& fn = variant.fn;
    const std::int64_t groups = (cols + kGroupSize - 1) / kGroupSize;
    const auto values = kerneltest::integers<std::int8_t>(at(kRows * cols), {-8, 7}, 33);
    const auto scales = kerneltest::uniform(at(kRows * groups), 0.001F, 0.2F, 34);
    const std::size_t stride = fn.tileBytes(type, cols);
    GuardedMemory packed(stride * at(kernels::tilesOf(kRows)));
    for (std::int64_t tile = 0; tile < kernels::tilesOf(kRows); ++tile)
        fn.packTile(values.data() + tile * kTileRows * cols, cols, scales.data() + tile * kTileRows * groups,
                    groups, kGroupSize, type, std::min(kTileRows, kRows - tile * kTileRows), cols,
                    packed.data() + at(tile) * stride);
    const auto x = quantizedTokens(cols);
    const Weights weights{packed.data(), type, kRows, cols};
    GuardedMemory scratch(std::max(fn.scratchBytes(kTokens, cols), fn.scratchBytes(1, cols)));
    Outputs y;
    const auto tiles = kernels::tilesOf(kRows);
    fn.run(weights, x.rows(), 0, tiles, y.together.data(), kRows, scratch.data());
    for (std::int64_t t = 0; t < kTokens; ++t)
        fn.run(weights, rowOf(x.rows(), t), 0, tiles, y.alone.data() + t * kRows, kRows, scratch.data());
    VERIFY_NO_MESSAGE(y.difference());
}

void TestBatchIndependence::int8_data() {
    kerneltest::addVariantRows(kernels::matmul_int8::variants(), "cols", kColumns);
}

void TestBatchIndependence::int8() {
    using namespace kernels::matmul_int8;
    const auto& variant = kerneltest::variantOfRow(variants());
    SKIP_UNLESS_PROMISED(variant);
    QFETCH(int, cols);
    const Fn& fn = variant.fn;
    const auto values = kerneltest::integers<std::int8_t>(at(kRows * cols), {-127, 127}, 35);
    auto scales = kerneltest::uniform(at(kRows), 0.001F, 0.2F, 36);
    scales.resize(at(kernels::roundUp(kRows, kTileRows)));
    std::vector<std::int32_t> rowSums(scales.size());
    for (std::int64_t i = 0; i < kRows * cols; ++i)
        rowSums[at(i / cols)] += values[at(i)];
    const std::size_t stride = fn.tileBytes(cols);
    GuardedMemory packed(stride * at(kernels::tilesOf(kRows)));
    for (std::int64_t tile = 0; tile < kernels::tilesOf(kRows); ++tile)
        fn.packTile(values.data() + tile * kTileRows * cols, cols,
                    std::min(kTileRows, kRows - tile * kTileRows), cols, packed.data() + at(tile) * stride);
    const auto x = quantizedTokens(cols);
    const Weights weights{packed.data(), scales.data(), rowSums.data(), kRows, cols};
    GuardedMemory scratch(std::max(fn.scratchBytes(kTokens, cols), fn.scratchBytes(1, cols)));
    Outputs y;
    const auto tiles = kernels::tilesOf(kRows);
    fn.run(weights, x.rows(), 0, tiles, y.together.data(), kRows, scratch.data());
    for (std::int64_t t = 0; t < kTokens; ++t)
        fn.run(weights, rowOf(x.rows(), t), 0, tiles, y.alone.data() + t * kRows, kRows, scratch.data());
    VERIFY_NO_MESSAGE(y.difference());
}

void TestBatchIndependence::attention_data() {
    QTest::addColumn<int>("variant");
    QTest::addColumn<int>("type");
    QTest::addColumn<int>("position");
    QTest::addColumn<int>("headDim");
    const auto all = kernels::attention::variants();
    constexpr const char* kTypes[] = {"f32", "bf16", "int8"};
    for (std::size_t v = 0; v < all.size(); ++v)
        for (int type = 0; type < 3; ++type)
            for (const int position : {0, 50, 125, 200, 1021})  // blocks and parts begin inside the tokens
                for (const int headDim : {8, 64, 128})
                    QTest::addRow("%s %s position=%d headDim=%d", all[v]->name, kTypes[type], position,
                                  headDim)
                        << static_cast<int>(v) << type << position << headDim;
}

/// Few tokens attend in parts that begin at the same positions however many they are.
void TestBatchIndependence::attention() {
    using namespace kernels::attention;
    const auto& variant = kerneltest::variantOfRow(variants());
    SKIP_UNLESS_PROMISED(variant);
    QFETCH(int, type);
    QFETCH(int, position);
    QFETCH(int, headDim);
    constexpr std::int64_t kPart = 2 * kBlock;
    constexpr std::int64_t kGroup = 3;
    constexpr std::int64_t kKvHeads = 2;
    constexpr std::int64_t kSeveral = partialTokens(kGroup);
    const Fn& fn = variant.fn;
    const auto positions = position + kSeveral;
    const auto cached = at(kKvHeads * positions * headDim);
    const auto kvType = static_cast<KvType>(type);
    const kerneltest::FilledSegment keys(kvType, true, kKvHeads, positions, headDim,
                                         kerneltest::uniform(cached, -1.0F, 1.0F, 41));
    const kerneltest::FilledSegment values(kvType, false, kKvHeads, positions, headDim,
                                           kerneltest::uniform(cached, -1.0F, 1.0F, 42));
    Problem problem;
    problem.nHeads = kGroup * kKvHeads;
    problem.nKvHeads = kKvHeads;
    problem.headDim = headDim;
    problem.scale = 1.0F / std::sqrt(static_cast<float>(headDim));
    problem.past = {kvType, keys.data(), values.data(), keys.scales(), values.scales(), keys.capacity()};
    problem.recent = problem.past;
    problem.recentBegin = kernels::roundUp(positions, kBlock);
    const auto ld = problem.nHeads * headDim;
    problem.ldq = problem.ldo = ld;
    const auto q = kerneltest::uniform(at(kSeveral * ld), -2.0F, 2.0F, 43);
    std::vector<float> together(q.size());
    std::vector<float> alone(q.size());
    GuardedMemory scratch(fn.scratchBytes(problem.nHeads, problem.nKvHeads, headDim, positions));
    const auto attend = [&](std::int64_t head, std::int64_t token, std::int64_t tokens,
                            std::vector<float>& out) {
        Problem own = problem;
        own.q = q.data() + token * ld;
        own.out = out.data() + token * ld;
        own.tokens = tokens;
        own.position0 = position + token;
        const auto seen = own.position0 + tokens;
        const auto parts = (seen + kPart - 1) / kPart;
        const auto stride = partialFloats(kGroup * tokens, headDim);
        GuardedMemory results(at(parts * stride) * sizeof(float));
        for (std::int64_t part = 0; part < parts; ++part)
            fn.partial(own, head, part * kPart, std::min(seen, (part + 1) * kPart),
                       results.as<float>() + part * stride, scratch.data());
        fn.merge(own, head, results.as<float>(), parts, stride);
    };
    for (std::int64_t head = 0; head < kKvHeads; ++head) {
        attend(head, 0, kSeveral, together);
        for (std::int64_t t = 0; t < kSeveral; ++t)
            attend(head, t, 1, alone);
    }
    VERIFY_NO_MESSAGE(difference(together, alone, ld));
}

void TestBatchIndependence::swiglu_data() {
    kerneltest::addVariantRows(kernels::swiglu::variants(), "dim", {3, 64, 172});
}

void TestBatchIndependence::swiglu() {
    const auto& variant = kerneltest::variantOfRow(kernels::swiglu::variants());
    SKIP_UNLESS_PROMISED(variant);
    QFETCH(int, dim);
    const auto gate = kerneltest::uniform(at(kTokens * dim), -8.0F, 8.0F, 51);
    const auto up = kerneltest::uniform(at(kTokens * dim), -2.0F, 2.0F, 52);
    std::vector<float> together(gate.size());
    std::vector<float> alone(gate.size());
    variant.fn(gate.data(), up.data(), kTokens * dim, together.data());
    for (std::int64_t t = 0; t < kTokens; ++t)
        variant.fn(gate.data() + t * dim, up.data() + t * dim, dim, alone.data() + t * dim);
    VERIFY_NO_MESSAGE(difference(together, alone, dim));
}

QTEST_APPLESS_MAIN(TestBatchIndependence)
#include "tst_batch_independence.moc"
