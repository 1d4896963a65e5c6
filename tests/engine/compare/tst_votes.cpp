#include <QTemporaryDir>
#include <QtTest>
#include <nlohmann/json.hpp>

#include "engine/compare/comparison_history.h"
#include "engine/compare/comparison_json.h"
#include "engine/report/report.h"
#include "engine/report/writers.h"

/// Votes in the database, and what is made of them: history, standings, reports.
class TestVotes : public QObject {
    Q_OBJECT
private slots:
    void init();
    void votesComeBack_data();
    void votesComeBack();
    void aSecondVoteReplacesTheFirst();
    void votesGoWithTheirRun();
    void aVoteOnNoRunIsAnError();
    void tracesComeBack();
    void foreignTracesAreEmpty();
    void historyIsNewestFirst();
    void lanesThatFailedHaveNoStanding();
    void reportsTellTheVote();
    void reportsWarnOfLanesAtOnce();
    void otherRunsAreNoComparison();

private:
    std::int64_t addRun(const std::string& prompt, const std::string& order = "sequential",
                        const std::string& kind = "compare");
    std::vector<engine::LaneRow> lanes(std::int64_t run) { return *store_->lanes(run); }
    std::unique_ptr<QTemporaryDir> folder_;
    std::unique_ptr<engine::Store> store_;
};

void TestVotes::init() {
    store_.reset();
    folder_ = std::make_unique<QTemporaryDir>();
    auto store = engine::Store::open(folder_->filePath("a.sqlite").toStdString());
    QVERIFY(store);
    store_ = std::move(*store);
}

std::int64_t TestVotes::addRun(const std::string& prompt, const std::string& order, const std::string& kind) {
    engine::RunRow run;
    run.kind = kind;
    run.status = "finished";
    run.startedAt = engine::utcNow();
    run.profile = "ad hoc";
    run.profileText = nlohmann::json{{"kind", kind}, {"order", order}}.dump();
    run.prompt = prompt;
    run.machine = "{}";
    run.build = "test";
    const auto id = *store_->addRun(run);
    for (const char* variant : {"BF16", "QAT+LoRA", "SpinQuant"}) {
        engine::LaneRow lane;
        lane.runId = id;
        lane.position = static_cast<int>(store_->lanes(id)->size());
        lane.name = variant;
        lane.modelName = "Demo";
        lane.variant = variant;
        lane.status = "finished";
        lane.text = std::string("one ") + (lane.position == 0 ? "answer" : variant) + " of three";
        lane.tokens = "[1]";
        lane.finishReason = "stop";
        if (!store_->addLane(lane))
            qFatal("no lane");
    }
    return id;
}

void TestVotes::votesComeBack_data() {
    QTest::addColumn<QString>("verdict");
    QTest::addColumn<int>("lane");
    QTest::addColumn<bool>("blind");
    QTest::addColumn<QString>("words");
    QTest::newRow("lane, blind") << "lane" << 2 << true << "SpinQuant";
    QTest::newRow("lane") << "lane" << 0 << false << "BF16";
    QTest::newRow("tie") << "tie" << -1 << true << "tie";
    QTest::newRow("all bad") << "all_bad" << -1 << false << "all bad";
}

void TestVotes::votesComeBack() {
    QFETCH(QString, verdict);
    QFETCH(int, lane);
    QFETCH(bool, blind);
    QFETCH(QString, words);
    const auto run = addRun("a");
    engine::VoteRow vote{run, std::nullopt, verdict.toStdString(), blind};
    if (lane >= 0)
        vote.laneId = lanes(run)[static_cast<std::size_t>(lane)].id;
    QVERIFY(store_->setVote(vote));
    store_ = std::move(*engine::Store::open(folder_->filePath("a.sqlite").toStdString()));
    const auto back = *store_->vote(run);
    QVERIFY(back.has_value());
    QCOMPARE(back->verdict, verdict.toStdString());
    QCOMPARE(back->blind, blind);
    QVERIFY(back->laneId == vote.laneId);
    QVERIFY(!back->createdAt.empty());
    const auto history = engine::comparisonHistory(*store_);
    QVERIFY(history);
    QCOMPARE(history->entries.front().vote, words.toStdString());
    QCOMPARE(history->entries.front().blind, blind);
    const auto stored = engine::loadComparison(*store_, run);
    QCOMPARE(stored->votedLane.has_value(), lane >= 0);
    if (lane >= 0)
        QCOMPARE(static_cast<int>(*stored->votedLane), lane);
}

void TestVotes::aSecondVoteReplacesTheFirst() {
    const auto run = addRun("a");
    QVERIFY(store_->setVote({run, lanes(run)[0].id, "lane", true}));
    QVERIFY(store_->setVote({run, std::nullopt, "tie", false}));
    QCOMPARE(store_->votes()->size(), std::size_t{1});
    QCOMPARE((*store_->vote(run))->verdict, std::string("tie"));
    QVERIFY(!(*store_->vote(run))->laneId);
}

void TestVotes::votesGoWithTheirRun() {
    const auto run = addRun("a");
    const auto lane = lanes(run)[0].id;
    QVERIFY(store_->setVote({run, lane, "lane", true}));
    QVERIFY(store_->setLaneTrace(lane, "{}"));
    QVERIFY(store_->deleteRun(run));
    QVERIFY(store_->votes()->empty());
    QVERIFY(store_->laneTrace(lane)->empty());
}

void TestVotes::aVoteOnNoRunIsAnError() {
    QVERIFY(!store_->setVote({77, std::nullopt, "tie", false}));
}

void TestVotes::tracesComeBack() {
    const auto run = addRun("a");
    const engine::AnswerTokens tokens{{0, 3, 7}, {{0.5, 1}, {1e-12, 99}, {0.25, 2}}, ""};
    QVERIFY(store_->setLaneTrace(lanes(run)[1].id, engine::toJson(tokens).dump()));
    QVERIFY(engine::loadComparison(*store_, run)->lanes[1].tokens == tokens);
    QVERIFY(engine::loadComparison(*store_, run)->lanes[0].tokens == engine::AnswerTokens{});
}

void TestVotes::foreignTracesAreEmpty() {
    for (const char* text : {"", "nonsense", "[]", "{\"starts\": 3}", "{\"starts\": [\"a\"]}"})
        QVERIFY2(engine::answerTokensFromText(text) == engine::AnswerTokens{}, text);
}

void TestVotes::historyIsNewestFirst() {
    addRun("first");
    addRun("a benchmark", "sequential", "bench");
    const auto last = addRun("second", "concurrent");
    const auto history = engine::comparisonHistory(*store_);
    QCOMPARE(history->entries.size(), std::size_t{2});
    QCOMPARE(history->entries[0].runId, last);
    QCOMPARE(history->entries[0].prompt, std::string("second"));
    QVERIFY(history->entries[0].order == engine::CompareOrder::concurrent);
    QVERIFY(history->entries[1].order == engine::CompareOrder::sequential);
    QVERIFY((history->entries[0].lanes == std::vector<std::string>{"BF16", "QAT+LoRA", "SpinQuant"}));
    QVERIFY(history->entries[0].vote.empty());
    QVERIFY(history->standings.empty());
}

void TestVotes::lanesThatFailedHaveNoStanding() {
    const auto run = addRun("a");
    auto failed = lanes(run)[1];
    failed.status = "failed";
    QVERIFY(store_->updateLane(failed));
    QVERIFY(store_->setVote({run, lanes(run)[2].id, "lane", true}));
    const auto standings = engine::comparisonHistory(*store_)->standings;
    QCOMPARE(standings.size(), std::size_t{2});
    QCOMPARE(standings[0].variant, std::string("Demo · SpinQuant"));
    QCOMPARE(standings[0].wins, 1);
    QCOMPARE(standings[1].variant, std::string("Demo · BF16"));
    QCOMPARE(standings[1].losses, 1);
}

void TestVotes::reportsTellTheVote() {
    const auto run = addRun("a");
    QVERIFY(store_->setVote({run, lanes(run)[1].id, "lane", true}));
    const auto reports = *engine::loadReports(*store_, std::vector{run});
    const auto markdown = engine::writeMarkdown(reports);
    QVERIFY2(markdown.find("| Vote | QAT+LoRA is best, blind |") != std::string::npos, markdown.c_str());
    QVERIFY(engine::writeHtml(reports).find("QAT+LoRA is best, blind") != std::string::npos);
    QVERIFY2(markdown.find("SpinQuant (stop): 1 word added, 1 removed against BF16") != std::string::npos,
             markdown.c_str());
    const auto json = nlohmann::json::parse(engine::writeJson(reports));
    const auto& vote = json["runs"][0]["vote"];
    QCOMPARE(vote["verdict"].get<std::string>(), std::string("lane"));
    QCOMPARE(vote["lane"].get<int>(), 1);
    QVERIFY(vote["blind"].get<bool>());
}

void TestVotes::reportsWarnOfLanesAtOnce() {
    const auto fair = *engine::loadReports(*store_, std::vector{addRun("a")});
    QVERIFY(engine::writeMarkdown(fair).find("not fair") == std::string::npos);
    const auto unfair = *engine::loadReports(*store_, std::vector{addRun("a", "concurrent")});
    QVERIFY(engine::writeMarkdown(unfair).find("not fair") != std::string::npos);
    QVERIFY(engine::writeMarkdown(unfair).find("--concurrent") != std::string::npos);
}

void TestVotes::otherRunsAreNoComparison() {
    QVERIFY(engine::loadComparison(*store_, addRun("a", "sequential", "bench")).error().code ==
            engine::ErrorCode::invalidInput);
    QVERIFY(engine::loadComparison(*store_, 77).error().code == engine::ErrorCode::notFound);
}

QTEST_GUILESS_MAIN(TestVotes)
#include "tst_votes.moc"
