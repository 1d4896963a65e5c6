// A process that is killed while it writes loses at most the sample in flight; what it left running becomes
// "interrupted".
#include <QTemporaryDir>
#include <QtTest>

#include <sys/wait.h>
#include <unistd.h>
#include <csignal>

#include "engine/store/sqlite.h"
#include "engine/store/store.h"
#include "tests/engine/store/sample_rows.h"

using namespace storetest;

namespace {

/// Writes samples for ever, one byte into `acknowledge` after each committed call. Never returns.
[[noreturn]] void writeUntilKilled(const std::filesystem::path& file, int acknowledge, int batch) {
    auto store = engine::Store::open(file);
    if (!store)
        ::_exit(2);
    auto run = (*store)->addRun(sampleRun());
    auto lane = run ? (*store)->addLane(sampleLane(*run)) : run;
    if (!lane)
        ::_exit(3);
    for (int next = 0;; next += batch) {
        std::vector<engine::SampleRow> samples;
        for (int i = 0; i < batch; ++i)
            samples.push_back(sampleSample(*lane, next + i));
        const bool written = batch == 1 ? (*store)->addSample(samples.front()).has_value()
                                        : (*store)->addSamples(samples).has_value();
        if (!written || ::write(acknowledge, "x", 1) != 1)
            ::_exit(4);
    }
}

/// Reads `wanted` bytes, or up to the end with wanted < 0; returns how many came.
int readBytes(int from, int wanted) {
    int count = 0;
    char byte = 0;
    while (count != wanted && ::read(from, &byte, 1) == 1)
        ++count;
    return count;
}

}  // namespace

class TestStoreCrash : public QObject {
    Q_OBJECT
private slots:
    void killedWriterLosesAtMostTheCallInFlight_data();
    void killedWriterLosesAtMostTheCallInFlight();
    void recoveryMarksWhatWasRunning();
    void openingWithoutRecoveryLeavesRunningRuns();
};

void TestStoreCrash::killedWriterLosesAtMostTheCallInFlight_data() {
    QTest::addColumn<int>("batch");
    QTest::addColumn<int>("calls");
    for (const int batch : {1, 16})
        for (const int calls : {1, 7, 60, 400})
            QTest::addRow("batches of %d, killed after %d", batch, calls) << batch << calls;
}

void TestStoreCrash::killedWriterLosesAtMostTheCallInFlight() {
    QFETCH(int, batch);
    QFETCH(int, calls);
    QTemporaryDir folder;
    const std::filesystem::path file = folder.filePath("store.sqlite").toStdString();
    int ends[2];
    QCOMPARE(::pipe(ends), 0);
    const pid_t child = ::fork();
    QVERIFY(child >= 0);
    if (child == 0)
        writeUntilKilled(file, ends[1], batch);
    ::close(ends[1]);
    int acknowledged = readBytes(ends[0], calls);
    QCOMPARE(::kill(child, SIGKILL), 0);
    int status = 0;
    QCOMPARE(::waitpid(child, &status, 0), child);
    acknowledged += readBytes(ends[0], -1);
    ::close(ends[0]);
    QVERIFY2(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL, "the writer ended by itself");
    QVERIFY(acknowledged >= calls);

    auto store = engine::Store::open(file, true);
    QVERIFY2(store, store ? "" : store.error().message.c_str());
    const auto run = (*store)->runs().value().front();
    QCOMPARE(run.status, std::string("interrupted"));
    const auto lane = (*store)->lanes(run.id).value().front();
    QCOMPARE(lane.status, std::string("interrupted"));
    const auto samples = (*store)->samples(lane.id).value();
    const auto count = static_cast<int>(samples.size());
    // The last call may have been committed without its acknowledgement.
    QVERIFY2(count == acknowledged * batch || count == (acknowledged + 1) * batch,
             qPrintable(QString("%1 samples of %2 calls").arg(count).arg(acknowledged)));
    for (int i = 0; i < count; ++i)
        QCOMPARE(samples[static_cast<std::size_t>(i)].repetition, i);
    QVERIFY((*store)->addSample(sampleSample(lane.id)));

    auto connection = engine::sqlite::Connection::open(file);
    QVERIFY(connection);
    engine::sqlite::Statement check(*connection, "PRAGMA integrity_check");
    QVERIFY(check.step().value());
    QCOMPARE(check.text(0), std::string("ok"));
}

void TestStoreCrash::recoveryMarksWhatWasRunning() {
    QTemporaryDir folder;
    const std::filesystem::path file = folder.filePath("store.sqlite").toStdString();
    std::int64_t running = 0;
    std::int64_t finished = 0;
    std::int64_t conversation = 0;
    {
        auto store = engine::Store::open(file);
        QVERIFY(store);
        running = (*store)->addRun(sampleRun()).value();
        auto done = sampleRun();
        done.status = "finished";
        finished = (*store)->addRun(done).value();
        auto lane = sampleLane(running, 0);
        QVERIFY((*store)->addLane(lane));
        lane.position = 1;
        lane.status = "failed";
        QVERIFY((*store)->addLane(lane));
        conversation = (*store)->addConversation({0, "t", "m", "", "2026", "2026"}).value();
        for (const char* status : {"complete", "streaming"})
            QVERIFY((*store)->addMessage(
                {0, conversation, std::nullopt, engine::Role::assistant, "text", status, "", "2026"}));
    }
    auto store = engine::Store::open(file, true);
    QVERIFY(store);
    QCOMPARE((*store)->run(running)->status, std::string("interrupted"));
    QCOMPARE((*store)->run(finished)->status, std::string("finished"));
    QCOMPARE((*store)->lanes(running)->at(0).status, std::string("interrupted"));
    QCOMPARE((*store)->lanes(running)->at(1).status, std::string("failed"));
    QCOMPARE((*store)->messages(conversation)->at(0).status, std::string("complete"));
    QCOMPARE((*store)->messages(conversation)->at(1).status, std::string("cancelled"));
    QCOMPARE((*store)->messages(conversation)->at(1).content, std::string("text"));
}

void TestStoreCrash::openingWithoutRecoveryLeavesRunningRuns() {
    QTemporaryDir folder;
    const std::filesystem::path file = folder.filePath("store.sqlite").toStdString();
    auto writer = engine::Store::open(file);
    const auto id = (*writer)->addRun(sampleRun()).value();
    auto reader = engine::Store::open(file);
    QVERIFY(reader);
    QCOMPARE((*reader)->run(id)->status, std::string("running"));
}

QTEST_APPLESS_MAIN(TestStoreCrash)
#include "tst_store_crash.moc"
