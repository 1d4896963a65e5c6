#include <QAbstractItemModelTester>
#include <QButtonGroup>
#include <QClipboard>
#include <QComboBox>
#include <QLabel>
#include <QLineEdit>
#include <QMenu>
#include <QPushButton>
#include <QTableView>

#include "engine/report/writers.h"
#include "tests/engine/report/sample_report.h"
#include "tests/ui/open_window.h"
#include "ui/dialogs/samples_dialog.h"
#include "ui/plots/results_plot.h"
#include "ui/widgets/answer_view.h"

using ui::RunTableModel;

/// What can be done with stored runs: filters, tags, notes, baseline, plots, pictures, samples, import.
class TestResultsTools : public QObject {
    Q_OBJECT
private slots:
    void init() { uitest::failOnWarning(); }
    void filtersByFact();
    void tagsAndNotesAreKept();
    void baselineShowsRegressions();
    void everyPlotIsDrawn_data();
    void everyPlotIsDrawn();
    void plotLeadsToItsSamples();
    void plotsAreSaved_data();
    void plotsAreSaved();
    void markdownIsCopied();
    void reportsOfOtherMachinesAreImported();
    void sampleIsReadOnly();
    void runsAreMeasuredAgain();
    void pdfIsWritten();
    void hundredsOfRunsAreShown();
};

namespace {

void store(engine::Store& store, const engine::RunReport& report) {
    const auto run = store.addRun(report.run);
    QVERIFY(run.has_value());
    for (auto lane : report.lanes) {
        lane.lane.runId = *run;
        const auto id = store.addLane(lane.lane);
        QVERIFY(id.has_value());
        for (auto& sample : lane.samples)
            sample.laneId = *id;
        QVERIFY(store.addSamples(lane.samples).has_value());
    }
}

std::unique_ptr<uitest::OpenWindow> openWith(const std::vector<engine::RunReport>& runs) {
    ui::Settings settings;
    settings.page = "results";
    auto open = std::make_unique<uitest::OpenWindow>(settings);
    {
        const auto database = open->store();
        for (const auto& run : runs)
            store(*database, run);
    }
    open->reopen(settings);
    return open;
}

/// Two lanes whose decode speeds are `factor` times the sample's.
engine::RunReport scaled(double factor, const std::string& machine = "CpuA") {
    auto report = reporttest::sampleReport();
    report.run.machine = R"({"cpu":")" + machine + R"("})";
    report.run.note.clear();
    for (auto& lane : report.lanes)
        for (auto& sample : lane.samples)
            if (sample.metric == "decode_tokens_per_s")
                sample.value *= factor;
    return report;
}

QAbstractItemModel* table(uitest::OpenWindow& open) {
    return open.find<QTableView>("runTable")->model();
}

QString cell(uitest::OpenWindow& open, int row, int column) {
    return table(open)->index(row, column).data().toString();
}

/// Chooses an entry of a button's menu without opening it on a screen.
void chooseIn(QPushButton* button, const QString& text) {
    emit button->menu()->aboutToShow();
    for (auto* action : button->menu()->actions())
        if (action->text() == text) {
            action->trigger();
            return;
        }
    QFAIL(qPrintable("no entry " + text));
}

void choosePlot(uitest::OpenWindow& open, engine::PlotKind kind) {
    open.click(QString("plotKind%1").arg(static_cast<int>(kind) + 1));
}

void chooseValue(QComboBox* box, const QString& text) {
    const int at = box->findText(text);
    QVERIFY2(at >= 0, qPrintable(text));
    box->setCurrentIndex(at);
    emit box->activated(at);
}

}  // namespace

void TestResultsTools::filtersByFact() {
    const auto open = openWith({scaled(1.0, "CpuA"), scaled(1.0, "CpuB")});
    QCOMPARE(table(*open)->rowCount(), 4);
    auto* host = open->find<QPushButton>("filterHost");
    chooseIn(host, "CpuA");
    QCOMPARE(table(*open)->rowCount(), 2);
    QCOMPARE(cell(*open, 0, RunTableModel::runColumn), QString("1"));
    QVERIFY(host->toolTip().contains("CpuA"));
    chooseIn(open->find<QPushButton>("filterModel"), "ModelBeta");
    QCOMPARE(table(*open)->rowCount(), 1);
    chooseIn(host, "All");
    QCOMPARE(table(*open)->rowCount(), 2);
    chooseIn(open->find<QPushButton>("filterModel"), "All");
    auto* date = open->find<QPushButton>("filterDate");
    auto old = scaled(1.0);
    old.run.startedAt = "2020-01-01T00:00:00.000Z";
    store(*open->store(), old);
    open->workbench().results().refresh();
    QTRY_COMPARE(table(*open)->rowCount(), 6);
    const auto days =
        QDateTime::fromString("2026-11-24T10:15:30Z", Qt::ISODate).daysTo(QDateTime::currentDateTimeUtc());
    if (days >= 0 && days < 365) {
        chooseIn(date, "Last year");
        QCOMPARE(table(*open)->rowCount(), 4);
    }
}

void TestResultsTools::tagsAndNotesAreKept() {
    const auto open = openWith({scaled(1.0), scaled(1.0)});
    open->find<QTableView>("runTable")->selectRow(0);
    auto* tags = open->find<QLineEdit>("tagsEdit");
    QTRY_VERIFY(tags->isVisible());
    tags->setFocus();
    QTest::keyClicks(tags, "#release nightly, release");
    QTest::keyClick(tags, Qt::Key_Return);
    QTRY_COMPARE(open->store()->run(2)->tags, std::vector<std::string>({"nightly", "release"}));
    QTRY_VERIFY(cell(*open, 0, RunTableModel::notesColumn).startsWith("#nightly #release"));
    open->find<QTableView>("runTable")->selectRow(2);
    auto* note = open->find<QLineEdit>("noteEdit");
    QTRY_VERIFY(note->isVisible());
    note->setFocus();
    QTest::keyClicks(note, "with the fan off");
    QTest::keyClick(note, Qt::Key_Return);
    QTRY_COMPARE(QString::fromStdString(open->store()->run(1)->note), QString("with the fan off"));
    chooseIn(open->find<QPushButton>("filterTag"), "release");
    QCOMPARE(table(*open)->rowCount(), 2);
    chooseIn(open->find<QPushButton>("filterTag"), "All");
    open->find<QLineEdit>("resultsSearch")->setText("fan off");
    QTRY_COMPARE(table(*open)->rowCount(), 2);
}

void TestResultsTools::baselineShowsRegressions() {
    const auto open = openWith({scaled(1.0), scaled(0.5), scaled(1.0005), scaled(2.0)});
    QCOMPARE(cell(*open, 0, RunTableModel::referenceColumn), QString("reference"));
    open->find<QTableView>("runTable")->selectRow(6);  // run 1
    QTRY_VERIFY(open->find<QPushButton>("pinBaselineButton")->isVisible());
    open->click("pinBaselineButton");
    QTRY_COMPARE(cell(*open, 6, RunTableModel::referenceColumn), QString("baseline"));
    QCOMPARE(open->find<QPushButton>("baselineButton")->text(), QString::fromUtf8("Baseline: 1 ▾"));
    QVERIFY2(cell(*open, 0, RunTableModel::referenceColumn).startsWith(QString::fromUtf8("+100 % ▲ p")),
             qPrintable(cell(*open, 0, RunTableModel::referenceColumn)));
    QCOMPARE(cell(*open, 2, RunTableModel::referenceColumn),
             QString::fromUtf8("≈ no significant difference"));
    QVERIFY(cell(*open, 4, RunTableModel::referenceColumn).startsWith(QString::fromUtf8("−50 % ▼ p")));
    const auto tip = table(*open)->index(2, RunTableModel::referenceColumn).data(Qt::ToolTipRole).toString();
    QVERIFY2(tip.contains("no significant difference (p = "), qPrintable(tip));
    ui::Settings settings;
    settings.page = "results";
    open->reopen(settings);  // it is the database that knows
    QTRY_COMPARE(cell(*open, 6, RunTableModel::referenceColumn), QString("baseline"));
    chooseIn(open->find<QPushButton>("baselineButton"), "None: against the first lane of each run");
    QTRY_COMPARE(cell(*open, 6, RunTableModel::referenceColumn), QString("reference"));
}

void TestResultsTools::everyPlotIsDrawn_data() {
    QTest::addColumn<int>("kind");
    QTest::addColumn<bool>("dark");
    using engine::PlotKind;
    for (const auto& [name, kind] :
         {std::pair("bars", PlotKind::bars), std::pair("boxes", PlotKind::box),
          std::pair("time", PlotKind::timeSeries), std::pair("sweep", PlotKind::sweep),
          std::pair("trade-off", PlotKind::pareto)})
        for (const bool dark : {false, true})
            QTest::addRow("%s %s", name, dark ? "dark" : "light") << static_cast<int>(kind) << dark;
}

void TestResultsTools::everyPlotIsDrawn() {
    QFETCH(int, kind);
    QFETCH(bool, dark);
    const auto open = openWith({scaled(1.0)});
    ui::Theme::instance().apply(dark ? ui::ThemeMode::dark : ui::ThemeMode::light);
    choosePlot(*open, static_cast<engine::PlotKind>(kind));
    auto* plot = open->find<ui::ResultsPlot>("resultsPlot");
    QVERIFY(plot->isVisible());
    QCOMPARE(plot->pointCount(), 2);
    QVERIFY(plot->plottableCount() >= 2);
    QVERIFY(!plot->accessibleDescription().isEmpty());
    open->find<QWidget>("plotLog");
    chooseValue(open->find<QComboBox>("plotMetric"), "Energy per token");
    QCOMPARE(plot->pointCount(), 2);
    const auto picture = plot->grab().toImage();
    QSet<QRgb> colours;
    for (int y = 0; y < picture.height(); y += 2)
        for (int x = 0; x < picture.width(); x += 2)
            colours.insert(picture.pixel(x, y));
    QVERIFY2(colours.size() > 5, qPrintable(QString::number(colours.size())));
    ui::Theme::instance().apply(ui::ThemeMode::light);
}

void TestResultsTools::plotLeadsToItsSamples() {
    const auto open = openWith({scaled(1.0)});
    choosePlot(*open, engine::PlotKind::bars);
    auto* plot = open->find<ui::ResultsPlot>("resultsPlot");
    plot->setFocus();
    QTest::keyClick(plot, Qt::Key_Right);
    QTest::keyClick(plot, Qt::Key_Return);
    QTRY_VERIFY(open->window().findChild<ui::SamplesDialog*>("samplesDialog") != nullptr);
    auto* dialog = open->window().findChild<ui::SamplesDialog*>("samplesDialog");
    auto* samples = dialog->findChild<QTableView*>("sampleTable");
    const QAbstractItemModelTester tester(samples->model(),
                                          QAbstractItemModelTester::FailureReportingMode::QtTest);
    QCOMPARE(samples->model()->rowCount(), 10);
    QCOMPARE(samples->model()->index(1, 3).data(Qt::EditRole).toDouble(), 101.0);
    QTest::mouseClick(dialog->findChild<QPushButton*>("samplesCopy"), Qt::LeftButton);
    QCOMPARE(QGuiApplication::clipboard()->text().count('\n'), 11);
    dialog->close();
}

void TestResultsTools::plotsAreSaved_data() {
    QTest::addColumn<QString>("format");
    QTest::addColumn<QByteArray>("magic");
    QTest::newRow("png") << "png" << QByteArray("\x89PNG");
    QTest::newRow("svg") << "svg" << QByteArray("<?xml");
    QTest::newRow("pdf") << "pdf" << QByteArray("%PDF");
}

void TestResultsTools::plotsAreSaved() {
    QFETCH(QString, format);
    QFETCH(QByteArray, magic);
    const auto open = openWith({scaled(1.0)});
    choosePlot(*open, engine::PlotKind::bars);
    auto* plot = open->find<ui::ResultsPlot>("resultsPlot");
    const auto path = open->path("plot." + format);
    QVERIFY(plot->saveTo(path));
    QFile file(path);
    QVERIFY(file.open(QIODevice::ReadOnly));
    const auto bytes = file.readAll();
    QVERIFY(bytes.startsWith(magic));
    QVERIFY(bytes.size() > 1500);
    if (format == "svg")
        QVERIFY(bytes.contains("<path") && !bytes.contains("<image"));  // vectors, not a picture of them
    QVERIFY(!plot->saveTo(open->path("absent/plot." + format)));
}

void TestResultsTools::markdownIsCopied() {
    const auto open = openWith({scaled(1.0)});
    open->find<QTableView>("runTable")->selectRow(0);
    QTRY_VERIFY(open->find<QPushButton>("copyMarkdownButton")->isVisible());
    open->click("copyMarkdownButton");
    const auto text = QGuiApplication::clipboard()->text();
    QVERIFY2(text.startsWith("# Anven Workbench report"), qPrintable(text.left(200)));
    QVERIFY(text.contains("<summary>Environment</summary>") && text.contains("100 tok/s"));
}

void TestResultsTools::reportsOfOtherMachinesAreImported() {
    const auto open = openWith({scaled(1.0, "CpuA")});
    auto other = scaled(1.5, "CpuB");
    other.run.startedAt = "2026-11-25T00:00:00.000Z";
    const auto file = open->path("other.json");
    QVERIFY(engine::writeReport({other}, file.toStdString()).has_value());
    open->workbench().results().importFile(file);
    QTRY_COMPARE(table(*open)->rowCount(), 4);
    QVERIFY(cell(*open, 0, RunTableModel::notesColumn).contains("#imported"));
    open->workbench().results().pinBaseline(1);  // the two machines against each other
    QTRY_VERIFY(cell(*open, 0, RunTableModel::referenceColumn).startsWith(QString::fromUtf8("+50 % ▲")));
    const auto* message = open->find<QLabel>("resultsMessage");
    open->workbench().results().importFile(file);
    QTRY_VERIFY2(message->text().contains("1 run had been there before"), qPrintable(message->text()));
    QCOMPARE(table(*open)->rowCount(), 4);
    open->workbench().results().importFile(open->path("absent.json"));
    QTRY_VERIFY2(message->text().contains("absent.json"), qPrintable(message->text()));
    QCOMPARE(message->property("tone").toString(), QString("warning"));
}

void TestResultsTools::sampleIsReadOnly() {
    const auto open = openWith({});
    open->click("openSampleButton");
    QTRY_VERIFY(table(*open)->rowCount() > 5);
    QVERIFY(open->find<QLabel>("sampleNote")->isVisible());
    QVERIFY(open->find<QLabel>("sampleNote")->text().contains("read-only"));
    open->find<QTableView>("runTable")->selectRow(0);
    QTRY_VERIFY(open->find<QPushButton>("rerunButton")->isVisible());
    for (const char* button : {"rerunButton", "deleteRunButton", "pinBaselineButton"})
        QVERIFY2(!open->find<QPushButton>(button)->isEnabled(), button);
    QVERIFY(open->find<QLineEdit>("noteEdit")->isReadOnly());
    QVERIFY(open->find<QLabel>("detailTitle")->text().startsWith("Sample run "));
    open->workbench().results().deleteRun(1);
    open->workbench().results().setNote(1, "x");
    QVERIFY(open->find<QLabel>("resultsMessage")->text().contains("cannot be changed"));
    open->click("closeSampleButton");
    QTRY_VERIFY(open->find<QPushButton>("goCompareButton")->isVisible());
    QVERIFY(open->store()->runs()->empty());
}

void TestResultsTools::runsAreMeasuredAgain() {
    const auto open = openWith({});
    {
        auto& compare = open->workbench().compare();
        while (compare.lanes()->rowCount() > 1)
            compare.removeLane(1);
        compare.setPrompt("What is 1 plus 2?");
        compare.start();
        QTRY_VERIFY_WITH_TIMEOUT(compare.state() == ui::CompareController::State::idle, 60'000);
    }
    QTRY_COMPARE_WITH_TIMEOUT(table(*open)->rowCount(), 1, 20'000);
    QTRY_VERIFY_WITH_TIMEOUT(!open->store()->lanes(1)->front().digest.empty(), 20'000);
    open->workbench().results().refresh();
    open->find<QTableView>("runTable")->selectRow(0);
    QTRY_VERIFY(open->find<QPushButton>("rerunButton")->isEnabled());
    open->workbench().results().rerun(1);
    QVERIFY(!open->workbench().results().whyNoRerun().isEmpty());
    QVERIFY(!open->workbench().compare().whyNot().isEmpty());  // one measurement at a time
    QTRY_COMPARE_WITH_TIMEOUT(table(*open)->rowCount(), 2, 60'000);
    const auto database = open->store();
    QCOMPARE(database->run(2)->profileText, database->run(1)->profileText);
    QCOMPARE(database->lanes(2)->front().text, database->lanes(1)->front().text);  // greedy: the same answer
    QCOMPARE(database->lanes(2)->front().digest, database->lanes(1)->front().digest);
    QTRY_VERIFY(open->workbench().results().whyNoRerun().isEmpty());
}

void TestResultsTools::pdfIsWritten() {
    const auto open = openWith({scaled(1.0)});
    const auto path = open->path("report.pdf");
    QSignalSpy exported(&open->workbench().results(), &ui::ResultsController::exported);
    open->workbench().results().exportReport({}, path);
    QTRY_COMPARE_WITH_TIMEOUT(exported.count(), 1, 60'000);
    QFile file(path);
    QVERIFY(file.open(QIODevice::ReadOnly));
    const auto bytes = file.readAll();
    QVERIFY(bytes.startsWith("%PDF-"));
    QVERIFY(bytes.trimmed().endsWith("%%EOF"));
    QVERIFY(bytes.contains("/Type /Page"));
    QVERIFY(bytes.size() > 8000);
}

void TestResultsTools::hundredsOfRunsAreShown() {
    std::vector<engine::RunReport> runs;
    for (int i = 0; i < 300; ++i)
        runs.push_back(scaled(1.0 + i % 7));
    const auto open = openWith(runs);
    QTRY_COMPARE_WITH_TIMEOUT(table(*open)->rowCount(), 600, 60'000);
    for (int row = 0; row < 600; ++row)
        table(*open)->setData(table(*open)->index(row, RunTableModel::runColumn), Qt::Checked,
                              Qt::CheckStateRole);
    choosePlot(*open, engine::PlotKind::timeSeries);
    QCOMPARE(open->find<ui::ResultsPlot>("resultsPlot")->pointCount(), 600);
}

QTEST_MAIN(TestResultsTools)
#include "tst_results_tools.moc"
