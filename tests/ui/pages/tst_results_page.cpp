#include <QHeaderView>
#include <QLabel>
#include <QLineEdit>
#include <QMessageBox>
#include <QPushButton>
#include <QTableView>

#include "tests/engine/report/sample_report.h"
#include "tests/ui/open_window.h"
#include "ui/plots/metric_bars.h"
#include "ui/widgets/answer_view.h"

using ui::RunTableModel;

/// Stored runs: table, plots, details, search, delete; with nothing, with gaps and with everything.
class TestResultsPage : public QObject {
    Q_OBJECT
private slots:
    void init() { uitest::failOnWarning(); }
    void emptyPageLeadsToCompare();
    void partialRunShowsDashesAndReasons();
    void fullRunIsShown();
    void missingEnergyIsAReason();
    void tickingRowsChangesThePlots_data();
    void tickingRowsChangesThePlots();
    void withoutTicksNothingIsExported();
    void searchFiltersRows_data();
    void searchFiltersRows();
    void sortsByNumber();
    void detailsFollowTheRow();
    void deletesARun();
    void exportThatCannotBeWrittenIsSaid();
    void hostileTextsAreText();
    void brokenDatabaseIsSaid();
};

namespace {

constexpr int kMetrics = 4;
const char* const kPlots[kMetrics] = {"decode_tokens_per_s", "ttft_ms", "peak_rss_bytes", "joules_per_token"};

void store(engine::Store& store, const engine::RunReport& report) {
    const auto run = store.addRun(report.run);
    QVERIFY2(run.has_value(), run ? "" : run.error().message.c_str());
    for (auto lane : report.lanes) {
        lane.lane.runId = *run;
        const auto id = store.addLane(lane.lane);
        QVERIFY(id.has_value());
        for (auto& sample : lane.samples)
            sample.laneId = *id;
        QVERIFY(store.addSamples(lane.samples).has_value());
        for (auto energy : lane.energy) {
            energy.laneId = *id;
            QVERIFY(store.addEnergy(energy).has_value());
        }
    }
}

/// A window on the results page over these runs.
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

/// A lane that failed, one that never ran, and one without samples.
engine::RunReport partialReport() {
    engine::RunReport report;
    report.run.kind = "compare";
    report.run.status = "interrupted";
    report.run.prompt = "Why?";
    report.lanes.resize(3);
    const char* const states[] = {"failed", "running", "finished"};
    for (int i = 0; i < 3; ++i) {
        auto& lane = report.lanes[static_cast<std::size_t>(i)].lane;
        lane.position = i;
        lane.name = "Lane" + std::to_string(i);
        lane.status = states[i];
    }
    report.lanes[0].lane.error = "ran out of memory";
    return report;
}

engine::RunReport namedReport(const std::string& first, const std::string& second, const std::string& note) {
    auto report = reporttest::sampleReport("compare");
    report.run.note = note;
    report.lanes[0].lane.name = first;
    report.lanes[1].lane.name = second;
    return report;
}

QAbstractItemModel* table(uitest::OpenWindow& open) {
    return open.find<QTableView>("runTable")->model();
}

QString cell(uitest::OpenWindow& open, int row, int column) {
    return table(open)->index(row, column).data().toString();
}

QStringList names(uitest::OpenWindow& open) {
    QStringList found;
    for (int row = 0; row < table(open)->rowCount(); ++row)
        found << cell(open, row, RunTableModel::variantColumn);
    return found;
}

int bars(uitest::OpenWindow& open, const char* metric = "decode_tokens_per_s") {
    return open.find<ui::MetricBars>(QString("plot_") + metric)->barCount();
}

/// Where the tick box of a row is.
QPoint tickOf(uitest::OpenWindow& open, int row) {
    const auto* view = open.find<QTableView>("runTable");
    const auto place = view->visualRect(view->model()->index(row, RunTableModel::runColumn));
    return {place.left() + 16, place.center().y()};
}

}  // namespace

void TestResultsPage::emptyPageLeadsToCompare() {
    const auto open = openWith({});
    QVERIFY(!open->find<QTableView>("runTable")->isVisible());
    QVERIFY(!open->find<QPushButton>("exportButton")->isEnabled());
    QVERIFY(!open->find<QLineEdit>("resultsSearch")->isEnabled());
    QVERIFY(open->find<QPushButton>("goCompareButton")->isVisible());
    open->click("goCompareButton");
    QCOMPARE(open->window().page(), QString("compare"));
}

void TestResultsPage::partialRunShowsDashesAndReasons() {
    const auto open = openWith({partialReport()});
    QCOMPARE(names(*open), QStringList({"Lane0", "Lane1", "Lane2"}));
    for (int row = 0; row < 3; ++row)
        for (const int column :
             {RunTableModel::ttftColumn, RunTableModel::decodeColumn, RunTableModel::intervalColumn,
              RunTableModel::memoryColumn, RunTableModel::energyColumn})
            QCOMPARE(cell(*open, row, column), QString::fromUtf8("—"));
    QCOMPARE(cell(*open, 0, RunTableModel::notesColumn), QString("ran out of memory"));
    for (const char* metric : kPlots) {
        const auto* plot = open->find<ui::MetricBars>(QString("plot_") + metric);
        QCOMPARE(plot->barCount(), 0);
        QCOMPARE(plot->accessibleDescription(), QString("Not measured in the checked runs"));
    }
    auto* view = open->find<QTableView>("runTable");
    for (int row = 0; row < 3; ++row)
        view->selectRow(row);
    view->selectRow(0);
    QVERIFY(open->find<ui::AnswerView>("detailAnswer")->toPlainText().contains("ran out of memory"));
}

void TestResultsPage::fullRunIsShown() {
    const auto open = openWith({reporttest::sampleReport()});
    QCOMPARE(names(*open), QStringList({"Alpha", "Beta"}));
    QCOMPARE(cell(*open, 0, RunTableModel::decodeColumn), QString("100"));
    QCOMPARE(cell(*open, 1, RunTableModel::decodeColumn), QString("200"));
    QCOMPARE(cell(*open, 0, RunTableModel::ttftColumn), QString("12.5"));
    QCOMPARE(cell(*open, 0, RunTableModel::memoryColumn), QString("3 GiB"));
    QCOMPARE(cell(*open, 0, RunTableModel::energyColumn), QString("0.375"));
    QVERIFY(cell(*open, 0, RunTableModel::intervalColumn).endsWith(QString::fromUtf8("· 10")));
    QCOMPARE(cell(*open, 0, RunTableModel::referenceColumn), QString("reference"));
    const auto against = cell(*open, 1, RunTableModel::referenceColumn);
    QVERIFY2(against.contains("faster"), qPrintable(against));
    for (const char* metric : kPlots)
        QCOMPARE(bars(*open, metric), 2);
    QCOMPARE(open->find<ui::MetricBars>("plot_decode_tokens_per_s")->errorBarCount(), 2);
    const auto* single = open->find<ui::MetricBars>("plot_peak_rss_bytes");
    QCOMPARE(single->errorBarCount(), 0);  // one sample has no interval
    QVERIFY2(single->accessibleDescription().contains("3 GiB"), qPrintable(single->accessibleDescription()));
}

void TestResultsPage::missingEnergyIsAReason() {
    auto report = reporttest::sampleReport();
    for (auto& lane : report.lanes) {
        std::erase_if(lane.samples, [](const auto& sample) { return sample.metric == "joules_per_token"; });
        lane.energy.front() = {
            0, 0, 0, std::nullopt, std::nullopt, "none", "unavailable", "no counter on this machine"};
    }
    const auto open = openWith({report});
    QCOMPARE(bars(*open, "joules_per_token"), 0);
    const auto said = open->find<ui::MetricBars>("plot_joules_per_token")->accessibleDescription();
    QCOMPARE(said, QString("No energy value: no counter on this machine"));
    const auto tip = table(*open)->index(0, RunTableModel::energyColumn).data(Qt::ToolTipRole).toString();
    QCOMPARE(tip, QString("no counter on this machine"));
}

void TestResultsPage::tickingRowsChangesThePlots_data() {
    QTest::addColumn<bool>("byKey");
    QTest::newRow("mouse") << false;
    QTest::newRow("space") << true;
}

void TestResultsPage::tickingRowsChangesThePlots() {
    QFETCH(bool, byKey);
    const auto open = openWith({namedReport("Old", "Older", ""), namedReport("New", "Newer", "")});
    auto* view = open->find<QTableView>("runTable");
    const auto tick = [&](int row) {
        view->setCurrentIndex(view->model()->index(row, RunTableModel::runColumn));
        if (byKey)
            QTest::keyClick(view, Qt::Key_Space);
        else
            QTest::mouseClick(view->viewport(), Qt::LeftButton, {}, tickOf(*open, row));
    };
    QCOMPARE(names(*open), QStringList({"New", "Newer", "Old", "Older"}));
    QCOMPARE(bars(*open), 2);  // the newest run is ticked at first
    const auto state = [&](int row) {
        return view->model()->index(row, RunTableModel::runColumn).data(Qt::CheckStateRole).toInt();
    };
    QCOMPARE(QList<int>({state(0), state(1), state(2), state(3)}),
             QList<int>({Qt::Checked, Qt::Checked, Qt::Unchecked, Qt::Unchecked}));
    tick(2);
    QCOMPARE(state(2), static_cast<int>(Qt::Checked));
    for (const char* metric : kPlots)
        QCOMPARE(bars(*open, metric), 3);
    const auto* plot = open->find<ui::MetricBars>("plot_decode_tokens_per_s");
    QVERIFY(plot->accessibleDescription().contains("Old, run 1"));
    tick(0);
    tick(1);
    QCOMPARE(bars(*open), 1);
    QVERIFY(!plot->accessibleDescription().contains("New"));
    open->workbench().results().refresh();  // what was ticked by hand stays
    QTRY_COMPARE(bars(*open), 1);
    QCOMPARE(open->workbench().results().table()->checkedRuns(), QVector<qint64>{1});
}

void TestResultsPage::withoutTicksNothingIsExported() {
    const auto open = openWith({reporttest::sampleReport()});
    auto* exportButton = open->find<QPushButton>("exportButton");
    QVERIFY(exportButton->isEnabled());
    for (int row = 0; row < 2; ++row)
        table(*open)->setData(table(*open)->index(row, RunTableModel::runColumn), Qt::Unchecked,
                              Qt::CheckStateRole);
    QVERIFY(!exportButton->isEnabled());
    QCOMPARE(open->find<ui::MetricBars>("plot_ttft_ms")->accessibleDescription(),
             QString("Check rows in the table to see them here"));
    open->workbench().results().exportReport({}, open->path("none.md"));
    QVERIFY(open->find<QLabel>("resultsMessage")->text().contains("Nothing to export"));
    QVERIFY(!QFile::exists(open->path("none.md")));
    open->workbench().results().refresh();  // a change of the runs does not bring it back
    QSignalSpy changed(&open->workbench().results(), &ui::ResultsController::changed);
    QTRY_VERIFY(changed.count() > 0);
    QVERIFY(!exportButton->isEnabled());
}

void TestResultsPage::searchFiltersRows_data() {
    QTest::addColumn<QString>("text");
    QTest::addColumn<QStringList>("left");
    QTest::newRow("name") << "pear" << QStringList{"Pear"};
    QTest::newRow("case") << "PEAR" << QStringList{"Pear"};
    QTest::newRow("note") << "night" << QStringList{"Apple", "Pear"};
    QTest::newRow("prompt") << "prompttext" << QStringList{"Plum [1]", "Fig", "Apple", "Pear"};
    QTest::newRow("path") << "/models/beta" << QStringList{"Fig", "Pear"};
    QTest::newRow("not a pattern") << "[1" << QStringList{"Plum [1]"};
    QTest::newRow("nothing") << "zebra" << QStringList{};
}

void TestResultsPage::searchFiltersRows() {
    QFETCH(QString, text);
    const auto open =
        openWith({namedReport("Apple", "Pear", "at night"), namedReport("Plum [1]", "Fig", "by day")});
    auto* search = open->find<QLineEdit>("resultsSearch");
    QTest::keyClick(&open->window(), Qt::Key_F, Qt::ControlModifier);
    QTRY_VERIFY(search->hasFocus());
    QTest::keyClicks(search, text);
    QTEST(names(*open), "left");
    QCOMPARE(bars(*open), 2);  // what is plotted is not what is listed
    search->clear();
    QCOMPARE(names(*open).size(), 4);
}

void TestResultsPage::sortsByNumber() {
    auto slow = namedReport("Nine", "Ten", "");
    for (auto& lane : slow.lanes)
        for (auto& sample : lane.samples)
            if (sample.metric == "decode_tokens_per_s")
                sample.value = lane.lane.name == "Nine" ? 9.0 : 10.0;
    const auto open = openWith({slow});
    auto* view = open->find<QTableView>("runTable");
    QCOMPARE(names(*open), QStringList({"Nine", "Ten"}));  // as they ran
    view->sortByColumn(RunTableModel::decodeColumn, Qt::DescendingOrder);
    QCOMPARE(names(*open), QStringList({"Ten", "Nine"}));
    view->sortByColumn(RunTableModel::decodeColumn, Qt::AscendingOrder);
    QCOMPARE(names(*open), QStringList({"Nine", "Ten"}));
    view->sortByColumn(RunTableModel::decodeColumn, Qt::DescendingOrder);
    view->selectRow(0);  // the row that is shown, not the one that is stored there
    QVERIFY(open->find<QLabel>("detailTitle")->text().endsWith("Ten"));
}

void TestResultsPage::detailsFollowTheRow() {
    const auto open = openWith({reporttest::sampleReport()});
    auto* title = open->find<QLabel>("detailTitle");
    QVERIFY(!title->isVisible());
    auto* view = open->find<QTableView>("runTable");
    QTest::mouseClick(view->viewport(), Qt::LeftButton, {},
                      view->visualRect(view->model()->index(1, RunTableModel::variantColumn)).center());
    QTRY_VERIFY(title->isVisible());
    QCOMPARE(title->text(), QString::fromUtf8("Run 1 · Beta"));
    QCOMPARE(open->find<ui::AnswerView>("detailAnswer")->toPlainText(), QString("AnswerBeta"));
    const auto facts = open->find<ui::AnswerView>("detailFacts")->toPlainText();
    for (const char* fact :
         {"PromptText", "/models/Beta.gguf", "123456789", "ReasonText", "Decode speed", "n = 10"})
        QVERIFY2(facts.contains(fact), fact);
    QTest::keyClick(view, Qt::Key_Up);
    QCOMPARE(title->text(), QString::fromUtf8("Run 1 · Alpha"));
    open->click("closeDetailsButton");
    QVERIFY(!title->isVisible());
}

namespace {

/// Answers the question whether to delete, with the button of this name or with none.
void answerDelete(const QString& button) {
    uitest::whenOpen<QMessageBox>([button](QMessageBox* box) {
        for (auto* choice : box->buttons())
            if (choice->objectName() == button)
                return choice->click();
        box->reject();
    });
}

}  // namespace

void TestResultsPage::deletesARun() {
    const auto open = openWith({namedReport("Old", "Older", ""), namedReport("New", "Newer", "")});
    open->find<QTableView>("runTable")->selectRow(0);
    QTRY_VERIFY(open->find<QPushButton>("deleteRunButton")->isVisible());
    answerDelete(QString());
    open->click("deleteRunButton");
    QCOMPARE(open->store()->runs()->size(), std::size_t{2});  // asked, and kept
    answerDelete("reallyDeleteRun");
    open->click("deleteRunButton");
    QTRY_COMPARE(names(*open), QStringList({"Old", "Older"}));
    QCOMPARE(bars(*open), 2);  // the next newest
    QVERIFY(!open->find<QLabel>("detailTitle")->isVisible());
    QCOMPARE(open->store()->runs()->size(), std::size_t{1});
    QVERIFY(open->store()->lanes(2)->empty());
    open->find<QTableView>("runTable")->selectRow(0);
    QTRY_VERIFY(open->find<QPushButton>("deleteRunButton")->isVisible());
    answerDelete("reallyDeleteRun");
    open->click("deleteRunButton");
    QTRY_VERIFY(open->find<QPushButton>("goCompareButton")->isVisible());
    QVERIFY(!open->find<QPushButton>("exportButton")->isEnabled());
}

void TestResultsPage::exportThatCannotBeWrittenIsSaid() {
    const auto open = openWith({reporttest::sampleReport()});
    auto* message = open->find<QLabel>("resultsMessage");
    open->workbench().results().exportReport({}, open->path("absent/report.md"));
    QTRY_VERIFY(!message->text().isEmpty());
    QVERIFY2(message->text().contains("absent"), qPrintable(message->text()));
    QCOMPARE(message->property("tone").toString(), QString("warning"));
    open->workbench().results().exportReport({}, open->path("report.html"));
    QTRY_COMPARE(message->text(), QString("Wrote %1").arg(open->path("report.html")));
    QCOMPARE(message->property("tone").toString(), QString("small"));
}

void TestResultsPage::hostileTextsAreText() {
    const std::string evil = "<b>x</b><img src=\"file:///etc/passwd\">![](file:///etc/passwd)";
    auto report = namedReport(evil, "Beta", evil);
    report.lanes[0].lane.text = report.lanes[0].lane.modelPath = evil;
    const auto open = openWith({report});
    open->find<QTableView>("runTable")->selectRow(0);
    QTRY_VERIFY(open->find<QLabel>("detailTitle")->isVisible());
    QCOMPARE(open->find<ui::AnswerView>("detailAnswer")->toPlainText(), QString::fromStdString(evil));
    QCOMPARE(open->find<QLabel>("detailTitle")->textFormat(), Qt::PlainText);
    QVERIFY(Qt::mightBeRichText(QString::fromStdString(evil)));  // a tip would be read as HTML
    for (const int column : {RunTableModel::variantColumn, RunTableModel::notesColumn}) {
        const auto tip = table(*open)->index(0, column).data(Qt::ToolTipRole).toString();
        QVERIFY2(!tip.contains("<img"), qPrintable(tip));
    }
    open->window().grab();
}

void TestResultsPage::brokenDatabaseIsSaid() {
    const QTemporaryDir folder;
    QFile file(folder.filePath("a.sqlite"));
    QVERIFY(file.open(QIODevice::WriteOnly));
    file.write(QByteArray("this is no database").repeated(100));
    file.close();
    ui::Workbench workbench({}, file.fileName());
    ui::MainWindow window(workbench);
    window.show();
    const auto* problem = window.findChild<QLabel*>("statusProblem");
    QTRY_VERIFY2(problem->text().contains("a.sqlite"), qPrintable(problem->text()));
    QVERIFY(window.isVisible());
}

QTEST_MAIN(TestResultsPage)
#include "tst_results_page.moc"
