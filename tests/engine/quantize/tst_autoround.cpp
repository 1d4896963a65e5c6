#include <QtTest>
#include <cmath>
#include <fstream>
#include <random>

#include "engine/base/temporary_folder.h"
#include "engine/quantize/quantize.h"
#include "engine/quantize/rounding_tuner.h"
#include "tests/engine/quantize/normal_values.h"

using engine::GroupCodes;
using engine::RoundingOptions;
using engine::RoundingTuner;
using quantizetest::normals;

namespace {

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
    const auto policy = out.parent_path() / "autoround.yaml";
    std::ofstream(policy) << "name: a\ndescription: b\nmethod: autoround\noptions: {steps: 20}\n"
                             "rules:\n  - {tensors: \"layers.*\", scheme: int2_g32}\n";
    request.policy = policy.string();
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

/// A weight beside the boundary between two levels falls over it, against its gradient; others stay.
void TestAutoRound::stepsFollowTheGradient() {
    const std::vector<float> weight = {0.52F, 1.48F, -0.52F, 3.0F};
    const RoundingOptions options{engine::RangeChoice::symMse, 4, engine::ScaleType::f32};
    GroupCodes start(1, 4, 32);
    start.grids[0] = {1.0F, 8};
    RoundingTuner tuner(weight, start, options);
    QVERIFY((tuner.effective() == std::vector<float>{1.0F, 1.0F, -1.0F, 3.0F}));
    // The scale's gradient is the sum of g * (level - w): 0.48 + 0.48 - 0.96 = 0, so that it stays.
    tuner.step(std::vector<float>{1.0F, -1.0F, 2.0F, 5.0F}, 0.05F);
    QVERIFY((tuner.effective() == std::vector<float>{0.0F, 2.0F, -1.0F, 3.0F}));
    const auto codes = tuner.codes();
    QVERIFY((codes.codes == std::vector<std::uint8_t>{8, 10, 7, 11}));
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
