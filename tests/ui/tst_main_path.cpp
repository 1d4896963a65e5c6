#include <QFileDialog>
#include <QLabel>
#include <QLineEdit>
#include <QMenu>
#include <QPlainTextEdit>
#include <QPushButton>
#include <QTableView>
#include <QTextDocumentFragment>

#include "engine/report/metric_catalog.h"
#include "engine/report/report.h"
#include "tests/ui/open_window.h"
#include "ui/plots/metric_bars.h"
#include "ui/widgets/answer_view.h"
#include "ui/widgets/metric_tile.h"

/// What the program is for: one prompt, three variants, their numbers in the window, the database and a
/// report.
class TestMainPath : public QObject {
    Q_OBJECT
private slots:
    void initTestCase();
    void init() { uitest::failOnWarning(); }
    void everyLaneStreamsItsAnswer_data() { lanes(); }
    void everyLaneStreamsItsAnswer();
    void numbersAreThoseOfTheDatabase_data();
    void numbersAreThoseOfTheDatabase();
    void energyIsAValueOrAReason_data() { lanes(); }
    void energyIsAValueOrAReason();
    void agreementIsAgainstTheReference_data() { lanes(); }
    void agreementIsAgainstTheReference();
    void runIsInTheDatabase();
    void resultsShowTheRun();
    void plotsShowTheRun_data();
    void plotsShowTheRun();
    void exportsThroughTheMenu_data();
    void exportsThroughTheMenu();
    void secondRunIsAddedToTheResults();

private:
    static void lanes();
    const engine::LaneReport& stored(int lane) const { return report_.lanes[static_cast<std::size_t>(lane)]; }
    engine::MetricSummary metric(int lane, const char* name) const;

    std::unique_ptr<uitest::OpenWindow> open_;
    engine::RunReport report_;
    QMap<int, QStringList> seen_;  // what each answer view showed while its lane was answering
};

namespace {

const QStringList kVariants{"BF16", "QAT+LoRA", "SpinQuant"};
const QString kPrompt("What is 13 plus 1?");

QString plain(const QString& rich) {
    return QTextDocumentFragment::fromHtml(rich).toPlainText();
}

}  // namespace

void TestMainPath::lanes() {
    QTest::addColumn<int>("lane");
    for (int lane = 0; lane < kVariants.size(); ++lane)
        QTest::addRow("%s", qPrintable(kVariants[lane])) << lane;
}

/// The one run that the tests below look at: a prompt is typed and Run is pressed.
void TestMainPath::initTestCase() {
    uitest::failOnWarning();
    open_ = std::make_unique<uitest::OpenWindow>();
    auto* lanes = open_->workbench().compare().lanes();
    QCOMPARE(lanes->count(), 3);
    auto* run = open_->find<QPushButton>("runButton");
    QVERIFY(!run->isEnabled());  // nothing to ask yet
    QTest::keyClicks(open_->find<QPlainTextEdit>("comparePrompt"), kPrompt);
    QTRY_VERIFY(run->isEnabled());
    connect(lanes, &QAbstractItemModel::dataChanged, this, [this, lanes](const QModelIndex& at) {
        if (lanes->lane(at.row()).state == ui::LaneState::answering && !lanes->lane(at.row()).text.isEmpty())
            seen_[at.row()]
                << open_->find<ui::AnswerView>(QString("lane%1.answer").arg(at.row()))->toPlainText();
    });
    QTest::mouseClick(run, Qt::LeftButton);
    QCOMPARE(open_->workbench().compare().state(), ui::CompareController::State::running);
    QVERIFY(run->text() == "Stop" && run->isEnabled());
    QTRY_COMPARE_WITH_TIMEOUT(open_->workbench().compare().state(), ui::CompareController::State::idle,
                              60'000);
    QTRY_VERIFY(open_->workbench().compare().storedRun() != 0);
    QTRY_COMPARE(open_->find<QLabel>("compareMessage")->text(), QString("3 lanes finished"));
    auto store = open_->store();
    const std::int64_t ids[] = {open_->workbench().compare().storedRun()};
    QTRY_VERIFY(store->run(ids[0]) && store->run(ids[0])->status == "finished");
    auto reports = engine::loadReports(*store, ids);
    QVERIFY2(reports.has_value(), reports ? "" : reports.error().message.c_str());
    report_ = reports->front();
    QCOMPARE(report_.lanes.size(), std::size_t{3});
}

engine::MetricSummary TestMainPath::metric(int lane, const char* name) const {
    for (const auto& result : stored(lane).results)
        if (result.metric == name)
            return result;
    return {};
}

void TestMainPath::everyLaneStreamsItsAnswer() {
    QFETCH(int, lane);
    const auto& shown = open_->workbench().compare().lanes()->lane(lane);
    QCOMPARE(shown.state, ui::LaneState::finished);
    auto* answer = open_->find<ui::AnswerView>(QString("lane%1.answer").arg(lane));
    QVERIFY(answer->isVisible());
    QCOMPARE(answer->toPlainText(), QString::fromStdString(stored(lane).lane.text));
    QVERIFY(!answer->toPlainText().trimmed().isEmpty());
    const auto seen = seen_.value(lane);
    QVERIFY2(!seen.isEmpty(), "the answer came with its end");
    if (lane ==
        0)  // the first signal of a run goes out at once; later lanes may answer within one signal's gap
        QVERIFY2(seen.front().size() < answer->toPlainText().size(), "the answer came in one piece");
    for (qsizetype i = 1; i < seen.size(); ++i)
        QVERIFY(seen[i].startsWith(seen[i - 1]));
}

void TestMainPath::numbersAreThoseOfTheDatabase_data() {
    QTest::addColumn<int>("lane");
    QTest::addColumn<QString>("tile");
    QTest::addColumn<QString>("metric");
    const std::pair<const char*, const char*> tiles[] = {{"ttft", "ttft_ms"},
                                                         {"prefill", "prefill_tokens_per_s"},
                                                         {"decode", "decode_tokens_per_s"},
                                                         {"memory", "peak_rss_bytes"}};
    for (int lane = 0; lane < kVariants.size(); ++lane)
        for (const auto& [tile, metric] : tiles)
            QTest::addRow("%s %s", qPrintable(kVariants[lane]), tile) << lane << tile << metric;
}

void TestMainPath::numbersAreThoseOfTheDatabase() {
    QFETCH(int, lane);
    QFETCH(QString, tile);
    QFETCH(QString, metric);
    const auto* shown = open_->find<ui::MetricTile>(QString("lane%1.%2").arg(lane).arg(tile));
    const auto value = this->metric(lane, qPrintable(metric));
    QVERIFY(value.summary.median > 0.0);
    QVERIFY(shown->isVisible());
    QCOMPARE(plain(shown->valueText()),
             QString::fromStdString(engine::formatMetric(value.metric, value.summary.median)));
    if (lane == 0)
        QCOMPARE(shown->wordsText(), QString("baseline"));
    else
        QVERIFY(!shown->wordsText().isEmpty());
}

void TestMainPath::energyIsAValueOrAReason() {
    QFETCH(int, lane);
    const auto* shown = open_->find<ui::MetricTile>(QString("lane%1.energy").arg(lane));
    QCOMPARE(stored(lane).energy.size(), std::size_t{1});
    const auto& energy = stored(lane).energy.front();
    if (energy.joulesPerToken) {
        const auto number = QString::fromStdString(engine::formatNumber(*energy.joulesPerToken));
        QVERIFY2(plain(shown->valueText()).startsWith(number), qPrintable(shown->valueText()));
    } else {
        QCOMPARE(shown->valueText(), QString("–"));
        QVERIFY(!energy.reason.empty());
        QCOMPARE(shown->wordsText(), QString::fromStdString(energy.reason));
        QVERIFY(shown->toolTip().contains(shown->wordsText()));
    }
}

void TestMainPath::agreementIsAgainstTheReference() {
    QFETCH(int, lane);
    const auto* shown = open_->find<ui::MetricTile>(QString("lane%1.agreement").arg(lane));
    const auto footer = open_->find<QLabel>(QString("lane%1.footer").arg(lane))->text();
    if (lane == 0) {
        QCOMPARE(shown->valueText(), QString("Reference"));
        QVERIFY2(footer.contains("reference for KL"), qPrintable(footer));
        QVERIFY(metric(lane, "top1").metric.empty());
        return;
    }
    const auto top1 = metric(lane, "top1");
    QCOMPARE(top1.test, std::string("agreement"));
    QVERIFY(top1.summary.median > 0.0 && top1.summary.median <= 1.0);
    QCOMPARE(plain(shown->valueText()),
             QString::fromStdString(engine::formatMetric("top1", top1.summary.median)));
    const bool sameAnswer = stored(lane).lane.tokens == stored(0).lane.tokens;
    QCOMPARE(shown->wordsText() == "same answer", sameAnswer);
    const auto kl = QString::fromStdString(engine::formatNumber(metric(lane, "kl_mean").summary.median));
    QVERIFY2(footer.contains("KL " + kl), qPrintable(footer));
}

void TestMainPath::runIsInTheDatabase() {
    QCOMPARE(report_.run.kind, std::string("compare"));
    QCOMPARE(report_.run.prompt, kPrompt.toStdString());
    QCOMPARE(report_.run.seed, std::uint64_t{42});
    for (int lane = 0; lane < 3; ++lane) {
        const auto& row = stored(lane).lane;
        QCOMPARE(QString::fromStdString(row.name), kVariants[lane]);
        QCOMPARE(row.position, lane);
        QCOMPARE(row.status, std::string("finished"));
        QVERIFY(row.threads > 0 && !row.kernelPlan.empty());
        const auto tokens = QString::fromStdString(row.tokens).count(',') + 1;
        qsizetype gaps = 0;
        for (const auto& sample : stored(lane).samples)
            gaps += sample.metric == "itl_ms" ? 1 : 0;
        QCOMPARE(gaps, tokens - 1);  // the raw gaps, not their mean
    }
}

void TestMainPath::resultsShowTheRun() {
    open_->click("resultsPageButton");
    auto* table = open_->find<QTableView>("runTable");
    QVERIFY(table->isVisible());
    QTRY_COMPARE(table->model()->rowCount(), 3);
    for (int row = 0; row < 3; ++row) {
        const auto cell = [&](int column) { return table->model()->index(row, column).data().toString(); };
        QCOMPARE(cell(ui::RunTableModel::variantColumn), kVariants[row]);
        QCOMPARE(cell(ui::RunTableModel::notesColumn), kPrompt);
        const auto decode = metric(row, "decode_tokens_per_s").summary.median;
        QCOMPARE(cell(ui::RunTableModel::decodeColumn), QString::fromStdString(engine::formatNumber(decode)));
    }
    QTRY_VERIFY(open_->find<QLabel>("statusDatabase")->text().contains("1 run"));
}

void TestMainPath::plotsShowTheRun_data() {
    QTest::addColumn<QString>("metric");
    for (const char* metric : {"decode_tokens_per_s", "ttft_ms", "peak_rss_bytes", "joules_per_token"})
        QTest::newRow(metric) << metric;
}

void TestMainPath::plotsShowTheRun() {
    QFETCH(QString, metric);
    const auto* plot = open_->find<ui::MetricBars>("plot_" + metric);
    int measured = 0;
    for (int lane = 0; lane < 3; ++lane)
        measured += this->metric(lane, qPrintable(metric)).metric.empty() ? 0 : 1;
    QTRY_COMPARE(plot->barCount(), measured);
    if (metric != "joules_per_token")
        QCOMPARE(measured, 3);
    else if (measured == 0)
        QVERIFY2(plot->accessibleDescription().contains("No energy value"),
                 qPrintable(plot->accessibleDescription()));
}

void TestMainPath::exportsThroughTheMenu_data() {
    QTest::addColumn<QString>("page");
    QTest::addColumn<QString>("button");
    QTest::addColumn<QString>("format");
    for (const auto& [page, button] :
         {std::pair("compare", "compareExportButton"), std::pair("results", "exportButton")})
        for (const char* format : {"md", "html", "csv", "json"})
            QTest::addRow("%s %s", page, format) << page << button << format;
}

void TestMainPath::exportsThroughTheMenu() {
    QFETCH(QString, page);
    QFETCH(QString, button);
    QFETCH(QString, format);
    open_->window().openPage(page);
    auto* opener = open_->find<QPushButton>(button);
    QVERIFY(opener->isEnabled());
    auto* action = opener->menu()->findChild<QAction*>("export_" + format);
    QVERIFY(action != nullptr);
    const QString file = open_->path(page + "-report." + format);
    uitest::whenOpen<QFileDialog>([&](QFileDialog* dialog) {
        dialog->findChild<QLineEdit*>("fileNameEdit")->setText(file);
        static_cast<QDialog*>(dialog)->accept();
    });
    QSignalSpy exported(&open_->workbench().results(), &ui::ResultsController::exported);
    action->trigger();
    QTRY_COMPARE(exported.count(), 1);
    QFile written(file);
    QVERIFY(written.open(QIODevice::ReadOnly));
    auto text = QString::fromUtf8(written.readAll());
    text.remove('\\');  // Markdown escapes the plus
    for (const auto& variant : kVariants)
        QVERIFY2(text.contains(variant), qPrintable(variant));
    if (page == "results")
        QTRY_VERIFY(open_->find<QLabel>("resultsMessage")->text().contains(file));
}

void TestMainPath::secondRunIsAddedToTheResults() {
    open_->window().openPage("compare");
    open_->window().activateWindow();
    QTRY_VERIFY(open_->window().isActiveWindow());
    QTest::keyClick(&open_->window(), Qt::Key_Return, Qt::ControlModifier);
    QCOMPARE(open_->workbench().compare().state(), ui::CompareController::State::running);
    QTRY_COMPARE_WITH_TIMEOUT(open_->workbench().compare().state(), ui::CompareController::State::idle,
                              60'000);
    QTRY_COMPARE(open_->workbench().results().table()->rowCount(), 6);
    for (int lane = 0; lane < 3; ++lane)  // the same seed gives the same answers
        QCOMPARE(open_->workbench().compare().lanes()->lane(lane).text.toStdString(), stored(lane).lane.text);
    QTRY_VERIFY(open_->find<QLabel>("statusDatabase")->text().contains("2 runs"));
}

QTEST_MAIN(TestMainPath)
#include "tst_main_path.moc"
