#include <QDoubleSpinBox>
#include <QLineEdit>
#include <QMenu>
#include <QSpinBox>
#include <QToolButton>
#include "tests/ui/open_window.h"

#include "engine/generate/generation_preset.h"
#include "ui/widgets/generation_form.h"

using ui::GenerationForm;

/// Presets and fields of how answers are sampled.
class TestGenerationForm : public QObject {
    Q_OBJECT
private slots:
    void init() { uitest::failOnWarning(); }
    void showsWhatItIsGiven();
    void presetSetsTheFields_data();
    void presetSetsTheFields();
    void editedFieldIsCustom_data();
    void editedFieldIsCustom();
    void reportsEveryChange_data() { editedFieldIsCustom_data(); }
    void reportsEveryChange();
    void seedTakesDigitsAlone();
};

namespace {

const engine::GenerationPreset& preset(const QString& name) {
    static const auto presets = engine::generationPresets();
    if (presets)
        for (const auto& one : *presets)
            if (QString::fromStdString(one.name) == name)
                return one;
    qFatal("no preset %s", qPrintable(name));
}

QString shown(const GenerationForm& form) {
    return form.findChild<QToolButton*>("tPreset")->text().section(' ', 0, 0);
}

void choose(const GenerationForm& form, const QString& name) {
    for (auto* action : form.findChild<QToolButton*>("tPreset")->menu()->actions())
        if (action->text() == name)
            action->trigger();
}

/// Moves a field by one step or, for the seed, to another text.
void edit(const GenerationForm& form, const QString& field) {
    if (auto* seed = form.findChild<QLineEdit*>(field); seed != nullptr && field == "tSeed")
        seed->setText("7");
    else if (auto* box = form.findChild<QAbstractSpinBox*>(field))
        field == "tTopP" ? box->stepDown() : box->stepUp();  // top-p may be 1 already
}

}  // namespace

void TestGenerationForm::showsWhatItIsGiven() {
    const ui::GenerationChoice choice{0.35, 0.85, 12, 0.07, 1.15, 18'000'000'000'000'000'001U, 99};
    const GenerationForm form(choice, "t");
    QVERIFY(form.choice() == choice);
    QCOMPARE(form.findChild<QDoubleSpinBox*>("tTemperature")->value(), 0.35);
    QCOMPARE(form.findChild<QSpinBox*>("tMaxTokens")->value(), 99);
    QCOMPARE(form.findChild<QLineEdit*>("tSeed")->text(), QString("18000000000000000001"));
    QCOMPARE(shown(form), QString("Custom"));
}

void TestGenerationForm::presetSetsTheFields_data() {
    QTest::addColumn<QString>("name");
    const auto presets = engine::generationPresets();
    QVERIFY(presets && presets->size() >= 4);
    for (const auto& one : *presets)
        QTest::newRow(one.name.c_str()) << QString::fromStdString(one.name);
}

void TestGenerationForm::presetSetsTheFields() {
    QFETCH(QString, name);
    const GenerationForm form({0.35, 0.77, 12, 0.07, 1.15, 5, 99}, "t");
    QSignalSpy changed(&form, &GenerationForm::changed);
    choose(form, name);
    QCOMPARE(changed.count(), 1);  // one preset is one change
    const auto& sampling = preset(name).sampling;
    const auto choice = form.choice();
    QCOMPARE(static_cast<float>(choice.temperature), sampling.temperature);
    QCOMPARE(static_cast<float>(choice.topP), sampling.topP);
    QCOMPARE(choice.topK, static_cast<int>(sampling.topK));
    QCOMPARE(static_cast<float>(choice.minP), sampling.minP);
    QCOMPARE(static_cast<float>(choice.repetitionPenalty), sampling.repetitionPenalty);
    QCOMPARE(choice.seed, quint64{5});  // presets say nothing of these
    QCOMPARE(choice.maxTokens, 99);
    QCOMPARE(shown(form), name);
    const GenerationForm again(choice, "t");
    QCOMPARE(shown(again), name);
}

void TestGenerationForm::editedFieldIsCustom_data() {
    QTest::addColumn<QString>("field");
    QTest::addColumn<bool>("partOfPreset");
    for (const char* field : {"tTemperature", "tTopP", "tTopK", "tMinP", "tRepetitionPenalty"})
        QTest::newRow(field) << field << true;
    for (const char* field : {"tSeed", "tMaxTokens"})
        QTest::newRow(field) << field << false;
}

void TestGenerationForm::editedFieldIsCustom() {
    QFETCH(QString, field);
    QFETCH(bool, partOfPreset);
    const GenerationForm form({}, "t");
    choose(form, "Balanced");
    QCOMPARE(shown(form), QString("Balanced"));
    edit(form, field);
    QCOMPARE(shown(form), partOfPreset ? QString("Custom") : QString("Balanced"));
}

void TestGenerationForm::reportsEveryChange() {
    QFETCH(QString, field);
    const GenerationForm form({.temperature = 0.5}, "t");
    const auto before = form.choice();
    QSignalSpy changed(&form, &GenerationForm::changed);
    edit(form, field);
    QCOMPARE(changed.count(), 1);
    const auto reported = changed.front().front().value<ui::GenerationChoice>();
    QVERIFY(reported == form.choice());
    QVERIFY(!(reported == before));
}

void TestGenerationForm::seedTakesDigitsAlone() {
    const GenerationForm form({}, "t");
    auto* seed = form.findChild<QLineEdit*>("tSeed");
    seed->clear();
    QTest::keyClicks(seed, "-1x2.3e");
    QCOMPARE(seed->text(), QString("123"));
    QCOMPARE(form.choice().seed, quint64{123});
    seed->setText("18446744073709551615");
    QVERIFY(seed->hasAcceptableInput());  // every seed of 64 bits may be typed
    QCOMPARE(form.choice().seed, std::numeric_limits<quint64>::max());
    seed->setText("18446744073709551616");
    QVERIFY(!seed->hasAcceptableInput());
}

QTEST_MAIN(TestGenerationForm)
#include "tst_generation_form.moc"
