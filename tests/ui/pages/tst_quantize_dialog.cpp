#include <QAbstractItemModelTester>
#include <QLabel>
#include <QLineEdit>
#include <QListWidget>
#include <QPushButton>
#include <QTableView>

#include "tests/ui/open_window.h"
#include "ui/controllers/models_controller.h"
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

private:
    /// Opens the dialog of a model and lets `use` look at it; the dialog stays open.
    static ui::QuantizeDialog* openDialog(uitest::OpenWindow& open, const QString& model);
};

namespace {

constexpr int kPatience = 60'000;

ui::Settings modelsSettings() {
    ui::Settings settings;
    settings.page = "models";
    return settings;
}

template <class Widget>
Widget* in(ui::QuantizeDialog* dialog, const char* name) {
    auto* found = dialog->findChild<Widget*>(QString::fromLatin1(name));
    if (found == nullptr)
        qFatal("the dialog has no %s", name);
    return found;
}

void choose(ui::QuantizeDialog* dialog, const QString& recipe) {
    auto* list = in<QListWidget>(dialog, "quantizeRecipes");
    for (int row = 0; row < list->count(); ++row)
        if (list->item(row)->data(Qt::UserRole).toString() == recipe)
            list->setCurrentRow(row);
}

void press(ui::QuantizeDialog* dialog, const char* button) {
    QTest::mouseClick(in<QPushButton>(dialog, button), Qt::LeftButton);
}

}  // namespace

ui::QuantizeDialog* TestQuantizeDialog::openDialog(uitest::OpenWindow& open, const QString& model) {
    auto* list = open.workbench().models().list();
    const int row = list->find(model);
    if (!QTest::qWaitFor([&] { return list->row(row).surveyed.has_value(); }, kPatience))
        qFatal("the model was not read");
    open.find<QTableView>("modelTable")->selectRow(row);
    open.click("modelQuantizeButton");
    ui::QuantizeDialog* dialog = nullptr;
    if (!QTest::qWaitFor(
            [&] { return (dialog = open.window().findChild<ui::QuantizeDialog*>()) != nullptr; }))
        qFatal("no dialog");
    return dialog;
}

void TestQuantizeDialog::variantIsMadeAndShown() {
    uitest::OpenWindow open(modelsSettings());
    auto& quantize = open.workbench().quantize();
    auto* dialog = openDialog(open, "demo:bf16");
    QVERIFY(in<QListWidget>(dialog, "quantizeRecipes")->count() >= 10);
    choose(dialog, "rtn-int4");
    QTRY_VERIFY(quantize.estimate().weightsBytes > 0);
    QVERIFY(!in<QLineEdit>(dialog, "quantizeText")->isEnabled());  // nothing is calibrated
    choose(dialog, "gptq-int4");
    QTRY_VERIFY(in<QLineEdit>(dialog, "quantizeText")->isEnabled());
    const auto guessed = quantize.estimate().weightsBytes;
    const QString folder = open.path("variant");
    in<QLineEdit>(dialog, "quantizeFolder")->clear();
    QTest::keyClicks(in<QLineEdit>(dialog, "quantizeFolder"), folder);
    QTRY_VERIFY(in<QPushButton>(dialog, "quantizeStartButton")->isEnabled());
    press(dialog, "quantizeStartButton");
    QVERIFY(quantize.busy());
    QVERIFY(!open.workbench().benchmark().whyNot().isEmpty());  // figures beside it would be wrong
    QTRY_VERIFY_WITH_TIMEOUT(!quantize.busy(), kPatience);
    QVERIFY2(quantize.report().has_value(), qPrintable(quantize.message()));
    const auto& report = *quantize.report();
    QVERIFY(report.quality && *report.quality->klMean > 0.0 && *report.quality->klMean < 0.2);
    QVERIFY(std::abs(static_cast<double>(guessed - report.weightsBytes)) <
            0.05 * static_cast<double>(report.weightsBytes));
    QTRY_VERIFY(in<QTableView>(dialog, "layerErrors")->isVisible());
    QCOMPARE(in<QTableView>(dialog, "layerErrors")->model()->rowCount(), 7);

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
    auto* dialog = openDialog(open, "demo:bf16");
    choose(dialog, "gptq-int3");
    quantize.chooseFolder(open.path("stopped"));
    QTRY_VERIFY(in<QPushButton>(dialog, "quantizeStartButton")->isEnabled());
    press(dialog, "quantizeStartButton");
    QTRY_VERIFY_WITH_TIMEOUT(quantize.progress().share > 0.0, kPatience);
    press(dialog, "quantizeStartButton");
    QTRY_VERIFY_WITH_TIMEOUT(!quantize.busy(), kPatience);
    if (quantize.report())
        QSKIP("the job was done before it could be stopped");
    QVERIFY(quantize.resumes());
    QCOMPARE(in<QPushButton>(dialog, "quantizeStartButton")->text(), QString("Go on"));
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

QTEST_MAIN(TestQuantizeDialog)
#include "tst_quantize_dialog.moc"
