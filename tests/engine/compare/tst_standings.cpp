#include <QtTest>

#include "engine/compare/standings.h"
#include "engine/metrics/proportions.h"

using engine::VoteOnLanes;

/// The table of wins, counted by hand.
class TestStandings : public QObject {
    Q_OBJECT
private slots:
    void nothingWithoutVotes();
    void everyVoteCountsOnce();
    void theBestStandsFirst();
    void oneVariantAloneSaysNothing();
    void aRepeatedVariantHasMoreChances();
    void anUnknownWinnerIsLeftOut();
};

namespace {

const engine::Standing& of(const std::vector<engine::Standing>& all, const std::string& variant) {
    for (const auto& standing : all)
        if (standing.variant == variant)
            return standing;
    qFatal("no standing of %s", variant.c_str());
}

const std::vector<std::string> kThree{"BF16", "QAT+LoRA", "SpinQuant"};

}  // namespace

void TestStandings::nothingWithoutVotes() {
    QVERIFY(engine::standings({}).empty());
}

void TestStandings::everyVoteCountsOnce() {
    const auto all = engine::standings({{kThree, "lane", 0, true},
                                        {kThree, "lane", 2, false},
                                        {kThree, "lane", 0, true},
                                        {kThree, "tie", 0, true},
                                        {kThree, "all_bad", 0, false}});
    QCOMPARE(all.size(), std::size_t{3});
    const auto& bf16 = of(all, "BF16");
    QCOMPARE(bf16.votes, 5);
    QCOMPARE(bf16.blind, 3);
    QCOMPARE(bf16.wins, 2);
    QCOMPARE(bf16.losses, 1);
    QCOMPARE(bf16.ties, 1);
    QCOMPARE(bf16.allBad, 1);
    QCOMPARE(*bf16.winRate, 2.0 / 3.0);
    QVERIFY(*bf16.winRate95 == engine::wilson95(2, 3));
    QCOMPARE(bf16.byChance, 1.0 / 3.0);
    QCOMPARE(of(all, "QAT+LoRA").wins, 0);
    QCOMPARE(of(all, "QAT+LoRA").losses, 3);
    QCOMPARE(*of(all, "QAT+LoRA").winRate, 0.0);
    QCOMPARE(of(all, "SpinQuant").wins, 1);
    for (const auto& standing : all)
        QCOMPARE(standing.wins + standing.losses + standing.ties + standing.allBad, standing.votes);
}

void TestStandings::theBestStandsFirst() {
    const auto all =
        engine::standings({{{"a", "b"}, "lane", 1}, {{"a", "c"}, "tie"}, {{"a", "b"}, "lane", 1}});
    QCOMPARE(all[0].variant, std::string("b"));
    QCOMPARE(all[1].variant, std::string("a"));
    QCOMPARE(all[2].variant, std::string("c"));  // no decided vote: no rate, last
    QVERIFY(!all[2].winRate && !all[2].winRate95);
}

void TestStandings::oneVariantAloneSaysNothing() {
    QVERIFY(engine::standings({{{"a"}, "lane", 0}, {{"a", "a"}, "lane", 1}}).empty());
}

void TestStandings::aRepeatedVariantHasMoreChances() {
    const auto all = engine::standings({{{"a", "b", "a"}, "lane", 2}});
    QCOMPARE(of(all, "a").votes, 1);
    QCOMPARE(of(all, "a").wins, 1);
    QCOMPARE(of(all, "a").byChance, 2.0 / 3.0);
    QCOMPARE(of(all, "b").losses, 1);
}

void TestStandings::anUnknownWinnerIsLeftOut() {
    QVERIFY(engine::standings({{{"a", "b"}, "lane", 2}}).empty());
}

QTEST_GUILESS_MAIN(TestStandings)
#include "tst_standings.moc"
