#include <QComboBox>
#include <QLabel>
#include <QLineEdit>
#include <QPushButton>
#include <QSpinBox>
#include <QTableView>

#include "tests/ui/dialog_parts.h"
#include "ui/dialogs/finetune_dialog.h"
#include "ui/plots/loss_curve.h"

using ui::FinetuneController;

/// From a model and a file of examples to a trained model among the others: the four stages.
class TestFinetuneDialog : public QObject {
    Q_OBJECT
private slots:
    void init() { uitest::failOnWarning(); }
    void fourStagesToANewModel();
    void pauseHoldsAndStopKeeps();
    void unfitDataSaysWhy_data();
    void unfitDataSaysWhy();

private:
    static QString writeChats(uitest::OpenWindow& open, int count);
};

using uitest::part;
using uitest::press;

namespace {

constexpr int kPatience = 60'000;

ui::Settings modelsSettings() {
    ui::Settings settings;
    settings.page = "models";
    return settings;
}

}  // namespace

QString TestFinetuneDialog::writeChats(uitest::OpenWindow& open, int count) {
    QFile file(open.path("chats.jsonl"));
    if (!file.open(QIODevice::WriteOnly))
        qFatal("no file");
    for (int i = 0; i < count; ++i)
        file.write(QString("{\"instruction\": \"What is %1 plus 1?\", \"response\": \"%1 + 1 = %2.\"}\n")
                       .arg(i)
                       .arg(i + 1)
                       .toUtf8());
    return file.fileName();
}

void TestFinetuneDialog::fourStagesToANewModel() {
    uitest::OpenWindow open(modelsSettings());
    auto& finetune = open.workbench().finetune();
    auto* dialog = uitest::dialogOfModel<ui::FinetuneDialog>(open, "demo:bf16", "modelFinetuneButton");
    QVERIFY(!part<QPushButton>(dialog, "finetuneStartButton")->isEnabled());
    auto* recipes = part<QComboBox>(dialog, "finetuneRecipe");
    recipes->setCurrentIndex(recipes->findData("full"));
    part<QSpinBox>(dialog, "finetuneSteps")->setValue(6);
    finetune.chooseFolder(open.path("tuned"));
    auto* data = part<QLineEdit>(dialog, "finetuneData");
    data->setFocus();
    QTest::keyClicks(data, writeChats(open, 40));
    QTest::keyClick(data, Qt::Key_Return);
    QTRY_VERIFY_WITH_TIMEOUT(finetune.statistics().has_value(), kPatience);
    QCOMPARE(finetune.statistics()->items, std::int64_t{40});
    QVERIFY(part<QLabel>(dialog, "finetuneFacts")->text().contains("40 examples"));
    QVERIFY(part<QLabel>(dialog, "finetuneWarnings")->text().contains("50"));  // few examples
    QTRY_VERIFY(part<QPushButton>(dialog, "finetuneStartButton")->isEnabled());

    press(dialog, "finetuneStartButton");
    QVERIFY(part<QPushButton>(dialog, "finetuneTrainingStage")->isChecked());
    QVERIFY(!open.workbench().benchmark().whyNot().isEmpty());
    QTRY_VERIFY_WITH_TIMEOUT(!finetune.busy(), kPatience);
    QVERIFY2(finetune.report().has_value(), qPrintable(finetune.message()));
    QCOMPARE(finetune.curve().size(), std::size_t{6});
    QTRY_COMPARE(part<ui::LossCurve>(dialog, "lossCurve")->stepCount(), 6);
    QVERIFY(part<ui::LossCurve>(dialog, "lossCurve")->validationCount() > 0);
    QVERIFY(part<QPushButton>(dialog, "finetuneValidationStage")->isChecked());
    QVERIFY(!part<QLabel>(dialog, "finetuneVerdict")->text().isEmpty());
    press(dialog, "finetuneDeploymentStage");
    const auto made = QString::fromStdString(finetune.report()->model.path.string());
    QVERIFY(part<QLabel>(dialog, "finetuneResult")->text().contains(made));
    auto* list = open.workbench().models().list();
    QTRY_VERIFY(list->find(made) >= 0 && list->row(list->find(made)).surveyed);
    QVERIFY2(list->row(list->find(made)).opens(), qPrintable(list->row(list->find(made)).reason()));
    press(dialog, "finetuneCompareButton");
    QTRY_COMPARE(open.workbench().compare().lanes()->choices().back().model, made);
}

void TestFinetuneDialog::pauseHoldsAndStopKeeps() {
    uitest::OpenWindow open(modelsSettings());
    auto& finetune = open.workbench().finetune();
    auto* dialog = uitest::dialogOfModel<ui::FinetuneDialog>(open, "demo:bf16", "modelFinetuneButton");
    auto* recipes = part<QComboBox>(dialog, "finetuneRecipe");
    recipes->setCurrentIndex(recipes->findData("full"));
    finetune.setSteps(400);
    finetune.chooseFolder(open.path("held"));
    finetune.chooseData(writeChats(open, 200));
    QTRY_VERIFY_WITH_TIMEOUT(finetune.whyNot().isEmpty(), kPatience);
    press(dialog, "finetuneStartButton");
    QTRY_VERIFY_WITH_TIMEOUT(finetune.curve().size() >= 2, kPatience);
    press(dialog, "finetunePauseButton");
    QCOMPARE(finetune.state(), FinetuneController::State::paused);
    QTest::qWait(600);  // the step that was under way ends
    const auto held = finetune.curve().size();
    QTest::qWait(600);
    QCOMPARE(finetune.curve().size(), held);
    press(dialog, "finetunePauseButton");
    QTRY_VERIFY_WITH_TIMEOUT(finetune.curve().size() > held, kPatience);
    press(dialog, "finetuneStartButton");  // stop
    QTRY_VERIFY_WITH_TIMEOUT(!finetune.busy(), kPatience);
    QVERIFY(!finetune.report() && finetune.message().contains("kept"));
    QVERIFY(finetune.resumes());
    QCOMPARE(part<QPushButton>(dialog, "finetuneStartButton")->text(), QString("Go on"));
    const auto reached = finetune.curve().back().step;
    press(dialog, "finetuneStartButton");
    QTRY_VERIFY_WITH_TIMEOUT(!finetune.curve().empty(), kPatience);
    QVERIFY(finetune.curve().front().step > 1 && finetune.curve().front().step <= reached + 1);
    finetune.stop();
    QTRY_VERIFY_WITH_TIMEOUT(!finetune.busy(), kPatience);
}

void TestFinetuneDialog::unfitDataSaysWhy_data() {
    QTest::addColumn<QByteArray>("text");
    QTest::addColumn<QString>("recipe");
    QTest::newRow("empty") << QByteArray() << "lora";
    QTest::newRow("no JSON") << QByteArray("{\"messages\": [\n") << "lora";
    QTest::newRow("no preferences") << QByteArray("{\"text\": \"A day.\"}\n{\"text\": \"A night.\"}\n")
                                    << "dpo";
}

void TestFinetuneDialog::unfitDataSaysWhy() {
    QFETCH(QByteArray, text);
    QFETCH(QString, recipe);
    uitest::OpenWindow open(modelsSettings());
    auto& finetune = open.workbench().finetune();
    QFile file(open.path("bad.jsonl"));
    QVERIFY(file.open(QIODevice::WriteOnly));
    file.write(text);
    file.close();
    finetune.chooseSource("demo:bf16");
    finetune.chooseRecipe(recipe);
    finetune.chooseData(file.fileName());
    QTRY_VERIFY2_WITH_TIMEOUT(finetune.whyNot().contains("bad.jsonl"), qPrintable(finetune.whyNot()),
                              kPatience);
    finetune.start();
    QVERIFY(!finetune.busy());
}

QTEST_MAIN(TestFinetuneDialog)
#include "tst_finetune_dialog.moc"
