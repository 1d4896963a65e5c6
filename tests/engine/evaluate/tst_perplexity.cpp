#include <QTemporaryDir>
#include <QtTest>
#include <cmath>
#include <fstream>

#include "engine/evaluate/perplexity.h"
#include "tests/support/fixtures.h"

using engine::ErrorCode;
using engine::EvaluationRequest;

/// Windows, strides and refusals, on the embedded demo model (context 512, vocabulary 1280).
class TestPerplexity : public QObject {
    Q_OBJECT
private slots:
    void countsTargets_data();
    void countsTargets();
    void windowsStartFresh();
    void aModelAgreesWithItself();
    void theRatioIsThatOfThePerplexities();
    void threadsDoNotChangeTheValue();
    void textBeginsWithBeginOfText();
    void refuses_data();
    void refuses();
    void stopsWhenAsked();

private:
    std::filesystem::path tokenFile(const std::vector<int>& ids) const;
    EvaluationRequest demo(const std::vector<int>& ids) const;
    QTemporaryDir folder_;
};

namespace {

/// Ids of pieces and bytes that go on for ever.
std::vector<int> someIds(int count) {
    std::vector<int> ids{1};
    for (int i = 1; i < count; ++i)
        ids.push_back(3 + (i * 37) % 1000);
    return ids;
}

}  // namespace

std::filesystem::path TestPerplexity::tokenFile(const std::vector<int>& ids) const {
    static int number = 0;
    const auto path =
        std::filesystem::path(folder_.path().toStdString()) / (std::to_string(++number) + ".u16");
    std::ofstream file(path, std::ios::binary);
    for (const int id : ids)
        file.put(static_cast<char>(id & 0xff)).put(static_cast<char>(id >> 8));
    return path;
}

EvaluationRequest TestPerplexity::demo(const std::vector<int>& ids) const {
    EvaluationRequest request;
    request.model.model = "demo:bf16";
    request.model.threads = 1;
    request.tokens = tokenFile(ids);
    return request;
}

void TestPerplexity::countsTargets_data() {
    QTest::addColumn<int>("ids");
    QTest::addColumn<int>("window");
    QTest::addColumn<int>("stride");
    QTest::addColumn<int>("limit");
    QTest::addColumn<int>("windows");
    QTest::addColumn<int>("scored");
    QTest::newRow("one window") << 17 << 16 << 0 << 0 << 1 << 16;
    QTest::newRow("the rest is left out") << 40 << 16 << 0 << 0 << 2 << 32;
    QTest::newRow("exactly two") << 33 << 16 << 0 << 0 << 2 << 32;
    QTest::newRow("one id too few for two") << 32 << 16 << 0 << 0 << 1 << 16;
    QTest::newRow("overlap scores each target once") << 33 << 16 << 4 << 0 << 5 << 32;
    QTest::newRow("limit") << 100 << 16 << 0 << 3 << 3 << 48;
    QTest::newRow("default window is the context") << 600 << 0 << 0 << 0 << 1 << 512;
}

void TestPerplexity::countsTargets() {
    QFETCH(int, ids);
    QFETCH(int, window);
    QFETCH(int, stride);
    QFETCH(int, limit);
    QFETCH(int, windows);
    auto request = demo(someIds(ids));
    request.window = window;
    request.stride = stride;
    request.limit = limit;
    std::vector<std::int64_t> done;
    const auto result = engine::evaluate(request, [&](std::int64_t at, std::int64_t total) {
        QCOMPARE(total, windows);
        done.push_back(at);
    });
    QVERIFY2(result.has_value(), result ? "" : result.error().message.c_str());
    QTEST(static_cast<int>(result->tokens), "scored");
    QCOMPARE(static_cast<int>(done.size()), windows);
    QCOMPARE(done.back(), windows);
    QVERIFY(std::fabs(result->perplexity - std::exp(result->nll)) < 1e-9 * result->perplexity);
    QCOMPARE(result->ci95.has_value(), windows > 1);  // one window says nothing about the spread
    QVERIFY(!result->klMean && !result->top1Agreement);
}

void TestPerplexity::windowsStartFresh() {
    // The same 32 inputs and targets twice: with a context that goes on, the second time they would be far
    // more likely.
    auto ids = someIds(32);
    auto twice = ids;
    twice.insert(twice.end(), ids.begin(), ids.end());
    twice.push_back(ids.front());
    ids.push_back(ids.front());
    auto request = demo(ids);
    request.window = 32;
    const auto once = engine::evaluate(request);
    request.tokens = tokenFile(twice);
    const auto again = engine::evaluate(request);
    QVERIFY(once && again);
    QCOMPARE(again->tokens, 2 * once->tokens);
    QCOMPARE(again->nll, once->nll);
}

void TestPerplexity::aModelAgreesWithItself() {
    auto request = demo(someIds(65));
    request.window = 32;
    request.reference = request.model;
    const auto result = engine::evaluate(request);
    QVERIFY2(result.has_value(), result ? "" : result.error().message.c_str());
    QCOMPARE(result->klMean, std::optional(0.0));
    QCOMPARE(result->klP99, std::optional(0.0));
    QCOMPARE(result->klCi95, std::optional(engine::Interval{0.0, 0.0}));
    QCOMPARE(result->top1Agreement, std::optional(1.0));
    QCOMPARE(result->lnPerplexityRatio, std::optional(0.0));
    QCOMPARE(result->rmsDeltaP, std::optional(0.0));
}

void TestPerplexity::theRatioIsThatOfThePerplexities() {
    auto request = demo(someIds(129));
    request.window = 32;
    const auto reference = engine::evaluate(request);
    request.reference = request.model;
    request.model.model = "demo:spinquant";
    const auto result = engine::evaluate(request);
    QVERIFY(reference && result);
    QVERIFY(std::fabs(*result->lnPerplexityRatio - std::log(result->perplexity / reference->perplexity)) <
            1e-9);
    QVERIFY(result->lnPerplexityRatioCi95->low <= *result->lnPerplexityRatio &&
            *result->lnPerplexityRatio <= result->lnPerplexityRatioCi95->high);
    QVERIFY(result->klCi95->low <= *result->klMean && *result->klMean <= result->klCi95->high);
    QVERIFY(*result->rmsDeltaP > 0.0 && *result->rmsDeltaP < 1.0);
}

void TestPerplexity::threadsDoNotChangeTheValue() {
    auto request = demo(someIds(65));
    request.window = 32;
    const auto one = engine::evaluate(request);
    request.model.threads = 2;
    const auto two = engine::evaluate(request);
    QVERIFY(one && two);
    QCOMPARE(two->nll, one->nll);
}

void TestPerplexity::textBeginsWithBeginOfText() {
    const auto text = std::filesystem::path(folder_.path().toStdString()) / "text.txt";
    std::ofstream(text) << "Once upon a time there was a dog. The dog was happy.";
    auto request = demo({});
    request.tokens.clear();
    request.text = text;
    request.window = 8;
    const auto result = engine::evaluate(request);
    QVERIFY2(result.has_value(), result ? "" : result.error().message.c_str());
    QVERIFY(result->tokens >= 8);
    QVERIFY(result->nll < std::log(1280.0));  // better than guessing
}

void TestPerplexity::refuses_data() {
    QTest::addColumn<QList<int>>("ids");
    QTest::addColumn<int>("window");
    QTest::addColumn<int>("stride");
    QTest::addColumn<QString>("reference");
    QTest::addColumn<QString>("expected");
    const auto row = [](const char* name, const char* expected, const std::vector<int>& ids, int window,
                        int stride, const QString& reference = {}) {
        QTest::newRow(name) << QList<int>(ids.begin(), ids.end()) << window << stride << reference
                            << QString(expected);
    };
    row("too short a text", "has 16 tokens, one window needs 17", someIds(16), 16, 0);
    row("nothing", "has 0 tokens", {}, 16, 0);
    row("a window beyond the context", "give stride <= window <= 512", someIds(1000), 513, 0);
    row("a stride beyond the window", "give stride <= window", someIds(100), 16, 17);
    auto foreign = someIds(17);
    foreign.back() = 1280;  // only ever a target, never an input
    row("the last id is outside the vocabulary", "token 1280 at position 16", foreign, 16, 0);
    foreign = someIds(17);
    foreign[3] = 65535;
    row("an id outside the vocabulary", "token 65535 at position 3", foreign, 16, 0);
    row("a reference that is not there", "reference:", someIds(17), 16, 0, "/no/such/model");
    row("a reference with another vocabulary", "another vocabulary", someIds(17), 16, 0,
        QString::fromStdString(testsupport::dataPath("golden/text-bf16/meta").string()));
}

void TestPerplexity::refuses() {
    QFETCH(QList<int>, ids);
    QFETCH(int, window);
    QFETCH(int, stride);
    QFETCH(QString, reference);
    QFETCH(QString, expected);
    auto request = demo(std::vector<int>(ids.begin(), ids.end()));
    request.window = window;
    request.stride = stride;
    if (!reference.isEmpty()) {
        request.reference = request.model;
        request.reference->model = reference.toStdString();
    }
    const auto result = engine::evaluate(request);
    QVERIFY(!result);
    QVERIFY2(QString::fromStdString(result.error().message).contains(expected),
             result.error().message.c_str());
}

void TestPerplexity::stopsWhenAsked() {
    auto request = demo(someIds(1000));
    request.window = 16;
    std::stop_source stop;
    int windows = 0;
    const auto result = engine::evaluate(
        request,
        [&](std::int64_t, std::int64_t) {
            ++windows;
            stop.request_stop();
        },
        stop.get_token());
    QVERIFY(!result);
    QCOMPARE(result.error().code, ErrorCode::cancelled);
    QCOMPARE(windows, 1);
}

QTEST_GUILESS_MAIN(TestPerplexity)
#include "tst_perplexity.moc"
