#include <QtTest>
#include <nlohmann/json.hpp>

#include "engine/base/version.h"
#include "engine/benchmark/benchmark_json.h"
#include "engine/checkpoint/model_digest.h"
#include "engine/compare/comparison_store.h"
#include "engine/report/rerun.h"
#include "engine/system/system_info.h"
#include "tests/engine/report/sample_report.h"

/// A stored run as a request again: the same in everything, and what differs is said.
class TestRerun : public QObject {
    Q_OBJECT
private slots:
    void benchmarkIsTheSameRequest();
    void comparisonIsTheSameRequest();
    void differencesAreSaid_data();
    void differencesAreSaid();
    void aMissingModelIsAnError();
    void anUnreadableDescriptionIsAnError();
};

namespace {

engine::BenchmarkRequest request() {
    engine::BenchmarkRequest request;
    for (const char* model : {"demo:bf16", "demo:spinquant"}) {
        engine::LaneSpec lane{std::string("Lane ") + model, {}};
        lane.load.model = model;
        lane.load.threads = 2;
        lane.load.kernels = "reference";
        lane.load.kv = "int8";
        lane.load.context = 256;
        request.lanes.push_back(lane);
    }
    request.tests = engine::makeTests({16, 32}, {8}, {0, 64});
    request.repetitions = {3, 9, 2.5};
    request.warmup = {2, 4.0};
    request.order = engine::LaneOrder::sequential;
    request.seed = 77;
    request.profile.id = "mine";
    request.profile.digest = "cafe";
    request.profile.arguments = {"mine", "--threads", "2"};
    return request;
}

/// The run of that request, as this machine would have stored it just now.
engine::RunReport runOf(const std::string& kind, const std::string& text) {
    engine::RunReport report;
    report.run.id = 5;
    report.run.kind = kind;
    report.run.profileText = text;
    report.run.machine = engine::systemInfoJson();
    report.run.build = engine::buildText();
    for (const char* model : {"demo:bf16", "demo:spinquant"}) {
        engine::LaneReport lane;
        lane.lane.name = model;
        lane.lane.modelPath = model;
        lane.lane.digest = *engine::modelDigest(model);
        report.lanes.push_back(lane);
    }
    return report;
}

}  // namespace

void TestRerun::benchmarkIsTheSameRequest() {
    const auto text = engine::toText(request());
    const auto rerun = engine::rerunOf(runOf("bench", text));
    QVERIFY2(rerun.has_value(), rerun ? "" : rerun.error().message.c_str());
    QVERIFY(rerun->bench && !rerun->compare);
    QCOMPARE(engine::toText(*rerun->bench), text);
    QCOMPARE(rerun->warnings, std::vector<std::string>());
}

void TestRerun::comparisonIsTheSameRequest() {
    engine::ComparisonRequest wanted;
    wanted.lanes = request().lanes;
    wanted.generation.messages = {{engine::Role::user, "It's 2 + 2?"}};
    wanted.generation.maxTokens = 17;
    wanted.generation.sampling.seed = 99;
    wanted.generation.sampling.temperature = 0.25F;
    const auto text = engine::comparisonProfile(wanted);
    const auto rerun = engine::rerunOf(runOf("compare", text));
    QVERIFY2(rerun.has_value(), rerun ? "" : rerun.error().message.c_str());
    QVERIFY(rerun->compare && !rerun->bench);
    QCOMPARE(engine::comparisonProfile(*rerun->compare), text);
}

void TestRerun::differencesAreSaid_data() {
    QTest::addColumn<QString>("what");
    QTest::addColumn<QString>("said");
    QTest::newRow("other weights") << "digest"
                                   << "is not the one that was measured";
    QTest::newRow("no digest") << "no digest"
                               << "keeps no digest";
    QTest::newRow("other machine") << "machine"
                                   << "TestCPU9000";
    QTest::newRow("other build") << "build"
                                 << "0.0.9 old";
}

void TestRerun::differencesAreSaid() {
    QFETCH(QString, what);
    QFETCH(QString, said);
    auto report = runOf("bench", engine::toText(request()));
    if (what == "digest")
        report.lanes[1].lane.digest = std::string(64, 'a');
    if (what == "no digest")
        report.lanes[1].lane.digest.clear();
    if (what == "machine")
        report.run.machine = R"({"cpu":"TestCPU9000"})";
    if (what == "build")
        report.run.build = "0.0.9 old";
    const auto rerun = engine::rerunOf(report);
    QVERIFY(rerun.has_value());
    QCOMPARE(rerun->warnings.size(), std::size_t{1});
    QVERIFY2(rerun->warnings[0].find(said.toStdString()) != std::string::npos, rerun->warnings[0].c_str());
}

void TestRerun::aMissingModelIsAnError() {
    auto wanted = request();
    wanted.lanes[0].load.model = "/no/such/model";
    const auto rerun = engine::rerunOf(runOf("bench", engine::toText(wanted)));
    QVERIFY(!rerun.has_value());
    QCOMPARE(rerun.error().code, engine::ErrorCode::notFound);
    QVERIFY(rerun.error().message.find("/no/such/model") != std::string::npos);
}

void TestRerun::anUnreadableDescriptionIsAnError() {
    for (const char* kind : {"bench", "compare"})
        for (const char* text : {"", "[", "{}", R"({"lanes":7})"}) {
            const auto rerun = engine::rerunOf(runOf(kind, text));
            QVERIFY(!rerun.has_value());
            QCOMPARE(rerun.error().code, engine::ErrorCode::corrupt);
            QVERIFY(rerun.error().message.find("run 5") != std::string::npos);
        }
}

QTEST_GUILESS_MAIN(TestRerun)
#include "tst_rerun.moc"
