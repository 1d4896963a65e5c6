#include <QtTest>
#include <map>
#include <numeric>

#include "engine/tokenizer/bpe_merge.h"

/// The fast merge against the plain one: look at every pair, join the best, begin again.
class TestBpeMerge : public QObject {
    Q_OBJECT
private slots:
    void agreesWithThePlainLoop_data();
    void agreesWithThePlainLoop();
    void joinsTheLeftmostOnATie();
    void joinsNothingWithoutRanks();
    void takesNothing();
};

namespace {

using Ranks = std::map<std::string, double, std::less<>>;

std::optional<double> rankIn(const Ranks& ranks, std::string_view left, std::string_view right) {
    const auto at = ranks.find(std::string(left) + std::string(right));
    return at == ranks.end() ? std::nullopt : std::optional(at->second);
}

std::vector<std::size_t> plainMerge(std::string_view text, std::vector<std::size_t> starts,
                                    const Ranks& ranks) {
    const auto symbol = [&](std::size_t i) {
        const auto end = i + 1 < starts.size() ? starts[i + 1] : text.size();
        return text.substr(starts[i], end - starts[i]);
    };
    for (;;) {
        std::optional<double> best;
        std::size_t where = 0;
        for (std::size_t i = 0; i + 1 < starts.size(); ++i)
            if (const auto rank = rankIn(ranks, symbol(i), symbol(i + 1)); rank && (!best || *rank < *best)) {
                best = rank;
                where = i;
            }
        if (!best)
            return starts;
        starts.erase(starts.begin() + static_cast<std::ptrdiff_t>(where) + 1);
    }
}

std::vector<std::size_t> everyByte(std::string_view text) {
    std::vector<std::size_t> starts(text.size());
    std::iota(starts.begin(), starts.end(), std::size_t{0});
    return starts;
}

std::vector<std::size_t> merge(std::string_view text, const Ranks& ranks) {
    return engine::mergePairs(text, everyByte(text),
                              [&](std::string_view l, std::string_view r) { return rankIn(ranks, l, r); });
}

}  // namespace

void TestBpeMerge::agreesWithThePlainLoop_data() {
    QTest::addColumn<int>("letters");
    QTest::addColumn<int>("distinctRanks");
    QTest::addRow("two letters, all ranks differ") << 2 << 1'000'000;
    QTest::addRow("two letters, many ties") << 2 << 3;
    QTest::addRow("four letters, some ties") << 4 << 40;
    QTest::addRow("one letter") << 1 << 1'000'000;
}

void TestBpeMerge::agreesWithThePlainLoop() {
    QFETCH(int, letters);
    QFETCH(int, distinctRanks);
    std::uint64_t state = 7;
    const auto next = [&](int below) {
        state = state * 6364136223846793005ULL + 1442695040888963407ULL;
        return static_cast<int>((state >> 33) % static_cast<std::uint64_t>(below));
    };
    const auto word = [&](int length) {
        std::string text;
        for (int i = 0; i < length; ++i)
            text += static_cast<char>('a' + next(letters));
        return text;
    };
    for (int round = 0; round < 200; ++round) {
        const auto before = state;
        Ranks ranks;
        for (int i = 0; i < 30; ++i)
            ranks.emplace(word(2 + next(6)), next(distinctRanks));
        const auto text = word(next(80));
        QVERIFY2(merge(text, ranks) == plainMerge(text, everyByte(text), ranks),
                 qPrintable(QString("state %1, text %2").arg(before).arg(text.c_str())));
    }
}

void TestBpeMerge::joinsTheLeftmostOnATie() {
    QCOMPARE(merge("aaa", {{"aa", 1.0}}), (std::vector<std::size_t>{0, 2}));
    QCOMPARE(merge("aaaa", {{"aa", 1.0}}), (std::vector<std::size_t>{0, 2}));
}

void TestBpeMerge::joinsNothingWithoutRanks() {
    QCOMPARE(merge("abc", {}), (std::vector<std::size_t>{0, 1, 2}));
}

void TestBpeMerge::takesNothing() {
    QVERIFY(merge("", {{"aa", 1.0}}).empty());
}

QTEST_GUILESS_MAIN(TestBpeMerge)
#include "tst_bpe_merge.moc"
