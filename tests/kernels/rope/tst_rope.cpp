#include <algorithm>
#include <cmath>

#include "kernels/rope/rope.h"
#include "tests/kernels/variant_cases.h"
#include "tests/support/compare_tensors.h"

using kernels::rope::PairOrder;
using kernels::rope::variants;

namespace {

/// x as pairs (i, i + half) per head, from pairs (2i, 2i + 1), or back.
std::vector<float> reordered(std::span<const float> x, std::size_t headDim, bool toHalves) {
    std::vector<float> result(x.size());
    for (std::size_t head = 0; head < x.size(); head += headDim)
        for (std::size_t i = 0; i < headDim; ++i) {
            const std::size_t inHalves = i / 2 + (i % 2) * headDim / 2;
            if (toHalves)
                result[head + inHalves] = x[head + i];
            else
                result[head + i] = x[head + inHalves];
        }
    return result;
}

}  // namespace

class TestRope : public QObject {
    Q_OBJECT
private slots:
    void matchesGolden_data() { kerneltest::addVariantRows(variants(), "halves", {0, 1}); }
    void matchesGolden();
    void matchesReference_data();
    void matchesReference();
    void quarterTurnSwapsPairs_data() { kerneltest::addVariantRows(variants(), "headDim", {2, 6, 16, 18}); }
    void quarterTurnSwapsPairs();
    void referenceIsLast() { QCOMPARE(QString(variants().back()->name), QString("reference")); }
};

void TestRope::matchesGolden() {
    const auto& variant = kerneltest::variantOfRow(variants());
    SKIP_UNLESS_SUPPORTED(variant);
    QFETCH(int, halves);
    const auto x = kerneltest::golden("ops/rope_apply_x.npy");  // [12, 3, 64], pairs (2i, 2i+1)
    const auto expected = kerneltest::golden("ops/rope_apply_factor8_y.npy");
    const auto cosines = kerneltest::golden("ops/rope_head_dim64_theta500000_factor8_cos.npy");
    const auto sines = kerneltest::golden("ops/rope_head_dim64_theta500000_factor8_sin.npy");
    QCOMPARE(x.data.size(), std::size_t{12 * 3 * 64});
    QCOMPARE(cosines.data.size(), std::size_t{12 * 32});
    auto y = halves != 0 ? reordered(x.data, 64, true) : x.data;
    variant.fn(y.data(), 3 * 64, 12, 3, 64, cosines.data.data(), sines.data.data(), 0,
               halves != 0 ? PairOrder::halves : PairOrder::adjacent);
    if (halves != 0)
        y = reordered(y, 64, false);
    const double largest = double{*std::max_element(x.data.begin(), x.data.end())};
    COMPARE_TENSORS(y, expected.data, 1e-6 * largest);
}

void TestRope::matchesReference_data() {
    QTest::addColumn<int>("variant");
    QTest::addColumn<int>("headDim");
    QTest::addColumn<bool>("adjacent");
    for (std::size_t v = 0; v < variants().size(); ++v)
        for (const int headDim : {2, 4, 6, 8, 14, 16, 18, 32, 34, 64, 128, 130})
            for (const bool adjacent : {true, false})
                QTest::addRow("%s headDim=%d %s", variants()[v]->name, headDim,
                              adjacent ? "adjacent" : "halves")
                    << static_cast<int>(v) << headDim << adjacent;
}

void TestRope::matchesReference() {
    const auto& variant = kerneltest::variantOfRow(variants());
    SKIP_UNLESS_SUPPORTED(variant);
    QFETCH(int, headDim);
    QFETCH(bool, adjacent);
    constexpr int kTokens = 4;
    constexpr int kHeads = 3;
    constexpr int kPosition0 = 5;
    const int ldx = kHeads * headDim + 3;  // what lies between the tokens stays as it is
    const auto half = static_cast<std::size_t>(headDim / 2);
    std::vector<float> cosines((kPosition0 + kTokens) * half);
    std::vector<float> sines(cosines.size());
    for (std::size_t i = 0; i < cosines.size(); ++i) {
        cosines[i] = std::cos(static_cast<float>(i) * 0.37F);
        sines[i] = std::sin(static_cast<float>(i) * 0.37F);
    }
    const auto order = adjacent ? PairOrder::adjacent : PairOrder::halves;
    kerneltest::GuardedBuffer y(kerneltest::uniform(static_cast<std::size_t>(kTokens * ldx), -1.0F, 1.0F, 3));
    std::vector<float> expected(y.values().begin(), y.values().end());
    variants().back()->fn(expected.data(), ldx, kTokens, kHeads, headDim, cosines.data(), sines.data(),
                          kPosition0, order);
    variant.fn(y.data(), ldx, kTokens, kHeads, headDim, cosines.data(), sines.data(), kPosition0, order);
    COMPARE_TENSORS(y.values(), expected, 1e-6);
    QVERIFY(y.intact());
}

void TestRope::quarterTurnSwapsPairs() {
    const auto& variant = kerneltest::variantOfRow(variants());
    SKIP_UNLESS_SUPPORTED(variant);
    QFETCH(int, headDim);
    const auto half = static_cast<std::size_t>(headDim / 2);
    const std::vector<float> cosines(half, 0.0F);
    const std::vector<float> sines(half, 1.0F);
    const auto x = kerneltest::uniform(2 * half, -3.0F, 3.0F, 11);
    auto adjacent = x;
    variant.fn(adjacent.data(), headDim, 1, 1, headDim, cosines.data(), sines.data(), 0, PairOrder::adjacent);
    auto halves = x;
    variant.fn(halves.data(), headDim, 1, 1, headDim, cosines.data(), sines.data(), 0, PairOrder::halves);
    for (std::size_t i = 0; i < half; ++i) {
        QCOMPARE(adjacent[2 * i], -x[2 * i + 1]);
        QCOMPARE(adjacent[2 * i + 1], x[2 * i]);
        QCOMPARE(halves[i], -x[half + i]);
        QCOMPARE(halves[half + i], x[i]);
    }
}

QTEST_APPLESS_MAIN(TestRope)
#include "tst_rope.moc"
