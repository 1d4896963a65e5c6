#include <QtTest>
#include <cmath>

#include "tests/engine/train/gradient_case.h"

using engine::train::Checkpointing;
using traintest::GradientCase;

/// The passes of whole decoders against gradients that an independent program computed.
class TestGradients : public QObject {
    Q_OBJECT
private slots:
    void matchIndependentOnes_data();
    void matchIndependentOnes();
    void floatsMatchDoubles_data() { addCases(); }
    void floatsMatchDoubles();
    void weightsReadInSlicesGiveTheSame();
    void frozenWeightsGetNothing();

private:
    static void addCases() {
        QTest::addColumn<QString>("name");
        for (const char* name : {"llama_tied", "qwen", "lora_distilled"})
            QTest::newRow(name) << QString(name);
    }
    template <class Real>
    static void compare(const GradientCase<Real>& result, double tolerance) {
        for (const auto& [key, values] : result.gradients) {
            const auto& expected = result.json["gradients"][key];
            QCOMPARE(values.size(), expected.size());
            for (std::size_t i = 0; i < values.size(); ++i) {
                const auto e = expected[i].template get<double>();
                QVERIFY2(std::abs(static_cast<double>(values[i]) - e) <= tolerance * (1.0 + std::abs(e)),
                         qPrintable(QString("%1[%2]: %3, expected %4")
                                        .arg(key.c_str())
                                        .arg(i)
                                        .arg(double(values[i]))
                                        .arg(e)));
            }
        }
    }
};

void TestGradients::matchIndependentOnes_data() {
    QTest::addColumn<QString>("name");
    QTest::addColumn<bool>("recompute");
    for (const char* name : {"llama_tied", "qwen", "lora_distilled"})
        for (const bool recompute : {false, true})
            QTest::addRow("%s %s", name, recompute ? "blocks" : "none") << QString(name) << recompute;
}

void TestGradients::matchIndependentOnes() {
    QFETCH(QString, name);
    QFETCH(bool, recompute);
    GradientCase<double> tiny(name.toStdString());
    const auto loss = tiny.run(recompute ? Checkpointing::blocks : Checkpointing::none);
    // The engine's angles are f32.
    QVERIFY(std::abs(loss - tiny.json["loss"].get<double>()) < 1e-6);
    compare(tiny, 1e-6);
}

void TestGradients::floatsMatchDoubles() {
    QFETCH(QString, name);
    GradientCase<float> tiny(name.toStdString());
    tiny.run(Checkpointing::none);
    compare(tiny, 2e-5);
}

void TestGradients::weightsReadInSlicesGiveTheSame() {
    GradientCase<double> tiny("qwen");
    const auto read = [](engine::train::MatrixView<double>& view) {
        view.reader = [data = view.data, cols = view.cols](std::int64_t begin, std::int64_t end,
                                                           double* out) {
            std::copy(data + begin * cols, data + end * cols, out);
        };
        view.data = nullptr;
    };
    read(tiny.decoder.embedding);
    read(tiny.decoder.output);
    for (auto& block : tiny.decoder.blocks)
        for (auto& linear : block.linears)
            read(linear.weight);
    tiny.run(Checkpointing::blocks);
    compare(tiny, 1e-6);
}

void TestGradients::frozenWeightsGetNothing() {
    GradientCase<double> tiny("lora_distilled");
    tiny.wanted.embedding = tiny.wanted.output = tiny.wanted.finalNorm = nullptr;
    for (auto& block : tiny.wanted.blocks) {
        block.attentionNorm = block.ffnNorm = nullptr;
        for (auto& linear : block.linears)
            linear.weight = nullptr;
    }
    tiny.run(Checkpointing::none);
    for (auto& [key, values] : tiny.gradients) {
        const bool adapter = key.ends_with(".A") || key.ends_with(".B");
        QVERIFY2(adapter || std::all_of(values.begin(), values.end(), [](double v) { return v == 0.0; }),
                 key.c_str());
        if (!adapter)
            for (std::size_t i = 0; i < values.size(); ++i)
                values[i] = tiny.json["gradients"][key][i].get<double>();
    }
    compare(tiny, 1e-6);
}

QTEST_APPLESS_MAIN(TestGradients)
#include "tst_gradients.moc"
