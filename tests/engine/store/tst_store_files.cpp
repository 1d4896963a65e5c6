// Files of every kind: new, of an earlier schema, of a newer one, damaged, not a database at all.
#include <QTemporaryDir>
#include <QtTest>

#include <fstream>

#include "engine/store/migrations.h"
#include "engine/store/store.h"
#include "tests/engine/store/sample_rows.h"
#include "tests/support/fixtures.h"

using namespace storetest;
using engine::ErrorCode;

namespace {

std::string bytesOf(const std::filesystem::path& file) {
    std::ifstream in(file, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), {}};
}

void write(const std::filesystem::path& file, const std::string& bytes) {
    std::ofstream(file, std::ios::binary) << bytes;
}

std::string firstText(const std::filesystem::path& file, const char* sql) {
    auto connection = engine::sqlite::Connection::open(file);
    engine::sqlite::Statement statement(connection.value(), sql);
    return statement.step().value() ? statement.text(0) : "";
}

}  // namespace

class TestStoreFiles : public QObject {
    Q_OBJECT
private slots:
    void init() { folder_ = std::make_unique<QTemporaryDir>(); }

    void newFileHasTheWholeSchema_data();
    void newFileHasTheWholeSchema();
    void newFileIsInWriteAheadMode();
    void missingFoldersAreMade();
    void emptyFileBecomesADatabase();
    void everyPastVersionOpens_data();
    void everyPastVersionOpens();
    void versionOneKeepsItsRows();
    void newerSchemaIsRefusedAndUnchanged();
    void otherFileIsCorruptAndUnchanged();
    void damagedFileIsAnError_data();
    void damagedFileIsAnError();
    void databaseOfAnotherProgramIsLeftAlone();
    void folderIsRefused();
    void unreachableFileIsRefused();
    void defaultPathFollowsTheEnvironment();

private:
    std::filesystem::path file(const char* name = "store.sqlite") const {
        return folder_->filePath(name).toStdString();
    }
    std::unique_ptr<QTemporaryDir> folder_;
};

void TestStoreFiles::newFileHasTheWholeSchema_data() {
    QTest::addColumn<QString>("table");
    for (const char* table : {"machine", "model", "variant", "profile", "run", "lane", "sample",
                              "energy_reading", "evaluation", "conversation", "message", "attachment", "vote",
                              "tag", "note", "conversation_tag", "lane_trace", "picture"})
        QTest::newRow(table) << table;
}

void TestStoreFiles::newFileHasTheWholeSchema() {
    QFETCH(QString, table);
    QVERIFY(engine::Store::open(file()));
    const auto sql = firstText(file(), ("SELECT sql FROM sqlite_schema WHERE type = 'table' AND name = '" +
                                        table.toStdString() + "'")
                                           .c_str());
    QVERIFY2(QString::fromStdString(sql).endsWith("STRICT"), sql.c_str());
}

void TestStoreFiles::newFileIsInWriteAheadMode() {
    QVERIFY(engine::Store::open(file()));
    QCOMPARE(firstText(file(), "PRAGMA journal_mode"), std::string("wal"));
    QCOMPARE(firstText(file(), "PRAGMA user_version"), std::to_string(engine::sqlite::migrations().size()));
}

void TestStoreFiles::missingFoldersAreMade() {
    const auto deep = file("some/where/store.sqlite");
    auto store = engine::Store::open(deep);
    QVERIFY2(store, store ? "" : store.error().message.c_str());
    QCOMPARE((*store)->file(), deep);
    QVERIFY(std::filesystem::exists(deep));
}

void TestStoreFiles::emptyFileBecomesADatabase() {
    write(file(), "");
    auto store = engine::Store::open(file());
    QVERIFY(store);
    QVERIFY((*store)->addRun(sampleRun()));
}

void TestStoreFiles::everyPastVersionOpens_data() {
    QTest::addColumn<int>("version");
    for (int version = 1; version <= static_cast<int>(engine::sqlite::migrations().size()); ++version)
        QTest::addRow("version %d", version) << version;
}

/// A file of every version lies in tests/data/store; whoever adds a migration adds the file.
void TestStoreFiles::everyPastVersionOpens() {
    QFETCH(int, version);
    const auto stored = testsupport::dataPath("store/version_" + std::to_string(version) + ".sqlite");
    QVERIFY2(std::filesystem::exists(stored), stored.c_str());
    std::filesystem::copy_file(stored, file());
    QCOMPARE(firstText(file(), "PRAGMA user_version"), std::to_string(version));
    auto store = engine::Store::open(file());
    QVERIFY2(store, store ? "" : store.error().message.c_str());
    QCOMPARE(firstText(file(), "PRAGMA user_version"), std::to_string(engine::sqlite::migrations().size()));
    QCOMPARE(firstText(file(), "PRAGMA foreign_key_check"), std::string());
    const auto id = (*store)->addRun(sampleRun());
    QVERIFY(id);
    QVERIFY((*store)->addLane(sampleLane(*id)));
}

void TestStoreFiles::versionOneKeepsItsRows() {
    std::filesystem::copy_file(testsupport::dataPath("store/version_1.sqlite"), file());
    auto store = engine::Store::open(file());
    QVERIFY(store);
    const auto run = (*store)->run(1);
    QVERIFY(run);
    QCOMPARE(run->prompt, std::string("What is a llama?"));
    QCOMPARE(run->machine, std::string("{\"cpu\": \"Old CPU\"}"));
    QCOMPARE(run->note, std::string("kept"));
    QCOMPARE(run->seed, std::uint64_t{42});
    const auto lanes = (*store)->lanes(1);
    QCOMPARE(lanes->size(), std::size_t{1});
    QCOMPARE(lanes->front().variant, std::string("SpinQuant"));
    const auto samples = (*store)->samples(lanes->front().id);
    QCOMPARE(samples->size(), std::size_t{2});
    QVERIFY(samples->at(0).value == 12.5 && samples->at(1).value == 13.25);
    QCOMPARE((*store)->energy(lanes->front().id)->front().reason, std::string("virtual machine"));
    QCOMPARE((*store)->evaluations()->front().model, std::string("old.gguf"));
    const auto conversation = (*store)->conversations()->front();
    QCOMPARE(conversation.title, std::string("Llamas"));
    const auto messages = (*store)->messages(conversation.id);
    QCOMPARE(messages->size(), std::size_t{2});
    QCOMPARE(messages->at(1).content, std::string("A camelid."));
    QVERIFY(messages->at(1).parentId == messages->at(0).id);
    QCOMPARE(messages->at(0).pictures.size(), std::size_t{1});
    const auto& picture = messages->at(0).pictures.front();
    QCOMPARE(picture.name, std::string("llama.png"));
    QCOMPARE(picture.mediaType, std::string("image/png"));
    QCOMPARE(*picture.content, std::string("\x89PNG"));
    QCOMPARE(picture.sha256,  // sha256sum of the four bytes
             std::string("0f4636c78f65d3639ece5a064b5ae753e3408614a14fb18ab4d7540d2c248543"));
}

void TestStoreFiles::newerSchemaIsRefusedAndUnchanged() {
    {
        auto connection = engine::sqlite::Connection::open(file());
        QVERIFY(connection->execute("CREATE TABLE future (wish TEXT); PRAGMA user_version = 1000"));
    }
    const auto before = bytesOf(file());
    const auto store = engine::Store::open(file(), true);
    QVERIFY(!store);
    QCOMPARE(store.error().code, ErrorCode::unsupported);
    const auto& message = store.error().message;
    QVERIFY2(message.find("1000") != std::string::npos && message.find(file().string()) != std::string::npos,
             message.c_str());
    QVERIFY(bytesOf(file()) == before);
    QVERIFY(!std::filesystem::exists(file().string() + "-wal"));
}

void TestStoreFiles::otherFileIsCorruptAndUnchanged() {
    std::string text;
    while (text.size() < 10000)
        text += "This is a letter and not a database.\n";
    write(file(), text);
    const auto store = engine::Store::open(file(), true);
    QVERIFY(!store);
    QCOMPARE(store.error().code, ErrorCode::corrupt);
    QVERIFY(store.error().message.find(file().string()) != std::string::npos);
    QVERIFY(bytesOf(file()) == text);
}

void TestStoreFiles::damagedFileIsAnError_data() {
    QTest::addColumn<double>("kept");
    QTest::addColumn<bool>("overwritten");
    for (const double kept : {0.2, 0.5, 0.9})
        for (const bool overwritten : {false, true})
            QTest::addRow("%.0f %% kept, %s", kept * 100.0, overwritten ? "rest overwritten" : "rest cut off")
                << kept << overwritten;
}

/// Every call on a damaged file answers; at least one says that the file is damaged.
void TestStoreFiles::damagedFileIsAnError() {
    QFETCH(double, kept);
    QFETCH(bool, overwritten);
    {
        auto store = engine::Store::open(file());
        const auto lane = (*store)->addLane(sampleLane((*store)->addRun(sampleRun()).value())).value();
        QVERIFY((*store)->addSamples(std::vector<engine::SampleRow>(2000, sampleSample(lane))));
    }
    auto bytes = bytesOf(file());
    const auto size = bytes.size();
    bytes.resize(static_cast<std::size_t>(static_cast<double>(size) * kept));
    if (overwritten)
        bytes.resize(size, '\xa5');
    write(file(), bytes);
    std::vector<ErrorCode> errors;
    auto store = engine::Store::open(file(), true);
    if (!store) {
        errors.push_back(store.error().code);
    } else {
        if (const auto runs = (*store)->runs(); !runs)
            errors.push_back(runs.error().code);
        if (const auto lanes = (*store)->lanes(1); !lanes)
            errors.push_back(lanes.error().code);
        if (const auto samples = (*store)->samples(1); !samples)
            errors.push_back(samples.error().code);
        if (const auto energy = (*store)->energy(1); !energy)
            errors.push_back(energy.error().code);
    }
    QVERIFY(!errors.empty());
    QCOMPARE(errors.front(), ErrorCode::corrupt);
}

void TestStoreFiles::databaseOfAnotherProgramIsLeftAlone() {
    {
        auto connection = engine::sqlite::Connection::open(file());
        QVERIFY(connection->execute("CREATE TABLE recipe (title TEXT)"));
    }
    const auto before = bytesOf(file());
    const auto store = engine::Store::open(file(), true);
    QVERIFY(!store);
    QCOMPARE(store.error().code, ErrorCode::unsupported);
    QVERIFY(bytesOf(file()) == before);
}

void TestStoreFiles::folderIsRefused() {
    const auto store = engine::Store::open(folder_->path().toStdString());
    QVERIFY(!store);
    QCOMPARE(store.error().code, ErrorCode::invalidInput);
}

void TestStoreFiles::unreachableFileIsRefused() {
    write(file("plain"), "text");
    const auto store = engine::Store::open(file("plain") / "store.sqlite");
    QVERIFY(!store);
    QCOMPARE(store.error().code, ErrorCode::io);
    QVERIFY(store.error().message.find("store.sqlite") != std::string::npos);
}

void TestStoreFiles::defaultPathFollowsTheEnvironment() {
    const auto data = qgetenv("XDG_DATA_HOME");
    const auto home = qgetenv("HOME");
    qputenv("XDG_DATA_HOME", "/data");
    QCOMPARE(engine::Store::defaultPath(), std::filesystem::path("/data/anven-workbench/anven.sqlite"));
    qputenv("XDG_DATA_HOME", "relative");  // the specification says: ignore it
    qputenv("HOME", "/home/someone");
    QCOMPARE(engine::Store::defaultPath(),
             std::filesystem::path("/home/someone/.local/share/anven-workbench/anven.sqlite"));
    data.isNull() ? qunsetenv("XDG_DATA_HOME") : qputenv("XDG_DATA_HOME", data);
    home.isNull() ? qunsetenv("HOME") : qputenv("HOME", home);
}

QTEST_APPLESS_MAIN(TestStoreFiles)
#include "tst_store_files.moc"
