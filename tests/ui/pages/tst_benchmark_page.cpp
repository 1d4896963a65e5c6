#include <signal.h>

#include <QItemSelectionModel>
#include <QLabel>
#include <QMenu>
#include <QPlainTextEdit>
#include <QProgressBar>
#include <QPushButton>
#include <QTableView>
#include <QToolButton>

#include "engine/report/report.h"
#include "engine/report/run_cells.h"
#include "tests/ui/open_window.h"
#include "ui/dialogs/profile_dialog.h"
#include "ui/plots/live_traces.h"
#include "ui/widgets/elided_label.h"

using State = ui::BenchmarkController::State;

namespace {

// Two lanes of the demo, enough repetitions to be stopped in between.
const QString kProfile = QStringLiteral(
    "name: Mine\ndescription: D\nmodels: [{name: a, model: \"demo:bf16\"}, {name: b, model: "
    "\"demo:spinquant\"}]\nthreads: 1\ncontext: 256\ntests: [{decode: 240}]\nrepetitions: {max: 30}\nwarmup: "
    "{max: 1}\n");

}  // namespace

/// The Benchmark page: profile → pre-flight → run → cancel → resume, in the whole window with real workers.
class TestBenchmarkPage : public QObject {
    Q_OBJECT
private slots:
    void init() { uitest::failOnWarning(); }
    void theThirdPageOpensWithAProfileThatIsUnmodified();
    void theEditorNamesTheLineAndWithdrawsTheMark();
    void modelsReplaceThoseOfTheProfile();
    void runIsCancelledAndResumed();
    void pauseHoldsAndContinues();
    void aKilledWorkerCostsItsLane();
    void otherWorkWaits();
};

void TestBenchmarkPage::theThirdPageOpensWithAProfileThatIsUnmodified() {
    uitest::OpenWindow open;
    QTest::keyClick(&open.window(), Qt::Key_3, Qt::ControlModifier);
    QCOMPARE(open.window().page(), QString("benchmark"));
    QCOMPARE(open.find<QLabel>("profileMark")->text(), QString::fromUtf8("unmodified ✓"));
    QTRY_VERIFY(
        open.find<ui::ElidedLabel>("benchmarkPlan")->text().startsWith(QString::fromUtf8("3 lanes × 2")));
    QTRY_COMPARE(open.workbench().benchmark().checks().size(), std::size_t{5});
    for (const char* id : {"power", "governor", "load", "temperature", "energy"})
        QVERIFY(!open.find<QLabel>(QStringLiteral("preflight_") + id)->text().isEmpty());
    const auto* menu = open.find<QToolButton>("profileButton")->menu();
    for (auto* action : menu->actions())
        if (action->text() == "Energy")
            action->trigger();
    QCOMPARE(open.workbench().benchmark().profile().id, std::string("energy"));
    // It measures the models that are given: none yet.
    QTRY_VERIFY(!open.workbench().benchmark().plan().problem.isEmpty());
    QVERIFY(!open.find<QPushButton>("benchmarkRunButton")->isEnabled());
}

void TestBenchmarkPage::theEditorNamesTheLineAndWithdrawsTheMark() {
    uitest::OpenWindow open;
    auto& controller = open.workbench().benchmark();
    ui::ProfileDialog dialog(controller);
    auto* text = dialog.findChild<QPlainTextEdit*>("profileText");
    const auto* state = dialog.findChild<QLabel*>("profileState");
    const auto* use = dialog.findChild<QPushButton*>("profileUseButton");
    QVERIFY(use->isEnabled());
    text->setPlainText("name: N\ndescription: D\ntests: [{prefill: 8}]\nthreads: many\n");
    QVERIFY2(state->text().contains("quick.yaml:4:"), qPrintable(state->text()));
    QVERIFY(!use->isEnabled());
    text->setPlainText(kProfile);
    QVERIFY(use->isEnabled());
    controller.setProfileText(dialog.text(), dialog.file());
    open.window().openPage("benchmark");
    QCOMPARE(open.find<QLabel>("profileMark")->text(), QString("not as shipped"));
}

void TestBenchmarkPage::modelsReplaceThoseOfTheProfile() {
    uitest::OpenWindow open;
    auto& controller = open.workbench().benchmark();
    controller.addModel("demo:spinquant");
    QTRY_COMPARE(controller.plan().lanes, 1);
    open.window().openPage("benchmark");
    open.click("benchmarkModel0");
    QTRY_COMPARE(controller.plan().lanes, 3);
}

void TestBenchmarkPage::runIsCancelledAndResumed() {
    uitest::OpenWindow open;
    auto& controller = open.workbench().benchmark();
    open.window().openPage("benchmark");
    controller.setProfileText(kProfile, "mine.yaml");
    QTRY_COMPARE(controller.plan().lanes, 2);
    QTRY_VERIFY(open.find<QPushButton>("benchmarkRunButton")->isEnabled());
    open.click("benchmarkRunButton");
    QCOMPARE(controller.state(), State::running);
    auto store = open.store();
    QTRY_VERIFY_WITH_TIMEOUT(controller.progress().done >= 2, 60'000);
    open.click("benchmarkRunButton");
    QTRY_COMPARE_WITH_TIMEOUT(controller.state(), State::idle, 30'000);
    const auto id = controller.storedRun();
    QCOMPARE(store->run(id)->status, std::string("cancelled"));
    // The window may have ended meanwhile: the run is offered at the next start.
    open.reopen();
    open.window().openPage("benchmark");
    auto& again = open.workbench().benchmark();
    QTRY_COMPARE(again.resumable().id, id);
    open.click("benchmarkResumeButton");
    QTRY_COMPARE_WITH_TIMEOUT(again.state(), State::idle, 120'000);
    QCOMPARE(again.storedRun(), id);
    const std::int64_t ids[] = {id};
    const auto report = engine::loadReports(*store, ids)->front();
    QCOMPARE(report.run.status, std::string("finished"));
    const auto cells = engine::runCells(report);
    QCOMPARE(again.table()->rowCount(), 2);
    for (int row = 0; row < 2; ++row) {
        const auto text = [&](int column) { return again.table()->index(row, column).data().toString(); };
        const auto& cell = cells[static_cast<std::size_t>(row)];
        QCOMPARE(cell.speed->n, 30);
        QCOMPARE(text(ui::BenchmarkTableModel::medianColumn),
                 QString::fromStdString(engine::cellValue(cell)));
        QCOMPARE(text(ui::BenchmarkTableModel::countColumn), QString("30"));
    }
    QVERIFY(open.find<ui::LiveTraces>("liveTraces")->pointCount(0) > 0);
    QVERIFY(open.find<QPushButton>("benchmarkExportButton")->isVisible());
    open.click("benchmarkResultsButton");
    QCOMPARE(open.window().page(), QString("results"));
    QTRY_COMPARE(open.workbench().results().table()->runCount(), 1);
    QTRY_VERIFY(open.find<QTableView>("runTable")->selectionModel()->hasSelection());
}

void TestBenchmarkPage::pauseHoldsAndContinues() {
    uitest::OpenWindow open;
    auto& controller = open.workbench().benchmark();
    open.window().openPage("benchmark");
    controller.setProfileText(kProfile, "mine.yaml");
    QTRY_VERIFY(open.find<QPushButton>("benchmarkRunButton")->isEnabled());
    controller.start();
    QTRY_VERIFY_WITH_TIMEOUT(controller.progress().done >= 1, 60'000);
    open.click("benchmarkPauseButton");
    QTRY_COMPARE_WITH_TIMEOUT(controller.state(), State::paused, 30'000);
    const auto held = controller.progress().done;
    QTest::qWait(300);
    QCOMPARE(controller.progress().done, held);
    open.click("benchmarkPauseButton");
    QTRY_COMPARE_WITH_TIMEOUT(controller.state(), State::idle, 120'000);
    QCOMPARE(open.store()->run(controller.storedRun())->status, std::string("finished"));
}

void TestBenchmarkPage::aKilledWorkerCostsItsLane() {
    uitest::OpenWindow open;
    auto& controller = open.workbench().benchmark();
    controller.setProfileText(kProfile, "mine.yaml");
    QTRY_COMPARE(controller.plan().lanes, 2);
    controller.start();
    QTRY_VERIFY_WITH_TIMEOUT(controller.progress().done >= 1, 60'000);
    const auto workers = uitest::workerProcesses();
    QCOMPARE(workers.size(), 2);
    ::kill(static_cast<pid_t>(workers.front()), SIGSEGV);
    QTRY_COMPARE_WITH_TIMEOUT(controller.state(), State::idle, 120'000);
    QVERIFY(controller.messageIsWarning());
    int failed = 0;
    for (int row = 0; row < 2; ++row) {
        const auto warnings =
            controller.table()->index(row, ui::BenchmarkTableModel::warningsColumn).data().toString();
        failed += warnings.contains("signal 11") ? 1 : 0;
        if (!warnings.contains("signal 11"))
            QCOMPARE(controller.table()->cell(row).speed->n, 30);
    }
    QCOMPARE(failed, 1);
}

void TestBenchmarkPage::otherWorkWaits() {
    uitest::OpenWindow open;
    auto& controller = open.workbench().benchmark();
    auto& roofline = open.workbench().roofline();
    QVERIFY(controller.whyNot().isEmpty());
    roofline.measure();
    QCOMPARE(controller.whyNot(), QString("Wait until the roofline is measured"));
    controller.start();
    QCOMPARE(controller.state(), State::idle);
    roofline.stop();
    QTRY_COMPARE_WITH_TIMEOUT(roofline.state(), ui::RooflineController::State::idle, 30'000);
    QVERIFY(controller.whyNot().isEmpty());
}

QTEST_MAIN(TestBenchmarkPage)
#include "tst_benchmark_page.moc"
