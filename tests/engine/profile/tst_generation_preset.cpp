#include <QTemporaryDir>
#include <QtTest>
#include <algorithm>
#include <fstream>

#include "engine/generate/generation_preset.h"

/// The presets that ship are valid and say what they do; a bad file is one clear error.
class TestGenerationPreset : public QObject {
    Q_OBJECT
private slots:
    void everyShippedPresetIsValid();
    void greedyComesFirst();
    void anUnknownPresetNamesThoseThatThereAre();
    void aBadFileIsAnError_data();
    void aBadFileIsAnError();
};

void TestGenerationPreset::everyShippedPresetIsValid() {
    const auto presets = engine::generationPresets();
    QVERIFY2(presets, presets ? "" : presets.error().message.c_str());
    QVERIFY(presets->size() >= 4);
    for (const auto& preset : *presets) {
        QVERIFY2(engine::validate(preset.sampling), preset.id.c_str());
        QVERIFY2(!preset.name.empty() && preset.description.size() > 20, preset.id.c_str());
    }
}

void TestGenerationPreset::greedyComesFirst() {
    const auto presets = engine::generationPresets();
    QVERIFY(presets);
    QCOMPARE(presets->front().id, std::string("greedy"));
    QCOMPARE(presets->front().sampling.temperature, 0.0F);
    QVERIFY(std::is_sorted(presets->begin(), presets->end(), [](const auto& a, const auto& b) {
        return a.sampling.temperature < b.sampling.temperature;
    }));
    const auto balanced = engine::generationPreset("balanced");
    QVERIFY(balanced);
    QCOMPARE(balanced->sampling, engine::SamplingOptions{});  // the family's defaults
}

void TestGenerationPreset::anUnknownPresetNamesThoseThatThereAre() {
    const auto preset = engine::generationPreset("wild");
    QVERIFY(!preset);
    QCOMPARE(preset.error().code, engine::ErrorCode::notFound);
    QVERIFY2(preset.error().message.find("balanced") != std::string::npos, preset.error().message.c_str());
}

void TestGenerationPreset::aBadFileIsAnError_data() {
    QTest::addColumn<QByteArray>("text");
    QTest::newRow("no temperature") << QByteArray("name: x\n");
    QTest::newRow("too hot") << QByteArray("name: x\ntemperature: 3\n");
    QTest::newRow("unknown key") << QByteArray("name: x\ntemperature: 1\ntop_q: 1\n");
    QTest::newRow("a list") << QByteArray("- name: x\n");
}

void TestGenerationPreset::aBadFileIsAnError() {
    QFETCH(QByteArray, text);
    const QTemporaryDir folder;
    const std::filesystem::path file = folder.filePath("bad.yaml").toStdString();
    std::ofstream(file) << text.constData();
    const auto preset = engine::readGenerationPreset(file);
    QVERIFY(!preset);
    QVERIFY2(preset.error().message.starts_with("bad.yaml:"), preset.error().message.c_str());
}

QTEST_APPLESS_MAIN(TestGenerationPreset)
#include "tst_generation_preset.moc"
