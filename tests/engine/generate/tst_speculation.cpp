#include <QtTest>
#include <cmath>
#include <limits>
#include <map>
#include <numeric>

#include "engine/generate/local_model.h"
#include "engine/runtime/kernel_plan.h"
#include "tests/support/fixtures.h"

using engine::ErrorCode;
using engine::FinishReason;
using engine::GenerationRecord;
using engine::GenerationRequest;
using engine::LocalModel;
using engine::SpeculationKind;
using engine::TokenId;

/// Answers with guesses are those without: the same tokens where they are greedy, the same distribution where
/// they are drawn, and the same end.
class TestSpeculation : public QObject {
    Q_OBJECT
private slots:
    void greedyAnswersAreTheSame_data();
    void greedyAnswersAreTheSame();
    void storiesAreTheSame_data();
    void storiesAreTheSame();
    void lookupDrawsTheSameTokens_data();
    void lookupDrawsTheSameTokens();
    void drawnAnswersHaveTheSameDistribution();
    void endsAsWithout_data();
    void endsAsWithout();
    void aStopEndsBetweenAcceptedTokens();
    void theNextAnswerIsNotDisturbed_data();
    void theNextAnswerIsNotDisturbed();
    void countsAddUp_data();
    void countsAddUp();
    void aShortDraftContextOnlyEndsTheGuesses();
    void refusesOtherVocabularies_data();
    void refusesOtherVocabularies();
    void refusesWhatMakesNoSense_data();
    void refusesWhatMakesNoSense();
};

namespace {

struct Setting {
    std::string model = "demo:bf16";
    std::string draft = {};
    std::string kernels = "auto";
    std::string kv = "bf16";
    std::int64_t context = 0;
};

engine::Result<std::unique_ptr<LocalModel>> load(const Setting& setting) {
    engine::LoadRequest request;
    request.model = setting.model;
    request.draft = setting.draft;
    request.kernels = setting.kernels;
    request.kv = setting.kv;
    request.context = setting.context;
    request.threads = 2;
    return LocalModel::load(request);
}

#define LOAD(name, ...)                                                               \
    const auto name##Loaded = load(__VA_ARGS__);                                      \
    QVERIFY2(name##Loaded, name##Loaded ? "" : name##Loaded.error().message.c_str()); \
    LocalModel& name = **name##Loaded

/// Greedy and as long as asked, continuing the text.
GenerationRequest continuation(const QString& text, std::int64_t tokens) {
    GenerationRequest request;
    request.messages = {{engine::Role::user, text.toStdString()}};
    request.style = engine::PromptStyle::completion;
    request.sampling.temperature = 0.0F;
    request.maxTokens = tokens;
    request.ignoreStopTokens = true;
    return request;
}

GenerationRequest with(GenerationRequest request, SpeculationKind kind, std::int64_t draftTokens = 0) {
    request.speculation = {kind, draftTokens};
    return request;
}

GenerationRecord run(LocalModel& model, const GenerationRequest& request) {
    model.session().rewind(0);
    auto record = model.generator()->run(request, {});
    if (!record)
        qWarning("%s", record.error().message.c_str());
    return record ? *record : GenerationRecord{};
}

/// Tokens for a message: "1 2 3".
QString text(const std::vector<TokenId>& tokens) {
    QStringList ids;
    for (const TokenId id : tokens)
        ids << QString::number(engine::raw(id));
    return ids.join(' ');
}

const QStringList kPrompts{"User: What is 7 times 8?\nBot:", "User: Tell me a story about a red ball.\nBot:",
                           "Once upon a time", "one two three one two three one two"};

}  // namespace

void TestSpeculation::greedyAnswersAreTheSame_data() {
    QTest::addColumn<QString>("model");
    QTest::addColumn<QString>("draft");
    QTest::addColumn<QString>("kernels");
    QTest::addColumn<QString>("kv");
    const std::map<QString, QString> drafts{
        {"demo:bf16", "demo:spinquant"}, {"demo:qat-lora", "demo:bf16"}, {"demo:spinquant", "demo:qat-lora"}};
    for (const auto& [model, draft] : drafts)
        for (const auto level : engine::kernelLevels()) {
            const QString kernels(std::string(level).c_str());
            for (const char* kv : {"bf16", "f32"})
                if (kernels != "reference" || QString(kv) == "bf16")  // reference takes seconds
                    QTest::addRow("%s %s %s", qPrintable(model), qPrintable(kernels), kv)
                        << model << draft << kernels << kv;
        }
}

void TestSpeculation::greedyAnswersAreTheSame() {
    QFETCH(QString, model);
    QFETCH(QString, draft);
    QFETCH(QString, kernels);
    QFETCH(QString, kv);
    const auto plan = engine::KernelPlan::make(kernels.toStdString(), false);
    if (!plan)
        QSKIP(plan.error().message.c_str());
    const auto loaded =
        load({model.toStdString(), draft.toStdString(), kernels.toStdString(), kv.toStdString()});
    QVERIFY2(loaded, loaded ? "" : loaded.error().message.c_str());
    const bool slow = kernels == "reference";
    constexpr std::size_t kTokens = 120;
    for (const auto& prompt : slow || kv == "f32" ? kPrompts.first(2) : kPrompts) {
        const auto request = continuation(prompt, kTokens);
        const auto expected = run(**loaded, request);
        QCOMPARE(expected.tokens.size(), kTokens);
        QVERIFY(!expected.speculation);
        for (const auto kind : {SpeculationKind::lookup, SpeculationKind::draftModel})
            for (const int most : slow ? QList<int>{0} : QList<int>{0, 1, 3, 32}) {
                const auto actual = run(**loaded, with(request, kind, most));
                QVERIFY(actual.speculation && actual.speculation->drafted > 0);
                QCOMPARE(actual.speculation->inexactKernels, plan->batchDependent());
                if (plan->batchDependent().empty())
                    QCOMPARE(text(actual.tokens), text(expected.tokens));
                QCOMPARE(actual.tokens.size(), expected.tokens.size());
            }
    }
}

void TestSpeculation::storiesAreTheSame_data() {
    QTest::addColumn<QString>("model");
    QTest::addColumn<QString>("draft");
    QTest::newRow("stories260K") << "gguf/stories260K-f32.gguf"
                                 << "gguf/stories260K-f32.gguf";
    QTest::newRow("f16, drafts of q4_0") << "gguf/tinystories2M-f16.gguf"
                                         << "gguf/tinystories2M-q4_0.gguf";
    QTest::newRow("bf16, drafts of SpinQuant") << "tinystories2M/bf16"
                                               << "tinystories2M/spinquant";
    QTest::newRow("SpinQuant, drafts of QAT+LoRA") << "tinystories2M/spinquant"
                                                   << "tinystories2M/qat-lora";
    QTest::newRow("QAT+LoRA, drafts of q8_0") << "tinystories2M/qat-lora"
                                              << "gguf/tinystories2M-q8_0.gguf";
}

// Models whose widths and vocabularies are no multiples of a vector.
void TestSpeculation::storiesAreTheSame() {
    QFETCH(QString, model);
    QFETCH(QString, draft);
    const auto path = testsupport::largeFixture("realmodels/" + model.toStdString());
    const auto draftPath = testsupport::largeFixture("realmodels/" + draft.toStdString());
    SKIP_WITHOUT_FIXTURE(path);
    SKIP_WITHOUT_FIXTURE(draftPath);
    LOAD(local, {path.string(), draftPath.string()});
    for (const char* prompt : {"Once upon a time", "Lily and Ben went to the park.", "The dog said"}) {
        const auto request = continuation(prompt, 230);
        const auto expected = run(local, request);
        QVERIFY(expected.tokens.size() >= 200);
        for (const auto kind : {SpeculationKind::lookup, SpeculationKind::draftModel}) {
            const auto actual = run(local, with(request, kind));
            QCOMPARE(text(actual.tokens), text(expected.tokens));
            QCOMPARE(actual.finishReason, expected.finishReason);
            const auto& s = *actual.speculation;
            qInfo("%s, %s: %lld of %lld accepted, %.2f tokens per pass", prompt,
                  std::string(engine::name(kind)).c_str(), static_cast<long long>(s.accepted),
                  static_cast<long long>(s.drafted), s.tokensPerForward.value_or(0.0));
        }
    }
}

void TestSpeculation::lookupDrawsTheSameTokens_data() {
    QTest::addColumn<QString>("model");
    QTest::addColumn<float>("temperature");
    for (const char* model : {"demo:bf16", "demo:spinquant"})
        for (const float temperature : {0.4F, 1.0F, 1.5F})
            QTest::addRow("%s %g", model, double{temperature}) << model << temperature;
}

// A certain guess takes no random number, so that a seed decides the text whether or not there were guesses.
void TestSpeculation::lookupDrawsTheSameTokens() {
    QFETCH(QString, model);
    QFETCH(float, temperature);
    LOAD(local, {model.toStdString()});
    std::int64_t accepted = 0;
    for (const auto& prompt : kPrompts) {
        auto request = continuation(prompt, 200);
        request.sampling.temperature = temperature;
        request.sampling.repetitionPenalty = 1.05F;
        request.sampling.seed = 11;
        const auto actual = run(local, with(request, SpeculationKind::lookup));
        QCOMPARE(text(actual.tokens), text(run(local, request).tokens));
        accepted += actual.speculation->accepted;
    }
    QVERIFY(accepted > 0);
}

namespace {

/// Probability of every answer of `length` tokens under the settings, token by token without guesses.
void enumerate(LocalModel& model, const engine::SamplingOptions& sampling, const std::vector<TokenId>& prompt,
               std::size_t length, std::vector<TokenId>& answer, double probability,
               std::map<std::vector<TokenId>, double>& found) {
    if (answer.size() == length) {
        found[answer] = probability;
        return;
    }
    auto textSoFar = prompt;
    textSoFar.insert(textSoFar.end(), answer.begin(), answer.end());
    model.session().rewind(0);
    const auto logits = model.session().prefill(textSoFar);
    QVERIFY(logits.has_value());
    const auto next = engine::Sampler(sampling).distribution(*logits, textSoFar);
    for (std::size_t i = 0; i < next.ids.size(); ++i) {
        answer.push_back(TokenId{next.ids[i]});
        enumerate(model, sampling, prompt, length, answer, probability * next.weights[i] / next.total, found);
        answer.pop_back();
    }
}

}  // namespace

namespace {

struct Fit {
    double chiSquare = 0.0;
    double limit = 0.0;  ///< exceeded once in 10000 times where the counts follow the probabilities
};

/// Pearson's chi-square; what is expected fewer than five times counts together.
Fit fitOf(const std::map<std::vector<TokenId>, double>& exact, std::map<std::vector<TokenId>, int> counts,
          int draws) {
    Fit fit;
    int cells = 0;
    const auto add = [&](double expected, int seen) {
        fit.chiSquare += (seen - expected) * (seen - expected) / expected;
        ++cells;
    };
    double rareExpected = 0.0;
    int rare = 0;
    for (const auto& [tokens, probability] : exact) {
        const double expected = probability * draws;
        const int seen = counts[tokens];
        counts.erase(tokens);
        if (expected >= 5.0) {
            add(expected, seen);
        } else {
            rareExpected += expected;
            rare += seen;
        }
    }
    if (rareExpected >= 5.0)
        add(rareExpected, rare);
    if (!counts.empty())  // an answer that is impossible without guesses
        fit.chiSquare = std::numeric_limits<double>::infinity();
    // Wilson & Hilferty 1931: a cube root of chi-square is nearly normal; z = 3.72.
    const double freedom = cells - 1;
    fit.limit = freedom * std::pow(1.0 - 2.0 / (9.0 * freedom) + 3.72 * std::sqrt(2.0 / (9.0 * freedom)), 3);
    return fit;
}

}  // namespace

// Every answer of four tokens that the settings allow, with its exact probability, against thousands of drawn
// ones. The seeds are fixed: the test either always passes or never.
void TestSpeculation::drawnAnswersHaveTheSameDistribution() {
    // Random weights and the same in four bits: about a third of the guesses are accepted.
    const auto golden = testsupport::dataPath("golden/text-bf16");
    LOAD(model, {(golden / "hf").string(), (golden / "gguf/model-q4_0.gguf").string()});
    auto request = continuation("one two one two one", 4);
    request.sampling.temperature = 0.5F;
    request.sampling.topK = 5;
    request.sampling.topP = 0.97F;
    request.sampling.repetitionPenalty = 1.2F;
    const auto prompt = run(model, request).promptTokens;
    std::map<std::vector<TokenId>, double> exact;
    std::vector<TokenId> answer;
    enumerate(model, request.sampling, prompt, 4, answer, 1.0, exact);
    const double total = std::accumulate(exact.begin(), exact.end(), 0.0,
                                         [](double sum, const auto& entry) { return sum + entry.second; });
    QVERIFY(std::fabs(total - 1.0) < 1e-9);
    QVERIFY2(exact.size() > 100, qPrintable(QString::number(exact.size())));
    constexpr int kAnswers = 6'000;
    std::map<std::vector<TokenId>, int> counts;
    std::int64_t rejected = 0;
    std::int64_t accepted = 0;
    for (int i = 0; i < kAnswers; ++i) {
        request.sampling.seed = static_cast<std::uint64_t>(i) * 7919U;
        const auto record = model.generator()->run(with(request, SpeculationKind::draftModel, 3), {});
        QVERIFY(record.has_value());
        ++counts[record->tokens];
        accepted += record->speculation->accepted;
        rejected += record->speculation->drafted - record->speculation->accepted;
    }
    QVERIFY2(rejected > kAnswers && accepted > kAnswers / 4,
             qPrintable(QString("%1 rejected, %2 accepted").arg(rejected).arg(accepted)));
    const auto fit = fitOf(exact, counts, kAnswers);
    QVERIFY2(fit.chiSquare < fit.limit, qPrintable(QString("%1 above %2").arg(fit.chiSquare).arg(fit.limit)));
}

Q_DECLARE_METATYPE(GenerationRequest)

void TestSpeculation::endsAsWithout_data() {
    QTest::addColumn<GenerationRequest>("request");
    QTest::addColumn<int>("context");
    QTest::addColumn<QString>("reason");
    auto answer = continuation(kPrompts[0], 60);
    answer.ignoreStopTokens = false;
    answer.stop = {"\n"};
    QTest::newRow("stop token or line") << answer << 0 << "stop";
    answer.style = engine::PromptStyle::automatic;
    answer.messages.front().content = "What is 7 times 8?";
    answer.stop = {};
    QTest::newRow("dialog") << answer << 0 << "stop";
    for (const char* stop : {"x", "8 = 5", " 7", "= 56"}) {
        auto stopped = answer;
        stopped.stop = {stop};
        QTest::addRow("stop '%s'", stop) << stopped << 0 << "stop";
    }
    for (const int tokens : {1, 2, 3, 17, 100})
        QTest::addRow("%d tokens", tokens) << continuation(kPrompts[3], tokens) << 0 << "length";
    for (const int context : {20, 31, 32, 64})
        QTest::addRow("context %d", context) << continuation(kPrompts[3], 200) << context << "context";
}

void TestSpeculation::endsAsWithout() {
    QFETCH(GenerationRequest, request);
    QFETCH(int, context);
    QFETCH(QString, reason);
    LOAD(model, {"demo:bf16", "demo:spinquant", "auto", "bf16", context});
    const auto expected = run(model, request);
    QCOMPARE(QString(std::string(engine::name(expected.finishReason)).c_str()), reason);
    const auto held = model.session().history();
    for (const auto kind : {SpeculationKind::lookup, SpeculationKind::draftModel})
        for (const int most : {0, 2, 32}) {
            std::string shown;
            model.session().rewind(0);
            const auto record = model.generator()->run(
                with(request, kind, most), [&](const engine::TokenEvent& event) { shown += event.text; });
            QVERIFY2(record.has_value(), record ? "" : record.error().message.c_str());
            QCOMPARE(text(record->tokens), text(expected.tokens));
            QCOMPARE(record->text, expected.text);
            QCOMPARE(shown, expected.text);
            QCOMPARE(record->finishReason, expected.finishReason);
            // Nothing of rejected or unused guesses stays.
            QCOMPARE(text(model.session().history()), text(held));
        }
}

void TestSpeculation::aStopEndsBetweenAcceptedTokens() {
    LOAD(model, {"demo:bf16", "demo:bf16"});  // every guess of itself is accepted
    const auto whole = run(model, continuation(kPrompts[1], 40));
    for (int after = 1; after <= 12; ++after) {
        std::stop_source stop;
        int events = 0;
        model.session().rewind(0);
        const auto record = model.generator()->run(
            with(continuation(kPrompts[1], 40), SpeculationKind::draftModel),
            [&](const engine::TokenEvent&) {
                if (++events == after)
                    stop.request_stop();
            },
            stop.get_token());
        QVERIFY2(record.has_value(), record ? "" : record.error().message.c_str());
        QCOMPARE(record->finishReason, FinishReason::cancelled);
        QCOMPARE(text(record->tokens),
                 text({whole.tokens.begin(), whole.tokens.begin() + static_cast<std::ptrdiff_t>(after)}));
    }
}

void TestSpeculation::theNextAnswerIsNotDisturbed_data() {
    QTest::addColumn<int>("kind");
    QTest::newRow("lookup") << static_cast<int>(SpeculationKind::lookup);
    QTest::newRow("draft model") << static_cast<int>(SpeculationKind::draftModel);
}

// Sessions keep what two prompts begin with alike; answers do not show it.
void TestSpeculation::theNextAnswerIsNotDisturbed() {
    QFETCH(int, kind);
    LOAD(used, {"demo:qat-lora", "demo:spinquant"});
    LOAD(fresh, {"demo:qat-lora"});
    for (const auto& prompt : {kPrompts[0], kPrompts[1], kPrompts[0], kPrompts[2], kPrompts[1]}) {
        const auto request = continuation(prompt, 50);
        const auto record = used.generator()->run(with(request, static_cast<SpeculationKind>(kind)), {});
        QVERIFY2(record.has_value(), record ? "" : record.error().message.c_str());
        QCOMPARE(text(record->tokens), text(run(fresh, request).tokens));
    }
}

void TestSpeculation::countsAddUp_data() {
    QTest::addColumn<int>("kind");
    QTest::addColumn<int>("tokens");
    for (const int tokens : {1, 2, 9, 150}) {
        QTest::addRow("lookup %d", tokens) << static_cast<int>(SpeculationKind::lookup) << tokens;
        QTest::addRow("draft model %d", tokens) << static_cast<int>(SpeculationKind::draftModel) << tokens;
    }
}

void TestSpeculation::countsAddUp() {
    QFETCH(int, kind);
    QFETCH(int, tokens);
    LOAD(model, {"demo:qat-lora", "demo:spinquant"});
    const auto record =
        run(model, with(continuation(kPrompts[3], tokens), static_cast<SpeculationKind>(kind)));
    QCOMPARE(record.tokens.size(), static_cast<std::size_t>(tokens));
    QVERIFY(record.speculation.has_value());
    const auto& s = *record.speculation;
    QCOMPARE(static_cast<int>(s.kind), kind);
    QVERIFY(s.accepted <= s.drafted);
    // The first token comes with the prompt; then every pass gives one token and what it accepted.
    QCOMPARE(std::int64_t{1} + s.forwards + s.accepted, std::int64_t{tokens});
    QCOMPARE(s.acceptance.has_value(), s.drafted > 0);
    QCOMPARE(s.tokensPerForward.has_value(), tokens > 1);
    if (s.tokensPerForward)
        QVERIFY(std::fabs(*s.tokensPerForward - (tokens - 1.0) / static_cast<double>(s.forwards)) < 1e-12);
    QCOMPARE(s.draftModel.empty(), s.kind == SpeculationKind::lookup);
    QCOMPARE(s.draftWeightsBytes > 0, s.kind == SpeculationKind::draftModel);
    QCOMPARE(record.metrics.itlMs.size(), static_cast<std::size_t>(tokens - 1));
}

// A draft model with a smaller window guesses as far as that reaches.
void TestSpeculation::aShortDraftContextOnlyEndsTheGuesses() {
    LOAD(model, {"demo:bf16"});
    engine::LoadRequest smaller;
    smaller.model = "demo:bf16";
    smaller.context = 40;
    smaller.threads = 1;
    auto draft = LocalModel::load(smaller);
    QVERIFY(draft.has_value());
    const auto tokenizer =
        std::shared_ptr<const engine::Tokenizer>(std::shared_ptr<void>(), model.tokenizer());
    engine::Generator generator(model.session(), tokenizer, 2, &(*draft)->session());
    const auto request = continuation(kPrompts[3], 120);
    const auto expected = run(model, request);
    model.session().rewind(0);
    const auto record = generator.run(with(request, SpeculationKind::draftModel), {});
    QVERIFY2(record.has_value(), record ? "" : record.error().message.c_str());
    QCOMPARE(text(record->tokens), text(expected.tokens));
    QCOMPARE(record->speculation->accepted, record->speculation->drafted);
    QVERIFY((*draft)->session().position() == 40);
    QVERIFY(record->speculation->drafted < 40);
}

void TestSpeculation::refusesOtherVocabularies_data() {
    QTest::addColumn<QString>("draft");
    QTest::addColumn<QString>("expected");
    QTest::newRow("another size") << "golden/text-bf16/hf"
                                  << "tokens against 1280";
    QTest::newRow("no model") << "nowhere"
                              << "there is no";
    QTest::newRow("fixture of another size") << "realmodels/gguf/stories260K-f32.gguf"
                                             << "512 tokens against 1280";
    QTest::newRow("fixture of the same size") << "realmodels/tinystories2M/bf16"
                                              << "stands for other text";
}

void TestSpeculation::refusesOtherVocabularies() {
    QFETCH(QString, draft);
    QFETCH(QString, expected);
    auto path = testsupport::dataPath(draft.toStdString());
    if (draft.startsWith("realmodels")) {
        path = testsupport::largeFixture(draft.toStdString());
        SKIP_WITHOUT_FIXTURE(path);
    }
    const auto target = draft.contains("2M")
                            ? testsupport::largeFixture("realmodels/synthetic1M/bf16").string()
                            : std::string("demo:bf16");
    const auto model = load({target, path.string()});
    QVERIFY(!model);
    const auto message = QString::fromStdString(model.error().message);
    QVERIFY2(message.startsWith("draft model: ") && message.contains(expected), qPrintable(message));
}

void TestSpeculation::refusesWhatMakesNoSense_data() {
    QTest::addColumn<int>("kind");
    QTest::addColumn<int>("draftTokens");
    QTest::addColumn<QString>("expected");
    QTest::newRow("no draft model") << static_cast<int>(SpeculationKind::draftModel) << 0 << "--draft";
    QTest::newRow("negative") << static_cast<int>(SpeculationKind::lookup) << -1 << "draft tokens";
    QTest::newRow("too many") << static_cast<int>(SpeculationKind::lookup) << 33 << "draft tokens";
}

void TestSpeculation::refusesWhatMakesNoSense() {
    QFETCH(int, kind);
    QFETCH(int, draftTokens);
    QFETCH(QString, expected);
    LOAD(model, {"demo:bf16"});
    const auto record = model.generator()->run(
        with(continuation("a", 5), static_cast<SpeculationKind>(kind), draftTokens), {});
    QVERIFY(!record);
    QCOMPARE(record.error().code, ErrorCode::invalidInput);
    QVERIFY2(QString::fromStdString(record.error().message).contains(expected),
             record.error().message.c_str());
}

QTEST_GUILESS_MAIN(TestSpeculation)
#include "tst_speculation.moc"
