#include <QtTest>
#include <nlohmann/json.hpp>

#include "engine/generate/generation_json.h"

using nlohmann::json;

/// Records and requests as JSON between processes: nothing is lost, and foreign JSON is an error.
class TestGenerationJson : public QObject {
    Q_OBJECT
private slots:
    void recordsComeBack();
    void undefinedValuesStayUndefined();
    void energyIsNeverZeroWhenUnavailable();
    void speculationHasTheDocumentedKeys();
    void requestsComeBack();
    void refusesForeignRecords_data();
    void refusesForeignRecords();
    void refusesForeignRequests_data();
    void refusesForeignRequests();
};

namespace {

/// A document as the other process sees it.
json overTheWire(const json& document) {
    return json::parse(document.dump());
}

engine::GenerationRecord sampleRecord() {
    engine::GenerationRecord record;
    record.text = "caf\u00e9 \U0001f642";
    record.promptTokens = {engine::TokenId{1}, engine::TokenId{7}};
    record.tokens = {engine::TokenId{3}, engine::TokenId{2}};
    record.finishReason = engine::FinishReason::contextFull;
    auto& m = record.metrics;
    m.promptTokens = 2;
    m.generatedTokens = 2;
    m.ttftMs = 1.5;
    m.prefillTokensPerSecond = 2.5;
    m.decodeTokensPerSecond = 3.5;
    m.itlMs = {0.1, 0.30000000000000004};
    m.itlP50Ms = 0.2;
    m.itlP90Ms = 0.28;
    m.itlP99Ms = 0.298;
    m.tpotMs = 0.25;
    m.weightsBytes = 5'000'000'000;
    m.kvBytes = 11;
    m.peakRssBytes = 12;
    m.loadMs = 13.5;
    m.energy = {8.0, 9.0, 2.0, 4.0, "rapl:package-0", engine::Provenance::measured, ""};
    record.kernels = "matmul_int4=avx2";
    record.threads = 2;
    record.seed = 0xffff'ffff'ffff'fff1ULL;
    record.speculation = engine::SpeculationResult{engine::SpeculationKind::draftModel,
                                                   40,
                                                   30,
                                                   12,
                                                   0.75,
                                                   3.5,
                                                   "matmul_dense=onednn",
                                                   "Tiny Q4_0",
                                                   7'000'000'000,
                                                   9};
    return record;
}

}  // namespace

void TestGenerationJson::recordsComeBack() {
    const auto sample = sampleRecord();
    const auto back = engine::recordFromJson(overTheWire(engine::toFullJson(sample)));
    QVERIFY2(back.has_value(), back ? "" : back.error().message.c_str());
    QCOMPARE(back->text, sample.text);
    QVERIFY(back->promptTokens == sample.promptTokens && back->tokens == sample.tokens);
    QCOMPARE(back->finishReason, sample.finishReason);
    QVERIFY(back->metrics.itlMs == sample.metrics.itlMs);
    QVERIFY(back->metrics.energy == sample.metrics.energy);
    QCOMPARE(back->seed, sample.seed);
    QVERIFY(back->speculation == sample.speculation);
    // Every other field stands in the document itself.
    QCOMPARE(engine::toFullJson(*back).dump(), engine::toFullJson(sample).dump());
}

void TestGenerationJson::undefinedValuesStayUndefined() {
    const auto document = engine::toFullJson(engine::GenerationRecord{});
    for (const char* key : {"ttft_ms", "prefill_tokens_per_s", "decode_tokens_per_s", "tpot_ms"})
        QVERIFY2(document.at(key).is_null(), key);
    const auto back = engine::recordFromJson(overTheWire(document));
    QVERIFY(back.has_value());
    QVERIFY(!document.contains("speculation") && !back->speculation);
    QVERIFY(!back->metrics.ttftMs && !back->metrics.itlP50Ms && !back->metrics.tpotMs);
}

void TestGenerationJson::energyIsNeverZeroWhenUnavailable() {
    engine::EnergyResult energy;
    energy.reason = "no meter";
    const auto document = engine::toJson(energy);
    QVERIFY(document.at("joules").is_null() && document.at("joules_per_token").is_null());
    QCOMPARE(document.at("provenance").get<std::string>(), std::string("unavailable"));
    QCOMPARE(document.at("reason").get<std::string>(), std::string("no meter"));
    QVERIFY(engine::energyFromJson(overTheWire(document)) == energy);
}

void TestGenerationJson::speculationHasTheDocumentedKeys() {
    engine::GenerationRecord record;
    record.speculation = engine::SpeculationResult{};
    auto speculation = engine::toJson(record).at("speculation");
    QCOMPARE(speculation.at("kind").get<std::string>(), std::string("lookup"));
    for (const char* key : {"drafted", "accepted", "forwards"})
        QCOMPARE(speculation.at(key).get<int>(), 0);
    for (const char* key : {"acceptance", "tokens_per_forward"})  // nothing was drafted: no rate of nothing
        QVERIFY2(speculation.at(key).is_null(), key);
    QCOMPARE(speculation.at("exact").get<bool>(), true);
    QVERIFY(!speculation.contains("draft_model"));
    speculation = engine::toJson(sampleRecord()).at("speculation");
    QCOMPARE(speculation.at("exact").get<bool>(), false);
    QCOMPARE(speculation.at("draft_model").get<std::string>(), std::string("Tiny Q4_0"));
}

void TestGenerationJson::requestsComeBack() {
    engine::GenerationRequest request;
    request.messages = {{engine::Role::system, "a"}, {engine::Role::ipython, "\n\u20ac"}};
    request.style = engine::PromptStyle::completion;
    request.sampling = {0.25F, 0.5F, 7, 0.125F, 1.5F, 0xffff'ffff'ffff'fff1ULL};
    request.maxTokens = 9;
    request.stop = {"x", ""};
    request.ignoreStopTokens = true;
    request.energy.estimateFromCpuTime = true;
    request.energy.estimateWattsPerCore = 12.5;
    request.energy.idleBaseline = std::chrono::milliseconds(250);
    request.speculation = {engine::SpeculationKind::draftModel, 5};
    const auto back = engine::requestFromJson(overTheWire(engine::toJson(request)));
    QVERIFY2(back.has_value(), back ? "" : back.error().message.c_str());
    QVERIFY(back->messages == request.messages);
    QCOMPARE(back->style, request.style);
    QVERIFY(back->sampling == request.sampling);
    QCOMPARE(back->maxTokens, request.maxTokens);
    QVERIFY(back->stop == request.stop);
    QVERIFY(back->ignoreStopTokens);
    QVERIFY(back->energy.estimateFromCpuTime);
    QCOMPARE(back->energy.estimateWattsPerCore, request.energy.estimateWattsPerCore);
    QCOMPARE(back->energy.idleBaseline.count(), request.energy.idleBaseline.count());
    QVERIFY(back->speculation == request.speculation);
}

void TestGenerationJson::refusesForeignRecords_data() {
    QTest::addColumn<QByteArray>("text");
    QTest::newRow("an array") << QByteArray("[]");
    QTest::newRow("null") << QByteArray("null");
    QTest::newRow("no text") << QByteArray(R"({"tokens":[1]})");
    QTest::newRow("text is a number") << QByteArray(R"({"text":7})");
    QTest::newRow("threads is a text") << QByteArray(R"({"text":"a","threads":"two"})");
    QTest::newRow("gaps are texts") << QByteArray(R"({"text":"a","itl_all_ms":["x"]})");
    QTest::newRow("speculation without a kind") << QByteArray(R"({"text":"a","speculation":{}})");
    QTest::newRow("speculation is a number") << QByteArray(R"({"text":"a","speculation":3})");
    QTest::newRow("energy source is a number") << QByteArray(R"({"text":"a","energy":{"source":1}})");
}

void TestGenerationJson::refusesForeignRecords() {
    QFETCH(QByteArray, text);
    const auto record = engine::recordFromJson(json::parse(text.toStdString()));
    QVERIFY(!record);
    QCOMPARE(record.error().code, engine::ErrorCode::invalidInput);
}

void TestGenerationJson::refusesForeignRequests_data() {
    QTest::addColumn<QByteArray>("text");
    QTest::newRow("an array") << QByteArray("[]");
    QTest::newRow("unknown role") << QByteArray(R"({"messages":[{"role":"root","content":"a"}]})");
    QTest::newRow("message without content") << QByteArray(R"({"messages":[{"role":"user"}]})");
    QTest::newRow("message that is a text") << QByteArray(R"({"messages":["hi"]})");
    QTest::newRow("temperature is a text") << QByteArray(R"({"temperature":"hot"})");
    QTest::newRow("speculation without a kind") << QByteArray(R"({"speculation":{"draft_tokens":3}})");
    QTest::newRow("stop is a text") << QByteArray(R"({"stop":"x"})");
}

void TestGenerationJson::refusesForeignRequests() {
    QFETCH(QByteArray, text);
    const auto request = engine::requestFromJson(json::parse(text.toStdString()));
    QVERIFY(!request);
    QCOMPARE(request.error().code, engine::ErrorCode::invalidInput);
}

QTEST_GUILESS_MAIN(TestGenerationJson)
#include "tst_generation_json.moc"
