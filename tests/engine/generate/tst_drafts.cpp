#include <QtTest>
#include <functional>

#include "engine/generate/draft_length.h"
#include "engine/generate/lookup_drafter.h"

using engine::DraftLength;
using engine::LookupDrafter;
using engine::TokenId;

/// What prompt lookup guesses, and how many guesses are made.
class TestDrafts : public QObject {
    Q_OBJECT
private slots:
    void guessesWhatFollowedBefore_data();
    void guessesWhatFollowedBefore();
    void agreesWithEveryMatchTriedInTurn();
    void lengthFollowsWhatHolds_data();
    void lengthFollowsWhatHolds();
    void aTextThatCannotBeGuessedCostsLittle();
};

namespace {

std::vector<TokenId> tokensOf(const QList<int>& ids) {
    std::vector<TokenId> tokens;
    for (const int id : ids)
        tokens.push_back(TokenId{id});
    return tokens;
}

QList<int> guess(LookupDrafter& drafter, const std::vector<TokenId>& text, int most) {
    QList<int> ids;
    const auto draft = drafter.draft(text, most, {});
    if (draft)
        for (const TokenId id : draft->tokens)
            ids << engine::raw(id);
    return ids;
}

/// The definition, tried word for word: the longest match, and of these the latest.
QList<int> bruteForce(const QList<int>& text, int most) {
    for (auto n = static_cast<int>(LookupDrafter::kLongestMatch);
         n >= static_cast<int>(LookupDrafter::kShortestMatch); --n)
        for (qsizetype start = text.size() - n - 1; start >= 0; --start)
            if (text.mid(start, n) == text.last(std::min<qsizetype>(n, text.size()))) {
                auto longer = text;
                for (int i = 0; i < most; ++i)
                    longer << longer[start + n + i];
                return longer.mid(text.size());
            }
    return {};
}

}  // namespace

void TestDrafts::guessesWhatFollowedBefore_data() {
    QTest::addColumn<QList<int>>("text");
    QTest::addColumn<int>("most");
    QTest::addColumn<QList<int>>("expected");
    const QList<int> none;
    QTest::newRow("no text") << none << 4 << none;
    QTest::newRow("one token") << QList<int>{1} << 4 << none;
    QTest::newRow("nothing repeats") << QList<int>{1, 2, 3, 4, 5} << 4 << none;
    QTest::newRow("one token that repeats says too little") << QList<int>{1, 2, 3, 1} << 4 << none;
    QTest::newRow("two tokens") << QList<int>{1, 2, 3, 4, 9, 1, 2} << 3 << QList<int>{3, 4, 9};
    QTest::newRow("no more than asked") << QList<int>{1, 2, 3, 4, 9, 1, 2} << 1 << QList<int>{3};
    QTest::newRow("the latest of two alike") << QList<int>{1, 2, 3, 1, 2, 4, 1, 2} << 1 << QList<int>{4};
    QTest::newRow("the longer match before the latest")
        << QList<int>{7, 1, 2, 3, 8, 1, 2, 4, 7, 1, 2} << 1 << QList<int>{3};
    QTest::newRow("beyond the longest match the latest counts")
        << QList<int>{9, 1, 2, 3, 4, 5, 8, 1, 2, 3, 4, 6, 9, 1, 2, 3, 4} << 1 << QList<int>{6};
    QTest::newRow("a repetition is read on") << QList<int>{5, 6, 5, 6} << 5 << QList<int>{5, 6, 5, 6, 5};
    QTest::newRow("the same token again and again") << QList<int>{3, 3, 3} << 3 << QList<int>{3, 3, 3};
}

void TestDrafts::guessesWhatFollowedBefore() {
    QFETCH(QList<int>, text);
    QFETCH(int, most);
    LookupDrafter drafter;
    QTEST(guess(drafter, tokensOf(text), most), "expected");
}

void TestDrafts::agreesWithEveryMatchTriedInTurn() {
    LookupDrafter drafter;
    std::uint32_t state = 7;
    int found = 0;
    for (int round = 0; round < 2000; ++round) {
        QList<int> text;
        const int length = 1 + round % 40;
        for (int i = 0; i < length; ++i) {
            state = state * 1664525U + 1013904223U;
            text << static_cast<int>(state >> 30);  // 4 tokens, so that matches of all lengths occur
        }
        const auto expected = bruteForce(text, 6);
        QCOMPARE(guess(drafter, tokensOf(text), 6), expected);
        found += expected.isEmpty() ? 0 : 1;
    }
    QVERIFY2(found > 500 && found < 1900, qPrintable(QString::number(found)));
}

void TestDrafts::lengthFollowsWhatHolds_data() {
    QTest::addColumn<QList<int>>("accepted");  // of what next() gave, in each pass
    QTest::addColumn<QList<int>>("lengths");
    constexpr int all = 99;
    QTest::newRow("all hold") << QList<int>{all, all, all} << QList<int>{8, 8, 8};
    QTest::newRow("some hold") << QList<int>{3, 1, all, all, all} << QList<int>{8, 4, 2, 4, 6};
    QTest::newRow("none hold") << QList<int>{0, 0, 0, 0, 0} << QList<int>{8, 4, 2, 1, 0};
    QTest::newRow("pauses grow and end")
        << QList<int>{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0} << QList<int>{8, 4, 2, 1, 0, 1, 0, 0, 1, 0, 0, 0};
    QTest::newRow("one that holds ends the caution")
        << QList<int>{0, 0, 0, 0, 0, all, all, 0, 0, 0, 0} << QList<int>{8, 4, 2, 1, 0, 1, 3, 5, 2, 1, 0};
}

void TestDrafts::lengthFollowsWhatHolds() {
    QFETCH(QList<int>, accepted);
    DraftLength length(8);
    QList<int> lengths;
    for (const int held : accepted) {
        const auto drafted = length.next();
        lengths << static_cast<int>(drafted);
        length.record(drafted, std::min<std::int64_t>(held, drafted));
    }
    QTEST(lengths, "lengths");
}

void TestDrafts::aTextThatCannotBeGuessedCostsLittle() {
    DraftLength length(32);
    std::int64_t guesses = 0;
    for (int pass = 0; pass < 1000; ++pass) {
        const auto drafted = length.next();
        guesses += drafted;
        length.record(drafted, 0);
    }
    QVERIFY2(guesses < 200, qPrintable(QString::number(guesses)));
    QVERIFY(guesses > 100);  // it goes on trying
}

QTEST_GUILESS_MAIN(TestDrafts)
#include "tst_drafts.moc"
