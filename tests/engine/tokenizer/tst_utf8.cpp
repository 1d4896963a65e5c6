#include <QtTest>

#include "engine/tokenizer/tokenizer.h"
#include "engine/tokenizer/utf8.h"
#include "tests/engine/tokenizer/loaded_tokenizer.h"

/// Characters, and text that arrives in pieces cut anywhere.
class TestUtf8 : public QObject {
    Q_OBJECT
private slots:
    void knowsTheLengthOfACharacter_data();
    void knowsTheLengthOfACharacter();
    void codePointsGoThereAndBack_data();
    void codePointsGoThereAndBack();
    void anyCutGivesTheSameText_data();
    void anyCutGivesTheSameText();
    void waitsForTheRestOfACharacter();
};

void TestUtf8::knowsTheLengthOfACharacter_data() {
    QTest::addColumn<QByteArray>("bytes");
    QTest::addColumn<int>("length");
    QTest::newRow("ASCII") << QByteArray("ab") << 1;
    QTest::newRow("zero byte") << QByteArray("\0", 1) << 1;
    QTest::newRow("two bytes") << QByteArray("\xc3\xa9") << 2;
    QTest::newRow("three bytes") << QByteArray("\xe2\x82\xac") << 3;
    QTest::newRow("four bytes") << QByteArray("\xf0\x9f\x99\x82") << 4;
    QTest::newRow("last code point") << QByteArray("\xf4\x8f\xbf\xbf") << 4;
    QTest::newRow("nothing") << QByteArray() << -1;
    QTest::newRow("two bytes cut") << QByteArray("\xc3") << -1;
    QTest::newRow("three bytes cut") << QByteArray("\xe2\x82") << -1;
    QTest::newRow("four bytes cut") << QByteArray("\xf0\x9f\x99") << -1;
    QTest::newRow("continuation first") << QByteArray("\x80") << 0;
    QTest::newRow("overlong two bytes") << QByteArray("\xc0\x80") << 0;
    QTest::newRow("overlong three bytes") << QByteArray("\xe0\x80\x80") << 0;
    QTest::newRow("overlong four bytes") << QByteArray("\xf0\x80\x80\x80") << 0;
    QTest::newRow("surrogate") << QByteArray("\xed\xa0\x80") << 0;
    QTest::newRow("beyond the last code point") << QByteArray("\xf4\x90\x80\x80") << 0;
    QTest::newRow("no such first byte") << QByteArray("\xf5\x80\x80\x80") << 0;
    QTest::newRow("broken in the middle") << QByteArray(
                                                 "\xe2"
                                                 "A\x82")
                                          << 0;
}

void TestUtf8::knowsTheLengthOfACharacter() {
    QFETCH(QByteArray, bytes);
    QTEST(engine::utf8Length(bytes.toStdString()), "length");
}

void TestUtf8::codePointsGoThereAndBack_data() {
    QTest::addColumn<uint>("codePoint");
    for (const uint c :
         {0x0U, 0x41U, 0x7fU, 0x80U, 0x7ffU, 0x800U, 0x2581U, 0xd7ffU, 0xe000U, 0xffffU, 0x10000U, 0x10ffffU})
        QTest::addRow("U+%04X", c) << c;
}

void TestUtf8::codePointsGoThereAndBack() {
    QFETCH(uint, codePoint);
    const auto text = engine::toUtf8(codePoint);
    QCOMPARE(QByteArray::fromStdString(text),
             QString::fromUcs4(std::u32string(1, codePoint).c_str(), 1).toUtf8());
    QCOMPARE(engine::codePointAt(text), codePoint);
    QCOMPARE(engine::utf8Length(text), static_cast<int>(text.size()));
}

void TestUtf8::anyCutGivesTheSameText_data() {
    QTest::addColumn<QByteArray>("bytes");
    QTest::addColumn<QByteArray>("text");
    const QByteArray good("a\xc3\xa9\xe2\x82\xac\xf0\x9f\x99\x82z");
    QTest::newRow("valid") << good << good;
    QTest::newRow("stray continuation") << QByteArray("a\x80z") << QByteArray("a\xef\xbf\xbdz");
    QTest::newRow("first byte, then ASCII") << QByteArray("\xe2z") << QByteArray("\xef\xbf\xbdz");
    QTest::newRow("ends inside a character") << QByteArray("a\xe2\x82") << QByteArray("a\xef\xbf\xbd");
    QTest::newRow("only an unfinished character") << QByteArray("\xf0\x9f\x99") << QByteArray("\xef\xbf\xbd");
    QTest::newRow("byte that is never used") << QByteArray(
                                                    "\xff"
                                                    "a")
                                             << QByteArray(
                                                    "\xef\xbf\xbd"
                                                    "a");
    QTest::newRow("zero byte") << QByteArray("a\0b", 3) << QByteArray("a\0b", 3);
}

void TestUtf8::anyCutGivesTheSameText() {
    QFETCH(QByteArray, bytes);
    QFETCH(QByteArray, text);
    for (qsizetype first = 0; first <= bytes.size(); ++first)
        for (qsizetype second = first; second <= bytes.size(); ++second) {
            engine::Utf8Stream stream;
            std::string shown;
            for (const auto& part :
                 {bytes.left(first), bytes.mid(first, second - first), bytes.mid(second)}) {
                const auto piece = stream.push(part.toStdString());
                QVERIFY2(tokenizertest::isUtf8(piece),
                         qPrintable(QString("cuts at %1 and %2").arg(first).arg(second)));
                shown += piece;
            }
            shown += stream.finish();
            QCOMPARE(QByteArray::fromStdString(shown), text);
        }
}

void TestUtf8::waitsForTheRestOfACharacter() {
    engine::Utf8Stream stream;
    QCOMPARE(stream.push("\xf0\x9f"), std::string());
    QCOMPARE(stream.push("\x99"), std::string());
    QCOMPARE(stream.push("\x82!"), std::string("\xf0\x9f\x99\x82!"));
    QCOMPARE(stream.finish(), std::string());
}

QTEST_GUILESS_MAIN(TestUtf8)
#include "tst_utf8.moc"
