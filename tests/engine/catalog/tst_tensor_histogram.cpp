#include <QtTest>
#include <cmath>
#include <numeric>

#include "engine/catalog/tensor_histogram.h"
#include "tests/support/fixtures.h"

using engine::TensorValues;

/// Histograms against the plain loop over the same values.
class TestTensorHistogram : public QObject {
    Q_OBJECT
private slots:
    void agreesWithThePlainLoop_data();
    void agreesWithThePlainLoop();
    void int4CodesHaveABinEach();
    void dequantizedIsCodeTimesScale();
    void ggufCodesAndValues();
    void refuses();
    void stops();
};

namespace {

std::shared_ptr<const engine::Checkpoint> open(const std::string& model) {
    auto opened = engine::Checkpoint::open(model);
    return opened ? *opened : nullptr;
}

}  // namespace

void TestTensorHistogram::agreesWithThePlainLoop_data() {
    QTest::addColumn<QString>("tensor");
    for (const char* name : {"tok_embeddings.weight", "layers.0.attention.wq.weight", "norm.weight"})
        QTest::newRow(name) << name;
}

void TestTensorHistogram::agreesWithThePlainLoop() {
    QFETCH(QString, tensor);
    const auto model = open("demo:bf16");
    const auto values = engine::toFloats(*model->find(tensor.toStdString()));
    const auto got = *engine::tensorHistogram(*model, tensor.toStdString(), TensorValues::stored, 10);
    const auto [low, high] = std::minmax_element(values.begin(), values.end());
    QCOMPARE(got.low, double(*low));
    QCOMPARE(got.high, double(*high));
    QCOMPARE(got.values, std::int64_t(values.size()));
    const double mean = std::accumulate(values.begin(), values.end(), 0.0) / double(values.size());
    double squares = 0.0;
    std::vector<std::int64_t> counts(10);
    for (const float value : values) {
        squares += (value - mean) * (value - mean);
        ++counts[std::size_t(std::min(9, int((double(value) - *low) / ((double(*high) - *low) / 10))))];
    }
    QVERIFY(std::abs(got.mean - mean) < 1e-9);
    QVERIFY(std::abs(got.deviation - std::sqrt(squares / double(values.size()))) < 1e-9);
    std::int64_t misplaced = 0;  // a value at a bin's edge may fall to either side
    for (std::size_t bin = 0; bin < 10; ++bin)
        misplaced += std::abs(counts[bin] - got.counts[bin]);
    QVERIFY2(misplaced <= 4, qPrintable(QString::number(misplaced)));
    QCOMPARE(std::accumulate(got.counts.begin(), got.counts.end(), std::int64_t{0}), got.values);
}

void TestTensorHistogram::int4CodesHaveABinEach() {
    const auto model = open("demo:spinquant");
    const std::string name = "layers.0.attention.wq.weight";
    QVERIFY(engine::hasCodes(*model, name));
    QVERIFY(!engine::hasCodes(*model, "norm.weight"));
    const auto got = *engine::tensorHistogram(*model, name, TensorValues::stored, 80);
    QVERIFY(got.low >= -8.5 && got.high <= 7.5);
    QCOMPARE(got.binWidth(), 1.0);
    std::vector<std::int64_t> counts(got.counts.size());
    std::int64_t zeros = 0;
    for (const float code : engine::toFloats(*model->find(name))) {
        ++counts[std::size_t(code - (got.low + 0.5))];
        zeros += code == 0.0F ? 1 : 0;
    }
    QCOMPARE(got.counts, counts);
    QCOMPARE(got.zeros, zeros);
}

void TestTensorHistogram::dequantizedIsCodeTimesScale() {
    const auto model = open("demo:spinquant");
    for (const std::string name : {"layers.0.attention.wq", "output"}) {
        const auto* weight = model->find(name + ".weight");
        if (weight == nullptr)
            continue;
        const auto codes = engine::toFloats(*weight);
        const auto scales = engine::toFloats(*model->find(name + ".scales"));
        const auto each = codes.size() / scales.size();  // columns that share a scale
        float low = 0, high = 0;
        double sum = 0;
        for (std::size_t i = 0; i < codes.size(); ++i) {
            const float value = codes[i] * scales[i / each];
            low = std::min(low, value);
            high = std::max(high, value);
            sum += value;
        }
        const auto got = *engine::tensorHistogram(*model, name + ".weight", TensorValues::dequantized, 40);
        QCOMPARE(got.low, double(low));
        QCOMPARE(got.high, double(high));
        QVERIFY(std::abs(got.mean - sum / double(codes.size())) < 1e-9);
        QCOMPARE(got.counts.size(), std::size_t{40});
    }
}

void TestTensorHistogram::ggufCodesAndValues() {
    const auto path = testsupport::largeFixture("realmodels/gguf/tinystories2M-q4_0.gguf");
    SKIP_WITHOUT_FIXTURE(path);
    const auto model = open(path.string());
    const std::string name = "layers.0.feed_forward.w1.weight";
    const auto codes = *engine::tensorHistogram(*model, name, TensorValues::stored, 80);
    QCOMPARE(codes.low, -8.5);  // the largest of a block of Q4_0 is -8 by its definition
    QVERIFY(codes.high <= 7.5);
    const auto values = engine::toFloats(*model->find(name));
    const auto real = *engine::tensorHistogram(*model, name, TensorValues::dequantized, 80);
    QCOMPARE(real.low, double(*std::min_element(values.begin(), values.end())));
    QCOMPARE(codes.values, real.values);
    QCOMPARE(codes.zeros, real.zeros);
}

void TestTensorHistogram::refuses() {
    const auto model = open("demo:bf16");
    QCOMPARE(engine::tensorHistogram(*model, "layers.99.x", TensorValues::stored, 8).error().code,
             engine::ErrorCode::notFound);
}

void TestTensorHistogram::stops() {
    std::stop_source stop;
    stop.request_stop();
    const auto model = open("demo:bf16");
    const auto got =
        engine::tensorHistogram(*model, "tok_embeddings.weight", TensorValues::stored, 8, stop.get_token());
    QCOMPARE(got.error().code, engine::ErrorCode::cancelled);
}

QTEST_APPLESS_MAIN(TestTensorHistogram)
#include "tst_tensor_histogram.moc"
