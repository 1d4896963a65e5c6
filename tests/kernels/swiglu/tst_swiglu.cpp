#include <cmath>

#include "kernels/swiglu/swiglu.h"
#include "tests/kernels/variant_cases.h"
#include "tests/support/compare_tensors.h"

using kernels::swiglu::variants;

namespace {
// The contract's tolerance.
constexpr double kAbsolute = 1e-9;
constexpr double kRelative = 2e-6;
}  // namespace

class TestSwiglu : public QObject {
    Q_OBJECT
private slots:
    void matchesGolden_data() { kerneltest::addVariantRows(variants()); }
    void matchesGolden();
    void matchesReference_data() {
        kerneltest::addVariantRows(variants(), "n", {1, 7, 8, 9, 15, 16, 17, 64, 8192, 8197});
    }
    void matchesReference();
    void wholeRangeMatchesReference_data() { kerneltest::addVariantRows(variants()); }
    void wholeRangeMatchesReference();
    void extremesSaturate_data() { kerneltest::addVariantRows(variants()); }
    void extremesSaturate();
    void worksInPlace_data() { kerneltest::addVariantRows(variants(), "n", {5, 16, 37}); }
    void worksInPlace();
    void referenceIsLast() { QCOMPARE(QString(variants().back()->name), QString("reference")); }
};

void TestSwiglu::matchesGolden() {
    const auto& variant = kerneltest::variantOfRow(variants());
    SKIP_UNLESS_SUPPORTED(variant);
    const auto gate = kerneltest::golden("ops/swiglu_gate.npy");
    const auto up = kerneltest::golden("ops/swiglu_up.npy");
    const auto expected = kerneltest::golden("ops/swiglu_y.npy");
    QCOMPARE(gate.data.size(), std::size_t{4 * 96});
    std::vector<float> y(gate.data.size());
    variant.fn(gate.data.data(), up.data.data(), 4 * 96, y.data());
    COMPARE_TENSORS(y, expected.data, kAbsolute, kRelative);
}

void TestSwiglu::matchesReference() {
    const auto& variant = kerneltest::variantOfRow(variants());
    SKIP_UNLESS_SUPPORTED(variant);
    QFETCH(int, n);
    const auto count = static_cast<std::size_t>(n);
    kerneltest::GuardedBuffer gate(kerneltest::uniform(count, -6.0F, 6.0F, 31));
    kerneltest::GuardedBuffer up(kerneltest::uniform(count, -3.0F, 3.0F, 32));
    std::vector<float> expected(count);
    kerneltest::GuardedBuffer y(count);
    variants().back()->fn(gate.data(), up.data(), n, expected.data());
    variant.fn(gate.data(), up.data(), n, y.data());
    COMPARE_TENSORS(y.values(), expected, kAbsolute, kRelative);
    QVERIFY(y.intact());
}

void TestSwiglu::wholeRangeMatchesReference() {
    const auto& variant = kerneltest::variantOfRow(variants());
    SKIP_UNLESS_SUPPORTED(variant);
    std::vector<float> gate;
    for (float g = -110.0F; g <= 110.0F; g += 0.00137F)
        gate.push_back(g);
    const std::vector<float> up(gate.size(), 1.0F);
    std::vector<float> expected(gate.size());
    std::vector<float> y(gate.size());
    const auto n = static_cast<std::int64_t>(gate.size());
    variants().back()->fn(gate.data(), up.data(), n, expected.data());
    variant.fn(gate.data(), up.data(), n, y.data());
    COMPARE_TENSORS(y, expected, kAbsolute, kRelative);
}

void TestSwiglu::extremesSaturate() {
    const auto& variant = kerneltest::variantOfRow(variants());
    SKIP_UNLESS_SUPPORTED(variant);
    const std::vector<float> gate{0.0F, -0.0F, 200.0F, 1e30F, -200.0F, -1e30F, NAN, 1.0F};
    const std::vector<float> up{5.0F, 5.0F, 3.0F, 2.0F, 3.0F, 2.0F, 1.0F, 2.0F};
    std::vector<float> y(8);
    variant.fn(gate.data(), up.data(), 8, y.data());
    QVERIFY(std::isnan(y[6]));
    y[6] = 0.0F;
    // 2 / (1 + 1/e) is the last one.
    COMPARE_TENSORS(y, std::vector<float>{0.0F, 0.0F, 600.0F, 2e30F, 0.0F, 0.0F, 0.0F, 1.4621171573F},
                    kAbsolute, kRelative);
}

void TestSwiglu::worksInPlace() {
    const auto& variant = kerneltest::variantOfRow(variants());
    SKIP_UNLESS_SUPPORTED(variant);
    QFETCH(int, n);
    const auto gate = kerneltest::uniform(static_cast<std::size_t>(n), -2.0F, 2.0F, 33);
    const auto up = kerneltest::uniform(static_cast<std::size_t>(n), -2.0F, 2.0F, 34);
    std::vector<float> apart(gate.size());
    variant.fn(gate.data(), up.data(), n, apart.data());
    kerneltest::GuardedBuffer onGate(gate);
    variant.fn(onGate.data(), up.data(), n, onGate.data());
    COMPARE_TENSORS(onGate.values(), apart, 0.0);
    kerneltest::GuardedBuffer onUp(up);
    variant.fn(gate.data(), onUp.data(), n, onUp.data());
    COMPARE_TENSORS(onUp.values(), apart, 0.0);
    QVERIFY(onGate.intact() && onUp.intact());
}

QTEST_APPLESS_MAIN(TestSwiglu)
#include "tst_swiglu.moc"
