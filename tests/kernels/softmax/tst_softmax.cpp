#include <cmath>
#include <limits>

#include "kernels/softmax/softmax.h"
#include "tests/kernels/variant_cases.h"
#include "tests/support/compare_tensors.h"

using kernels::softmax::variants;

namespace {
// The contract's tolerance.
constexpr double kAbsolute = 1e-9;
constexpr double kRelative = 2e-6;
constexpr float kMinusInfinity = -std::numeric_limits<float>::infinity();
}  // namespace

class TestSoftmax : public QObject {
    Q_OBJECT
private slots:
    void hasKnownValues_data() { kerneltest::addVariantRows(variants()); }
    void hasKnownValues();
    void matchesReference_data() {
        kerneltest::addVariantRows(variants(), "dim", {1, 7, 8, 9, 15, 16, 17, 64, 2051, 128256});
    }
    void matchesReference();
    void largeRangesMatchReference_data() {
        kerneltest::addVariantRows(variants(), "range", {30, 100, 1000});
    }
    void largeRangesMatchReference();
    void minusInfinityIsZero_data() { kerneltest::addVariantRows(variants(), "dim", {3, 8, 21, 32}); }
    void minusInfinityIsZero();
    void equalInputsShareEvenly_data() { kerneltest::addVariantRows(variants(), "dim", {1, 10, 16, 128256}); }
    void equalInputsShareEvenly();
    void worksInPlace_data() { kerneltest::addVariantRows(variants(), "dim", {5, 16, 37}); }
    void worksInPlace();
    void referenceIsLast() { QCOMPARE(QString(variants().back()->name), QString("reference")); }
};

void TestSoftmax::hasKnownValues() {
    const auto& variant = kerneltest::variantOfRow(variants());
    SKIP_UNLESS_SUPPORTED(variant);
    // softmax(0, 1, 2, 3) and softmax(0, ln 2, ln 5, 0): 1/9, 2/9, 5/9, 1/9.
    const std::vector<float> x{0.0F, 1.0F, 2.0F, 3.0F, 0.0F, 0.6931471806F, 1.6094379124F, 0.0F};
    const std::vector<float> expected{0.0320586033F, 0.0871443187F, 0.2368828181F, 0.6439142599F,
                                      1.0F / 9.0F,   2.0F / 9.0F,   5.0F / 9.0F,   1.0F / 9.0F};
    std::vector<float> y(8);
    variant.fn(x.data(), 2, 4, y.data());
    COMPARE_TENSORS(y, expected, kAbsolute, kRelative);
}

void TestSoftmax::matchesReference() {
    const auto& variant = kerneltest::variantOfRow(variants());
    SKIP_UNLESS_SUPPORTED(variant);
    QFETCH(int, dim);
    const auto count = static_cast<std::size_t>(2 * dim);
    kerneltest::GuardedBuffer x(kerneltest::uniform(count, -8.0F, 12.0F, 21));
    std::vector<float> expected(count);
    kerneltest::GuardedBuffer y(count);
    variants().back()->fn(x.data(), 2, dim, expected.data());
    variant.fn(x.data(), 2, dim, y.data());
    COMPARE_TENSORS(y.values(), expected, kAbsolute, kRelative);
    QVERIFY(y.intact());
}

void TestSoftmax::largeRangesMatchReference() {
    const auto& variant = kerneltest::variantOfRow(variants());
    SKIP_UNLESS_SUPPORTED(variant);
    QFETCH(int, range);
    const auto x = kerneltest::uniform(4001, -static_cast<float>(range), static_cast<float>(range), 22);
    std::vector<float> expected(x.size());
    std::vector<float> y(x.size());
    variants().back()->fn(x.data(), 1, 4001, expected.data());
    variant.fn(x.data(), 1, 4001, y.data());
    COMPARE_TENSORS(y, expected, kAbsolute, kRelative);
}

void TestSoftmax::minusInfinityIsZero() {
    const auto& variant = kerneltest::variantOfRow(variants());
    SKIP_UNLESS_SUPPORTED(variant);
    QFETCH(int, dim);
    std::vector<float> x(static_cast<std::size_t>(dim), kMinusInfinity);
    x.front() = 3.0F;
    x.back() = 3.0F;
    std::vector<float> expected(x.size(), 0.0F);
    expected.front() = expected.back() = 0.5F;
    std::vector<float> y(x.size(), -1.0F);
    variant.fn(x.data(), 1, dim, y.data());
    COMPARE_TENSORS(y, expected, 0.0);
}

void TestSoftmax::equalInputsShareEvenly() {
    const auto& variant = kerneltest::variantOfRow(variants());
    SKIP_UNLESS_SUPPORTED(variant);
    QFETCH(int, dim);
    const std::vector<float> x(static_cast<std::size_t>(dim), -700.25F);
    std::vector<float> y(x.size());
    variant.fn(x.data(), 1, dim, y.data());
    COMPARE_TENSORS(y, std::vector<float>(x.size(), 1.0F / static_cast<float>(dim)), 0.0, 1e-7);
}

void TestSoftmax::worksInPlace() {
    const auto& variant = kerneltest::variantOfRow(variants());
    SKIP_UNLESS_SUPPORTED(variant);
    QFETCH(int, dim);
    kerneltest::GuardedBuffer x(kerneltest::uniform(static_cast<std::size_t>(3 * dim), -2.0F, 2.0F, 23));
    std::vector<float> apart(x.values().size());
    variant.fn(x.data(), 3, dim, apart.data());
    variant.fn(x.data(), 3, dim, x.data());
    COMPARE_TENSORS(x.values(), apart, 0.0);
    QVERIFY(x.intact());
}

QTEST_APPLESS_MAIN(TestSoftmax)
#include "tst_softmax.moc"
