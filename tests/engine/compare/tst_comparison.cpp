#include <QTemporaryDir>
#include <QtTest>
#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>
#include <thread>

#include "engine/compare/comparison.h"
#include "engine/compare/comparison_history.h"
#include "engine/compare/comparison_json.h"
#include "engine/generate/local_model.h"
#include "engine/store/store.h"

using engine::CompareOrder;

/// Whole comparisons of the demo models, with the built `anven` as the lanes' processes.
class TestComparison : public QObject {
    Q_OBJECT
private slots:
    void initTestCase();
    void scoresAreTheReferences_data();
    void scoresAreTheReferences();
    void startsCutTheTextIntoTokens();
    void concurrentGivesTheSameAnswers();
    void callsComeOnTheCallersThread_data();
    void callsComeOnTheCallersThread();
    void otherPromptTokensAreNotScored();
    void aFailedReferenceLeavesNoScores();
    void whatIsStoredComesBack();
    void jsonHasScoresOnRequest();

private:
    static engine::ComparisonRequest requestFor(const std::vector<std::string>& models);
    engine::ComparisonResult result_;  // of bf16, qat-lora, spinquant in sequence
};

namespace {

engine::ComparisonResult ran(const engine::ComparisonRequest& request, engine::Store* store = nullptr,
                             const engine::ComparisonListener& listener = {}) {
    auto result = engine::runComparison(request, listener, store);
    if (!result)
        qFatal("%s", result.error().message.c_str());
    return std::move(*result);
}

}  // namespace

engine::ComparisonRequest TestComparison::requestFor(const std::vector<std::string>& models) {
    engine::ComparisonRequest request;
    request.worker = ANVEN_PROGRAM;
    request.generation.messages = {{engine::Role::user, "What is 13 plus 1?"}};
    request.generation.sampling.temperature = 0.8F;  // answers that differ, from one seed
    request.generation.sampling.seed = 42;
    request.generation.maxTokens = 24;
    for (const auto& model : models) {
        engine::LaneSpec lane;
        lane.load.model = model;
        request.lanes.push_back(lane);
    }
    return request;
}

void TestComparison::initTestCase() {
    result_ = ran(requestFor({"demo:bf16", "demo:qat-lora", "demo:spinquant"}));
    for (const auto& lane : result_.lanes)
        QVERIFY2(!lane.error && lane.record && !lane.record->tokens.empty(), lane.spec.name.c_str());
}

void TestComparison::scoresAreTheReferences_data() {
    QTest::addColumn<int>("lane");
    for (int lane = 0; lane < 3; ++lane)
        QTest::addRow("lane %d", lane) << lane;
}

/// Against a session of this process that decodes token by token, a softmax in long double, a full sort.
void TestComparison::scoresAreTheReferences() {
    QFETCH(int, lane);
    const auto& scored = result_.lanes[static_cast<std::size_t>(lane)];
    const auto& tokens = scored.record->tokens;
    QVERIFY2(scored.tokens.reason.empty(), scored.tokens.reason.c_str());
    QCOMPARE(scored.tokens.scores.size(), tokens.size());
    engine::LoadRequest load;
    load.model = "demo:bf16";
    auto model = engine::LocalModel::load(load);
    QVERIFY(model);
    auto logits = (*model)->session().prefill(scored.record->promptTokens);
    for (std::size_t i = 0; i < tokens.size(); ++i) {
        QVERIFY(logits);
        const auto target = static_cast<std::size_t>(engine::raw(tokens[i]));
        long double sum = 0.0L;
        for (const float value : *logits)
            sum += std::exp(static_cast<long double>(value) - static_cast<long double>((*logits)[target]));
        const double expected = static_cast<double>(1.0L / sum);
        const auto& score = scored.tokens.scores[i];
        QVERIFY2(
            std::abs(score.probability - expected) <= 1e-3 * expected + 1e-9,
            qPrintable(QString("token %1: %2, expected %3").arg(i).arg(score.probability).arg(expected)));
        // Passes of other lengths round otherwise: a rank lies between those of a slightly moved logit.
        std::vector<float> sorted((*logits).begin(), (*logits).end());
        std::sort(sorted.begin(), sorted.end(), std::greater<>());
        const float value = (*logits)[target];
        const float slack = 2e-3F * std::max(1.0F, std::abs(value));
        const auto above = std::partition_point(sorted.begin(), sorted.end(),
                                                [&](float other) { return other > value + slack; });
        const auto upTo = std::partition_point(sorted.begin(), sorted.end(),
                                               [&](float other) { return other >= value - slack; });
        QVERIFY(score.rank >= above - sorted.begin() + 1);
        QVERIFY(score.rank <= upTo - sorted.begin());
        if (i + 1 < tokens.size())
            logits = (*model)->session().decode(tokens[i]);
    }
}

void TestComparison::startsCutTheTextIntoTokens() {
    for (const auto& lane : result_.lanes) {
        const auto& starts = lane.tokens.starts;
        QCOMPARE(starts.size(), lane.record->tokens.size());
        QCOMPARE(starts.front(), 0);
        QVERIFY(std::is_sorted(starts.begin(), starts.end()));
        QVERIFY(starts.back() <= static_cast<std::int64_t>(lane.record->text.size()));
        QVERIFY(starts.back() > 0);
    }
}

void TestComparison::concurrentGivesTheSameAnswers() {
    auto request = requestFor({"demo:bf16", "demo:qat-lora", "demo:spinquant"});
    request.order = CompareOrder::concurrent;
    const auto together = ran(request);
    QVERIFY(together.order == CompareOrder::concurrent);
    for (std::size_t i = 0; i < 3; ++i) {
        QCOMPARE(together.lanes[i].spec.name, result_.lanes[i].spec.name);
        QCOMPARE(together.lanes[i].record->text, result_.lanes[i].record->text);
        QVERIFY(together.lanes[i].tokens == result_.lanes[i].tokens);
        QCOMPARE(together.lanes[i].agreement.has_value(), i > 0);
        if (i > 0)
            QCOMPARE(together.lanes[i].agreement->klMean, result_.lanes[i].agreement->klMean);
    }
}

void TestComparison::callsComeOnTheCallersThread_data() {
    QTest::addColumn<bool>("together");
    QTest::newRow("sequential") << false;
    QTest::newRow("concurrent") << true;
}

void TestComparison::callsComeOnTheCallersThread() {
    QFETCH(bool, together);
    auto request = requestFor({"demo:spinquant", "demo:spinquant", "demo:none"});
    request.order = together ? CompareOrder::concurrent : CompareOrder::sequential;
    const auto here = std::this_thread::get_id();
    bool elsewhere = false;
    std::vector<std::string> calls(3);
    const auto note = [&](std::size_t lane, char call) {
        elsewhere = elsewhere || std::this_thread::get_id() != here;
        if (calls[lane].empty() || calls[lane].back() != call)
            calls[lane] += call;
    };
    engine::ComparisonListener listener;
    listener.laneStarted = [&](std::size_t lane) { note(lane, 's'); };
    listener.laneLoaded = [&](std::size_t lane, const engine::LoadedModel&) { note(lane, 'l'); };
    listener.token = [&](std::size_t lane, const engine::TokenEvent&) { note(lane, 't'); };
    listener.laneFinished = [&](std::size_t lane, const engine::LaneResult&) { note(lane, 'f'); };
    listener.agreementKnown = [&](std::size_t lane, const engine::Agreement&) { note(lane, 'a'); };
    listener.tokensScored = [&](std::size_t lane, const engine::AnswerTokens&) { note(lane, 'r'); };
    const auto result = ran(request, nullptr, listener);
    QVERIFY(!elsewhere);
    QCOMPARE(calls[0], std::string("sltfr"));
    QCOMPARE(calls[1], std::string("sltfar"));
    QCOMPARE(calls[2], std::string("sf"));
    QVERIFY(result.lanes[0].spec.name != result.lanes[1].spec.name);
    QVERIFY(result.lanes[2].error.has_value());
}

void TestComparison::otherPromptTokensAreNotScored() {
    const auto other = (std::filesystem::path(ANVEN_SOURCE_DIR) / "tests/data/golden/text-bf16/hf").string();
    const auto result = ran(requestFor({"demo:bf16", other}));
    QVERIFY(result.lanes[1].record.has_value());
    if (result.lanes[1].record->promptTokens == result.lanes[0].record->promptTokens &&
        result.lanes[1].loaded->config.vocabSize == result.lanes[0].loaded->config.vocabSize)
        QSKIP("both models read the prompt alike");
    QVERIFY(result.lanes[1].tokens.scores.empty());
    QVERIFY(result.lanes[1].tokens.reason.find("other tokens") != std::string::npos);
    QVERIFY(!result.lanes[0].tokens.scores.empty());
}

void TestComparison::aFailedReferenceLeavesNoScores() {
    const auto result = ran(requestFor({"demo:none", "demo:spinquant"}));
    QVERIFY(result.lanes[0].error.has_value());
    QVERIFY(result.lanes[1].record.has_value());
    QVERIFY(result.lanes[1].tokens.scores.empty());
    QCOMPARE(result.lanes[1].tokens.reason, std::string("the reference lane has no answer"));
}

void TestComparison::whatIsStoredComesBack() {
    const QTemporaryDir folder;
    auto store = engine::Store::open(folder.filePath("a.sqlite").toStdString());
    QVERIFY(store);
    auto request = requestFor({"demo:bf16", "demo:spinquant", "demo:none"});
    request.order = CompareOrder::concurrent;
    const auto result = ran(request, store->get());
    const auto stored = engine::loadComparison(**store, result.runId);
    QVERIFY(stored);
    QVERIFY(stored->request.order == CompareOrder::concurrent);
    QCOMPARE(stored->request.generation.maxTokens, request.generation.maxTokens);
    QCOMPARE(stored->run.prompt, std::string("What is 13 plus 1?"));
    QVERIFY(!stored->vote);
    QCOMPARE(stored->lanes.size(), std::size_t{3});
    for (std::size_t i = 0; i < 2; ++i) {
        const auto& was = result.lanes[i];
        const auto& is = stored->lanes[i];
        QCOMPARE(is.spec.name, was.spec.name);
        QCOMPARE(is.loaded->config.variant, was.loaded->config.variant);
        QCOMPARE(is.record->text, was.record->text);
        QVERIFY(is.record->tokens == was.record->tokens);
        QVERIFY(is.record->finishReason == was.record->finishReason);
        QCOMPARE(*is.record->metrics.ttftMs, *was.record->metrics.ttftMs);
        QCOMPARE(is.record->metrics.peakRssBytes, was.record->metrics.peakRssBytes);
        QVERIFY(is.record->metrics.itlMs == was.record->metrics.itlMs);
        QVERIFY(is.tokens == was.tokens);
        QCOMPARE(is.agreement.has_value(), was.agreement.has_value());
    }
    QCOMPARE(stored->lanes[1].agreement->klMean, result.lanes[1].agreement->klMean);
    QVERIFY(stored->lanes[1].agreement->firstDivergence == result.lanes[1].agreement->firstDivergence);
    QCOMPARE(stored->lanes[2].error->message, result.lanes[2].error->message);
}

void TestComparison::jsonHasScoresOnRequest() {
    const auto brief = engine::toJson(result_);
    QCOMPARE(brief.at("order").get<std::string>(), std::string("sequential"));
    QVERIFY(brief.at("fair").get<bool>());
    QVERIFY(!brief.at("lanes")[1].contains("reference_tokens"));
    const auto whole = engine::toJson(result_, true);
    const auto& tokens = whole.at("lanes")[1].at("reference_tokens");
    const auto probabilities = tokens.at("probability").get<std::vector<double>>();
    QCOMPARE(probabilities.size(), result_.lanes[1].record->tokens.size());
    double sum = 0.0;
    for (const double p : probabilities)
        sum -= std::log(p);
    const double nll = whole.at("lanes")[1].at("reference_nll").get<double>();
    QVERIFY(std::abs(nll - sum / static_cast<double>(probabilities.size())) < 1e-9);
}

QTEST_GUILESS_MAIN(TestComparison)
#include "tst_comparison.moc"
