#include <QAbstractItemModelTester>
#include <QLabel>
#include <QMenu>
#include <QPlainTextEdit>
#include <QPushButton>
#include <QTableView>
#include <QToolButton>
#include <algorithm>

#include "tests/ui/open_window.h"
#include "tests/ui/unusual_models.h"
#include "ui/dialogs/history_dialog.h"
#include "ui/models/history_models.h"
#include "ui/widgets/answer_view.h"
#include "ui/widgets/lane_card.h"
#include "ui/widgets/lane_metrics.h"

using ui::CompareController;

/// Blind comparisons, votes, and what is remembered of them.
class TestCompareVotes : public QObject {
    Q_OBJECT
private slots:
    void init() { uitest::failOnWarning(); }
    void blindLanesTellNothing();
    void blindAnswersAppearTogether();
    void voteRevealsAndIsStored_data();
    void voteRevealsAndIsStored();
    void revealedVotesAreNotBlind();
    void oneAnswerIsNoVote();
    void historyOpensAComparison();
    void historyOfNothingSaysWhatToDo();
    void modelsHoldUpToATester();

private:
    static ui::Settings settings();
    static void runToTheEnd(uitest::OpenWindow& open);
    static bool isIdle(uitest::OpenWindow& open) {
        return open.workbench().compare().state() == CompareController::State::idle;
    }
};

namespace {

constexpr int kPatience = 60'000;

/// Every visible text, tip and accessible name inside a widget.
QStringList textsOf(const QWidget* root) {
    QStringList texts;
    auto widgets = root->findChildren<QWidget*>();
    for (const auto* widget : widgets) {
        if (!widget->isVisibleTo(root))
            continue;
        texts << widget->toolTip() << widget->accessibleName() << widget->property("text").toString()
              << widget->styleSheet();
    }
    return texts;
}

}  // namespace

ui::Settings TestCompareVotes::settings() {
    ui::Settings settings;
    settings.compare.temperature = 0.8;
    settings.compare.maxTokens = 16;
    return settings;
}

void TestCompareVotes::runToTheEnd(uitest::OpenWindow& open) {
    open.find<QPlainTextEdit>("comparePrompt")->setPlainText("What is 13 plus 1?");
    open.click("runButton");
    QTRY_VERIFY_WITH_TIMEOUT(isIdle(open), kPatience);
    QTRY_VERIFY_WITH_TIMEOUT(open.workbench().compare().storedRun() != 0, kPatience);
    QTRY_VERIFY(open.workbench().compare().whyNoVote().isEmpty());
}

void TestCompareVotes::blindLanesTellNothing() {
    uitest::OpenWindow open(settings());
    open.click("blindButton");
    runToTheEnd(open);
    auto& votes = open.workbench().compare().votes();
    QVERIFY(votes.hidden());
    auto places = votes.places();
    for (int place = 0; place < 3; ++place) {
        auto* card = open.find<ui::LaneCard>(QString("lane%1").arg(place));
        const auto& lane = open.workbench().compare().lanes()->lane(places[place]);
        QCOMPARE(open.find<ui::AnswerView>(QString("lane%1.answer").arg(place))->toPlainText(), lane.text);
        QVERIFY(!card->findChild<ui::LaneMetrics*>()->isVisible());
        for (const auto& text : textsOf(card))
            for (const char* secret : {"BF16", "bf16", "QAT", "qat", "SpinQuant", "spinquant", "reference",
                                       "int4", "KL", "tok/s", "token"})
                QVERIFY2(!text.contains(secret), qPrintable(text));
        const auto& tokens = ui::Theme::instance().tokens();
        for (const auto& colour : tokens.variants)
            QVERIFY(textsOf(card).filter(colour.name()).isEmpty());
        QCOMPARE(open.find<QPushButton>(QString("vote%1Button").arg(place + 1))->text(),
                 QString::number(place + 1));
    }
    std::sort(places.begin(), places.end());
    QCOMPARE(places, QVector<int>({0, 1, 2}));
    for (const char* name :
         {"viewDiffButton", "viewTokensButton", "viewMetricsButton", "compareExportButton"})
        QVERIFY2(!open.find<QWidget>(name)->isEnabled(), name);
    const auto run = open.workbench().compare().storedRun();
    auto* results = open.workbench().results().table();
    QTRY_VERIFY(open.workbench().results().loaded());
    QTest::qWait(300);  // time for the run to come, were it not withheld
    QCOMPARE(results->runCount(), 0);
    open.click("revealButton");
    QVERIFY(!votes.hidden());
    QTRY_COMPARE(results->runCount(), 1);
    QCOMPARE(results->run(0).run.id, run);
    QVERIFY(open.find<QToolButton>("lane0.model")->text().contains("BF16"));
    QVERIFY(open.find<ui::LaneCard>("lane0")->findChild<ui::LaneMetrics*>()->isVisible());
    const auto footer = open.find<QLabel>("lane0.footer")->text();
    QVERIFY2(footer.startsWith(QString("was %1").arg(votes.numberOf(0))), qPrintable(footer));
    QVERIFY(open.find<QWidget>("viewDiffButton")->isEnabled());
}

void TestCompareVotes::blindAnswersAppearTogether() {
    const QTemporaryDir folder;
    ui::Settings endless;
    endless.lanes = {uitest::endlessModel(folder.path()), {"demo:bf16"}};
    endless.compare = uitest::endlessGeneration();
    uitest::OpenWindow open(endless);
    open.click("blindButton");
    open.find<QPlainTextEdit>("comparePrompt")->setPlainText("Hi");
    open.click("runButton");
    auto& compare = open.workbench().compare();
    QTRY_VERIFY_WITH_TIMEOUT(compare.lanes()->lane(0).text.size() > 100, kPatience);
    for (int place = 0; place < 2; ++place) {
        QVERIFY(!open.find<ui::AnswerView>(QString("lane%1.answer").arg(place))->isVisible());
        QCOMPARE(open.find<QLabel>(QString("lane%1.hint").arg(place))->text(),
                 QString("The answers appear together"));
    }
    compare.stop();
    QTRY_VERIFY_WITH_TIMEOUT(isIdle(open), kPatience);
    const auto place = compare.votes().places().indexOf(0);
    QVERIFY(open.find<ui::AnswerView>(QString("lane%1.answer").arg(place))->isVisible());
}

void TestCompareVotes::voteRevealsAndIsStored_data() {
    QTest::addColumn<QString>("button");
    QTest::addColumn<QString>("verdict");
    QTest::newRow("second") << "vote2Button"
                            << "lane";
    QTest::newRow("tie") << "voteTieButton"
                         << "tie";
    QTest::newRow("all bad") << "voteAllBadButton"
                             << "all_bad";
}

void TestCompareVotes::voteRevealsAndIsStored() {
    QFETCH(QString, button);
    QFETCH(QString, verdict);
    uitest::OpenWindow open(settings());
    open.click("blindButton");
    runToTheEnd(open);
    auto& compare = open.workbench().compare();
    const int row = compare.votes().places()[1];
    const auto run = compare.storedRun();
    open.click(button);
    QVERIFY(!compare.votes().hidden());
    QTRY_VERIFY_WITH_TIMEOUT(!compare.votes().history().standings.empty(), kPatience);
    const auto stored = *open.store()->vote(run);
    QVERIFY(stored.has_value());
    QCOMPARE(QString::fromStdString(stored->verdict), verdict);
    QVERIFY(stored->blind);
    QCOMPARE(stored->laneId.has_value(), verdict == "lane");
    if (stored->laneId)
        QCOMPARE(*stored->laneId, (*open.store()->lanes(run))[static_cast<std::size_t>(row)].id);
    for (const auto& standing : compare.votes().history().standings) {
        QCOMPARE(standing.votes, 1);
        const auto variant = compare.lanes()->lane(row).loaded->config.variant;
        const bool won = verdict == "lane" &&
                         QString::fromStdString(standing.variant).endsWith(QString::fromStdString(variant));
        QCOMPARE(standing.wins, won ? 1 : 0);
    }
    const auto said = open.find<QLabel>("voteResult")->text();
    QVERIFY2(said.contains("blind"), qPrintable(said));
    QVERIFY(!open.find<QPushButton>("voteTieButton")->isVisible());  // one vote per comparison
    compare.vote("tie");
    QCOMPARE(open.store()->votes()->size(), std::size_t{1});
}

void TestCompareVotes::revealedVotesAreNotBlind() {
    uitest::OpenWindow open(settings());
    open.click("blindButton");
    runToTheEnd(open);
    open.click("revealButton");
    open.click("vote1Button");
    const auto run = open.workbench().compare().storedRun();
    QTRY_VERIFY_WITH_TIMEOUT(open.store()->vote(run)->has_value(), kPatience);
    QVERIFY(!(*open.store()->vote(run))->blind);
}

void TestCompareVotes::oneAnswerIsNoVote() {
    auto one = settings();
    one.lanes = {{"demo:bf16"}, {"demo:none"}};
    uitest::OpenWindow open(one);
    open.find<QPlainTextEdit>("comparePrompt")->setPlainText("Hi");
    open.click("runButton");
    QTRY_VERIFY_WITH_TIMEOUT(isIdle(open), kPatience);
    QTRY_VERIFY_WITH_TIMEOUT(open.workbench().compare().storedRun() != 0, kPatience);
    for (const char* name : {"vote1Button", "vote2Button", "voteTieButton", "voteAllBadButton"})
        QVERIFY2(!open.find<QPushButton>(name)->isEnabled(), name);
    QCOMPARE(open.find<QPushButton>("vote1Button")->toolTip(), QString("A vote needs two answers"));
}

void TestCompareVotes::historyOpensAComparison() {
    uitest::OpenWindow open(settings());
    runToTheEnd(open);
    QVector<QString> answers;
    for (int row = 0; row < 3; ++row)
        answers << open.workbench().compare().lanes()->lane(row).text;
    const auto scores = open.workbench().compare().lanes()->lane(2).scores;
    const auto starts = open.workbench().compare().lanes()->lane(2).tokenStarts;
    open.click("vote3Button");
    const auto run = open.workbench().compare().storedRun();
    QTRY_VERIFY_WITH_TIMEOUT(open.store()->vote(run)->has_value(), kPatience);
    auto other = settings();
    other.lanes = {{"demo:spinquant"}};
    open.reopen(other);
    open.click("historyButton");
    auto* dialog = open.find<ui::HistoryDialog>("historyDialog");
    auto* list = dialog->findChild<QTableView*>("comparisonTable");
    QTRY_COMPARE_WITH_TIMEOUT(list->model()->rowCount(), 1, kPatience);
    QCOMPARE(list->model()->index(0, ui::ComparisonListModel::voteColumn).data().toString(),
             QString("SpinQuant"));
    QCOMPARE(dialog->findChild<QTableView*>("standingsTable")->model()->rowCount(), 3);
    QTest::mouseClick(dialog->findChild<QPushButton*>("historyOpen"), Qt::LeftButton);
    auto& compare = open.workbench().compare();
    QTRY_COMPARE_WITH_TIMEOUT(compare.storedRun(), run, kPatience);
    QCOMPARE(open.find<QPlainTextEdit>("comparePrompt")->toPlainText(), QString("What is 13 plus 1?"));
    QCOMPARE(compare.lanes()->count(), 3);
    for (int row = 0; row < 3; ++row)
        QCOMPARE(open.find<ui::AnswerView>(QString("lane%1.answer").arg(row))->toPlainText(), answers[row]);
    QVERIFY(compare.lanes()->lane(2).scores == scores);
    // The token that ended the answer is kept too; it shows no text.
    const auto& kept = compare.lanes()->lane(2).tokenStarts;
    QVERIFY(kept.size() >= starts.size());
    QVERIFY(std::equal(starts.begin(), starts.end(), kept.begin()));
    QVERIFY(compare.lanes()->lane(1).agreement.has_value());
    QVERIFY(compare.votes().vote().has_value());
    QVERIFY(open.find<QLabel>("voteResult")->text().contains("SpinQuant"));
    QVERIFY(open.find<QPushButton>("compareExportButton")->isEnabled());
}

void TestCompareVotes::historyOfNothingSaysWhatToDo() {
    uitest::OpenWindow open;
    open.click("historyButton");
    auto* dialog = open.find<ui::HistoryDialog>("historyDialog");
    QVERIFY(!dialog->findChild<QPushButton*>("historyOpen")->isEnabled());
    const auto labels = dialog->findChildren<QLabel*>();
    QVERIFY(std::any_of(labels.begin(), labels.end(),
                        [](auto* label) { return label->text().contains("press Run"); }));
    QTest::mouseClick(dialog->findChild<QPushButton*>("historyClose"), Qt::LeftButton);
}

void TestCompareVotes::modelsHoldUpToATester() {
    ui::ComparisonListModel entries;
    ui::StandingsModel standings;
    const QAbstractItemModelTester first(&entries, QAbstractItemModelTester::FailureReportingMode::QtTest);
    const QAbstractItemModelTester second(&standings, QAbstractItemModelTester::FailureReportingMode::QtTest);
    engine::ComparisonEntry entry;
    entry.runId = 7;
    entry.startedAt = "2026-11-24T10:15:30.123Z";
    entry.status = "finished";
    entry.prompt = "two\nlines";
    entry.lanes = {"a", "b"};
    entry.vote = "tie";
    entry.blind = true;
    entries.setEntries({entry, entry});
    QCOMPARE(entries.rowCount(), 2);
    QCOMPARE(entries.runAt(1), 7);
    QCOMPARE(entries.index(0, ui::ComparisonListModel::promptColumn).data().toString(), QString("two lines"));
    QCOMPARE(entries.index(0, ui::ComparisonListModel::voteColumn).data().toString(), QString("tie (blind)"));
    standings.setStandings(engine::standings({{{"a", "b"}, "lane", 1, true}}));
    QCOMPARE(standings.rowCount(), 2);
    QCOMPARE(standings.index(0, ui::StandingsModel::variantColumn).data().toString(), QString("b"));
    QCOMPARE(standings.index(0, ui::StandingsModel::winsColumn).data().toInt(), 1);
    const auto rate = standings.index(0, ui::StandingsModel::rateColumn).data().toString();
    QVERIFY2(rate.startsWith("100 % [21"), qPrintable(rate));  // Wilson's interval of 1 of 1: 20.7 % to 100 %
    entries.setEntries({});
    standings.setStandings({});
    QCOMPARE(entries.rowCount() + standings.rowCount(), 0);
}

QTEST_MAIN(TestCompareVotes)
#include "tst_compare_votes.moc"
