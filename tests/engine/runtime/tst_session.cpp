#include <QtTest>
#include <algorithm>
#include <cstring>

#include "engine/generate/local_model.h"
#include "engine/runtime/kernel_plan.h"
#include "tests/support/compare_tensors.h"
#include "tests/support/fixtures.h"

using engine::ErrorCode;
using engine::LocalModel;
using engine::TokenId;

/// The running context: however tokens arrive and leave, the logits are those of the tokens that stand in it.
class TestSession : public QObject {
    Q_OBJECT
private slots:
    void prefillEqualsDecode_data() { schemes(); }
    void prefillEqualsDecode();
    void rewindingEqualsBeginningAnew_data() { schemes(); }
    void rewindingEqualsBeginningAnew();
    void rewindingFarEqualsBeginningAnew_data();
    void rewindingFarEqualsBeginningAnew();
    void everyThreadCountAnswersTheSame_data() { schemes(); }
    void everyThreadCountAnswersTheSame();
    void kiviIsExactWithinItsWindow();
    void kiviForgetsNothingWhenStopped();
    void allLogitsEndWithTheLast();
    void verifyingEqualsDecodingBitForBit_data();
    void verifyingEqualsDecodingBitForBit();
    void verifiesAsManyTokensAsItSays();
    void longPromptsAreCutIntoChunks();
    void overflowAppendsNothing();
    void refusesTokens_data();
    void refusesTokens();
    void aStopKeepsWhatWasThere();
    void rewindTakesAnyPosition();
    void contextDecidesTheCache_data();
    void contextDecidesTheCache();
    void refusesContexts_data();
    void refusesContexts();

private:
    static void schemes();
};

namespace {

std::unique_ptr<LocalModel> load(const std::string& model, const std::string& kv, std::int64_t context = 0,
                                 int threads = 2) {
    engine::LoadRequest request;
    request.model = model;
    request.kv = kv;
    request.activations = "f32";
    request.threads = threads;
    request.context = context;
    auto loaded = LocalModel::load(request);
    return loaded ? std::move(*loaded) : nullptr;
}

std::vector<TokenId> someTokens(int count) {
    std::vector<TokenId> tokens{TokenId{1}};
    for (int i = 1; i < count; ++i)
        tokens.push_back(TokenId{3 + (i * 37) % 1000});
    return tokens;
}

std::vector<float> copied(const engine::Result<std::span<const float>>& logits) {
    return logits ? std::vector<float>(logits->begin(), logits->end()) : std::vector<float>{};
}

// One token or many take different paths through the matmuls; sums then differ in their last bits.
constexpr double kTolerance = 1e-4;

}  // namespace

void TestSession::schemes() {
    QTest::addColumn<QString>("model");
    QTest::addColumn<QString>("kv");
    for (const char* variant : {"bf16", "spinquant"})
        for (const char* kv : {"f32", "bf16", "int8", "kivi2"})
            QTest::addRow("%s kv %s", variant, kv) << QString("demo:") + variant << kv;
}

void TestSession::prefillEqualsDecode() {
    QFETCH(QString, model);
    QFETCH(QString, kv);
    const auto whole = load(model.toStdString(), kv.toStdString());
    const auto steps = load(model.toStdString(), kv.toStdString());
    QVERIFY(whole && steps);
    const auto tokens = someTokens(40);
    const auto expected = copied(whole->session().prefill(tokens));
    std::vector<float> last;
    for (const auto token : tokens)
        last = copied(steps->session().decode(token));
    QCOMPARE(whole->session().position(), std::int64_t{40});
    QVERIFY(whole->session().history() == steps->session().history());
    // Entries and int8 activations round; a value on the edge may fall either way.
    const bool rounds = kv != "f32" || model.endsWith("spinquant");
    COMPARE_TENSORS(last, expected, rounds ? 0.4 : kTolerance);
}

void TestSession::rewindingEqualsBeginningAnew() {
    QFETCH(QString, model);
    QFETCH(QString, kv);
    const auto used = load(model.toStdString(), kv.toStdString());
    QVERIFY(used);
    const auto tokens = someTokens(30);
    auto& session = used->session();
    QVERIFY(session.prefill(tokens).has_value());
    session.rewind(20);
    QCOMPARE(session.position(), std::int64_t{20});
    const std::span<const TokenId> rest = std::span(tokens).subspan(20);
    const auto first = copied(session.prefill(rest));
    session.rewind(20);
    for (int i = 0; i < 8; ++i)  // other tokens overwrite the entries
        QVERIFY(session.decode(TokenId{500 + i}).has_value());
    session.rewind(20);
    COMPARE_TENSORS(copied(session.prefill(rest)), first, 0.0);
    session.rewind(0);
    QVERIFY(session.history().empty());
}

// Past what the kivi2 cache keeps in BF16: rewinding has to bring that back.
void TestSession::rewindingFarEqualsBeginningAnew_data() {
    QTest::addColumn<QString>("kv");
    QTest::addColumn<int>("position");
    for (const char* kv : {"int8", "kivi2"})
        for (const int position : {1, 100, 127, 128, 129, 190, 192})
            QTest::addRow("%s to %d", kv, position) << kv << position;
}

void TestSession::rewindingFarEqualsBeginningAnew() {
    QFETCH(QString, kv);
    QFETCH(int, position);
    const auto used = load("demo:bf16", kv.toStdString());
    const auto fresh = load("demo:bf16", kv.toStdString());
    QVERIFY(used && fresh);
    const auto tokens = someTokens(200);
    auto& session = used->session();
    QVERIFY(session.prefill(tokens).has_value());
    session.rewind(position);
    QCOMPARE(session.position(), std::int64_t{position});
    auto other = std::span(tokens).first(static_cast<std::size_t>(position));
    auto expected = copied(fresh->session().prefill(other));
    // The next tokens differ from those that were there; enough of them to fill a window.
    std::vector<float> last;
    for (int i = 0; i < 50; ++i) {
        last = copied(session.decode(TokenId{700 + i}));
        expected = copied(fresh->session().decode(TokenId{700 + i}));
    }
    COMPARE_TENSORS(last, expected, 0.05);  // an entry on the edge may fall either way
    QVERIFY(session.history() == fresh->session().history());
}

// At depth the positions of one token are shared out, differently for every number of threads.
void TestSession::everyThreadCountAnswersTheSame() {
    QFETCH(QString, model);
    QFETCH(QString, kv);
    const auto tokens = someTokens(200);
    std::vector<float> expected;
    for (const int threads : {1, 2, 3, 7}) {
        const auto loaded = load(model.toStdString(), kv.toStdString(), 0, threads);
        QVERIFY(loaded);
        QVERIFY(loaded->session().prefill(std::span(tokens).first(199)).has_value());
        const auto logits = copied(loaded->session().decode(tokens.back()));
        if (expected.empty())
            expected = logits;
        COMPARE_TENSORS(logits, expected, kv == "f32" && !model.endsWith("spinquant") ? kTolerance : 0.2);
    }
}

void TestSession::kiviIsExactWithinItsWindow() {
    const auto kivi = load("demo:bf16", "kivi2");
    const auto bf16 = load("demo:bf16", "bf16");
    QVERIFY(kivi && bf16);
    const auto tokens = someTokens(129);
    const auto all = [&](LocalModel& model) {
        std::vector<std::vector<float>> rows;
        const auto done =
            model.session().forwardAll(tokens, [&](std::int64_t, std::span<const float> logits) {
                rows.emplace_back(logits.begin(), logits.end());
            });
        return done ? rows : std::vector<std::vector<float>>{};
    };
    const auto quantized = all(*kivi);
    const auto exact = all(*bf16);
    QCOMPARE(quantized.size(), tokens.size());
    for (std::size_t t = 0; t < 128; ++t)
        COMPARE_TENSORS(quantized[t], exact[t], 0.0);
    QVERIFY(quantized[128] != exact[128]);
}

void TestSession::kiviForgetsNothingWhenStopped() {
    const auto used = load("demo:bf16", "kivi2");
    const auto fresh = load("demo:bf16", "kivi2");
    QVERIFY(used && fresh);
    const auto tokens = someTokens(200);
    auto& session = used->session();
    QVERIFY(session.prefill(tokens).has_value());
    session.rewind(100);
    std::stop_source stop;
    stop.request_stop();
    QCOMPARE(session.prefill(std::span(tokens).subspan(100), stop.get_token()).error().code,
             ErrorCode::cancelled);
    QCOMPARE(session.position(), std::int64_t{100});
    const auto resumed = copied(session.prefill(std::span(tokens).subspan(100)));
    COMPARE_TENSORS(resumed, copied(fresh->session().prefill(tokens)), 0.05);
}

void TestSession::allLogitsEndWithTheLast() {
    const auto model = load("demo:bf16", "f32");
    QVERIFY(model);
    const auto tokens = someTokens(150);  // more than one chunk of logits
    std::vector<std::int64_t> positions;
    std::vector<float> last;
    const auto done =
        model->session().forwardAll(tokens, [&](std::int64_t position, std::span<const float> logits) {
            positions.push_back(position);
            last.assign(logits.begin(), logits.end());
        });
    QVERIFY(done.has_value());
    QCOMPARE(positions.size(), tokens.size());
    for (std::size_t i = 0; i < positions.size(); ++i)
        QCOMPARE(positions[i], static_cast<std::int64_t>(i));
    model->session().rewind(0);
    COMPARE_TENSORS(last, copied(model->session().prefill(tokens)), kTolerance);
}

void TestSession::verifyingEqualsDecodingBitForBit_data() {
    QTest::addColumn<QString>("model");
    QTest::addColumn<QString>("kernels");
    QTest::addColumn<QString>("kv");
    QTest::addColumn<QString>("activations");
    for (const char* model :
         {"demo:bf16", "demo:qat-lora", "demo:spinquant", "text-qwen2/gguf/model-bf16.gguf",
          "text-bf16/gguf/model-q4_0.gguf", "text-qlora-int4/meta"})
        for (const auto level : engine::kernelLevels())
            for (const char* arithmetic : {"bf16", "f32"})
                QTest::addRow("%s %s %s", model, std::string(level).c_str(), arithmetic)
                    << model << QString(std::string(level).c_str()) << arithmetic << arithmetic;
}

// However tokens are cut into passes, their logits are the same bits.
void TestSession::verifyingEqualsDecodingBitForBit() {
    QFETCH(QString, model);
    QFETCH(QString, kernels);
    QFETCH(QString, kv);
    QFETCH(QString, activations);
    const auto plan = engine::KernelPlan::make(kernels.toStdString(), activations == "f32");
    if (!plan)
        QSKIP(plan.error().message.c_str());
    if (!plan->batchDependent().empty())
        QSKIP(("said to depend on the number of tokens: " + plan->batchDependent()).c_str());
    engine::LoadRequest request;
    request.model = model.startsWith("demo:")
                        ? model.toStdString()
                        : testsupport::dataPath("golden/" + model.toStdString()).string();
    request.kernels = kernels.toStdString();
    request.kv = kv.toStdString();
    request.activations = activations.toStdString();
    request.threads = 2;
    const auto loaded = LocalModel::load(request);
    QVERIFY2(loaded.has_value(), loaded ? "" : loaded.error().message.c_str());
    auto& session = (*loaded)->session();
    auto tokens = someTokens(static_cast<int>(std::min<std::int64_t>(session.context(), 150)));
    for (auto& token : tokens)
        token = TokenId{static_cast<std::int32_t>(engine::raw(token) % (*loaded)->model().embedding().rows)};
    std::vector<std::vector<float>> alone;
    for (const auto token : tokens)
        alone.push_back(copied(session.decode(token)));
    for (const std::size_t width : {2, 3, 5, 9, 17, 33}) {
        session.rewind(0);
        for (std::size_t begin = 0; begin < tokens.size(); begin += width) {
            const auto batch = std::span(tokens).subspan(begin, std::min(width, tokens.size() - begin));
            const auto together = copied(session.verify(batch));
            const auto vocab = alone[begin].size();
            QCOMPARE(together.size(), batch.size() * vocab);
            for (std::size_t t = 0; t < batch.size(); ++t)
                QVERIFY2(
                    std::memcmp(&together[t * vocab], alone[begin + t].data(), vocab * sizeof(float)) == 0,
                    qPrintable(QString("position %1, %2 at once").arg(begin + t).arg(width)));
        }
    }
}

void TestSession::verifiesAsManyTokensAsItSays() {
    const auto model = load("demo:bf16", "f32", 100);
    QVERIFY(model);
    auto& session = model->session();
    QVERIFY(session.verify(someTokens(engine::kMostVerified)).has_value());
    QCOMPARE(session.position(), engine::kMostVerified);
    QCOMPARE(session.verify(someTokens(68)).error().code, ErrorCode::contextOverflow);
    QCOMPARE(session.verify({}).error().code, ErrorCode::invalidInput);
    QCOMPARE(session.position(), engine::kMostVerified);
    const auto kivi2 = load("demo:bf16", "kivi2", 100);
    QVERIFY(kivi2);
    QCOMPARE(kivi2->session().verify(someTokens(2)).error().code, ErrorCode::unsupported);
    session.rewind(0);
    QCOMPARE(session.verify(someTokens(engine::kMostVerified + 1)).error().code, ErrorCode::invalidInput);
    QCOMPARE(session.position(), std::int64_t{0});
}

void TestSession::longPromptsAreCutIntoChunks() {
    const auto model = load("demo:bf16", "f32");
    QVERIFY(model);
    const auto tokens = someTokens(256);
    const auto atOnce = copied(model->session().prefill(tokens));
    model->session().rewind(0);
    QVERIFY(model->session().prefill(std::span(tokens).first(100)).has_value());
    const auto inTwo = copied(model->session().prefill(std::span(tokens).subspan(100)));
    COMPARE_TENSORS(inTwo, atOnce, kTolerance);
}

void TestSession::overflowAppendsNothing() {
    const auto model = load("demo:bf16", "f32", 16);
    QVERIFY(model);
    auto& session = model->session();
    QVERIFY(session.prefill(someTokens(10)).has_value());
    const auto tooMany = session.prefill(someTokens(7));
    QVERIFY(!tooMany);
    QCOMPARE(tooMany.error().code, ErrorCode::contextOverflow);
    QCOMPARE(session.position(), std::int64_t{10});
    QVERIFY(session.prefill(someTokens(6)).has_value());  // exactly full
    QCOMPARE(session.decode(TokenId{1}).error().code, ErrorCode::contextOverflow);
    QCOMPARE(session.position(), std::int64_t{16});
}

void TestSession::refusesTokens_data() {
    QTest::addColumn<QList<int>>("tokens");
    QTest::newRow("none") << QList<int>{};
    QTest::newRow("negative") << QList<int>{1, -1};
    QTest::newRow("one beyond the vocabulary") << QList<int>{1, 1280};
    QTest::newRow("far beyond") << QList<int>{INT32_MAX};
}

void TestSession::refusesTokens() {
    QFETCH(QList<int>, tokens);
    const auto model = load("demo:bf16", "f32");
    QVERIFY(model);
    std::vector<TokenId> ids;
    for (const int token : tokens)
        ids.push_back(TokenId{token});
    const auto logits = model->session().prefill(ids);
    QVERIFY(!logits);
    QCOMPARE(logits.error().code, ErrorCode::invalidInput);
    QCOMPARE(model->session().position(), std::int64_t{0});
}

void TestSession::aStopKeepsWhatWasThere() {
    const auto model = load("demo:bf16", "f32");
    QVERIFY(model);
    auto& session = model->session();
    const auto tokens = someTokens(40);
    QVERIFY(session.prefill(std::span(tokens).first(20)).has_value());
    std::stop_source stop;
    stop.request_stop();
    const auto stopped = session.prefill(std::span(tokens).subspan(20), stop.get_token());
    QVERIFY(!stopped);
    QCOMPARE(stopped.error().code, ErrorCode::cancelled);
    QCOMPARE(session.position(), std::int64_t{20});
    const auto resumed = copied(session.prefill(std::span(tokens).subspan(20)));
    session.rewind(0);
    COMPARE_TENSORS(resumed, copied(session.prefill(tokens)), kTolerance);
}

void TestSession::rewindTakesAnyPosition() {
    const auto model = load("demo:bf16", "f32");
    QVERIFY(model);
    auto& session = model->session();
    QVERIFY(session.prefill(someTokens(5)).has_value());
    session.rewind(9);
    QCOMPARE(session.position(), std::int64_t{5});  // the future cannot be forgotten
    session.rewind(-3);
    QCOMPARE(session.position(), std::int64_t{0});
}

void TestSession::contextDecidesTheCache_data() {
    QTest::addColumn<QString>("kv");
    QTest::addColumn<int>("context");
    QTest::addColumn<int>("bytes");
    // 5 layers, 2 kv heads of 32, keys and values.
    QTest::newRow("f32") << "f32" << 64 << 64 * 5 * 2 * 32 * 2 * 4;
    QTest::newRow("bf16") << "bf16" << 64 << 64 * 5 * 2 * 32 * 2 * 2;
    QTest::newRow("int8") << "int8" << 64 << 64 * 5 * 2 * (32 + 4) * 2;
    QTest::newRow("kivi2, window only") << "kivi2" << 64 << 64 * 5 * 2 * 32 * 2 * 2;
    // One whole window in 2 bit, 3 bits per number with scales, beside the window in BF16.
    QTest::newRow("kivi2") << "kivi2" << 200 << 128 * 5 * 2 * 32 * 2 * 3 / 8 + 128 * 5 * 2 * 32 * 2 * 2;
    QTest::newRow("the model's own") << "bf16" << 0 << 512 * 5 * 2 * 32 * 2 * 2;
}

void TestSession::contextDecidesTheCache() {
    QFETCH(QString, kv);
    QFETCH(int, context);
    QFETCH(int, bytes);
    const auto model = load("demo:bf16", kv.toStdString(), context);
    QVERIFY(model);
    QCOMPARE(model->session().context(), std::int64_t{context > 0 ? context : 512});
    QCOMPARE(model->session().kvBytes(), std::int64_t{bytes});
}

void TestSession::refusesContexts_data() {
    QTest::addColumn<int>("context");
    QTest::newRow("negative") << -1;
    QTest::newRow("beyond the model's") << 513;
}

void TestSession::refusesContexts() {
    QFETCH(int, context);
    engine::LoadRequest request;
    request.model = "demo:bf16";
    request.threads = 1;
    request.context = context;
    const auto model = LocalModel::load(request);
    QVERIFY(!model);
    QCOMPARE(model.error().code, ErrorCode::invalidInput);
    QVERIFY2(QString::fromStdString(model.error().message).contains("512"), model.error().message.c_str());
}

QTEST_GUILESS_MAIN(TestSession)
#include "tst_session.moc"
