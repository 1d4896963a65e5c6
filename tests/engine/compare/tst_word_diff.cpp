#include <QtTest>
#include <random>
#include <sstream>

#include "engine/compare/myers.h"
#include "engine/compare/word_diff.h"

using engine::DiffKind;
using engine::DiffPart;

/// Word differences against a dynamic programme that knows nothing of paths and frontiers.
class TestWordDiff : public QObject {
    Q_OBJECT
private slots:
    void findsWhatChanged_data();
    void findsWhatChanged();
    void isAsShortAsCanBe_data();
    void isAsShortAsCanBe();
    void textsComeBack();
    void longTextsAreCompared();
    void wordsAreCounted();
};

namespace {

/// Length of a longest common subsequence by the textbook's table.
std::size_t commonLength(const std::vector<int>& a, const std::vector<int>& b) {
    std::vector<std::vector<std::size_t>> table(a.size() + 1, std::vector<std::size_t>(b.size() + 1, 0));
    for (std::size_t i = 1; i <= a.size(); ++i)
        for (std::size_t j = 1; j <= b.size(); ++j)
            table[i][j] =
                a[i - 1] == b[j - 1] ? table[i - 1][j - 1] + 1 : std::max(table[i - 1][j], table[i][j - 1]);
    return table[a.size()][b.size()];
}

template <class T>
std::vector<T> chosen(const std::vector<T>& from, const std::vector<bool>& which) {
    std::vector<T> result;
    for (std::size_t i = 0; i < from.size(); ++i)
        if (which[i])
            result.push_back(from[i]);
    return result;
}

std::string joined(const std::vector<DiffPart>& parts, DiffKind without) {
    std::string text;
    for (const auto& part : parts)
        if (part.kind != without)
            text += part.text;
    return text;
}

std::vector<std::string> split(const std::string& text) {
    std::istringstream in(text);
    std::vector<std::string> words;
    for (std::string word; in >> word;)
        words.push_back(word);
    return words;
}

/// "=same words" "+added" "-removed" in one line.
std::string shown(const std::vector<DiffPart>& parts) {
    std::string text;
    for (const auto& part : parts) {
        text += part.kind == DiffKind::same ? "[=" : part.kind == DiffKind::added ? "[+" : "[-";
        text += part.text + "]";
    }
    return text;
}

}  // namespace

void TestWordDiff::findsWhatChanged_data() {
    QTest::addColumn<QString>("reference");
    QTest::addColumn<QString>("text");
    QTest::addColumn<QString>("expected");
    QTest::newRow("nothing") << ""
                             << ""
                             << "";
    QTest::newRow("equal") << "a b c"
                           << "a b c"
                           << "[=a b c]";
    QTest::newRow("one word") << "the one before it."
                              << "the previous one."
                              << "[=the][- one before it.][+ previous one.]";
    QTest::newRow("replaced") << "sees a smaller value once"
                              << "sees a lower value once"
                              << "[=sees a][- smaller][+ lower][= value once]";
    QTest::newRow("longer") << "a b"
                            << "a b c d"
                            << "[=a b][+ c d]";
    QTest::newRow("shorter") << "a b c d"
                             << "a d"
                             << "[=a][- b c][= d]";
    QTest::newRow("from nothing") << ""
                                  << "a b"
                                  << "[+a b]";
    QTest::newRow("to nothing") << "a b"
                                << ""
                                << "[-a b]";
    QTest::newRow("white space alone") << "a  b\nc"
                                       << "a b\n\nc "
                                       << "[=a b\n\nc ]";
    QTest::newRow("space at the end") << "a b"
                                      << "a \n"
                                      << "[=a][- b][+ \n]";
    QTest::newRow("ideographs") << QString::fromUtf8("今天天气好") << QString::fromUtf8("今天天气坏")
                                << QString::fromUtf8("[=今天天气][-好][+坏]");
    QTest::newRow("umlauts") << QString::fromUtf8("schöne Grüße") << QString::fromUtf8("schöne Größe")
                             << QString::fromUtf8("[=schöne][- Grüße][+ Größe]");
}

void TestWordDiff::findsWhatChanged() {
    QFETCH(QString, reference);
    QFETCH(QString, text);
    QFETCH(QString, expected);
    QCOMPARE(QString::fromStdString(shown(engine::wordDiff(reference.toStdString(), text.toStdString()))),
             expected);
}

void TestWordDiff::isAsShortAsCanBe_data() {
    QTest::addColumn<int>("alphabet");
    for (const int alphabet : {1, 2, 3, 8, 100})
        QTest::addRow("%d words", alphabet) << alphabet;
}

void TestWordDiff::isAsShortAsCanBe() {
    QFETCH(int, alphabet);
    std::mt19937 random(static_cast<unsigned>(alphabet));
    for (int round = 0; round < 400; ++round) {
        std::vector<int> a(random() % 24);
        std::vector<int> b(random() % 24);
        for (auto* side : {&a, &b})
            for (auto& value : *side)
                value = static_cast<int>(random() % static_cast<unsigned>(alphabet));
        const auto common = engine::commonElements(a, b);
        const auto ofA = chosen(a, common.ofA);
        QCOMPARE(ofA, chosen(b, common.ofB));
        QVERIFY2(ofA.size() == commonLength(a, b), qPrintable(QString("round %1").arg(round)));
    }
}

void TestWordDiff::textsComeBack() {
    std::mt19937 random(7);
    const std::string pieces[] = {"the", "a", "counter", " ", "\n", "  ", "wraps.", "é", "今", "\t"};
    for (int round = 0; round < 300; ++round) {
        std::string reference;
        std::string text;
        for (auto* side : {&reference, &text})
            for (auto left = random() % 30; left > 0; --left)
                *side += pieces[random() % std::size(pieces)];
        const auto parts = engine::wordDiff(reference, text);
        QCOMPARE(joined(parts, DiffKind::removed), text);
        std::string kept = joined(parts, DiffKind::added);
        std::string wanted = reference;
        for (auto* side : {&kept, &wanted})
            std::erase_if(*side, [](char c) { return c == ' ' || c == '\n' || c == '\t'; });
        QCOMPARE(kept, wanted);
        for (std::size_t i = 1; i < parts.size(); ++i)
            QVERIFY(parts[i].kind != parts[i - 1].kind);
    }
}

/// Nothing in common is the worst case of the algorithm; its memory stays linear.
void TestWordDiff::longTextsAreCompared() {
    std::string reference;
    std::string text;
    for (int i = 0; i < 3000; ++i) {
        reference += "r" + std::to_string(i) + " ";
        text += "t" + std::to_string(i) + " ";
    }
    const auto parts = engine::wordDiff(reference, text);
    const auto counts = engine::countWords(parts);
    QCOMPARE(counts.added, 3000);
    QCOMPARE(counts.removed, 3000);
    QCOMPARE(split(joined(parts, DiffKind::removed)), split(text));
}

void TestWordDiff::wordsAreCounted() {
    const auto counts = engine::countWords(engine::wordDiff("one two three four", "one 2 3 four five"));
    QCOMPARE(counts.added, 3);
    QCOMPARE(counts.removed, 2);
}

QTEST_GUILESS_MAIN(TestWordDiff)
#include "tst_word_diff.moc"
