#include <algorithm>
#include <cmath>

#include "kernels/rmsnorm/rmsnorm.h"
#include "tests/kernels/variant_cases.h"
#include "tests/support/compare_tensors.h"

using kernels::rmsnorm::variants;

namespace {
constexpr float kEps = 1e-5F;

/// The contract's tolerance: 1e-5 * max(1, |reference|).
void compareAsPromised(std::span<const float> actual, std::span<const float> expected) {
    for (std::size_t i = 0; i < expected.size(); ++i) {
        const double allowed = 1e-5 * std::max(1.0, std::fabs(double{expected[i]}));
        const double difference = std::fabs(double{actual[i]} - double{expected[i]});
        QVERIFY2(difference <= allowed, qPrintable(QString("index %1: %2 instead of %3")
                                                       .arg(i)
                                                       .arg(double{actual[i]})
                                                       .arg(double{expected[i]})));
    }
}
}  // namespace

class TestRmsnorm : public QObject {
    Q_OBJECT
private slots:
    void matchesGolden_data() { kerneltest::addVariantRows(variants()); }
    void matchesGolden();
    void matchesReference_data() {
        kerneltest::addVariantRows(variants(), "dim", {1, 7, 8, 9, 15, 16, 17, 64, 2048, 4099});
    }
    void matchesReference();
    void worksInPlace_data() { kerneltest::addVariantRows(variants(), "dim", {5, 16, 37}); }
    void worksInPlace();
    void largeActivationsDoNotOverflow_data() { kerneltest::addVariantRows(variants()); }
    void largeActivationsDoNotOverflow();
    void referenceIsLast() { QCOMPARE(QString(variants().back()->name), QString("reference")); }
};

void TestRmsnorm::matchesGolden() {
    const auto& variant = kerneltest::variantOfRow(variants());
    SKIP_UNLESS_SUPPORTED(variant);
    const auto x = kerneltest::golden("ops/actquant_x.npy");
    const auto weight = kerneltest::golden("ops/rmsnorm_weight.npy");
    const auto expected = kerneltest::golden("ops/rmsnorm_eps1e-5_y.npy");
    QCOMPARE(x.data.size(), std::size_t{12 * 96});
    QCOMPARE(expected.data.size(), x.data.size());
    std::vector<float> y(x.data.size());
    variant.fn(x.data.data(), weight.data.data(), kEps, 12, 96, y.data());
    compareAsPromised(y, expected.data);
}

void TestRmsnorm::matchesReference() {
    const auto& variant = kerneltest::variantOfRow(variants());
    SKIP_UNLESS_SUPPORTED(variant);
    QFETCH(int, dim);
    constexpr int kRows = 3;
    const auto count = static_cast<std::size_t>(kRows * dim);
    kerneltest::GuardedBuffer x(kerneltest::uniform(count, -4.0F, 4.0F, 7));
    kerneltest::GuardedBuffer weight(kerneltest::uniform(static_cast<std::size_t>(dim), 0.2F, 3.0F, 8));
    std::vector<float> expected(count);
    kerneltest::GuardedBuffer y(count);
    variants().back()->fn(x.data(), weight.data(), kEps, kRows, dim, expected.data());
    variant.fn(x.data(), weight.data(), kEps, kRows, dim, y.data());
    compareAsPromised(y.values(), expected);
    QVERIFY(y.intact());
}

void TestRmsnorm::worksInPlace() {
    const auto& variant = kerneltest::variantOfRow(variants());
    SKIP_UNLESS_SUPPORTED(variant);
    QFETCH(int, dim);
    const auto count = static_cast<std::size_t>(2 * dim);
    kerneltest::GuardedBuffer x(kerneltest::uniform(count, -1.0F, 1.0F, 9));
    const auto weight = kerneltest::uniform(static_cast<std::size_t>(dim), 0.5F, 1.5F, 10);
    std::vector<float> apart(count);
    variant.fn(x.data(), weight.data(), kEps, 2, dim, apart.data());
    variant.fn(x.data(), weight.data(), kEps, 2, dim, x.data());
    COMPARE_TENSORS(x.values(), apart, 0.0);
    QVERIFY(x.intact());
}

void TestRmsnorm::largeActivationsDoNotOverflow() {
    const auto& variant = kerneltest::variantOfRow(variants());
    SKIP_UNLESS_SUPPORTED(variant);
    const std::vector<float> x(40, 1e20F);  // its square is beyond f32
    const std::vector<float> weight(40, 2.0F);
    std::vector<float> y(40);
    variant.fn(x.data(), weight.data(), kEps, 1, 40, y.data());
    COMPARE_TENSORS(y, std::vector<float>(40, 2.0F), 1e-5);
}

QTEST_APPLESS_MAIN(TestRmsnorm)
#include "tst_rmsnorm.moc"
