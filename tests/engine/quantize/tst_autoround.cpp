#include <QtTest>
#include <cmath>
#include <random>

#include "engine/base/temporary_folder.h"
#include "engine/quantize/quantize.h"
#include "engine/quantize/rounding_tuner.h"

using engine::GroupCodes;
using engine::RoundingOptions;
using engine::RoundingTuner;

namespace {

std::vector<float> normals(std::size_t count, unsigned seed) {
    std::mt19937 bits(seed);
    std::normal_distribution<float> normal(0.0F, 1.0F);
    std::vector<float> values(count);
    for (auto& value : values)
        value = normal(bits);
    return values;
}

GroupCodes rounded(std::span<const float> weight, std::int64_t rows, std::int64_t cols,
                   const RoundingOptions& options) {
    GroupCodes codes(rows, cols, 32);
    for (std::int64_t row = 0; row < rows; ++row)
        engine::roundRow(weight.subspan(static_cast<std::size_t>(row * cols), static_cast<std::size_t>(cols)),
                         {}, options, row, codes);
    return codes;
}

engine::QuantizeRequest demo(const std::filesystem::path& out) {
    engine::QuantizeRequest request;
    request.model = "demo:bf16";
    request.policy = "autoround-int2";
    request.out = out;
    request.windows = 4;
    request.windowSize = 64;
    request.evaluate = false;
    return request;
}

}  // namespace

class TestAutoRound : public QObject {
    Q_OBJECT
private slots:
    void beginsAtRoundToNearest();
    void stepsFollowTheGradient();
    void parametersKeepTheirRanges();
    void threadsChangeNothing();
    void stoppedJobsGoOn();
    void rotationsAreRefused();
};

void TestAutoRound::beginsAtRoundToNearest() {
    const auto weight = normals(8 * 70, 1);
    const RoundingOptions options{engine::RangeChoice::symMse, 3, engine::ScaleType::f16Normal};
    const auto codes = rounded(weight, 8, 70, options);
    const RoundingTuner tuner(weight, codes, options);
    std::vector<float> row(70);
    for (std::int64_t r = 0; r < 8; ++r) {
        codes.dequantizeRow(r, row.data());
        for (std::size_t c = 0; c < 70; ++c)
            QCOMPARE(tuner.effective()[static_cast<std::size_t>(r) * 70 + c], row[c]);
    }
    QVERIFY(tuner.codes().codes == codes.codes);
}

/// Least squares against another matrix: descent has to come nearer to it than rounding to nearest is.
void TestAutoRound::stepsFollowTheGradient() {
    const auto weight = normals(16 * 64, 2);
    auto target = weight;
    const auto shift = normals(weight.size(), 3);
    for (std::size_t i = 0; i < target.size(); ++i)
        target[i] += 0.2F * shift[i];
    const RoundingOptions options{engine::RangeChoice::symMse, 2, engine::ScaleType::f32};
    RoundingTuner tuner(weight, rounded(weight, 16, 64, options), options);
    const auto loss = [&](const std::vector<float>& made) {
        double sum = 0.0;
        for (std::size_t i = 0; i < made.size(); ++i)
            sum += std::pow(double(made[i]) - double(target[i]), 2);
        return sum;
    };
    const double before = loss(tuner.effective());
    std::vector<float> gradient(weight.size());
    for (int step = 0; step < 100; ++step) {
        for (std::size_t i = 0; i < gradient.size(); ++i)
            gradient[i] = tuner.effective()[i] - target[i];
        tuner.step(gradient, 0.01F * float(100 - step) / 100.0F);
    }
    QVERIFY2(loss(tuner.effective()) < 0.9 * before,
             qPrintable(QString("%1 of %2").arg(loss(tuner.effective())).arg(before)));
    const auto codes = tuner.codes();
    std::vector<float> row(64);
    for (std::int64_t r = 0; r < 16; ++r) {
        codes.dequantizeRow(r, row.data());
        for (std::size_t c = 0; c < 64; ++c)
            QVERIFY(std::abs(row[c] - tuner.effective()[static_cast<std::size_t>(r) * 64 + c]) <= 1e-6F);
    }
}

void TestAutoRound::parametersKeepTheirRanges() {
    const auto weight = normals(4 * 64, 4);
    const RoundingOptions options{engine::RangeChoice::symMse, 4, engine::ScaleType::f32};
    const auto start = rounded(weight, 4, 64, options);
    RoundingTuner tuner(weight, start, options);
    const auto gradient = normals(weight.size(), 5);
    for (int step = 0; step < 300; ++step)
        tuner.step(gradient, 0.05F);
    const auto codes = tuner.codes();
    for (std::size_t i = 0; i < codes.grids.size(); ++i) {
        const float factor = codes.grids[i].scale / start.grids[i].scale;
        QVERIFY(factor >= 0.499F && factor <= 1.501F);
    }
}

void TestAutoRound::threadsChangeNothing() {
    const engine::TemporaryFolder folder("tst-autoround");
    std::vector<QByteArray> files;
    for (const int threads : {1, 2}) {
        auto request = demo(folder.path() / std::to_string(threads));
        request.threads = threads;
        const auto made = engine::quantizeModel(request);
        QVERIFY2(made, made ? "" : made.error().message.c_str());
        QFile file(QString::fromStdString((request.out / "model.safetensors").string()));
        QVERIFY(file.open(QIODevice::ReadOnly));
        files.push_back(file.readAll());
    }
    QVERIFY(files[0] == files[1]);
}

void TestAutoRound::stoppedJobsGoOn() {
    const engine::TemporaryFolder folder("tst-autoround");
    auto request = demo(folder.path() / "out");
    std::stop_source stop;
    const auto atThird = [&](const engine::QuantizeProgress& now) {
        if (now.what.starts_with("layer 3"))
            stop.request_stop();
    };
    QVERIFY(!engine::quantizeModel(request, atThird, stop.get_token()));
    const auto resumed = engine::quantizeModel(request);
    QVERIFY2(resumed, resumed ? "" : resumed.error().message.c_str());
    QCOMPARE(resumed->resumedLayers, 2);
    request.out = folder.path() / "whole";
    QVERIFY(engine::quantizeModel(request));
    const auto bytes = [](const std::filesystem::path& path) {
        QFile file(QString::fromStdString(path.string()));
        return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray();
    };
    QVERIFY(bytes(folder.path() / "out/model.safetensors") ==
            bytes(folder.path() / "whole/model.safetensors"));
}

void TestAutoRound::rotationsAreRefused() {
    const engine::TemporaryFolder folder("tst-autoround");
    const auto policy = folder.path() / "a.yaml";
    QFile file(QString::fromStdString(policy.string()));
    QVERIFY(file.open(QIODevice::WriteOnly));
    file.write(
        "name: a\ndescription: b\nmethod: autoround\nrotation: hadamard\n"
        "rules:\n  - {tensors: \"layers.*\", scheme: int4_g32}\n");
    file.close();
    auto request = demo(folder.path() / "out");
    request.policy = policy.string();
    const auto made = engine::quantizeModel(request);
    QVERIFY(!made);
    QCOMPARE(made.error().code, engine::ErrorCode::unsupported);
}

QTEST_GUILESS_MAIN(TestAutoRound)
#include "tst_autoround.moc"
