#include <QtTest>
#include <cmath>
#include <random>

#include "engine/quantize/gptq_factor.h"
#include "engine/quantize/quantizer.h"
#include "tests/engine/quantize/normal_values.h"

using engine::Gram;
using engine::LinearTask;
using engine::MethodOptions;
using engine::WeightScheme;
using quantizetest::normals;

namespace {

/// Of inputs that depend on each other, so that there is something to compensate.
Gram gramOf(std::int64_t cols, unsigned seed) {
    const auto n = static_cast<std::size_t>(cols);
    const auto base = normals(512 * n, seed);
    Gram gram{cols, std::vector<double>(n * n, 0.0)};
    std::vector<double> x(n);
    for (std::size_t t = 0; t < 512; ++t) {
        double running = 0.0;
        for (std::size_t i = 0; i < n; ++i) {
            running = 0.8 * running + double{base[t * n + i]};
            x[i] = running * (1.0 + double(i % 5));
        }
        for (std::size_t i = 0; i < n; ++i)
            for (std::size_t j = 0; j < n; ++j)
                gram.values[i * n + j] += x[i] * x[j];
    }
    return gram;
}

double objective(const LinearTask& task, const engine::GroupCodes& codes, const Gram& gram) {
    const auto n = static_cast<std::size_t>(task.cols);
    std::vector<float> row(n);
    double sum = 0.0;
    for (std::int64_t r = 0; r < task.rows; ++r) {
        codes.dequantizeRow(r, row.data());
        for (std::size_t i = 0; i < n; ++i)
            row[i] -= task.weight[static_cast<std::size_t>(r) * n + i];
        for (std::size_t i = 0; i < n; ++i)
            for (std::size_t j = 0; j < n; ++j)
                sum += double{row[i]} * gram.values[i * n + j] * double{row[j]};
    }
    return sum;
}

}  // namespace

class TestGptq : public QObject {
    Q_OBJECT
private slots:
    void initTestCase();
    void factorIsThatOfTheInverse();
    void identityGivesRoundToNearest();
    void objectiveIsBelowRoundToNearest_data();
    void objectiveIsBelowRoundToNearest();
    void refiningLowersTheObjective_data();
    void refiningLowersTheObjective();
    void deadInputsGetNoWeight();
    void threadsChangeNothing();

private:
    std::unique_ptr<engine::ThreadTeam> team_;
};

void TestGptq::initTestCase() {
    auto team = engine::ThreadTeam::create(2);
    QVERIFY(team);
    team_ = std::move(*team);
}

void TestGptq::factorIsThatOfTheInverse() {
    const auto gram = gramOf(40, 1);
    const auto u = engine::upperFactorOfInverse(gram.values, 40);
    QVERIFY(u);
    // H U^T U = I, below the diagonal of U nothing.
    for (std::size_t i = 0; i < 40; ++i)
        for (std::size_t j = 0; j < 40; ++j) {
            double product = 0.0;
            for (std::size_t k = 0; k < 40; ++k)
                for (std::size_t l = 0; l <= std::min(k, j); ++l)
                    product += gram.values[i * 40 + k] * (*u)[l * 40 + k] * (*u)[l * 40 + j];
            QVERIFY(std::abs(product - (i == j ? 1.0 : 0.0)) < 1e-8);
            if (j < i)
                QCOMPARE((*u)[i * 40 + j], 0.0);
        }
    QVERIFY(!engine::upperFactorOfInverse({1.0, 2.0, 2.0, 1.0}, 2));
}

void TestGptq::identityGivesRoundToNearest() {
    const auto weight = normals(24 * 172, 2);
    Gram identity{172, std::vector<double>(172 * 172, 0.0)};
    for (std::size_t i = 0; i < 172; ++i)
        identity.values[i * 173] = 3.0;
    const LinearTask task{"x", 24, 172, weight, WeightScheme::groupwise(3, 32), &identity};
    const auto gptq = engine::quantizeGptq(task, {}, *team_);
    const auto rtn = engine::quantizeRtn(task, {}, *team_);
    QVERIFY(gptq && rtn);
    QVERIFY(gptq->codes == rtn->codes);
}

void TestGptq::objectiveIsBelowRoundToNearest_data() {
    QTest::addColumn<int>("bits");
    QTest::addColumn<bool>("actOrder");
    QTest::addColumn<bool>("symmetric");
    for (const int bits : {2, 3, 4})
        for (const bool order : {false, true})
            for (const bool symmetric : {false, true})
                QTest::addRow("%d bit, act-order %d, symmetric %d", bits, order, symmetric)
                    << bits << order << symmetric;
}

void TestGptq::objectiveIsBelowRoundToNearest() {
    QFETCH(int, bits);
    QFETCH(bool, actOrder);
    QFETCH(bool, symmetric);
    const auto weight = normals(32 * 172, 4);
    const auto gram = gramOf(172, 5);
    const LinearTask task{"x", 32, 172, weight, WeightScheme::groupwise(bits, 32, symmetric), &gram};
    MethodOptions options;
    options.actOrder = actOrder;
    const auto gptq = engine::quantizeGptq(task, options, *team_);
    const auto rtn = engine::quantizeRtn(task, options, *team_);
    QVERIFY(gptq && rtn);
    QVERIFY(objective(task, *gptq, gram) < 0.9 * objective(task, *rtn, gram));
}

void TestGptq::refiningLowersTheObjective_data() {
    QTest::addColumn<int>("bits");
    QTest::addColumn<bool>("symmetric");
    for (const int bits : {2, 3, 4})
        for (const bool symmetric : {true, false})
            QTest::addRow("%d bits%s", bits, symmetric ? "" : " with zero points") << bits << symmetric;
}

void TestGptq::refiningLowersTheObjective() {
    QFETCH(int, bits);
    QFETCH(bool, symmetric);
    const auto weight = normals(24 * 172, 12);
    const auto gram = gramOf(172, 13);
    const LinearTask task{"x", 24, 172, weight, WeightScheme::groupwise(bits, 32, symmetric), &gram};
    MethodOptions options;
    double before = 0.0;
    for (const int sweeps : {0, 1, 4}) {
        options.refine = sweeps;
        const auto codes = engine::quantizeGptq(task, options, *team_);
        QVERIFY(codes);
        for (const auto code : codes->codes)
            QVERIFY(code < (1 << bits));
        const double now = objective(task, *codes, gram);
        if (sweeps > 0)
            QVERIFY2(now < before, qPrintable(QString("%1 after %2").arg(now).arg(before)));
        before = now;
    }
}

void TestGptq::deadInputsGetNoWeight() {
    const auto weight = normals(4 * 64, 6);
    auto gram = gramOf(64, 7);
    for (std::size_t i = 0; i < 64; ++i)
        gram.values[i * 64 + 9] = gram.values[9 * 64 + i] = 0.0;
    const LinearTask task{"x", 4, 64, weight, WeightScheme::groupwise(4, 32), &gram};
    const auto codes = engine::quantizeGptq(task, {}, *team_);
    QVERIFY(codes);
    std::vector<float> row(64);
    for (std::int64_t r = 0; r < 4; ++r) {
        codes->dequantizeRow(r, row.data());
        QCOMPARE(row[9], 0.0F);
        for (const float value : row)
            QVERIFY(std::isfinite(value));
    }
}

void TestGptq::threadsChangeNothing() {
    const auto weight = normals(37 * 96, 8);
    const auto gram = gramOf(96, 9);
    const LinearTask task{"x", 37, 96, weight, WeightScheme::groupwise(3, 32), &gram};
    const auto two = engine::quantizeGptq(task, {}, *team_);
    team_.reset();
    auto team = engine::ThreadTeam::create(1);
    QVERIFY(team);
    const auto one = engine::quantizeGptq(task, {}, **team);
    QVERIFY(two && one);
    QVERIFY(two->codes == one->codes);
}

QTEST_GUILESS_MAIN(TestGptq)
#include "tst_gptq.moc"
