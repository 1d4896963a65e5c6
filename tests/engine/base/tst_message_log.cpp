#include <QtTest>
#include <thread>

#include "engine/base/message_log.h"

/// The ring of messages and the file that keeps them.
class TestMessageLog : public QObject {
    Q_OBJECT
private slots:
    void keepsTheLast();
    void oneLineEach();
    void fileHoldsThem();
    void fileTurnsOver();
    void folderThatCannotBeIsAnError();
    void anyThreadMayWrite();
};

namespace {

QStringList texts(const engine::MessageLog& log) {
    QStringList list;
    for (const auto& line : log.lines())
        list << QString::fromStdString(line.text);
    return list;
}

QByteArray contentOf(const QString& path) {
    QFile file(path);
    return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray();
}

}  // namespace

void TestMessageLog::keepsTheLast() {
    engine::MessageLog log(3);
    for (const char* text : {"a", "b", "c", "d", "e"})
        log.add(engine::LogLevel::info, text);
    QCOMPARE(texts(log), QStringList({"c", "d", "e"}));
}

void TestMessageLog::oneLineEach() {
    engine::MessageLog log;
    log.add(engine::LogLevel::error, "two\nlines");
    QCOMPARE(texts(log), QStringList({"two lines"}));
    const auto text = QString::fromStdString(engine::logText(log.lines().front()));
    static const QRegularExpression form(
        "^\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d\\.\\d{3}Z error: two lines$");
    QVERIFY2(form.match(text).hasMatch(), qPrintable(text));
}

void TestMessageLog::fileHoldsThem() {
    const QTemporaryDir folder;
    const QString path = folder.filePath("new/anven.log");
    engine::MessageLog log;
    log.add(engine::LogLevel::info, "before the file");
    QVERIFY(log.writeTo(path.toStdString()).has_value());
    log.add(engine::LogLevel::warning, "disk {} nearly full %1");
    const auto content = contentOf(path);
    QVERIFY2(content.endsWith("warning: disk {} nearly full %1\n"), content.constData());
    QCOMPARE(content.count('\n'), 1);
    QCOMPARE(QString::fromStdString(log.file().string()), path);
}

void TestMessageLog::fileTurnsOver() {
    const QTemporaryDir folder;
    engine::MessageLog log(1);
    QVERIFY(log.writeTo(folder.filePath("anven.log").toStdString()).has_value());
    const std::string kilobyte(1000, 'x');
    for (int i = 0; i < 5000; ++i)
        log.add(engine::LogLevel::info, kilobyte);
    const auto files = QDir(folder.path()).entryInfoList(QDir::Files);
    QCOMPARE(files.size(), 3);
    for (const auto& file : files)
        QVERIFY(file.size() <= (1 << 20));
}

void TestMessageLog::folderThatCannotBeIsAnError() {
    engine::MessageLog log;
    const auto written = log.writeTo("/proc/no/such/anven.log");
    QVERIFY(!written.has_value());
    QCOMPARE(written.error().code, engine::ErrorCode::io);
    log.add(engine::LogLevel::info, "still kept");
    QCOMPARE(texts(log), QStringList({"still kept"}));
}

void TestMessageLog::anyThreadMayWrite() {
    engine::MessageLog log(100'000);
    std::vector<std::jthread> threads;
    for (int i = 0; i < 4; ++i)
        threads.emplace_back([&log] {
            for (int n = 0; n < 500; ++n)
                log.add(engine::LogLevel::info, "text");
        });
    threads.clear();
    QCOMPARE(log.lines().size(), std::size_t{2000});
}

QTEST_GUILESS_MAIN(TestMessageLog)
#include "tst_message_log.moc"
