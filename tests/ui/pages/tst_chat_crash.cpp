// A window that is killed while an answer arrives: what was acknowledged is in the database afterwards.
#include <QProcess>
#include <QRandomGenerator>
#include <QTemporaryDir>
#include <QtTest>

#include "engine/store/sqlite.h"
#include "engine/store/store.h"

class TestChatCrash : public QObject {
    Q_OBJECT
private slots:
    void killedWhileStreaming();
};

namespace {

/// "0 1 2 3 …", as long as wanted: what stream_chat writes.
std::string expectedText(std::size_t length) {
    std::string text;
    for (int number = 0; text.size() < length; ++number)
        text += std::to_string(number) + " ";
    text.resize(length);
    return text;
}

/// The last whole line of what the process printed.
std::size_t acknowledged(const QByteArray& printed) {
    const auto lines = printed.left(printed.lastIndexOf('\n')).split('\n');
    return static_cast<std::size_t>(lines.back().toULongLong());
}

}  // namespace

void TestChatCrash::killedWhileStreaming() {
    bool wanted = false;
    const int kills = std::max(1, qEnvironmentVariableIntValue("ANVEN_KILLS", &wanted));
    const int rounds = wanted ? kills : 4;
    const quint32 seed = wanted ? QRandomGenerator::system()->generate() : 20261125;
    QRandomGenerator random(seed);
    for (int round = 0; round < rounds; ++round) {
        const auto where = QStringLiteral("round %1, seed %2").arg(round).arg(seed).toStdString();
        const QTemporaryDir folder;
        const QString file = folder.filePath(QStringLiteral("chat.sqlite"));
        QProcess process;
        process.start(QStringLiteral(ANVEN_STREAM_CHAT), {file});
        QByteArray printed;
        QVERIFY(process.waitForStarted());
        const int writes = 2 + static_cast<int>(random.bounded(4));
        while (printed.count('\n') < writes && process.waitForReadyRead(30'000))
            printed += process.readAllStandardOutput();
        QVERIFY2(printed.count('\n') >= writes, process.readAllStandardError().constData());
        QTest::qWait(static_cast<int>(random.bounded(300)));  // anywhere between two writes, or in one
        process.kill();
        QVERIFY(process.waitForFinished());
        QCOMPARE(process.exitStatus(), QProcess::CrashExit);
        printed += process.readAllStandardOutput();
        const auto least = acknowledged(printed);
        QVERIFY2(least > 0, where.c_str());

        auto store = engine::Store::open(file.toStdString(), true);
        QVERIFY2(store.has_value(), where.c_str());
        const auto chats = (*store)->conversations();
        QCOMPARE(chats->size(), std::size_t{1});
        QCOMPARE(chats->front().title, std::string("Count."));
        const auto messages = (*store)->messages(chats->front().id);
        QCOMPARE(messages->size(), std::size_t{2});
        QCOMPARE(messages->front().content, std::string("Count."));
        const auto& answer = messages->back();
        QCOMPARE(answer.status, std::string("cancelled"));  // a crash left it "streaming"
        QVERIFY2(answer.content.size() >= least, where.c_str());
        QCOMPARE(answer.content, expectedText(answer.content.size()));

        auto connection = engine::sqlite::Connection::open(file.toStdString());
        QVERIFY(connection.has_value());
        engine::sqlite::Statement check(*connection, "PRAGMA integrity_check");
        QVERIFY(check.step().value());
        QCOMPARE(check.text(0), std::string("ok"));
    }
}

QTEST_GUILESS_MAIN(TestChatCrash)
#include "tst_chat_crash.moc"
