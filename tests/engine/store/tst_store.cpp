// What is written comes back unchanged; what belongs together is removed together; readers and the writer do
// not wait.
#include <QTemporaryDir>
#include <QtTest>

#include <limits>
#include <regex>

#include "engine/store/sqlite.h"
#include "engine/store/store.h"
#include "tests/engine/store/sample_rows.h"

using namespace storetest;

class TestStore : public QObject {
    Q_OBJECT
private slots:
    void init();
    void cleanup();

    void runComesBack();
    void runsAreNewestFirst();
    void equalMachinesAndProfilesAreStoredOnce();
    void unknownRunIsNotFound();
    void finishedRunHasStatusAndTime();
    void noteIsReplaced();
    void laneComesBack();
    void lanesAreInOrderOfPosition();
    void updatedLaneKeepsItsRun();
    void changedModelOfALaneLeavesOtherLanes();
    void sampleComesBack();
    void extremeValuesComeBack_data();
    void extremeValuesComeBack();
    void valueThatIsNoNumberIsRefused();
    void failedBatchLeavesNothing();
    void sampleNeedsItsLane();
    void energyComesBack();
    void unknownProvenanceIsRefused();
    void deletedRunTakesWhatBelongsToIt();
    void evaluationComesBack();
    void conversationComesBack();
    void lastUpdatedConversationIsFirst();
    void messagesComeBack_data();
    void messagesComeBack();
    void updatedMessageChangesOnlyItsAnswer();
    void deletedConversationTakesItsMessages();
    void readerSeesTheOldStateWhileAnotherWrites();
    void writerDoesNotWaitForAReader();
    void twoStoresWriteInTurn();
    void timeIsUtcWithMilliseconds();

private:
    engine::Store& store() { return *store_; }
    std::int64_t addedRun() { return store().addRun(sampleRun()).value(); }
    std::int64_t addedLane() { return store().addLane(sampleLane(addedRun())).value(); }
    std::int64_t count(const std::string& table);

    std::unique_ptr<QTemporaryDir> folder_;
    std::filesystem::path file_;
    std::unique_ptr<engine::Store> store_;
};

void TestStore::init() {
    folder_ = std::make_unique<QTemporaryDir>();
    file_ = folder_->filePath("store.sqlite").toStdString();
    auto opened = engine::Store::open(file_);
    QVERIFY2(opened, opened ? "" : opened.error().message.c_str());
    store_ = std::move(*opened);
}

void TestStore::cleanup() {
    store_.reset();
}

std::int64_t TestStore::count(const std::string& table) {
    auto connection = engine::sqlite::Connection::open(file_);
    return connection.value().integer(("SELECT count(*) FROM " + table).c_str()).value();
}

void TestStore::runComesBack() {
    const auto written = sampleRun();
    const auto id = addedRun();
    const auto read = store().run(id);
    QVERIFY(read);
    QCOMPARE(read->id, id);
    QCOMPARE(read->kind, written.kind);
    QCOMPARE(read->status, written.status);
    QCOMPARE(read->startedAt, written.startedAt);
    QCOMPARE(read->finishedAt, written.finishedAt);
    QCOMPARE(read->profile, written.profile);
    QCOMPARE(read->profileText, written.profileText);
    QCOMPARE(read->prompt, written.prompt);
    QCOMPARE(read->machine, written.machine);
    QCOMPARE(read->build, written.build);
    QCOMPARE(read->seed, written.seed);
    QCOMPARE(read->note, written.note);
}

void TestStore::runsAreNewestFirst() {
    const auto first = addedRun();
    const auto second = addedRun();
    const auto runs = store().runs();
    QVERIFY(runs);
    QCOMPARE(runs->size(), std::size_t{2});
    QCOMPARE(runs->at(0).id, second);
    QCOMPARE(runs->at(1).id, first);
}

void TestStore::equalMachinesAndProfilesAreStoredOnce() {
    addedRun();
    addedRun();
    auto other = sampleRun();
    other.machine = "{\"cpu\": \"Another CPU\"}";
    const auto id = store().addRun(other).value();
    QCOMPARE(count("machine"), std::int64_t{2});
    QCOMPARE(count("profile"), std::int64_t{1});
    QCOMPARE(store().run(id)->machine, other.machine);
}

void TestStore::unknownRunIsNotFound() {
    const auto read = store().run(77);
    QVERIFY(!read);
    QCOMPARE(read.error().code, engine::ErrorCode::notFound);
    QVERIFY(read.error().message.find("77") != std::string::npos);
}

void TestStore::finishedRunHasStatusAndTime() {
    auto row = sampleRun();
    row.finishedAt.clear();
    const auto id = store().addRun(row).value();
    QVERIFY(store().finishRun(id, "finished"));
    const auto read = store().run(id);
    QCOMPARE(read->status, std::string("finished"));
    QCOMPARE(read->finishedAt.size(), engine::utcNow().size());
    QVERIFY(read->finishedAt > row.startedAt.substr(0, 4));
}

void TestStore::noteIsReplaced() {
    const auto id = addedRun();
    QVERIFY(store().setRunNote(id, "second thought"));
    QCOMPARE(store().run(id)->note, std::string("second thought"));
    QCOMPARE(count("note"), std::int64_t{1});
    QVERIFY(!store().setRunNote(id + 1, "of no run"));
}

void TestStore::laneComesBack() {
    const auto runId = addedRun();
    const auto written = sampleLane(runId);
    const auto id = store().addLane(written).value();
    const auto lanes = store().lanes(runId);
    QVERIFY(lanes);
    QCOMPARE(lanes->size(), std::size_t{1});
    const auto& read = lanes->front();
    QCOMPARE(read.id, id);
    QCOMPARE(read.runId, runId);
    QCOMPARE(read.position, written.position);
    QCOMPARE(read.name, written.name);
    QCOMPARE(read.modelPath, written.modelPath);
    QCOMPARE(read.modelName, written.modelName);
    QCOMPARE(read.variant, written.variant);
    QCOMPARE(read.format, written.format);
    QCOMPARE(read.digest, written.digest);
    QCOMPARE(read.kernelSpec, written.kernelSpec);
    QCOMPARE(read.kernelPlan, written.kernelPlan);
    QCOMPARE(read.settings, written.settings);
    QCOMPARE(read.threads, written.threads);
    QCOMPARE(read.kv, written.kv);
    QCOMPARE(read.status, written.status);
    QCOMPARE(read.error, written.error);
    QCOMPARE(read.text, written.text);
    QCOMPARE(read.tokens, written.tokens);
    QCOMPARE(read.finishReason, written.finishReason);
}

void TestStore::lanesAreInOrderOfPosition() {
    const auto runId = addedRun();
    for (const int position : {2, 0, 1})
        QVERIFY(store().addLane(sampleLane(runId, position)));
    const auto lanes = store().lanes(runId);
    QCOMPARE(lanes->size(), std::size_t{3});
    for (int i = 0; i < 3; ++i)
        QCOMPARE(lanes->at(static_cast<std::size_t>(i)).position, i);
    QCOMPARE(count("variant"), std::int64_t{1});
    QCOMPARE(count("model"), std::int64_t{1});
}

void TestStore::updatedLaneKeepsItsRun() {
    const auto runId = addedRun();
    auto lane = sampleLane(runId);
    lane.id = store().addLane(lane).value();
    lane.runId = 0;
    lane.position = 5;
    lane.name = "renamed";
    lane.status = "failed";
    lane.error = "worker died";
    lane.text = "half an answer";
    lane.tokens = "[9]";
    lane.finishReason = "length";
    lane.threads = 1;
    lane.kv = "f32";
    lane.kernelSpec = "avx2";
    lane.kernelPlan = "[]";
    lane.settings = "{}";
    QVERIFY(store().updateLane(lane));
    const auto lanes = store().lanes(runId);
    QCOMPARE(lanes->size(), std::size_t{1});
    const auto& read = lanes->front();
    QCOMPARE(read.position, lane.position);
    QCOMPARE(read.name, lane.name);
    QCOMPARE(read.status, lane.status);
    QCOMPARE(read.error, lane.error);
    QCOMPARE(read.text, lane.text);
    QCOMPARE(read.tokens, lane.tokens);
    QCOMPARE(read.finishReason, lane.finishReason);
    QCOMPARE(read.threads, lane.threads);
    QCOMPARE(read.kv, lane.kv);
    QCOMPARE(read.kernelSpec, lane.kernelSpec);
    QCOMPARE(read.kernelPlan, lane.kernelPlan);
    QCOMPARE(read.settings, lane.settings);
}

void TestStore::changedModelOfALaneLeavesOtherLanes() {
    const auto runId = addedRun();
    auto lane = sampleLane(runId, 0);
    lane.id = store().addLane(lane).value();
    QVERIFY(store().addLane(sampleLane(runId, 1)));
    lane.modelName = "Another 3B";
    lane.variant = "BF16";
    lane.digest = "ffff";
    QVERIFY(store().updateLane(lane));
    const auto lanes = store().lanes(runId);
    QCOMPARE(lanes->at(0).modelName, std::string("Another 3B"));
    QCOMPARE(lanes->at(0).variant, std::string("BF16"));
    QCOMPARE(lanes->at(0).digest, std::string("ffff"));
    QCOMPARE(lanes->at(1).modelName, std::string("ANVEN 1B"));
    QCOMPARE(lanes->at(1).variant, std::string("SpinQuant"));
}

void TestStore::sampleComesBack() {
    const auto laneId = addedLane();
    const auto written = sampleSample(laneId);
    const auto id = store().addSample(written).value();
    const auto samples = store().samples(laneId);
    QVERIFY(samples);
    QCOMPARE(samples->size(), std::size_t{1});
    const auto& read = samples->front();
    QCOMPARE(read.id, id);
    QCOMPARE(read.laneId, laneId);
    QCOMPARE(read.repetition, written.repetition);
    QCOMPARE(read.test, written.test);
    QCOMPARE(read.prompt, written.prompt);
    QCOMPARE(read.generate, written.generate);
    QCOMPARE(read.depth, written.depth);
    QCOMPARE(read.metric, written.metric);
    QCOMPARE(read.unit, written.unit);
    QVERIFY(read.value == written.value);
    QCOMPARE(read.measuredAt, written.measuredAt);
}

void TestStore::extremeValuesComeBack_data() {
    using Limits = std::numeric_limits<double>;
    QTest::addColumn<double>("value");
    QTest::newRow("zero") << 0.0;
    QTest::newRow("smallest") << Limits::denorm_min();
    QTest::newRow("largest") << Limits::max();
    QTest::newRow("negative") << -0.1;
    QTest::newRow("whole number, kept as a real") << 9007199254740993.0;
    QTest::newRow("infinite") << Limits::infinity();
}

void TestStore::extremeValuesComeBack() {
    QFETCH(double, value);
    auto sample = sampleSample(addedLane());
    sample.value = value;
    QVERIFY(store().addSample(sample));
    QVERIFY(store().samples(sample.laneId)->front().value == value);
}

void TestStore::valueThatIsNoNumberIsRefused() {
    auto sample = sampleSample(addedLane());
    sample.value = std::numeric_limits<double>::quiet_NaN();
    QVERIFY(!store().addSample(sample));
    QVERIFY(store().samples(sample.laneId)->empty());
}

void TestStore::failedBatchLeavesNothing() {
    const auto laneId = addedLane();
    auto broken = sampleSample(laneId, 1);
    broken.laneId = laneId + 1000;
    QVERIFY(!store().addSamples({sampleSample(laneId, 0), broken, sampleSample(laneId, 2)}));
    QVERIFY(store().samples(laneId)->empty());
    QVERIFY(store().addSamples({sampleSample(laneId, 0), sampleSample(laneId, 1)}));
    QCOMPARE(store().samples(laneId)->size(), std::size_t{2});
    QCOMPARE(store().samples(laneId)->back().repetition, 1);
    QVERIFY(store().addSamples({}));
}

void TestStore::sampleNeedsItsLane() {
    QVERIFY(!store().addSample(sampleSample(12345)));
    QVERIFY(!store().addLane(sampleLane(12345)));
}

void TestStore::energyComesBack() {
    const auto laneId = addedLane();
    engine::EnergyRow measured{0, laneId, 4, 12.5, 0.25, "rapl:package-0", "measured", ""};
    engine::EnergyRow absent{
        0, laneId, 5, std::nullopt, std::nullopt, "none", "unavailable", "virtual machine"};
    const auto id = store().addEnergy(measured).value();
    QVERIFY(store().addEnergy(absent));
    const auto rows = store().energy(laneId);
    QVERIFY(rows);
    QCOMPARE(rows->size(), std::size_t{2});
    QCOMPARE(rows->at(0).id, id);
    QCOMPARE(rows->at(0).laneId, laneId);
    QCOMPARE(rows->at(0).repetition, 4);
    QVERIFY(rows->at(0).joules == 12.5);
    QVERIFY(rows->at(0).joulesPerToken == 0.25);
    QCOMPARE(rows->at(0).source, measured.source);
    QCOMPARE(rows->at(0).provenance, measured.provenance);
    QVERIFY(!rows->at(1).joules);  // no value is not zero
    QVERIFY(!rows->at(1).joulesPerToken);
    QCOMPARE(rows->at(1).reason, absent.reason);
}

void TestStore::unknownProvenanceIsRefused() {
    engine::EnergyRow guessed{0, addedLane(), 0, 1.0, 1.0, "nowhere", "guessed", ""};
    QVERIFY(!store().addEnergy(guessed));
}

void TestStore::deletedRunTakesWhatBelongsToIt() {
    const auto kept = addedLane();
    QVERIFY(store().addSample(sampleSample(kept)));
    const auto runId = addedRun();
    const auto laneId = store().addLane(sampleLane(runId)).value();
    QVERIFY(store().addSample(sampleSample(laneId)));
    QVERIFY(store().addEnergy({0, laneId, 0, 1.0, 1.0, "battery", "measured", ""}));
    QVERIFY(store().deleteRun(runId));
    QVERIFY(!store().run(runId));
    QVERIFY(store().lanes(runId)->empty());
    QVERIFY(store().samples(laneId)->empty());
    QVERIFY(store().energy(laneId)->empty());
    QCOMPARE(store().samples(kept)->size(), std::size_t{1});
    QVERIFY(addedRun() > runId);  // ids are never used again: reports and links stay unambiguous
}

void TestStore::evaluationComesBack() {
    engine::EvaluationRow written{
        0, "spinquant.gguf", "bf16.gguf", awkwardText(), "{\"tokens\": 5}", "2026-11-24T10:00:00.000Z"};
    const auto id = store().addEvaluation(written).value();
    const auto rows = store().evaluations();
    QVERIFY(rows);
    QCOMPARE(rows->size(), std::size_t{1});
    QCOMPARE(rows->front().id, id);
    QCOMPARE(rows->front().model, written.model);
    QCOMPARE(rows->front().reference, written.reference);
    QCOMPARE(rows->front().text, written.text);
    QCOMPARE(rows->front().result, written.result);
    QCOMPARE(rows->front().createdAt, written.createdAt);
}

void TestStore::conversationComesBack() {
    engine::ConversationRow written{
        0, awkwardText(), "demo:bf16", "Be brief.", "2026-11-24T10:00:00.000Z", "2026-11-24T10:05:00.000Z"};
    written.id = store().addConversation(written).value();
    auto rows = store().conversations();
    QCOMPARE(rows->size(), std::size_t{1});
    QCOMPARE(rows->front().id, written.id);
    QCOMPARE(rows->front().title, written.title);
    QCOMPARE(rows->front().model, written.model);
    QCOMPARE(rows->front().systemPrompt, written.systemPrompt);
    QCOMPARE(rows->front().createdAt, written.createdAt);
    QCOMPARE(rows->front().updatedAt, written.updatedAt);
    written.title = "renamed";
    written.model = "demo:spinquant";
    written.systemPrompt = "Be thorough.";
    written.updatedAt = "2026-11-24T11:00:00.000Z";
    QVERIFY(store().updateConversation(written));
    rows = store().conversations();
    QCOMPARE(rows->front().title, written.title);
    QCOMPARE(rows->front().model, written.model);
    QCOMPARE(rows->front().systemPrompt, written.systemPrompt);
    QCOMPARE(rows->front().updatedAt, written.updatedAt);
}

void TestStore::lastUpdatedConversationIsFirst() {
    const auto add = [&](const char* title, const char* updated) {
        return store().addConversation({0, title, "m", "", "2026-01-01T00:00:00.000Z", updated}).value();
    };
    add("older", "2026-02-01T00:00:00.000Z");
    add("newest", "2026-04-01T00:00:00.000Z");
    add("newer", "2026-03-01T00:00:00.000Z");
    const auto rows = store().conversations();
    QCOMPARE(rows->at(0).title, std::string("newest"));
    QCOMPARE(rows->at(1).title, std::string("newer"));
    QCOMPARE(rows->at(2).title, std::string("older"));
}

void TestStore::messagesComeBack_data() {
    QTest::addColumn<int>("role");
    for (const auto role :
         {engine::Role::system, engine::Role::user, engine::Role::assistant, engine::Role::ipython})
        QTest::newRow(std::string(engine::name(role)).c_str()) << static_cast<int>(role);
}

void TestStore::messagesComeBack() {
    QFETCH(int, role);
    const auto conversation = store().addConversation({0, "t", "m", "", "2026", "2026"}).value();
    engine::MessageRow question{0,      conversation, std::nullopt, engine::Role::user,
                                "why?", "complete",   "",           "2026-11-24"};
    question.id = store().addMessage(question).value();
    engine::MessageRow written{
        0,           conversation,       question.id, static_cast<engine::Role>(role), awkwardText(),
        "streaming", "{\"ttft_ms\": 1}", "2026-11-25"};
    written.id = store().addMessage(written).value();
    const auto rows = store().messages(conversation);
    QVERIFY(rows);
    QCOMPARE(rows->size(), std::size_t{2});
    QVERIFY(!rows->at(0).parentId);
    const auto& read = rows->at(1);
    QCOMPARE(read.id, written.id);
    QCOMPARE(read.conversationId, conversation);
    QVERIFY(read.parentId == question.id);
    QCOMPARE(static_cast<int>(read.role), role);
    QCOMPARE(read.content, written.content);
    QCOMPARE(read.status, written.status);
    QCOMPARE(read.metrics, written.metrics);
    QCOMPARE(read.createdAt, written.createdAt);
}

void TestStore::updatedMessageChangesOnlyItsAnswer() {
    const auto conversation = store().addConversation({0, "t", "m", "", "2026", "2026"}).value();
    engine::MessageRow message{0,     conversation, std::nullopt, engine::Role::assistant,
                               "par", "streaming",  "",           "2026-11-24"};
    message.id = store().addMessage(message).value();
    message.content = "partial answer";
    message.status = "cancelled";
    message.metrics = "{}";
    message.role = engine::Role::user;
    QVERIFY(store().updateMessage(message));
    const auto read = store().messages(conversation)->front();
    QCOMPARE(read.content, message.content);
    QCOMPARE(read.status, message.status);
    QCOMPARE(read.metrics, message.metrics);
    QCOMPARE(static_cast<int>(read.role), static_cast<int>(engine::Role::assistant));
}

void TestStore::deletedConversationTakesItsMessages() {
    const auto conversation = store().addConversation({0, "t", "m", "", "2026", "2026"}).value();
    const auto other = store().addConversation({0, "u", "m", "", "2026", "2026"}).value();
    for (const auto id : {conversation, other})
        QVERIFY(
            store().addMessage({0, id, std::nullopt, engine::Role::user, "hello", "complete", "", "2026"}));
    QVERIFY(store().deleteConversation(conversation));
    QVERIFY(store().messages(conversation)->empty());
    QCOMPARE(store().messages(other)->size(), std::size_t{1});
    QCOMPARE(store().conversations()->size(), std::size_t{1});
}

void TestStore::readerSeesTheOldStateWhileAnotherWrites() {
    addedRun();
    auto writer = engine::sqlite::Connection::open(file_);
    QVERIFY(writer);
    auto transaction = engine::sqlite::Transaction::begin(*writer);
    QVERIFY(transaction);
    QVERIFY(writer->execute("UPDATE run SET status = 'half written'"));
    QCOMPARE(store().runs()->front().status, std::string("running"));
    const auto second = engine::Store::open(file_);  // opening reads only, and must not wait either
    QVERIFY2(second, second ? "" : second.error().message.c_str());
    QCOMPARE((*second)->runs()->front().status, std::string("running"));
    QVERIFY(transaction->commit());
    QCOMPARE(store().runs()->front().status, std::string("half written"));
}

void TestStore::writerDoesNotWaitForAReader() {
    addedRun();
    const auto laneId = addedLane();
    auto reader = engine::sqlite::Connection::open(file_);
    QVERIFY(reader);
    engine::sqlite::Statement reading(*reader, "SELECT id FROM run");
    QVERIFY(reading.step().value());  // a read transaction stays open
    const auto added = store().addSample(sampleSample(laneId));
    QVERIFY2(added, added ? "" : added.error().message.c_str());
    QVERIFY(reading.step().value());
    QCOMPARE(store().samples(laneId)->size(), std::size_t{1});
}

void TestStore::twoStoresWriteInTurn() {
    const auto laneId = addedLane();
    auto second = engine::Store::open(file_);
    QVERIFY(second);
    for (int i = 0; i < 20; ++i)
        QVERIFY((i % 2 == 0 ? store() : **second).addSample(sampleSample(laneId, i)));
    const auto samples = store().samples(laneId);
    QCOMPARE(samples->size(), std::size_t{20});
    for (int i = 0; i < 20; ++i)
        QCOMPARE(samples->at(static_cast<std::size_t>(i)).repetition, i);
}

void TestStore::timeIsUtcWithMilliseconds() {
    const std::regex iso("[0-9]{4}-[01][0-9]-[0-3][0-9]T[0-2][0-9]:[0-5][0-9]:[0-6][0-9]\\.[0-9]{3}Z");
    const auto before = QDateTime::currentDateTimeUtc();
    const auto now = engine::utcNow();
    const auto after = QDateTime::currentDateTimeUtc();
    QVERIFY2(std::regex_match(now, iso), now.c_str());
    const auto read = QDateTime::fromString(QString::fromStdString(now), Qt::ISODateWithMs);
    QVERIFY(before <= read && read <= after);
}

QTEST_APPLESS_MAIN(TestStore)
#include "tst_store.moc"
