#include <QtTest>
#include <cmath>

#include "engine/train/attention_passes.h"
#include "engine/train/fake_quantize.h"
#include "engine/train/row_passes.h"
#include "tests/engine/train/differences.h"

namespace train = engine::train;
using traintest::difference;
using traintest::differences;
using traintest::dot;
using traintest::draw;
using traintest::Values;

/// Single ops in double against central differences, and the quantizers against their formulas.
class TestTrainOps : public QObject {
    Q_OBJECT
private slots:
    void rmsnorm();
    void swiglu();
    void swigluNearZero();
    void attention_data();
    void attention();
    void rotatingBackUndoes();
    void quantizedWeightsFollowTheFormula();
    void clampedWeightsGetNoGradient();
    void quantizedRowsKeepZeroAndHalfAStep();
};

void TestTrainOps::rmsnorm() {
    constexpr std::int64_t rows = 3, dim = 7;
    auto x = draw(rows * dim, 1);
    auto weight = draw(dim, 2);
    const auto dy = draw(rows * dim, 3);
    Values y(rows * dim), inverse(rows), dx(rows * dim, 0.25), dWeight(dim, 0.5);
    const auto loss = [&] {
        train::rmsnormForward(x.data(), weight.data(), 1e-5, rows, dim, y.data(), inverse.data());
        return dot(y, dy);
    };
    loss();
    train::rmsnormBackward(x.data(), weight.data(), inverse.data(), dy.data(), rows, dim, dx.data(),
                           dWeight.data());
    auto expectedX = differences(x, loss);
    auto expectedWeight = differences(weight, loss);
    for (double& value : expectedX)
        value += 0.25;  // gradients are added to what is there
    for (double& value : expectedWeight)
        value += 0.5;
    COMPARE_VALUES(dx, expectedX);
    COMPARE_VALUES(dWeight, expectedWeight);
}

void TestTrainOps::swiglu() {
    constexpr std::size_t n = 600;  // more than a block
    auto gate = draw(n, 4);
    auto up = draw(n, 5);
    for (double& g : gate)
        g *= 6;
    const auto dh = draw(n, 6);
    Values h(n), dGate(n), dUp(n);
    const auto loss = [&] {
        train::swigluForward(gate.data(), up.data(), n, h.data());
        return dot(h, dh);
    };
    train::swigluBackward(gate.data(), up.data(), dh.data(), n, dGate.data(), dUp.data());
    COMPARE_VALUES(dGate, differences(gate, loss));
    COMPARE_VALUES(dUp, differences(up, loss));
}

/// Around zero the float pass takes another way; it has to meet the double one.
void TestTrainOps::swigluNearZero() {
    std::vector<float> gate, up, dh;
    for (const float g : {0.0F, 1e-30F, -1e-7F, 9e-4F, -1.1e-3F, 0.01F, 90.0F, -90.0F}) {
        gate.push_back(g);
        up.push_back(1.5F);
        dh.push_back(2.0F);
    }
    std::vector<float> dGate(gate.size()), dUp(gate.size());
    train::swigluBackward(gate.data(), up.data(), dh.data(), static_cast<std::int64_t>(gate.size()),
                          dGate.data(), dUp.data());
    for (std::size_t i = 0; i < gate.size(); ++i) {
        const double g = double{gate[i]};
        const double sigmoid = 1 / (1 + std::exp(-g));
        QVERIFY(std::abs(double{dGate[i]} - 3.0 * sigmoid * (1 + g * (1 - sigmoid))) < 1e-5);
        QVERIFY(std::abs(double{dUp[i]} - 2.0 * g * sigmoid) < 1e-5 * (1 + std::abs(g)));
    }
}

void TestTrainOps::attention_data() {
    QTest::addColumn<int>("first");
    QTest::addColumn<int>("second");
    QTest::newRow("one token each") << 1 << 1;
    QTest::newRow("short") << 5 << 2;
    QTest::newRow("more than a block of queries") << 67 << 3;
}

void TestTrainOps::attention() {
    QFETCH(int, first);
    QFETCH(int, second);
    const train::AttentionShape shape{4, 2, 2};
    const std::vector<train::Segment> segments{{0, first}, {first, second}};
    const auto tokens = static_cast<std::size_t>(first + second);
    auto q = draw(tokens * 8, 7);
    auto k = draw(tokens * 4, 8);
    auto v = draw(tokens * 4, 9);
    const auto dContext = draw(tokens * 8, 10);
    Values p(static_cast<std::size_t>(train::probabilityCount(segments, 4)));
    Values context(tokens * 8), dq(tokens * 8, 9.0), dk(tokens * 4, 9.0), dv(tokens * 4, 9.0), scratch;
    const auto loss = [&] {
        train::attentionForward(shape, std::span(segments), q.data(), k.data(), v.data(), p.data(),
                                context.data());
        return dot(context, dContext);
    };
    loss();
    train::attentionBackward(shape, std::span(segments), q.data(), k.data(), v.data(), p.data(),
                             dContext.data(), dq.data(), dk.data(), dv.data(), scratch);
    COMPARE_VALUES(dq, differences(q, loss));
    COMPARE_VALUES(dk, differences(k, loss));
    COMPARE_VALUES(dv, differences(v, loss));
}

void TestTrainOps::rotatingBackUndoes() {
    engine::RopeConfig rope;
    const auto table = engine::makeRopeTable(rope, 8, 5);
    for (const auto pairs : {engine::RopePairs::adjacent, engine::RopePairs::halves}) {
        const auto before = draw(5 * 3 * 8, 11);
        auto x = before;
        train::rotate(x.data(), 5, 3, 8, table, pairs, train::RopeDirection::forward);
        QVERIFY(!difference(x, before).isEmpty());
        train::rotate(x.data(), 5, 3, 8, table, pairs, train::RopeDirection::back);
        for (std::size_t i = 0; i < x.size(); ++i)
            QVERIFY(std::abs(x[i] - before[i]) < 1e-6);  // cos and sin are f32
    }
}

/// Two groups and a short one; absmax 7.5 makes the scale 1. Values worked out by hand.
void TestTrainOps::quantizedWeightsFollowTheFormula() {
    const std::vector<float> w{7.5F, -3.5F, 0.5F, -7.5F, 0.0F, 0.0F, 0.0F, 0.0F, 15.0F, 2.9F};
    const auto quantized = train::quantizeWeight(w.data(), 1, 10, {4, 4});
    QCOMPARE(quantized.scales, (std::vector<float>{1.0F, 1.0F, 2.0F}));
    // 7.5 rounds to 8 and is clamped to 7; 0.5 goes to even.
    QCOMPARE(quantized.values, (std::vector<std::int8_t>{7, -4, 0, -8, 0, 0, 0, 0, 7, 1}));
    std::vector<float> dequantized(10), faked(10);
    quantized.dequantize(0, 1, dequantized.data());
    train::fakeQuantizeWeight(w.data(), 1, 10, {4, 4}, faked.data());
    QCOMPARE(dequantized, faked);
    QCOMPARE(dequantized[8], 14.0F);
}

void TestTrainOps::clampedWeightsGetNoGradient() {
    const std::vector<float> w{7.5F, -3.5F, 0.5F, -7.5F};
    std::vector<float> gradient{1.0F, 2.0F, 3.0F, 4.0F};
    train::maskClamped(w.data(), 1, 4, {4, 4}, gradient.data());
    QCOMPARE(gradient, (std::vector<float>{0.0F, 2.0F, 3.0F, 4.0F}));
}

void TestTrainOps::quantizedRowsKeepZeroAndHalfAStep() {
    auto x = draw(4 * 33, 12);
    x[5] = 0.0;
    for (std::size_t i = 33; i < 66; ++i)
        x[i] = 0.0;  // a row of zeros
    Values y(x.size());
    train::fakeQuantizeRows(x.data(), 4, 33, y.data());
    QCOMPARE(y[5], 0.0);
    for (std::size_t i = 0; i < x.size(); ++i)
        QVERIFY(std::abs(y[i] - x[i]) <= 2.0 / 255 / 2 + 1e-12);
    QVERIFY(!difference(y, x).isEmpty());
}

QTEST_APPLESS_MAIN(TestTrainOps)
#include "tst_train_ops.moc"
