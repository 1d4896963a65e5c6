#include <cmath>

#include "kernels/gemm/gemm.h"
#include "tests/kernels/variant_cases.h"

using kernels::gemm::Problem;
using kernels::gemm::variants;

class TestGemm : public QObject {
    Q_OBJECT
private slots:
    void knownProduct_data() { kerneltest::addVariantRows(variants()); }
    void knownProduct();
    void matchesReference_data() { kerneltest::addVariantRows(variants(), "n", {1, 7, 16, 33, 96, 129}); }
    void matchesReference();
    void referenceIsLast() { QCOMPARE(QString(variants().back()->name), QString("reference")); }
};

/// [[1,2,3],[4,5,6]] [[1,2],[3,4],[5,6]] in all four layouts, added to ones.
void TestGemm::knownProduct() {
    const auto& variant = kerneltest::variantOfRow(variants());
    SKIP_UNLESS_SUPPORTED(variant);
    const std::vector<float> a{1, 2, 3, 4, 5, 6};
    const std::vector<float> aT{1, 4, 2, 5, 3, 6};
    const std::vector<float> b{1, 2, 3, 4, 5, 6};
    const std::vector<float> bT{1, 3, 5, 2, 4, 6};
    for (const bool transposeA : {false, true})
        for (const bool transposeB : {false, true}) {
            std::vector<float> c(4, 1.0F);
            variant.fn({2, 2, 3, (transposeA ? aT : a).data(), transposeA ? 2 : 3, transposeA,
                        (transposeB ? bT : b).data(), transposeB ? 3 : 2, transposeB, c.data(), 2, true});
            QCOMPARE(c, (std::vector<float>{23, 29, 50, 65}));
        }
}

/// Sizes around n, strides wider than the rows, with and without adding to what is there.
void TestGemm::matchesReference() {
    const auto& variant = kerneltest::variantOfRow(variants());
    SKIP_UNLESS_SUPPORTED(variant);
    QFETCH(int, n);
    const std::int64_t m = n + 3;
    const std::int64_t k = 2 * n + 1;
    const std::int64_t ld = k + 5;  // wider than every row
    const auto a = kerneltest::uniform(static_cast<std::size_t>(ld * ld), -1.0F, 1.0F, 51);
    const auto b = kerneltest::uniform(static_cast<std::size_t>(ld * ld), -1.0F, 1.0F, 52);
    for (int form = 0; form < 8; ++form) {
        const std::vector<float> before(static_cast<std::size_t>(m * (n + 2)), 0.5F);
        auto expected = before;
        auto actual = before;
        Problem problem{m,
                        n,
                        k,
                        a.data(),
                        ld,
                        (form & 1) != 0,
                        b.data(),
                        ld,
                        (form & 2) != 0,
                        expected.data(),
                        n + 2,
                        (form & 4) != 0};
        variants().back()->fn(problem);
        problem.c = actual.data();
        variant.fn(problem);
        // Every |a b| is at most 1, so k bounds their sum.
        for (std::size_t i = 0; i < actual.size(); ++i)
            QVERIFY2(std::abs(actual[i] - expected[i]) <= 2e-6F * static_cast<float>(k),
                     qPrintable(QString("form %1, element %2").arg(form).arg(i)));
    }
}

QTEST_APPLESS_MAIN(TestGemm)
#include "tst_gemm.moc"
