#include <sqlite3.h>

#include <QtTest>

#include "engine/store/store.h"
#include "engine/store/upkeep.h"

/// Size, integrity check and backup of a database, looked at with SQLite itself and byte by byte.
class TestUpkeep : public QObject {
    Q_OBJECT
private slots:
    void init();
    void sizeIsThatOfTheFiles();
    void intactIsIntact();
    void damageIsFound();
    void orphansAreFound();
    void backupHoldsEverything();
    void backupGoesOnBesideAWriter();
    void stoppedBackupLeavesTheTarget();
    void impossibleTargets_data();
    void impossibleTargets();
    void absentDatabaseIsNotMade();
    void otherFilesAreNoDatabase();

private:
    std::filesystem::path path(const char* name) const { return folder_->filePath(name).toStdString(); }
    std::unique_ptr<QTemporaryDir> folder_;
    std::unique_ptr<engine::Store> store_;
};

namespace {

engine::ConversationRow named(const std::string& title) {
    engine::ConversationRow row;
    row.title = title;
    row.createdAt = row.updatedAt = engine::utcNow();
    return row;
}

void execute(const std::filesystem::path& file, const char* sql) {
    sqlite3* handle = nullptr;
    QCOMPARE(sqlite3_open(file.c_str(), &handle), SQLITE_OK);
    char* problem = nullptr;
    sqlite3_exec(handle, sql, nullptr, nullptr, &problem);
    const QString text = QString::fromUtf8(problem);
    sqlite3_free(problem);
    sqlite3_close(handle);
    QVERIFY2(text.isEmpty(), qPrintable(text));
}

QByteArray contentOf(const std::filesystem::path& path) {
    QFile file(QString::fromStdString(path.string()));
    return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray();
}

}  // namespace

void TestUpkeep::init() {
    store_.reset();
    folder_ = std::make_unique<QTemporaryDir>();
    store_ = std::move(*engine::Store::open(path("anven.sqlite")));
    for (int i = 0; i < 200; ++i)
        QVERIFY(
            store_->addConversation(named("chat " + std::to_string(i) + std::string(500, 'x'))).has_value());
}

void TestUpkeep::sizeIsThatOfTheFiles() {
    const auto size = engine::databaseSize(path("anven.sqlite"));
    QVERIFY(size.has_value());
    const auto bytes = QFileInfo(folder_->filePath("anven.sqlite")).size() +
                       QFileInfo(folder_->filePath("anven.sqlite-wal")).size();
    QCOMPARE(size->bytes, bytes);
    QCOMPARE(size->freeBytes, std::int64_t{0});
    for (int id = 1; id <= 200; ++id)
        QVERIFY(store_->deleteConversation(id).has_value());
    QVERIFY(engine::databaseSize(path("anven.sqlite"))->freeBytes > 50'000);
}

void TestUpkeep::intactIsIntact() {
    const auto findings = engine::checkDatabase(path("anven.sqlite"));
    QVERIFY2(findings.has_value(), findings ? "" : findings.error().message.c_str());
    QVERIFY(findings->empty());
    std::stop_source stop;
    stop.request_stop();
    const auto stopped = engine::checkDatabase(path("anven.sqlite"), stop.get_token());
    QVERIFY(!stopped.has_value());
    QCOMPARE(stopped.error().code, engine::ErrorCode::cancelled);
}

void TestUpkeep::damageIsFound() {
    store_.reset();
    execute(path("anven.sqlite"), "PRAGMA wal_checkpoint(TRUNCATE)");
    auto bytes = contentOf(path("anven.sqlite"));
    QVERIFY(bytes.size() > 100'000);
    for (qsizetype page = bytes.size() / 2 / 4096; page < bytes.size() / 4096; ++page)
        bytes.replace(page * 4096, 512, QByteArray(512, '\x7f'));
    QFile file(folder_->filePath("anven.sqlite"));
    QVERIFY(file.open(QIODevice::WriteOnly));
    file.write(bytes);
    file.close();
    const auto findings = engine::checkDatabase(path("anven.sqlite"));
    QVERIFY(!findings.has_value() || !findings->empty());
    const auto copied = engine::backUpDatabase(path("anven.sqlite"), path("copy.sqlite"));
    QVERIFY(!copied.has_value());  // a copy of damage is no backup
    QVERIFY(!QFileInfo::exists(folder_->filePath("copy.sqlite")));
}

void TestUpkeep::orphansAreFound() {
    engine::MessageRow message;
    message.conversationId = 7;
    message.content = "lost";
    message.status = "complete";
    message.createdAt = engine::utcNow();
    QVERIFY(store_->addMessage(message).has_value());
    execute(path("anven.sqlite"), "PRAGMA foreign_keys = OFF; DELETE FROM conversation WHERE id = 7");
    const auto findings = engine::checkDatabase(path("anven.sqlite"));
    QVERIFY(findings.has_value());
    QCOMPARE(findings->size(), std::size_t{1});
    QVERIFY2(findings->front().find("message") != std::string::npos, findings->front().c_str());
}

void TestUpkeep::backupHoldsEverything() {
    int last = 0;
    int most = 0;
    const auto done =
        engine::backUpDatabase(path("anven.sqlite"), path("copy.sqlite"), [&](int copied, int total) {
            last = copied;
            most = total;
        });
    QVERIFY2(done.has_value(), done ? "" : done.error().message.c_str());
    QVERIFY(most > 20);
    QCOMPARE(last, most);
    const auto copy = engine::Store::open(path("copy.sqlite"));
    QVERIFY(copy.has_value());
    const auto wanted = *store_->conversations();
    const auto found = *(*copy)->conversations();
    QCOMPARE(found.size(), wanted.size());
    for (std::size_t i = 0; i < wanted.size(); ++i)
        QCOMPARE(found[i].title, wanted[i].title);
    QVERIFY(!QFileInfo::exists(folder_->filePath("copy.sqlite.part")));
}

void TestUpkeep::backupGoesOnBesideAWriter() {
    int writes = 0;
    const auto done = engine::backUpDatabase(path("anven.sqlite"), path("copy.sqlite"), [&](int, int) {
        if (writes < 3 && store_->addConversation(named("during the backup")).has_value())
            ++writes;
    });
    QVERIFY2(done.has_value(), done ? "" : done.error().message.c_str());
    QVERIFY(writes > 0);
    QVERIFY((*(*engine::Store::open(path("copy.sqlite")))->conversations()).size() >= 200);
}

void TestUpkeep::stoppedBackupLeavesTheTarget() {
    QFile earlier(folder_->filePath("copy.sqlite"));
    QVERIFY(earlier.open(QIODevice::WriteOnly));
    earlier.write("an earlier backup");
    earlier.close();
    std::stop_source stop;
    stop.request_stop();
    const auto done = engine::backUpDatabase(path("anven.sqlite"), path("copy.sqlite"), {}, stop.get_token());
    QVERIFY(!done.has_value());
    QCOMPARE(done.error().code, engine::ErrorCode::cancelled);
    QCOMPARE(contentOf(path("copy.sqlite")), QByteArray("an earlier backup"));
    QVERIFY(!QFileInfo::exists(folder_->filePath("copy.sqlite.part")));
}

void TestUpkeep::impossibleTargets_data() {
    QTest::addColumn<QString>("target");
    QTest::addColumn<int>("code");
    QTest::newRow("itself") << "anven.sqlite" << int(engine::ErrorCode::invalidInput);
    QTest::newRow("a folder") << "." << int(engine::ErrorCode::invalidInput);
    QTest::newRow("no folder") << "absent/copy.sqlite" << int(engine::ErrorCode::io);
}

void TestUpkeep::impossibleTargets() {
    QFETCH(QString, target);
    QFETCH(int, code);
    const auto done = engine::backUpDatabase(path("anven.sqlite"), folder_->filePath(target).toStdString());
    QVERIFY(!done.has_value());
    QCOMPARE(int(done.error().code), code);
    QVERIFY(engine::checkDatabase(path("anven.sqlite"))->empty());
}

void TestUpkeep::absentDatabaseIsNotMade() {
    QCOMPARE(engine::checkDatabase(path("absent")).error().code, engine::ErrorCode::notFound);
    QCOMPARE(engine::databaseSize(path("absent")).error().code, engine::ErrorCode::notFound);
    QCOMPARE(engine::backUpDatabase(path("absent"), path("copy")).error().code, engine::ErrorCode::notFound);
    QVERIFY(!QFileInfo::exists(folder_->filePath("absent")));
}

void TestUpkeep::otherFilesAreNoDatabase() {
    QFile file(folder_->filePath("text"));
    QVERIFY(file.open(QIODevice::WriteOnly));
    file.write(QByteArray("not a database. ").repeated(1000));
    file.close();
    QCOMPARE(engine::checkDatabase(path("text")).error().code, engine::ErrorCode::corrupt);
}

QTEST_GUILESS_MAIN(TestUpkeep)
#include "tst_upkeep.moc"
