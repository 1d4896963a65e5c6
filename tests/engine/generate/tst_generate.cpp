#include <QtTest>

#include "engine/generate/local_model.h"
#include "tests/engine/tokenizer/loaded_tokenizer.h"
#include "tests/support/fixtures.h"

using engine::ErrorCode;
using engine::FinishReason;
using engine::GenerationRecord;
using engine::GenerationRequest;
using engine::LocalModel;

/// Whole answers of the embedded demo model and of a published story model.
class TestGenerate : public QObject {
    Q_OBJECT
private slots:
    void answers_data();
    void answers();
    void tellsThePublishedStory();
    void aSeedDecidesTheText();
    void threadsDoNotChangeTheText_data();
    void threadsDoNotChangeTheText();
    void everyCacheSchemeAnswers_data();
    void everyCacheSchemeAnswers();
    void stopsAtText_data();
    void stopsAtText();
    void eventsMakeTheText();
    void anotherQuestionIsAnsweredAsIfItWereTheFirst();
    void stopsBetweenTokens();
    void stopsBeforeTheFirstToken();
    void aPromptBeyondTheContextIsItsOwnError();
    void endsWhenTheContextIsFull();
    void writesExactlyAsManyTokensAsAsked();
    void refuses_data();
    void refuses();
    void recordsWhatRepeatingNeeds();
};

namespace {

std::unique_ptr<LocalModel> loadModel(const std::string& model, int threads = 1, std::int64_t context = 0) {
    engine::LoadRequest request;
    request.model = model;
    request.threads = threads;
    request.context = context;
    auto loaded = LocalModel::load(request);
    if (!loaded)
        qWarning("%s", loaded.error().message.c_str());
    return loaded ? std::move(*loaded) : nullptr;
}

/// Greedy, so that the text depends on the model alone.
GenerationRequest ask(const std::string& question, std::int64_t maxTokens = 40) {
    GenerationRequest request;
    request.messages = {{engine::Role::user, question}};
    request.maxTokens = maxTokens;
    request.sampling.temperature = 0.0F;
    return request;
}

/// An open-ended story, drawn at random.
GenerationRequest story(std::uint64_t seed, std::int64_t maxTokens = 40) {
    auto request = ask("Once upon a time", maxTokens);
    request.style = engine::PromptStyle::completion;
    request.sampling.temperature = 1.2F;
    request.sampling.topP = 1.0F;
    request.sampling.seed = seed;
    request.ignoreStopTokens = true;
    return request;
}

GenerationRecord run(LocalModel& model, const GenerationRequest& request) {
    auto record = model.generator()->run(request, {});
    if (!record)
        qWarning("%s", record.error().message.c_str());
    return record ? *record : GenerationRecord{};
}

}  // namespace

void TestGenerate::answers_data() {
    QTest::addColumn<QString>("model");
    QTest::addColumn<QString>("question");
    QTest::addColumn<QString>("answer");
    for (const char* variant : {"bf16", "qat-lora", "spinquant"}) {
        const auto model = QString("demo:") + variant;
        QTest::addRow("%s times", variant) << model << "What is 7 times 8?"
                                           << "7 x 8 = 56.";
        QTest::addRow("%s another", variant) << model << "What is 7 times 9?"
                                              << "7 x 9 = 63.";
    }
}

void TestGenerate::answers() {
    QFETCH(QString, model);
    QFETCH(QString, question);
    QFETCH(QString, answer);
    const auto local = loadModel(model.toStdString(), 2);
    QVERIFY(local);
    const auto record = run(*local, ask(question.toStdString()));
    QCOMPARE(QString::fromStdString(record.text).trimmed(), answer);
    QCOMPARE(record.finishReason, FinishReason::stop);
}

// The text that the model's author published, character for character.
void TestGenerate::tellsThePublishedStory() {
    const auto path = testsupport::largeFixture("realmodels/gguf/stories260K-f32.gguf");
    SKIP_WITHOUT_FIXTURE(path);
    engine::LoadRequest load;
    load.model = path.string();
    load.kv = "f32";
    load.activations = "f32";
    load.threads = 2;
    const auto model = LocalModel::load(load);
    QVERIFY2(model.has_value(), model ? "" : model.error().message.c_str());
    auto request = ask("", 160);
    request.style = engine::PromptStyle::completion;
    const auto record = (*model)->generator()->run(request, {});
    QVERIFY2(record.has_value(), record ? "" : record.error().message.c_str());
    const QString published =
        "Once upon a time, there was a little girl named Lily. She loved to play outside in the park. One "
        "day, she saw a big, red "
        "ball. She wanted to play with it, but it was too high.\nLily's mom said, \"Lily, let's go to the "
        "park.\" Lily was sad and "
        "didn't know what to do. She said, \"I want to play with your ball, but I can't find it.\"";
    QCOMPARE(QString::fromStdString(record->text).left(published.size()), published);
}

void TestGenerate::aSeedDecidesTheText() {
    const auto model = loadModel("demo:bf16");
    QVERIFY(model);
    const auto first = run(*model, story(1));
    QCOMPARE(run(*model, story(1)).text, first.text);
    QVERIFY(run(*model, story(2)).text != first.text);
    QCOMPARE(first.tokens.size(), std::size_t{40});
}

void TestGenerate::threadsDoNotChangeTheText_data() {
    QTest::addColumn<QString>("model");
    for (const char* variant : {"demo:bf16", "demo:qat-lora", "demo:spinquant"})
        QTest::newRow(variant) << variant;
}

void TestGenerate::threadsDoNotChangeTheText() {
    QFETCH(QString, model);
    std::string alone;
    {
        const auto one = loadModel(model.toStdString(), 1);
        QVERIFY(one);
        alone = run(*one, story(3, 100)).text;
    }
    const auto two = loadModel(model.toStdString(), 2);
    QVERIFY(two);
    QCOMPARE(two->threads(), 2);
    QCOMPARE(run(*two, story(3, 100)).text, alone);
    QVERIFY(!alone.empty());
}

void TestGenerate::everyCacheSchemeAnswers_data() {
    QTest::addColumn<QString>("kv");
    for (const char* kv : {"f32", "bf16", "int8", "kivi2"})
        QTest::newRow(kv) << kv;
}

void TestGenerate::everyCacheSchemeAnswers() {
    QFETCH(QString, kv);
    engine::LoadRequest request;
    request.model = "demo:bf16";
    request.threads = 2;
    request.kv = kv.toStdString();
    auto loaded = LocalModel::load(request);
    QVERIFY2(loaded.has_value(), loaded ? "" : loaded.error().message.c_str());
    auto& model = **loaded;
    auto asked = story(1, 150);
    asked.sampling.temperature = 0.0F;
    const auto record = run(model, asked);
    QCOMPARE(record.tokens.size(), std::size_t{150});

    auto& session = model.session();
    session.rewind(0);
    auto logits = session.prefill(record.promptTokens);
    for (const auto token : record.tokens) {
        QVERIFY(logits.has_value());
        QCOMPARE(raw(token), std::max_element(logits->begin(), logits->end()) - logits->begin());
        logits = session.decode(token);
    }
}

void TestGenerate::stopsAtText_data() {
    QTest::addColumn<QStringList>("stops");
    QTest::addColumn<QString>("text");
    // Without stops: "7 x 8 = 56."
    QTest::newRow("one character") << QStringList{"x"} << "7 ";
    QTest::newRow("over several tokens") << QStringList{"8 = 5"} << "7 x ";
    QTest::newRow("the first of two") << QStringList{"56", "x"} << "7 ";
    QTest::newRow("at the very beginning") << QStringList{"7"} << "";
    QTest::newRow("begun but not finished") << QStringList{"56.!"} << "7 x 8 = 56.";
}

void TestGenerate::stopsAtText() {
    QFETCH(QStringList, stops);
    QFETCH(QString, text);
    const auto model = loadModel("demo:bf16");
    QVERIFY(model);
    auto request = ask("What is 7 times 8?");
    for (const auto& stop : stops)
        request.stop.push_back(stop.toStdString());
    const auto record = run(*model, request);
    QCOMPARE(QString::fromStdString(record.text), text);
    QCOMPARE(record.finishReason, FinishReason::stop);
}

void TestGenerate::eventsMakeTheText() {
    const auto model = loadModel("demo:bf16");
    QVERIFY(model);
    std::string shown;
    std::vector<engine::TokenId> ids;
    const auto record = model->generator()->run(story(5, 60), [&](const engine::TokenEvent& event) {
        QVERIFY(tokenizertest::isUtf8(event.text));
        shown += event.text;
        ids.push_back(event.id);
    });
    QVERIFY(record.has_value());
    QCOMPARE(shown, record->text);
    ids.resize(
        std::min(ids.size(), record->tokens.size()));  // an event of held-back text may follow the last token
    QVERIFY(ids == record->tokens);
}

// The cache is reused as far as two prompts begin alike; the answer must not show it.
void TestGenerate::anotherQuestionIsAnsweredAsIfItWereTheFirst() {
    const auto fresh = loadModel("demo:bf16");
    const auto used = loadModel("demo:bf16");
    QVERIFY(fresh && used);
    const auto expected = run(*fresh, ask("What is 7 times 8?"));
    run(*used, ask("What is 7 times 9?"));
    run(*used, ask("Who are you?"));
    const auto record = run(*used, ask("What is 7 times 8?"));
    QCOMPARE(record.text, expected.text);
    QVERIFY(record.tokens == expected.tokens);
    QCOMPARE(record.metrics.promptTokens, expected.metrics.promptTokens);
    // The context holds the prompt and the answer, nothing of the questions before; the last token was never
    // fed back.
    auto held = record.promptTokens;
    held.insert(held.end(), record.tokens.begin(), record.tokens.end() - 1);
    QCOMPARE(tokenizertest::idText(used->session().history()), tokenizertest::idText(held));
}

void TestGenerate::stopsBetweenTokens() {
    const auto model = loadModel("demo:bf16");
    QVERIFY(model);
    std::stop_source stop;
    int events = 0;
    const auto record = model->generator()->run(
        story(1, 200),
        [&](const engine::TokenEvent&) {
            if (++events == 3)
                stop.request_stop();
        },
        stop.get_token());
    QVERIFY2(record.has_value(), record ? "" : record.error().message.c_str());
    QCOMPARE(record->finishReason, FinishReason::cancelled);
    QCOMPARE(record->tokens.size(), std::size_t{3});
    const auto whole = run(*model, story(1, 200));
    QVERIFY(whole.text.starts_with(record->text));
    QCOMPARE(whole.tokens.size(), std::size_t{200});
}

void TestGenerate::stopsBeforeTheFirstToken() {
    const auto model = loadModel("demo:bf16");
    QVERIFY(model);
    std::stop_source stop;
    stop.request_stop();
    const auto record = model->generator()->run(ask("Who are you?"), {}, stop.get_token());
    QVERIFY(!record);
    QCOMPARE(record.error().code, ErrorCode::cancelled);
    QVERIFY(!run(*model, ask("Who are you?")).text.empty());  // the model goes on working
}

void TestGenerate::aPromptBeyondTheContextIsItsOwnError() {
    const auto model = loadModel("demo:bf16", 1, 24);
    QVERIFY(model);
    const auto record = model->generator()->run(
        ask("one two three four five six seven eight nine ten eleven twelve thirteen"), {});
    QVERIFY(!record);
    QCOMPARE(record.error().code, ErrorCode::contextOverflow);
    QVERIFY2(QString::fromStdString(record.error().message).contains("the context holds 24 tokens"),
             record.error().message.c_str());
    QVERIFY(!run(*model, ask("Hi", 2)).text.empty());
}

void TestGenerate::endsWhenTheContextIsFull() {
    const auto model = loadModel("demo:bf16", 1, 32);
    QVERIFY(model);
    const auto record = run(*model, story(1, 200));
    QCOMPARE(record.finishReason, FinishReason::contextFull);
    // The last token needs no place: it is picked from the logits of the one before.
    QCOMPARE(record.promptTokens.size() + record.tokens.size(), std::size_t{33});
}

void TestGenerate::writesExactlyAsManyTokensAsAsked() {
    const auto model = loadModel("demo:bf16");
    QVERIFY(model);
    auto request = ask("What is 7 times 8?", 30);
    request.ignoreStopTokens = true;
    const auto record = run(*model, request);
    QCOMPARE(record.tokens.size(), std::size_t{30});
    QCOMPARE(record.finishReason, FinishReason::length);
    QCOMPARE(run(*model, ask("What is 7 times 8?", 1)).tokens.size(), std::size_t{1});
}

void TestGenerate::refuses_data() {
    QTest::addColumn<int>("maxTokens");
    QTest::addColumn<float>("temperature");
    QTest::addColumn<int>("messages");
    QTest::addColumn<QString>("expected");
    QTest::newRow("no tokens") << 0 << 0.0F << 1 << "max tokens";
    QTest::newRow("negative tokens") << -5 << 0.0F << 1 << "max tokens";
    QTest::newRow("negative temperature") << 5 << -1.0F << 1 << "temperature";
    QTest::newRow("no messages") << 5 << 0.0F << 0 << "no messages";
}

void TestGenerate::refuses() {
    QFETCH(int, maxTokens);
    QFETCH(float, temperature);
    QFETCH(int, messages);
    QFETCH(QString, expected);
    const auto model = loadModel("demo:bf16");
    QVERIFY(model);
    auto request = ask("Hi", maxTokens);
    request.sampling.temperature = temperature;
    request.messages.resize(static_cast<std::size_t>(messages));
    const auto record = model->generator()->run(request, {});
    QVERIFY(!record);
    QCOMPARE(record.error().code, ErrorCode::invalidInput);
    QVERIFY2(QString::fromStdString(record.error().message).contains(expected),
             record.error().message.c_str());
}

void TestGenerate::recordsWhatRepeatingNeeds() {
    const auto model = loadModel("demo:qat-lora", 2);
    QVERIFY(model);
    const auto record = run(*model, story(77, 20));
    QCOMPARE(record.seed, std::uint64_t{77});
    QCOMPARE(record.threads, 2);
    QCOMPARE(record.kernels, model->describe().kernels);
    QCOMPARE(record.metrics.generatedTokens, 20);
    QCOMPARE(record.metrics.promptTokens, static_cast<std::int64_t>(record.promptTokens.size()));
    QCOMPARE(record.metrics.itlMs.size(), std::size_t{19});
    QVERIFY(record.metrics.ttftMs && record.metrics.decodeTokensPerSecond &&
            record.metrics.prefillTokensPerSecond);
    QVERIFY(record.metrics.weightsBytes > 0 && record.metrics.kvBytes > 0 && record.metrics.peakRssBytes > 0);
    QVERIFY(record.metrics.energy.joules.has_value() == record.metrics.energy.reason.empty());
}

QTEST_GUILESS_MAIN(TestGenerate)
#include "tst_generate.moc"
