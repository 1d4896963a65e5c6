#include <QtTest>

#include "engine/generate/stop_matcher.h"

/// Stop texts in output that arrives in pieces: what is shown never depends on where it was cut.
class TestStopMatcher : public QObject {
    Q_OBJECT
private slots:
    void anyCutShowsTheSame_data();
    void anyCutShowsTheSame();
    void holdsBackOnlyWhatMayBeAStop();
    void nothingComesAfterAStop();
};

void TestStopMatcher::anyCutShowsTheSame_data() {
    QTest::addColumn<QStringList>("stops");
    QTest::addColumn<QString>("text");
    QTest::addColumn<QString>("shown");
    QTest::addColumn<bool>("stopped");
    QTest::newRow("no stops") << QStringList{} << "abc"
                              << "abc" << false;
    QTest::newRow("an empty stop is none") << QStringList{""} << "abc"
                                           << "abc" << false;
    QTest::newRow("a letter") << QStringList{"b"} << "abc"
                              << "a" << true;
    QTest::newRow("at the beginning") << QStringList{"ab"} << "abc"
                                      << "" << true;
    QTest::newRow("at the end") << QStringList{"bc"} << "abc"
                                << "a" << true;
    QTest::newRow("absent") << QStringList{"x"} << "abc"
                            << "abc" << false;
    QTest::newRow("only begun at the end") << QStringList{"cd"} << "abc"
                                           << "abc" << false;
    QTest::newRow("begun, then again") << QStringList{"aab"} << "xaaab"
                                       << "xa" << true;
    QTest::newRow("the one complete first") << QStringList{"cd", "b"} << "abcd"
                                            << "a" << true;
    QTest::newRow("one inside the other") << QStringList{"abc", "b"} << "xabcy"
                                          << "xa" << true;
    QTest::newRow("complete at the same place: the longer") << QStringList{"c", "bc"} << "abcd"
                                                            << "a" << true;
    QTest::newRow("two characters of several bytes") << QStringList{"é€"} << "aé€z"
                                                     << "a" << true;
}

void TestStopMatcher::anyCutShowsTheSame() {
    QFETCH(QStringList, stops);
    QFETCH(QString, text);
    QFETCH(QString, shown);
    QFETCH(bool, stopped);
    std::vector<std::string> list;
    for (const auto& stop : stops)
        list.push_back(stop.toStdString());
    const auto bytes = text.toStdString();
    for (std::size_t first = 0; first <= bytes.size(); ++first)
        for (std::size_t second = first; second <= bytes.size(); ++second) {
            engine::StopMatcher matcher(list);
            auto out = matcher.push(bytes.substr(0, first));
            out += matcher.push(bytes.substr(first, second - first));
            out += matcher.push(bytes.substr(second));
            out += matcher.finish();
            QCOMPARE(QString::fromStdString(out), shown);
            QCOMPARE(matcher.stopped(), stopped);
        }
}

void TestStopMatcher::holdsBackOnlyWhatMayBeAStop() {
    engine::StopMatcher matcher({"\nUser:"});
    QCOMPARE(matcher.push("Hello\n"), std::string("Hello"));
    QCOMPARE(matcher.push("Use"), std::string());
    QCOMPARE(matcher.push("ful"), std::string("\nUseful"));
    QCOMPARE(matcher.finish(), std::string());
}

void TestStopMatcher::nothingComesAfterAStop() {
    engine::StopMatcher matcher({"b"});
    QCOMPARE(matcher.push("ab"), std::string("a"));
    QCOMPARE(matcher.push("c"), std::string());
    QCOMPARE(matcher.finish(), std::string());
}

QTEST_GUILESS_MAIN(TestStopMatcher)
#include "tst_stop_matcher.moc"
