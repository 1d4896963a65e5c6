#include <signal.h>

#include <QLabel>
#include <QPlainTextEdit>
#include <QPushButton>

#include "tests/ui/open_window.h"
#include "tests/ui/unusual_models.h"
#include "ui/widgets/answer_view.h"
#include "ui/widgets/metric_tile.h"

using ui::CompareController;
using ui::LaneState;

/// A comparison that does not go well: stopped, broken or killed lanes cost nothing but themselves.
class TestComparePage : public QObject {
    Q_OBJECT
private slots:
    void init() { uitest::failOnWarning(); }
    void stopKeepsThePartialText_data();
    void stopKeepsThePartialText();
    void brokenLaneFailsAlone_data();
    void brokenLaneFailsAlone();
    void withoutAReferenceThereIsNoAgreement();
    void killedProcessFailsItsLaneAlone();
    void withoutAWorkerEveryLaneSaysSo();
    void closingWhileItRunsIsStored();
    void settingsThatMakeNoSenseAreSaid();

private:
    /// Types a prompt and presses Run.
    static void run(uitest::OpenWindow& open);
    static bool isIdle(uitest::OpenWindow& open) {
        return open.workbench().compare().state() == CompareController::State::idle;
    }
    static const ui::Lane& lane(uitest::OpenWindow& open, int row) {
        return open.workbench().compare().lanes()->lane(row);
    }
    static ui::Settings settingsOf(const QVector<ui::LaneChoice>& lanes);
    QTemporaryDir models_;
};

namespace {

constexpr int kPatience = 60'000;
constexpr int kTokensSeen = 200;  // enough that several signals brought them

/// Lanes of the newest run once it is written to its end.
std::vector<engine::LaneRow> storedLanes(uitest::OpenWindow& open, const std::string& status) {
    auto store = open.store();
    std::vector<engine::LaneRow> lanes;
    const bool ended = QTest::qWaitFor(
        [&] {
            const auto runs = store->runs();
            return runs && !runs->empty() && runs->front().status == status;
        },
        kPatience);
    if (ended)
        if (auto rows = store->lanes(store->runs()->front().id))
            lanes = std::move(*rows);
    return lanes;
}

}  // namespace

ui::Settings TestComparePage::settingsOf(const QVector<ui::LaneChoice>& lanes) {
    ui::Settings settings;
    settings.lanes = lanes;
    settings.compare = uitest::endlessGeneration();
    return settings;
}

void TestComparePage::run(uitest::OpenWindow& open) {
    open.find<QPlainTextEdit>("comparePrompt")->setPlainText("What is 13 plus 1?");
    open.click("runButton");
    QCOMPARE(open.workbench().compare().state(), CompareController::State::running);
}

void TestComparePage::stopKeepsThePartialText_data() {
    QTest::addColumn<bool>("byKey");
    QTest::newRow("button") << false;
    QTest::newRow("escape") << true;
}

void TestComparePage::stopKeepsThePartialText() {
    QFETCH(bool, byKey);
    const QTemporaryDir folder;
    uitest::OpenWindow open(settingsOf({uitest::endlessModel(folder.path()), {"demo:bf16"}}));
    QSignalSpy changes(open.workbench().compare().lanes(), &QAbstractItemModel::dataChanged);
    run(open);
    QTRY_VERIFY_WITH_TIMEOUT(lane(open, 0).text.size() > kTokensSeen, kPatience);
    QVERIFY(changes.count() > 2);  // in pieces, as they came
    const QString before = open.find<ui::AnswerView>("lane0.answer")->toPlainText();
    QVERIFY(before.startsWith("!!!"));
    if (byKey)
        QTest::keyClick(&open.window(), Qt::Key_Escape);
    else
        open.click("runButton");
    QCOMPARE(open.workbench().compare().state(), CompareController::State::stopping);
    QVERIFY(!open.find<QPushButton>("runButton")->isEnabled());
    QTRY_VERIFY_WITH_TIMEOUT(isIdle(open), kPatience);

    QCOMPARE(lane(open, 0).state, LaneState::stopped);
    QVERIFY(lane(open, 0).record->finishReason == engine::FinishReason::cancelled);
    auto* answer = open.find<ui::AnswerView>("lane0.answer");
    QVERIFY(answer->isVisible());
    QVERIFY(answer->toPlainText().startsWith(before));
    const auto footer = open.find<QLabel>("lane0.footer")->text();
    QVERIFY2(footer.contains("stopped"), qPrintable(footer));
    QCOMPARE(lane(open, 1).state, LaneState::stopped);
    QVERIFY(open.find<QLabel>("lane1.hint")->isVisible());
    QCOMPARE(open.find<QLabel>("lane1.hint")->text(), QString("Stopped before it answered"));
    QCOMPARE(open.find<QLabel>("compareMessage")->text(), QString("Stopped: 0 of 2 lanes finished"));

    const auto stored = storedLanes(open, "cancelled");
    QCOMPARE(stored.size(), std::size_t{2});
    QCOMPARE(stored[0].status, std::string("cancelled"));
    QCOMPARE(stored[0].text, answer->toPlainText().toStdString());
    QCOMPARE(stored[1].status, std::string("cancelled"));
    QVERIFY(open.store()->samples(stored[0].id)->empty());  // half an answer is not averaged with whole ones
}

void TestComparePage::brokenLaneFailsAlone_data() {
    QTest::addColumn<QString>("model");
    QTest::addColumn<QString>("words");
    QFile text(models_.filePath("notes.gguf"));
    QVERIFY(text.open(QIODevice::WriteOnly));
    text.write("no model at all");
    text.close();
    QTest::newRow("missing") << models_.filePath("absent.gguf") << "absent.gguf";
    QTest::newRow("cut in half") << uitest::damagedModel(models_.path()) << "consolidated.00.pth";
    QTest::newRow("not a model") << text.fileName() << "notes.gguf";
    QTest::newRow("unknown demo") << "demo:none"
                                  << "demo:bf16";
}

void TestComparePage::brokenLaneFailsAlone() {
    QFETCH(QString, model);
    QFETCH(QString, words);
    uitest::OpenWindow open(settingsOf({{"demo:bf16"}, {model}, {"demo:spinquant"}}));
    run(open);
    QTRY_VERIFY_WITH_TIMEOUT(isIdle(open), kPatience);
    QCOMPARE(lane(open, 1).state, LaneState::failed);
    auto* error = open.find<QLabel>("lane1.error");
    QVERIFY(error->isVisible());
    QVERIFY2(error->text().contains(words), qPrintable(error->text()));
    QVERIFY(!error->text().contains("exited"));  // said in its own words, not by dying
    QVERIFY(open.find<QLabel>("lane1.footer")->text().contains("failed"));
    for (const int row : {0, 2}) {
        QCOMPARE(lane(open, row).state, LaneState::finished);
        QVERIFY(!open.find<QLabel>(QString("lane%1.error").arg(row))->isVisible());
        QVERIFY(open.find<ui::AnswerView>(QString("lane%1.answer").arg(row))->isVisible());
    }
    QVERIFY(lane(open, 2).agreement.has_value());
    QCOMPARE(open.find<QLabel>("compareMessage")->text(), QString("2 of 3 lanes finished, 1 failed"));
    const auto stored = storedLanes(open, "finished");
    QCOMPARE(stored.size(), std::size_t{3});
    QCOMPARE(stored[1].status, std::string("failed"));
    QCOMPARE(stored[1].error, error->text().toStdString());
    QCOMPARE(stored[2].status, std::string("finished"));
    QVERIFY(open.find<QPushButton>("runButton")->isEnabled());  // and again
}

void TestComparePage::withoutAReferenceThereIsNoAgreement() {
    uitest::OpenWindow open(settingsOf({{"demo:none"}, {"demo:bf16"}}));
    run(open);
    QTRY_VERIFY_WITH_TIMEOUT(isIdle(open), kPatience);
    QCOMPARE(lane(open, 0).state, LaneState::failed);
    QCOMPARE(lane(open, 1).state, LaneState::finished);
    QVERIFY(!lane(open, 1).agreement.has_value());
    QCOMPARE(open.find<ui::MetricTile>("lane1.agreement")->valueText(), QString("–"));
    QVERIFY(open.find<ui::MetricTile>("lane1.decode")->valueText() != "–");
}

void TestComparePage::killedProcessFailsItsLaneAlone() {
    const QTemporaryDir folder;
    uitest::OpenWindow open(settingsOf({uitest::endlessModel(folder.path()), {"demo:bf16"}}));
    run(open);
    QTRY_VERIFY_WITH_TIMEOUT(lane(open, 0).text.size() > kTokensSeen, kPatience);
    const auto workers = uitest::workerProcesses();
    QCOMPARE(workers.size(), 1);
    QCOMPARE(::kill(static_cast<pid_t>(workers.front()), SIGKILL), 0);
    QTRY_VERIFY_WITH_TIMEOUT(isIdle(open), kPatience);
    QCOMPARE(lane(open, 0).state, LaneState::failed);
    auto* error = open.find<QLabel>("lane0.error");
    QVERIFY(error->isVisible());
    QVERIFY2(error->text().contains("signal 9"), qPrintable(error->text()));
    QCOMPARE(lane(open, 1).state, LaneState::finished);
    const auto stored = storedLanes(open, "finished");
    QCOMPARE(stored.size(), std::size_t{2});
    QCOMPARE(stored[0].status, std::string("failed"));
    QCOMPARE(stored[1].status, std::string("finished"));
    QVERIFY(uitest::workerProcesses().isEmpty());
    QVERIFY(open.window().isVisible());
}

void TestComparePage::withoutAWorkerEveryLaneSaysSo() {
    const QTemporaryDir folder;
    ui::Workbench workbench(settingsOf({{"demo:bf16"}, {"demo:spinquant"}}), folder.filePath("a.sqlite"),
                            folder.filePath("no-such-program").toStdString());
    ui::MainWindow window(workbench);
    window.show();
    workbench.compare().setPrompt("Hi");
    workbench.compare().start();
    QTRY_VERIFY_WITH_TIMEOUT(workbench.compare().state() == CompareController::State::idle, kPatience);
    for (int row = 0; row < 2; ++row) {
        QCOMPARE(workbench.compare().lanes()->lane(row).state, LaneState::failed);
        auto* error = window.findChild<QLabel*>(QString("lane%1.error").arg(row));
        QVERIFY(error != nullptr && error->isVisible());
        QVERIFY2(error->text().contains("no-such-program"), qPrintable(error->text()));
    }
}

void TestComparePage::closingWhileItRunsIsStored() {
    const QTemporaryDir folder;
    uitest::OpenWindow open(settingsOf({uitest::endlessModel(folder.path()), {"demo:bf16"}}));
    run(open);
    QTRY_VERIFY_WITH_TIMEOUT(lane(open, 0).text.size() > kTokensSeen, kPatience);
    open.close();
    QVERIFY(uitest::workerProcesses().isEmpty());
    const auto stored = storedLanes(open, "cancelled");
    QCOMPARE(stored.size(), std::size_t{2});
    QVERIFY(stored[0].text.starts_with("!!!"));
}

void TestComparePage::settingsThatMakeNoSenseAreSaid() {
    auto settings = settingsOf({{"demo:bf16"}});
    settings.compare.temperature = -1.0;
    uitest::OpenWindow open(settings);
    run(open);
    QTRY_VERIFY_WITH_TIMEOUT(isIdle(open), kPatience);
    const auto* message = open.find<QLabel>("compareMessage");
    const QString said = message->text() + lane(open, 0).error;
    QVERIFY2(said.contains("temperature"), qPrintable(said));
    QVERIFY(open.find<QPushButton>("runButton")->isEnabled());
}

QTEST_MAIN(TestComparePage)
#include "tst_compare_page.moc"
