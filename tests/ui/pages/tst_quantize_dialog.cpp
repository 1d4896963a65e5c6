#include <QAbstractItemModelTester>
#include <QLabel>
#include <QLineEdit>
#include <QListWidget>
#include <QPushButton>
#include <QTableView>

#include "tests/ui/dialog_parts.h"
#include "ui/dialogs/quantize_dialog.h"
#include "ui/models/layer_error_model.h"
#include "ui/models/variant_points.h"
#include "ui/plots/results_plot.h"

/// From a model of the list to a variant of it, its card, and both in Compare.
class TestQuantizeDialog : public QObject {
    Q_OBJECT
private slots:
    void init() { uitest::failOnWarning(); }
    void variantIsMadeAndShown();
    void stoppedJobGoesOn();
    void quantizedSourceIsRefused();
    void damagedCardIsNoCard();
    void errorsStandByLayer();
    void estimateIsTheSizeThatIsMade_data();
    void estimateIsTheSizeThatIsMade();
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

void choose(ui::QuantizeDialog* dialog, const QString& recipe) {
    auto* list = part<QListWidget>(dialog, "quantizeRecipes");
    for (int row = 0; row < list->count(); ++row)
        if (list->item(row)->data(Qt::UserRole).toString() == recipe)
            list->setCurrentRow(row);
}

}  // namespace

void TestQuantizeDialog::variantIsMadeAndShown() {
    uitest::OpenWindow open(modelsSettings());
    auto& quantize = open.workbench().quantize();
    auto* dialog = uitest::dialogOfModel<ui::QuantizeDialog>(open, "demo:bf16", "modelQuantizeButton");
    QVERIFY(part<QListWidget>(dialog, "quantizeRecipes")->count() >= 10);
    choose(dialog, "rtn-int4");
    QTRY_VERIFY(quantize.estimate().weightsBytes > 0);
    QVERIFY(!part<QLineEdit>(dialog, "quantizeText")->isEnabled());  // nothing is calibrated
    choose(dialog, "gptq-int4");
    QTRY_VERIFY(part<QLineEdit>(dialog, "quantizeText")->isEnabled());
    const auto guessed = quantize.estimate().weightsBytes;
    const QString folder = open.path("variant");
    part<QLineEdit>(dialog, "quantizeFolder")->clear();
    QTest::keyClicks(part<QLineEdit>(dialog, "quantizeFolder"), folder);
    QTRY_VERIFY(part<QPushButton>(dialog, "quantizeStartButton")->isEnabled());
    press(dialog, "quantizeStartButton");
    QVERIFY(quantize.busy());
    QVERIFY(!open.workbench().benchmark().whyNot().isEmpty());  // figures beside it would be wrong
    QTRY_VERIFY_WITH_TIMEOUT(!quantize.busy(), kPatience);
    QVERIFY2(quantize.report().has_value(), qPrintable(quantize.message()));
    const auto& report = *quantize.report();
    QVERIFY(report.quality && *report.quality->klMean > 0.0 && *report.quality->klMean < 0.2);
    QVERIFY(std::abs(static_cast<double>(guessed - report.weightsBytes)) <
            0.05 * static_cast<double>(report.weightsBytes));
    QTRY_VERIFY(part<QTableView>(dialog, "layerErrors")->isVisible());
    QCOMPARE(part<QTableView>(dialog, "layerErrors")->model()->rowCount(), 7);

    auto* list = open.workbench().models().list();
    QTRY_VERIFY(list->find(folder) >= 0 && list->row(list->find(folder)).surveyed);
    const auto& row = list->row(list->find(folder));
    QVERIFY2(row.opens(), qPrintable(row.reason()));
    QCOMPARE(ui::sourceOf(row), QString("demo:bf16"));
    const auto points = ui::variantPoints(*list, "demo:bf16");
    QCOMPARE(points.series.size(), std::size_t{2});
    QCOMPARE(points.series[0].points[0].y, 0.0);
    QCOMPARE(points.series[1].points[0].y, *report.quality->klMean);
    QVERIFY(points.series[0].points[0].onFront && points.series[1].points[0].onFront);

    press(dialog, "quantizeCompareButton");
    QTRY_COMPARE(open.workbench().compare().lanes()->count(), 4);  // the demo's three, and the variant
    QCOMPARE(open.workbench().compare().lanes()->choices().back().model, folder);
    open.window().openPage("models");
    open.find<QTableView>("modelTable")->selectRow(list->find(folder));
    open.click("modelQualityTab");
    QTRY_VERIFY(open.find<ui::ResultsPlot>("variantPlot")->isVisible());
    QCOMPARE(open.find<ui::ResultsPlot>("variantPlot")->pointCount(), 2);
}

void TestQuantizeDialog::stoppedJobGoesOn() {
    uitest::OpenWindow open(modelsSettings());
    auto& quantize = open.workbench().quantize();
    auto* dialog = uitest::dialogOfModel<ui::QuantizeDialog>(open, "demo:bf16", "modelQuantizeButton");
    choose(dialog, "gptq-int3");
    quantize.chooseFolder(open.path("stopped"));
    QTRY_VERIFY(part<QPushButton>(dialog, "quantizeStartButton")->isEnabled());
    press(dialog, "quantizeStartButton");
    QTRY_VERIFY_WITH_TIMEOUT(quantize.progress().share > 0.0, kPatience);
    press(dialog, "quantizeStartButton");
    QTRY_VERIFY_WITH_TIMEOUT(!quantize.busy(), kPatience);
    if (quantize.report())
        QSKIP("the job was done before it could be stopped");
    QVERIFY(quantize.resumes());
    QCOMPARE(part<QPushButton>(dialog, "quantizeStartButton")->text(), QString("Go on"));
    press(dialog, "quantizeStartButton");
    QTRY_VERIFY_WITH_TIMEOUT(!quantize.busy(), kPatience);
    QVERIFY2(quantize.report().has_value(), qPrintable(quantize.message()));
    QVERIFY(quantize.report()->resumedLayers > 0);
}

void TestQuantizeDialog::quantizedSourceIsRefused() {
    uitest::OpenWindow open(modelsSettings());
    auto& quantize = open.workbench().quantize();
    quantize.chooseSource("demo:spinquant");
    QTRY_VERIFY2(quantize.whyNot().contains("quantized already"), qPrintable(quantize.whyNot()));
    quantize.start();
    QVERIFY(!quantize.busy());
}

void TestQuantizeDialog::damagedCardIsNoCard() {
    const QTemporaryDir folder;
    for (const char* text : {"", "{", "[]", "{\"policy\": 1}", "{\"policy\": \"a\", \"method\": \"b\"}"}) {
        QFile file(folder.filePath("quality.json"));
        QVERIFY(file.open(QIODevice::WriteOnly | QIODevice::Truncate));
        file.write(text);
        file.close();
        const auto card = engine::readQualityCard(folder.path().toStdString());
        QVERIFY(!card.has_value());
        QVERIFY2(QString::fromStdString(card.error().message).contains("is not a quality card"), text);
    }
}

void TestQuantizeDialog::errorsStandByLayer() {
    ui::LayerErrorModel model;
    const QAbstractItemModelTester tester(&model, QAbstractItemModelTester::FailureReportingMode::QtTest);
    model.setLayers({{"layers.0.attention.wq", "int4_g32", 0.01, 0.0},
                     {"layers.2.attention.wq", "int4_g32", 0.121, 0.0},
                     {"layers.2.feed_forward.w2", "int8_channel", 0.02, 0.0},
                     {"tok_embeddings", "int8_channel", 0.5, 0.0}});
    QVERIFY(!model.ofOutputs());
    QCOMPARE(model.rowCount(), 2);
    QCOMPARE(model.columnCount(), 3);
    QCOMPARE(model.index(0, 2).data().toString(), QString("12"));
    QCOMPARE(model.index(1, 2).data().toString(), QString("2.0"));
    QVERIFY(!model.index(0, 1).data().isValid());
    QCOMPARE(model.headerData(1, Qt::Vertical, Qt::DisplayRole).toString(), QString("w2"));
    model.setLayers({});
    QCOMPARE(model.columnCount(), 0);
}

void TestQuantizeDialog::estimateIsTheSizeThatIsMade_data() {
    QTest::addColumn<QString>("recipe");
    for (const char* recipe :
         {"rtn-int4", "rtn-int2", "rtn-family", "spinquant", "nano-qkvfp16", "int8-baseline"})
        QTest::newRow(recipe) << recipe;
}

void TestQuantizeDialog::estimateIsTheSizeThatIsMade() {
    QFETCH(QString, recipe);
    const QTemporaryDir folder;
    engine::QuantizeRequest request;
    request.model = "demo:bf16";
    request.policy = recipe.toStdString();
    request.out = folder.filePath("made").toStdString();
    request.windows = 4;
    request.evaluate = false;
    const auto estimate = engine::estimateQuantize(request);
    const auto report = engine::quantizeModel(request);
    QVERIFY2(estimate.has_value() && report.has_value(), report ? "" : report.error().message.c_str());
    const auto made = static_cast<double>(report->weightsBytes);
    QVERIFY2(std::abs(static_cast<double>(estimate->weightsBytes) / made - 1.0) < 0.05,
             qPrintable(QString("%1 of %2").arg(estimate->weightsBytes).arg(report->weightsBytes)));
}

QTEST_MAIN(TestQuantizeDialog)
#include "tst_quantize_dialog.moc"
