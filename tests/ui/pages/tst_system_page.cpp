#include <QClipboard>
#include <QLabel>
#include <QProgressBar>
#include <QPushButton>
#include <QTableView>
#include <atomic>

#include "tests/engine/benchmark/sample_measurement.h"
#include "tests/ui/open_window.h"
#include "ui/pages/system_page.h"
#include "ui/plots/roofline_plot.h"
#include "ui/system_services.h"
#include "ui/theme.h"
#include "ui/widgets/elided_label.h"
#include "ui/workers/roofline_worker.h"

using ui::KernelTableModel;
using ui::RooflineController;

/// The roofline of the system page in all of its states, with measurements that are made up.
class TestSystemPage : public QObject {
    Q_OBJECT
private slots:
    void initTestCase() { ui::Theme::instance().apply(ui::ThemeMode::light); }
    void init() { uitest::failOnWarning(); }
    void emptyPageSaysWhatToDo();
    void runningShowsProgress();
    void stoppedRunLeavesNothing();
    void stoppedRunKeepsTheEarlier();
    void failureIsSaid();
    void lateAnswersAreDropped();
    void filledShowsTheNumbers();
    void withoutSomePeaksTheirLinesAreAbsent();
    void labelsStandApart_data();
    void labelsStandApart();
    void tableIsCopied();
    void pointAndRowBelongTogether();
    void damagedMeasurementIsSaid();
    void otherWorkForbidsMeasuring();
    void measuringForbidsAComparison();
    void measurementIsThereAtTheNextStart();
    void machineIsShown();
    void workerMeasuresOnItsThread();
    void workerStops();
    void workerSurvivesAnException();
};

namespace {

engine::Error cancelled() {
    return {engine::ErrorCode::cancelled, "stopped"};
}

/// A page on a controller of its own; requests are noted, nothing is measured.
struct Page {
    explicit Page(const QString& kept = {}, QSize size = {1216, 774})
        : controller(kept), page(controller, services) {
        page.openSection("roofline");
        QObject::connect(&controller, &RooflineController::runRequested, &controller,
                         [this](quint64 id, std::stop_token token) {
                             runId = id;
                             stop = std::move(token);
                             ++requests;
                         });
        page.resize(size);
        page.show();
        QCoreApplication::sendPostedEvents();
    }
    template <class Widget>
    Widget* find(const char* name) {
        auto* found = page.findChild<Widget*>(QString::fromLatin1(name));
        if (found == nullptr)
            qFatal("the page has no %s", name);
        return found;
    }
    void click(const char* button) { QTest::mouseClick(find<QPushButton>(button), Qt::LeftButton); }
    void finish() { controller.onFinished(runId, benchmarktest::sampleMeasurement()); }
    QString cell(int row, int column) {
        const auto* model = find<QTableView>("rooflineTable")->model();
        return model->index(row, column).data().toString();
    }
    QString message() { return find<QLabel>("rooflineMessage")->text(); }

    RooflineController controller;
    ui::SystemServices services{QString()};
    ui::SystemPage page;
    quint64 runId = 0;
    std::stop_token stop;
    int requests = 0;
};

QString kept() {
    return QString::fromStdString(engine::kernelMeasurementJson(benchmarktest::sampleMeasurement()));
}

}  // namespace

void TestSystemPage::emptyPageSaysWhatToDo() {
    Page p;
    QVERIFY(p.find<QPushButton>("rooflineBeginButton")->isVisible());
    QVERIFY(!p.find<QPushButton>("rooflineButton")->isVisible());
    QVERIFY(!p.find<QPushButton>("rooflineCopyButton")->isVisible());
    QVERIFY(!p.find<QTableView>("rooflineTable")->isVisible());
    QVERIFY(!p.find<QProgressBar>("rooflineProgress")->isVisible());
    QVERIFY(!p.find<QLabel>("rooflineMessage")->isVisible());
    QVERIFY(p.controller.kept().isEmpty());
    p.page.focusContent();
    p.click("rooflineBeginButton");
    QCOMPARE(p.requests, 1);
    QCOMPARE(p.controller.state(), RooflineController::State::measuring);
}

void TestSystemPage::runningShowsProgress() {
    Page p;
    p.click("rooflineBeginButton");
    const auto* bar = p.find<QProgressBar>("rooflineProgress");
    QVERIFY(bar->isVisible());
    QCOMPARE(bar->maximum(), 0);  // the machine's limits come first: no share is known
    QVERIFY(!p.find<QPushButton>("rooflineBeginButton")->isVisible());
    QCOMPARE(p.find<QPushButton>("rooflineButton")->text(), QString("Stop"));
    p.controller.onProgressed(p.runId, "rmsnorm rows=64", 2, 15);
    QCOMPARE(bar->maximum(), 15);
    QCOMPARE(bar->value(), 2);
    QCOMPARE(p.find<ui::ElidedLabel>("rooflineStep")->text(), QString::fromUtf8("3 of 15 · rmsnorm rows=64"));
    p.controller.measure();  // a second request while one runs
    QCOMPARE(p.requests, 1);
    p.finish();
    QVERIFY(!bar->isVisible());
    QVERIFY(p.find<QTableView>("rooflineTable")->isVisible());
}

void TestSystemPage::stoppedRunLeavesNothing() {
    Page p;
    p.click("rooflineBeginButton");
    QVERIFY(!p.stop.stop_requested());
    p.click("rooflineButton");
    QVERIFY(p.stop.stop_requested());
    QCOMPARE(p.controller.state(), RooflineController::State::stopping);
    QCOMPARE(p.find<QPushButton>("rooflineButton")->text(), QString::fromUtf8("Stopping…"));
    p.controller.onFailed(p.runId, cancelled());
    QCOMPARE(p.message(), QString("Stopped before its end"));
    QCOMPARE(p.find<QLabel>("rooflineMessage")->property("tone").toString(), QString("mute"));
    QVERIFY(p.find<QPushButton>("rooflineBeginButton")->isVisible());
    QVERIFY(!p.controller.measurement());
    p.click("rooflineBeginButton");  // and once more
    QCOMPARE(p.requests, 2);
    QVERIFY(!p.stop.stop_requested());
    QVERIFY(p.message().isEmpty());
}

void TestSystemPage::stoppedRunKeepsTheEarlier() {
    Page p(kept());
    p.click("rooflineButton");
    QVERIFY(p.find<QTableView>("rooflineTable")->isVisible());  // while the next one runs
    p.click("rooflineButton");
    p.controller.onFailed(p.runId, cancelled());
    QVERIFY(p.message().contains("earlier"));
    QCOMPARE(p.find<ui::RooflinePlot>("rooflinePlot")->pointCount(), 8);
    QCOMPARE(p.controller.kept(), kept());
}

void TestSystemPage::failureIsSaid() {
    Page p;
    p.click("rooflineBeginButton");
    p.controller.onFailed(p.runId,
                          {engine::ErrorCode::outOfMemory, "roofline: <b>no</b> memory; end programs"});
    const auto* message = p.find<QLabel>("rooflineMessage");
    QVERIFY(message->isVisible());
    QCOMPARE(message->text(), QString("roofline: <b>no</b> memory; end programs"));
    QCOMPARE(message->textFormat(), Qt::PlainText);
    QCOMPARE(message->property("tone").toString(), QString("warning"));
    QVERIFY(p.find<QPushButton>("rooflineBeginButton")->isEnabled());
}

void TestSystemPage::lateAnswersAreDropped() {
    Page p;
    p.click("rooflineBeginButton");
    const auto first = p.runId;
    p.controller.onFailed(first, cancelled());
    p.controller.onFinished(first, benchmarktest::sampleMeasurement());
    QVERIFY(!p.controller.measurement());
    p.click("rooflineBeginButton");
    p.controller.onProgressed(first, "late", 9, 9);
    QCOMPARE(p.controller.done(), 0);
    p.controller.onFailed(first, {engine::ErrorCode::internal, "late"});
    QCOMPARE(p.controller.state(), RooflineController::State::measuring);
}

void TestSystemPage::filledShowsTheNumbers() {
    Page p(kept());
    const auto* table = p.find<QTableView>("rooflineTable");
    QCOMPARE(table->model()->rowCount(), 8);
    QCOMPARE(p.cell(0, KernelTableModel::numberColumn), QString("1"));
    QCOMPARE(p.cell(0, KernelTableModel::opColumn), QString("matmul_dense"));
    QCOMPARE(p.cell(0, KernelTableModel::bandwidthColumn), QString("16"));
    QCOMPARE(p.cell(0, KernelTableModel::shareColumn), QString("80 % of memory"));
    QCOMPARE(p.cell(1, KernelTableModel::numberColumn), QString());
    QCOMPARE(p.cell(2, KernelTableModel::variantColumn), QString("avx512_vnni"));  // in use before preferred
    QCOMPARE(p.cell(2, KernelTableModel::rateColumn), QString("320"));
    QCOMPARE(p.cell(2, KernelTableModel::shareColumn), QString("80 % of int8 peak"));
    QCOMPARE(p.cell(5, KernelTableModel::shareColumn), QString("20 % of FP32 peak"));
    QCOMPARE(p.cell(7, KernelTableModel::numberColumn), QString("4"));
    const auto tip = table->model()->index(5, 0).data(Qt::ToolTipRole).toString();
    QVERIFY2(tip.contains("caches"), qPrintable(tip));
    const auto* plot = p.find<ui::RooflinePlot>("rooflinePlot");
    QCOMPARE(plot->pointCount(), 8);
    QCOMPARE(plot->lineCount(), 4);
    for (const char* said : {"memory 20 GB/s", "int8 peak 400", "BF16 peak 200", "FP32 peak 50", "rmsnorm"})
        QVERIFY2(plot->accessibleDescription().contains(said), said);
    const auto conditions = p.find<ui::ElidedLabel>("rooflineConditions")->text();
    QVERIFY2(
        conditions.contains("Example CPU 9000") && conditions.contains("2026") == conditions.contains("26"),
        qPrintable(conditions));
}

void TestSystemPage::withoutSomePeaksTheirLinesAreAbsent() {
    auto measurement = benchmarktest::sampleMeasurement();
    measurement.benchmark.roofline.int8.reset();
    measurement.benchmark.roofline.bf16.reset();
    Page p(QString::fromStdString(engine::kernelMeasurementJson(measurement)));
    QCOMPARE(p.find<ui::RooflinePlot>("rooflinePlot")->lineCount(), 2);
    p.page.grab();
    measurement.benchmark.timings.clear();
    Page bare(QString::fromStdString(engine::kernelMeasurementJson(measurement)));
    bare.page.grab();
    QCOMPARE(bare.find<ui::RooflinePlot>("rooflinePlot")->pointCount(), 0);
}

void TestSystemPage::labelsStandApart_data() {
    QTest::addColumn<QSize>("size");
    QTest::addColumn<bool>("near");
    for (const auto& size : {QSize(1016, 614), QSize(1216, 774), QSize(1856, 1054)})
        for (const bool near : {false, true})
            QTest::addRow("%dx%d %s", size.width(), size.height(), near ? "peaks near each other" : "usual")
                << size << near;
}

void TestSystemPage::labelsStandApart() {
    QFETCH(QSize, size);
    QFETCH(bool, near);
    auto measurement = benchmarktest::sampleMeasurement();
    measurement.benchmark.roofline.int8->instructions = "vpmaddubsw + vpmaddwd + vpaddd ymm";
    if (near) {
        measurement.benchmark.roofline.bf16->gops = 60.0;
        measurement.benchmark.roofline.int8->gops = 62.0;
    }
    for (int i = 0; i < 12; ++i)  // many ops at nearly the same place
        measurement.benchmark.timings.push_back(benchmarktest::timing(
            qPrintable(QString("op%1").arg(i)), "n=1", "avx512", "fp32", true, 9.0 + 0.1 * i, 18.0, true));
    Page p(QString::fromStdString(engine::kernelMeasurementJson(measurement)), size);
    auto* plot = p.find<ui::RooflinePlot>("rooflinePlot");
    for (const auto mode : {ui::ThemeMode::dark, ui::ThemeMode::light}) {
        ui::Theme::instance().apply(mode);
        QTRY_COMPARE(plot->labelledLineCount(), plot->lineCount());
        QVERIFY(!plot->labelsOverlap());
    }
}

void TestSystemPage::tableIsCopied() {
    Page p(kept());
    for (const bool byKey : {false, true}) {
        QGuiApplication::clipboard()->clear();
        if (byKey) {
            p.page.focusContent();
            p.page.activateWindow();
            QVERIFY(QTest::qWaitForWindowActive(&p.page));
            QTest::keyClick(p.find<QTableView>("rooflineTable"), Qt::Key_C, Qt::ControlModifier);
        } else {
            p.click("rooflineCopyButton");
        }
        const auto lines = QGuiApplication::clipboard()->text().split('\n');
        QCOMPARE(lines.size(), 10);  // head, eight rows, the end of the last
        QCOMPARE(lines[0].split('\t')[KernelTableModel::rateColumn], QString("Gop/s"));
        QCOMPARE(lines[3],
                 QString("2\tmatmul_int4\ttokens=64 rows=8192 cols=2048 g32 f16 scales\tavx512_vnni\t"
                         "4.5\t320\t71.1\t80 % of int8 peak"));
    }
}

void TestSystemPage::pointAndRowBelongTogether() {
    Page p(kept());
    auto* plot = p.find<ui::RooflinePlot>("rooflinePlot");
    auto* view = p.find<QTableView>("rooflineTable");
    emit plot->chosen(5);
    QCOMPARE(view->selectionModel()->selectedRows().value(0).row(), 5);
    p.page.grab();
    p.click("rooflineButton");
    p.finish();  // new rows: nothing is chosen
    QVERIFY(view->selectionModel()->selectedRows().isEmpty());
    p.page.grab();
}

void TestSystemPage::damagedMeasurementIsSaid() {
    Page p(kept().left(200));
    QVERIFY(p.message().contains("measure again"));
    QVERIFY(p.find<QPushButton>("rooflineBeginButton")->isVisible());
}

void TestSystemPage::otherWorkForbidsMeasuring() {
    Page p;
    p.controller.setOtherWork("Wait");
    auto* begin = p.find<QPushButton>("rooflineBeginButton");
    QVERIFY(!begin->isEnabled());
    QCOMPARE(begin->toolTip(), QString("Wait"));
    p.controller.measure();
    QCOMPARE(p.requests, 0);
    p.controller.setOtherWork({});
    QVERIFY(begin->isEnabled());
}

void TestSystemPage::measuringForbidsAComparison() {
    uitest::OpenWindow open;
    auto& compare = open.workbench().compare();
    compare.setPrompt("Why?");
    QVERIFY(compare.whyNot().isEmpty());
    auto& roofline = open.workbench().roofline();
    disconnect(&roofline, &RooflineController::runRequested, nullptr, nullptr);  // nothing is measured
    roofline.measure();
    QCOMPARE(compare.whyNot(), QString("Wait until the roofline is measured"));
    QVERIFY(!open.find<QPushButton>("runButton")->isEnabled());
    open.window().openPage("system/roofline");
    QTest::keyClick(&open.window(), Qt::Key_Escape);
    QCOMPARE(roofline.state(), RooflineController::State::stopping);
    roofline.onFailed(1, cancelled());
    QVERIFY(open.find<QPushButton>("runButton")->isEnabled());
    compare.start();
    QVERIFY(!roofline.whyNot().isEmpty());
    compare.stop();
    QTRY_VERIFY_WITH_TIMEOUT(roofline.whyNot().isEmpty(), 60'000);
}

void TestSystemPage::measurementIsThereAtTheNextStart() {
    const QTemporaryDir folder;
    ui::Settings settings;
    settings.page = "system";
    settings.kernelMeasurement = kept();
    settings.save(folder.filePath("workbench.ini"));
    uitest::OpenWindow open(ui::Settings::load(folder.filePath("workbench.ini")));
    QCOMPARE(open.window().page(), QString("system"));
    open.window().openPage("system/roofline");
    QCOMPARE(open.find<QTableView>("rooflineTable")->model()->rowCount(), 8);
    QVERIFY(open.find<QTableView>("rooflineTable")->isVisible());
    QCOMPARE(open.workbench().currentSettings().kernelMeasurement, kept());
}

void TestSystemPage::machineIsShown() {
    Page p;
    ui::MachineState state;
    state.info.cpu = "Example CPU";
    state.info.physicalCores = 8;
    state.info.logicalCpus = 16;
    state.info.caches = {{3, "unified", 32 << 20, 1}};
    state.info.memoryBytes = std::int64_t{16} << 30;
    state.info.availableMemoryBytes = std::int64_t{8} << 30;
    state.info.virtualization = "kvm";
    state.info.os = "Debian";
    state.kernels = "avx2";
    state.threads = 8;
    p.page.showMachine(state);
    QCOMPARE(p.find<QLabel>("machineCpu")->text(), QString("Example CPU"));
    QCOMPARE(p.find<QLabel>("machineCores")->text(), QString::fromUtf8("8 physical · 16 logical"));
    QCOMPARE(p.find<QLabel>("machineMemory")->text(), QString("8 GiB of 16 GiB available"));
    QVERIFY(p.find<QLabel>("machineCaches")->text().contains("32 MiB"));
    QVERIFY(p.find<QLabel>("machineSystem")->text().contains("kvm"));
    QCOMPARE(p.find<QLabel>("machineGovernor")->text(), QString::fromUtf8("–"));  // not told
    QCOMPARE(p.find<QLabel>("machineEnergy")->text(), QString("no meter"));
}

void TestSystemPage::workerMeasuresOnItsThread() {
    QThread thread;
    Qt::HANDLE measuredOn = nullptr;
    auto* worker =
        new ui::RooflineWorker([&](const engine::KernelBenchmarkProgress& progress, std::stop_token) {
            measuredOn = QThread::currentThreadId();
            progress("rmsnorm rows=64", 0, 2);
            progress("rope", 1, 2);
            return engine::Result<engine::KernelMeasurement>(benchmarktest::sampleMeasurement());
        });
    worker->moveToThread(&thread);
    connect(&thread, &QThread::finished, worker, &QObject::deleteLater);
    thread.start();
    Page p;
    QSignalSpy progressed(worker, &ui::RooflineWorker::progressed);
    connect(&p.controller, &RooflineController::runRequested, worker, &ui::RooflineWorker::run);
    connect(worker, &ui::RooflineWorker::progressed, &p.controller, &RooflineController::onProgressed);
    connect(worker, &ui::RooflineWorker::finished, &p.controller, &RooflineController::onFinished);
    p.click("rooflineBeginButton");
    QTRY_VERIFY(p.controller.measurement().has_value());
    QVERIFY(measuredOn != QThread::currentThreadId());
    QCOMPARE(progressed.count(), 2);
    QCOMPARE(p.find<ui::RooflinePlot>("rooflinePlot")->pointCount(), 8);
    thread.quit();
    thread.wait();
}

void TestSystemPage::workerStops() {
    QThread thread;
    std::atomic<bool> begun = false;
    auto* worker = new ui::RooflineWorker([&](const engine::KernelBenchmarkProgress&, std::stop_token stop) {
        begun = true;
        while (!stop.stop_requested())
            QThread::yieldCurrentThread();
        return engine::Result<engine::KernelMeasurement>(cancelled());
    });
    worker->moveToThread(&thread);
    connect(&thread, &QThread::finished, worker, &QObject::deleteLater);
    thread.start();
    Page p;
    connect(&p.controller, &RooflineController::runRequested, worker, &ui::RooflineWorker::run);
    connect(worker, &ui::RooflineWorker::failed, &p.controller, &RooflineController::onFailed);
    p.click("rooflineBeginButton");
    QTRY_VERIFY(begun.load());
    p.controller.stop();
    QTRY_COMPARE(p.controller.state(), RooflineController::State::idle);
    QVERIFY(!p.controller.messageIsWarning());
    thread.quit();
    thread.wait();
}

void TestSystemPage::workerSurvivesAnException() {
    ui::RooflineWorker worker(
        [](const engine::KernelBenchmarkProgress&,
           std::stop_token) -> engine::Result<engine::KernelMeasurement> { throw std::bad_alloc(); });
    QSignalSpy failed(&worker, &ui::RooflineWorker::failed);
    worker.run(7, {});
    QCOMPARE(failed.count(), 1);
    QCOMPARE(failed[0][0].toULongLong(), 7U);
}

QTEST_MAIN(TestSystemPage)
#include "tst_system_page.moc"
