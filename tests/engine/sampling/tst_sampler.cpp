#include <QtTest>
#include <algorithm>
#include <cmath>
#include <limits>
#include <map>
#include <numeric>
#include <set>

#include "engine/sampling/sampler.h"

using engine::Sampler;
using engine::SamplingOptions;
using engine::TokenId;

/// Which tokens may be drawn, how often, and that a seed decides everything.
class TestSampler : public QObject {
    Q_OBJECT
private slots:
    void greedyTakesTheMostLikely_data();
    void greedyTakesTheMostLikely();
    void drawsOnlyAllowedTokens_data();
    void drawsOnlyAllowedTokens();
    void drawsByProbability_data();
    void drawsByProbability();
    void largeVocabulariesAreCutAlike_data();
    void largeVocabulariesAreCutAlike();
    void penalizesSeenTokens_data();
    void penalizesSeenTokens();
    void theDistributionIsWhatIsDrawn_data() { settings(); }
    void theDistributionIsWhatIsDrawn();
    void verifiedDraftsAreDistributedAsDraws_data();
    void verifiedDraftsAreDistributedAsDraws();
    void greedyVerifiesTheMostLikely();
    void aSeedDecidesTheSequence();
    void theStreamOfSeed42StaysAsItIs();
    void survivesLogitsThatAreNoNumbers_data();
    void survivesLogitsThatAreNoNumbers();
    void checksItsSettings_data();
    void checksItsSettings();

private:
    static void settings();
};

Q_DECLARE_METATYPE(SamplingOptions)

namespace {

constexpr float kInfinity = std::numeric_limits<float>::infinity();
constexpr float kNaN = std::numeric_limits<float>::quiet_NaN();

/// Temperature 1 and nothing cut off.
SamplingOptions open(std::uint64_t seed = 42) {
    SamplingOptions options;
    options.temperature = 1.0F;
    options.topP = 1.0F;
    options.seed = seed;
    return options;
}

QList<float> logsOf(const QList<double>& probabilities) {
    QList<float> logits;
    for (const double p : probabilities)
        logits << static_cast<float>(std::log(p));
    return logits;
}

std::span<const float> view(const QList<float>& values) {
    return {values.data(), static_cast<std::size_t>(values.size())};
}

/// How often each token came in `draws` draws.
std::map<int, int> countsOf(const SamplingOptions& options, std::span<const float> logits, int draws) {
    Sampler sampler(options);
    std::map<int, int> counts;
    for (int i = 0; i < draws; ++i)
        ++counts[engine::raw(sampler.pick(logits, {}))];
    return counts;
}

std::set<int> tokensOf(const std::map<int, int>& counts) {
    std::set<int> tokens;
    for (const auto& [token, count] : counts)
        tokens.insert(token);
    return tokens;
}

QString text(const std::set<int>& tokens) {
    QStringList list;
    for (const int token : tokens)
        list << QString::number(token);
    return list.join(' ');
}

}  // namespace

void TestSampler::greedyTakesTheMostLikely_data() {
    QTest::addColumn<QList<float>>("logits");
    QTest::addColumn<int>("token");
    QTest::newRow("one token") << QList<float>{-3.0F} << 0;
    QTest::newRow("last") << QList<float>{-1.0F, 0.0F, 5.0F} << 2;
    QTest::newRow("lowest id on a tie") << QList<float>{1.0F, 7.0F, 7.0F} << 1;
    QTest::newRow("all equal") << QList<float>{0.0F, 0.0F, 0.0F} << 0;
    QTest::newRow("impossible tokens") << QList<float>{-kInfinity, -kInfinity, -9.0F} << 2;
}

void TestSampler::greedyTakesTheMostLikely() {
    QFETCH(QList<float>, logits);
    auto options = open();
    options.temperature = 0.0F;
    QTEST(engine::raw(Sampler(options).pick(view(logits), {})), "token");
}

void TestSampler::drawsOnlyAllowedTokens_data() {
    QTest::addColumn<SamplingOptions>("options");
    QTest::addColumn<QString>("tokens");
    // Token 3 has probability 0.4, then 1: 0.3, 0: 0.2, 2: 0.1.
    const auto row = [](const char* name, const char* tokens,
                        const std::function<void(SamplingOptions&)>& change) {
        auto options = open();
        change(options);
        QTest::newRow(name) << options << QString(tokens);
    };
    row("everything", "0 1 2 3", [](auto&) {});
    row("top-k 1", "3", [](auto& o) { o.topK = 1; });
    row("top-k 2", "1 3", [](auto& o) { o.topK = 2; });
    row("top-k beyond the vocabulary", "0 1 2 3", [](auto& o) { o.topK = 100; });
    // The token that crosses the threshold is kept: a token goes when what precedes it already holds more
    // than top-p.
    row("top-p below the first", "3", [](auto& o) { o.topP = 0.3F; });
    row("top-p between the first and the second", "1 3", [](auto& o) { o.topP = 0.5F; });
    row("top-p between the second and the third", "0 1 3", [](auto& o) { o.topP = 0.75F; });
    row("top-p near 1", "0 1 2 3", [](auto& o) { o.topP = 0.95F; });
    row("min-p of half the best", "0 1 3", [](auto& o) { o.minP = 0.45F; });
    row("min-p of four fifths", "3", [](auto& o) { o.minP = 0.8F; });
    row("min-p 1 keeps the best", "3", [](auto& o) { o.minP = 1.0F; });
    row("the stricter of two", "1 3", [](auto& o) {
        o.topK = 2;
        o.topP = 0.95F;
    });
    row("top-p within top-k", "3", [](auto& o) {
        o.topK = 2;
        o.topP = 0.5F;
    });
    row("high temperature flattens", "0 1 2 3", [](auto& o) { o.temperature = 50.0F; });
    row("low temperature sharpens", "3", [](auto& o) { o.temperature = 0.01F; });
}

void TestSampler::drawsOnlyAllowedTokens() {
    QFETCH(SamplingOptions, options);
    const auto logits = logsOf({0.2, 0.3, 0.1, 0.4});
    QTEST(text(tokensOf(countsOf(options, view(logits), 2000))), "tokens");
}

void TestSampler::drawsByProbability_data() {
    QTest::addColumn<SamplingOptions>("options");
    QTest::addColumn<QList<double>>("expected");
    const auto row = [](const char* name, const QList<double>& expected,
                        const std::function<void(SamplingOptions&)>& change) {
        auto options = open(20240925);
        change(options);
        QTest::newRow(name) << options << expected;
    };
    row("as they are", {0.2, 0.3, 0.1, 0.4}, [](auto&) {});
    row("top-k renormalizes", {0.0, 3.0 / 7.0, 0.0, 4.0 / 7.0}, [](auto& o) { o.topK = 2; });
    row("top-p renormalizes", {2.0 / 9.0, 3.0 / 9.0, 0.0, 4.0 / 9.0}, [](auto& o) { o.topP = 0.75F; });
    row("min-p renormalizes", {2.0 / 9.0, 3.0 / 9.0, 0.0, 4.0 / 9.0}, [](auto& o) { o.minP = 0.45F; });
    // softmax(logits / 0.5) is proportional to the squares.
    row("temperature one half", {4.0 / 30.0, 9.0 / 30.0, 1.0 / 30.0, 16.0 / 30.0},
        [](auto& o) { o.temperature = 0.5F; });
}

void TestSampler::drawsByProbability() {
    QFETCH(SamplingOptions, options);
    QFETCH(QList<double>, expected);
    constexpr int kDraws = 40'000;
    const auto logits = logsOf({0.2, 0.3, 0.1, 0.4});
    auto counts = countsOf(options, view(logits), kDraws);
    double chiSquare = 0.0;
    for (int token = 0; token < 4; ++token) {
        const double wanted = expected[token] * kDraws;
        if (wanted == 0.0)
            QCOMPARE(counts[token], 0);
        else
            chiSquare += (counts[token] - wanted) * (counts[token] - wanted) / wanted;
    }
    // 99.9 % quantile for 3 degrees of freedom; with the fixed seed the outcome never changes.
    QVERIFY2(chiSquare < 16.27, qPrintable(QString("chi-square %1").arg(chiSquare)));
}

// More tokens than are sorted at first: the cut must not depend on how the sampler sorts.
void TestSampler::largeVocabulariesAreCutAlike_data() {
    QTest::addColumn<SamplingOptions>("options");
    QTest::addColumn<int>("allowed");
    const auto row = [](const char* name, int allowed, const std::function<void(SamplingOptions&)>& change) {
        auto options = open();
        change(options);
        QTest::newRow(name) << options << allowed;
    };
    // 4096 equal tokens: cumulative probability before token i is i / 4096.
    row("top-p one half", 2049, [](auto& o) { o.topP = 0.5F; });
    row("top-p 1/16", 257, [](auto& o) { o.topP = 0.0625F; });
    row("top-k 300", 300, [](auto& o) { o.topK = 300; });
    row("no limit", 4096, [](auto&) {});
}

void TestSampler::largeVocabulariesAreCutAlike() {
    QFETCH(SamplingOptions, options);
    QFETCH(int, allowed);
    const std::vector<float> logits(4096, 1.5F);
    const auto tokens = tokensOf(countsOf(options, logits, 3000));
    QVERIFY2(*tokens.rbegin() < allowed, qPrintable(QString("token %1 was drawn").arg(*tokens.rbegin())));
    QVERIFY2(*tokens.rbegin() >= allowed - 40,
             qPrintable(QString("token %1 was the last drawn").arg(*tokens.rbegin())));
}

void TestSampler::penalizesSeenTokens_data() {
    QTest::addColumn<QList<float>>("logits");
    QTest::addColumn<float>("penalty");
    QTest::addColumn<QList<int>>("history");
    QTest::addColumn<int>("token");
    const QList<float> positive{1.9F, 2.0F, 1.1F};
    QTest::newRow("off") << positive << 1.0F << QList<int>{1, 1, 1} << 1;
    QTest::newRow("a positive logit is divided") << positive << 1.5F << QList<int>{1} << 0;
    QTest::newRow("once, however often it was seen") << positive << 1.5F << QList<int>{1, 1, 1, 0, 0} << 1;
    QTest::newRow("a negative logit is multiplied")
        << QList<float>{-2.0F, -1.9F} << 1.5F << QList<int>{1} << 0;
    QTest::newRow("below 1 rewards") << positive << 0.5F << QList<int>{2} << 2;
    QTest::newRow("zero stays") << QList<float>{0.0F, -0.1F} << 2.0F << QList<int>{0, 0} << 0;
    QTest::newRow("ids outside the vocabulary") << positive << 1.5F << QList<int>{-1, 3, 1'000'000} << 1;
}

void TestSampler::penalizesSeenTokens() {
    QFETCH(QList<float>, logits);
    QFETCH(float, penalty);
    QFETCH(QList<int>, history);
    auto options = open();
    options.temperature = 0.0F;
    options.repetitionPenalty = penalty;
    std::vector<TokenId> seen;
    for (const int id : history)
        seen.push_back(TokenId{id});
    QTEST(engine::raw(Sampler(options).pick(view(logits), seen)), "token");
}

void TestSampler::settings() {
    QTest::addColumn<SamplingOptions>("options");
    const auto row = [](const char* name, const std::function<void(SamplingOptions&)>& change) {
        auto options = open(1234);
        change(options);
        QTest::newRow(name) << options;
    };
    row("open", [](auto&) {});
    row("cool", [](auto& o) { o.temperature = 0.5F; });
    row("hot", [](auto& o) { o.temperature = 2.0F; });
    row("top-k", [](auto& o) { o.topK = 4; });
    row("top-p", [](auto& o) { o.topP = 0.7F; });
    row("min-p", [](auto& o) { o.minP = 0.2F; });
    row("penalty", [](auto& o) { o.repetitionPenalty = 1.7F; });
    row("all", [](auto& o) {
        o.temperature = 0.8F;
        o.topK = 6;
        o.topP = 0.9F;
        o.minP = 0.05F;
        o.repetitionPenalty = 1.3F;
    });
}

namespace {

const QList<float> kTarget{1.1F, 0.3F, -0.4F, 1.6F, 0.9F, -1.2F, 0.0F, 0.6F};
const std::vector<TokenId> kSeen{TokenId{3}, TokenId{5}, TokenId{3}};

/// The definition of the settings, in double and by sorting everything: probabilities by token.
std::vector<double> exactDistribution(const SamplingOptions& o, const QList<float>& logits) {
    std::vector<double> scores(logits.begin(), logits.end());
    for (const int id : {3, 5}) {  // kSeen, each once
        auto& score = scores[static_cast<std::size_t>(id)];
        score = score > 0 ? score / double{o.repetitionPenalty} : score * double{o.repetitionPenalty};
    }
    std::vector<std::size_t> order(scores.size());
    std::iota(order.begin(), order.end(), std::size_t{0});
    std::stable_sort(order.begin(), order.end(),
                     [&](std::size_t a, std::size_t b) { return scores[a] > scores[b]; });
    if (o.topK > 0)
        order.resize(std::min(order.size(), static_cast<std::size_t>(o.topK)));
    const auto weight = [&](std::size_t id) { return std::exp(scores[id] / double{o.temperature}); };
    double total = 0.0;
    for (const auto id : order)
        total += weight(id);
    std::vector<double> result(scores.size());
    double before = 0.0;
    double kept = 0.0;
    for (const auto id : order) {
        if (before / total <= double{o.topP} && weight(id) >= double{o.minP} * weight(order[0])) {
            result[id] = weight(id);
            kept += weight(id);
        }
        before += weight(id);
    }
    for (double& p : result)
        p /= kept;
    return result;
}

constexpr int kDraws = 40'000;

/// Pearson's chi-square of counts against probabilities; the largest double where an impossible token came.
double chiSquare(const std::vector<int>& counts, const std::vector<double>& exact) {
    double sum = 0.0;
    for (std::size_t i = 0; i < exact.size(); ++i) {
        const double expected = exact[i] * kDraws;
        if (expected == 0.0 && counts[i] > 0)
            return std::numeric_limits<double>::max();
        if (expected > 0.0)
            sum += (counts[i] - expected) * (counts[i] - expected) / expected;
    }
    return sum;
}

/// What chi-square with 7 degrees of freedom exceeds once in 10000 times. The seeds are fixed: a row either
/// always passes or never.
constexpr double kRarely = 29.88;

}  // namespace

void TestSampler::theDistributionIsWhatIsDrawn() {
    QFETCH(SamplingOptions, options);
    Sampler sampler(options);
    const auto exact = exactDistribution(options, kTarget);
    const auto distribution = sampler.distribution(view(kTarget), kSeen);
    QCOMPARE(distribution.ids.size(), distribution.weights.size());
    std::vector<double> shares(exact.size());
    for (std::size_t i = 0; i < distribution.ids.size(); ++i)
        shares[static_cast<std::size_t>(distribution.ids[i])] = distribution.weights[i] / distribution.total;
    for (std::size_t i = 0; i < exact.size(); ++i)
        QVERIFY2(std::fabs(shares[i] - exact[i]) < 1e-6,
                 qPrintable(QString("token %1: %2 instead of %3").arg(i).arg(shares[i]).arg(exact[i])));
    std::vector<int> counts(exact.size());
    for (int i = 0; i < kDraws; ++i)
        ++counts[static_cast<std::size_t>(engine::raw(sampler.pick(view(kTarget), kSeen)))];
    const double distance = chiSquare(counts, exact);
    QVERIFY2(distance < kRarely, qPrintable(QString::number(distance)));
}

void TestSampler::verifiedDraftsAreDistributedAsDraws_data() {
    QTest::addColumn<SamplingOptions>("options");
    QTest::addColumn<QList<float>>("draft");
    QTest::addColumn<double>("acceptance");  // 1 - total variation distance; -1: computed by the test
    const auto narrow = [] {
        auto options = open(77);
        options.temperature = 0.8F;
        options.topK = 5;
        options.topP = 0.9F;
        options.repetitionPenalty = 1.3F;
        return options;
    }();
    QTest::newRow("the same model") << open(5) << kTarget << 1.0;
    QTest::newRow("another model") << open(6)
                                   << QList<float>{0.2F, 0.9F, -0.1F, 0.5F, 1.9F, -0.3F, 0.4F, -2.0F} << -1.0;
    QTest::newRow("a sure model that is wrong")
        << open(7) << QList<float>{-9.0F, -9.0F, 9.0F, -9.0F, -9.0F, -9.0F, -9.0F, -9.0F} << -1.0;
    QTest::newRow("cut differently") << narrow
                                     << QList<float>{0.2F, 0.9F, -0.1F, 0.5F, 1.9F, -0.3F, 0.4F, 0.0F}
                                     << -1.0;
    QTest::newRow("nothing in common")
        << narrow << QList<float>{-9.0F, -9.0F, -9.0F, -9.0F, -9.0F, 9.0F, -9.0F, -9.0F} << 0.0;
}

void TestSampler::verifiedDraftsAreDistributedAsDraws() {
    QFETCH(SamplingOptions, options);
    QFETCH(QList<float>, draft);
    QFETCH(double, acceptance);
    auto draftOptions = options;
    draftOptions.seed += 1000;
    Sampler drafter(draftOptions);
    Sampler sampler(options);
    const auto exact = exactDistribution(options, kTarget);
    const auto guessed = exactDistribution(options, draft);
    double expected = 0.0;  // Leviathan et al. 2023, theorem 3.5: sum of min(p, q)
    for (std::size_t i = 0; i < exact.size(); ++i)
        expected += std::min(exact[i], guessed[i]);
    if (acceptance >= 0.0)
        QVERIFY(std::fabs(expected - acceptance) < 1e-3);
    std::vector<int> counts(exact.size());
    int accepted = 0;
    for (int i = 0; i < kDraws; ++i) {
        const auto from = drafter.distribution(view(draft), kSeen);
        const auto guess = drafter.draw(from);
        const auto token = sampler.verify(view(kTarget), kSeen, guess, from);
        ++counts[static_cast<std::size_t>(engine::raw(token))];
        accepted += token == guess ? 1 : 0;
    }
    const double distance = chiSquare(counts, exact);
    QVERIFY2(distance < kRarely, qPrintable(QString::number(distance)));
    const double share = static_cast<double>(accepted) / kDraws;
    // Five standard deviations of a share of this many draws.
    QVERIFY2(std::fabs(share - expected) < 5.0 * 0.5 / std::sqrt(double{kDraws}),
             qPrintable(QString("%1 accepted, %2 expected").arg(share).arg(expected)));
}

void TestSampler::greedyVerifiesTheMostLikely() {
    auto options = open();
    options.temperature = 0.0F;
    Sampler sampler(options);
    const engine::TokenDistribution anything{{2, 4}, {1.0, 3.0}, 4.0};
    QCOMPARE(engine::raw(sampler.verify(view(kTarget), {}, TokenId{2}, anything)), 3);
    QCOMPARE(engine::raw(sampler.verify(view(kTarget), {}, TokenId{3}, {{3}, {1.0}, 1.0})), 3);
}

void TestSampler::aSeedDecidesTheSequence() {
    const std::vector<float> logits(1000, 0.0F);
    const auto sequence = [&](std::uint64_t seed) {
        Sampler sampler(open(seed));
        std::vector<int> ids;
        for (int i = 0; i < 50; ++i)
            ids.push_back(engine::raw(sampler.pick(logits, {})));
        return ids;
    };
    QCOMPARE(sequence(1), sequence(1));
    QVERIFY(sequence(1) != sequence(2));
    QVERIFY(sequence(0) != sequence(1));
}

// Stored runs are repeated by their seed, so the stream may never change. SplitMix64 of 42 begins
// 0xbdd732262feb6e95.
void TestSampler::theStreamOfSeed42StaysAsItIs() {
    const std::vector<float> logits(1024, 0.0F);
    Sampler sampler(open(42));
    QCOMPARE(engine::raw(sampler.pick(logits, {})), static_cast<int>(0xbdd732262feb6e95ULL >> 54));
}

void TestSampler::survivesLogitsThatAreNoNumbers_data() {
    QTest::addColumn<QList<float>>("logits");
    QTest::newRow("NaN first") << QList<float>{kNaN, 1.0F, 2.0F};
    QTest::newRow("NaN in the middle") << QList<float>{1.0F, kNaN, 2.0F};
    QTest::newRow("only NaN") << QList<float>{kNaN, kNaN, kNaN};
    QTest::newRow("infinite") << QList<float>{0.0F, kInfinity, 0.0F};
    QTest::newRow("two infinite") << QList<float>{kInfinity, kInfinity, 0.0F};
    QTest::newRow("all impossible") << QList<float>{-kInfinity, -kInfinity, -kInfinity};
}

void TestSampler::survivesLogitsThatAreNoNumbers() {
    QFETCH(QList<float>, logits);
    auto narrow = open();
    narrow.topP = 0.9F;
    narrow.minP = 0.1F;
    narrow.topK = 2;
    auto greedy = open();
    greedy.temperature = 0.0F;
    for (const auto& options : {open(), narrow, greedy})
        for (const auto& [token, count] : countsOf(options, view(logits), 20))
            QVERIFY2(token >= 0 && token < logits.size(), qPrintable(QString::number(token)));
}

void TestSampler::checksItsSettings_data() {
    QTest::addColumn<SamplingOptions>("options");
    QTest::addColumn<QString>("names");
    const auto row = [](const char* name, const char* names,
                        const std::function<void(SamplingOptions&)>& change) {
        SamplingOptions options;
        change(options);
        QTest::newRow(name) << options << QString(names);
    };
    row("defaults", "", [](auto&) {});
    row("greedy", "", [](auto& o) { o.temperature = 0.0F; });
    row("negative temperature", "temperature", [](auto& o) { o.temperature = -0.1F; });
    row("temperature NaN", "temperature", [](auto& o) { o.temperature = kNaN; });
    row("temperature infinite", "temperature", [](auto& o) { o.temperature = kInfinity; });
    row("top-p 0", "top-p", [](auto& o) { o.topP = 0.0F; });
    row("top-p above 1", "top-p", [](auto& o) { o.topP = 1.1F; });
    row("top-p NaN", "top-p", [](auto& o) { o.topP = kNaN; });
    row("negative top-k", "top-k", [](auto& o) { o.topK = -1; });
    row("min-p above 1", "min-p", [](auto& o) { o.minP = 1.5F; });
    row("min-p NaN", "min-p", [](auto& o) { o.minP = kNaN; });
    row("penalty 0", "repetition penalty", [](auto& o) { o.repetitionPenalty = 0.0F; });
    row("penalty negative", "repetition penalty", [](auto& o) { o.repetitionPenalty = -1.0F; });
    row("penalty NaN", "repetition penalty", [](auto& o) { o.repetitionPenalty = kNaN; });
}

void TestSampler::checksItsSettings() {
    QFETCH(SamplingOptions, options);
    QFETCH(QString, names);
    const auto valid = engine::validate(options);
    QCOMPARE(valid.has_value(), names.isEmpty());
    if (!valid) {
        QCOMPARE(valid.error().code, engine::ErrorCode::invalidInput);
        QVERIFY2(QString::fromStdString(valid.error().message).startsWith(names),
                 valid.error().message.c_str());
    }
}

QTEST_GUILESS_MAIN(TestSampler)
#include "tst_sampler.moc"
