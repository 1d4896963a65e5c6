#include <QTemporaryDir>
#include <QtTest>
#include <cmath>

#include "engine/generate/local_model.h"
#include "engine/model/weights_size.h"
#include "engine/quantize/estimate.h"
#include "engine/quantize/quantize.h"
#include "tests/engine/vision/read_image.h"
#include "tests/support/fixtures.h"

using namespace engine;
namespace fs = std::filesystem;

/// Variants of a small vision model: the language part in the family's scheme, the eyes in BF16 or in 8 bit.
class TestVisionVariant : public QObject {
    Q_OBJECT
private slots:
    void initTestCase();
    void eyesStayAsTheyWere();
    void eyesInEightBitsSeeTheSame();
    void memoryIsForetold_data();
    void memoryIsForetold();
    void whatCannotBeMadeIsSaidBefore_data();
    void whatCannotBeMadeIsSaidBefore();

private:
    fs::path at(const std::string& name) const { return fs::path(folder_.path().toStdString()) / name; }
    QTemporaryDir folder_;
};

namespace {

constexpr std::int32_t kImageToken = 512;

std::string source() {
    return testsupport::dataPath("golden/vision/meta").string();
}

QuantizeRequest requestFor(const std::string& policy, const fs::path& out) {
    QuantizeRequest request;
    request.model = source();
    request.policy = policy;
    request.out = out;
    request.threads = 2;
    request.evaluate = false;
    return request;
}

/// Log probabilities of every token after two pictures and some words, a row each.
std::vector<std::vector<double>> seenBy(const fs::path& model, const std::string& activations) {
    LoadRequest load;
    load.model = model.string();
    load.threads = 2;
    load.activations = activations;
    const auto loaded = LocalModel::load(load);
    if (!loaded)
        qFatal("%s", loaded.error().message.c_str());
    std::vector<TokenId> tokens;
    for (const int id : {1, 70, kImageToken, 45, 33, 80, kImageToken, 12, 99, 41, 7, 64, 203, 18})
        tokens.push_back(TokenId{id});
    for (const char* name : {"wide", "square"}) {
        auto tiled = tileImage(testsupport::readImage(testsupport::dataPath("golden/vision/images/" +
                                                                            std::string(name) + ".png")),
                               *(*loaded)->model().config().vision);
        if (!tiled || !(*loaded)->session().show(std::make_shared<const TiledImage>(std::move(*tiled))))
            qFatal("the picture is not seen");
    }
    std::vector<std::vector<double>> rows;
    const auto append = [&](std::int64_t, std::span<const float> logits) {
        const auto count = static_cast<std::ptrdiff_t>((*loaded)->model().config().vocabSize);
        for (auto at = logits.begin(); at != logits.end(); at += count) {
            const double top = *std::max_element(at, at + count);
            double sum = 0.0;
            for (auto x = at; x != at + count; ++x)
                sum += std::exp(double{*x} - top);
            rows.emplace_back();
            for (auto x = at; x != at + count; ++x)
                rows.back().push_back(double{*x} - top - std::log(sum));
        }
    };
    if (const auto done = (*loaded)->session().forwardAll(tokens, append); !done)
        qFatal("%s", done.error().message.c_str());
    return rows;
}

struct Distance {
    double kl = 0.0;
    double top1 = 0.0;
};

/// KL(reference || other), mean over rows, and the share of equal most likely tokens.
Distance distance(const std::vector<std::vector<double>>& reference,
                  const std::vector<std::vector<double>>& other) {
    Distance result;
    for (std::size_t row = 0; row < reference.size(); ++row) {
        for (std::size_t i = 0; i < reference[row].size(); ++i)
            result.kl += std::exp(reference[row][i]) * (reference[row][i] - other[row][i]);
        const auto top = [](const std::vector<double>& p) {
            return std::max_element(p.begin(), p.end()) - p.begin();
        };
        result.top1 += top(reference[row]) == top(other[row]);
    }
    result.kl /= static_cast<double>(reference.size());
    result.top1 /= static_cast<double>(reference.size());
    return result;
}

}  // namespace

void TestVisionVariant::initTestCase() {
    for (const char* policy : {"rtn-family", "rtn-family-vision8"}) {
        const auto made = quantizeModel(requestFor(policy, at(policy)));
        QVERIFY2(made, made ? "" : made.error().message.c_str());
    }
}

void TestVisionVariant::eyesStayAsTheyWere() {
    const auto before = Checkpoint::open(source());
    const auto after = Checkpoint::open(at("rtn-family").string());
    QVERIFY2(after, after ? "" : after.error().message.c_str());
    QVERIFY((*after)->config.vision == (*before)->config.vision);
    QCOMPARE((*after)->schemeOf("layers.0.attention.wq.weight"), std::string("int4_g32"));
    int eyes = 0;
    for (const auto& [name, tensor] : (*before)->tensors)
        if (name.starts_with("vision_model.") || name.starts_with("cross_attention_layers.")) {
            ++eyes;
            const auto* kept = (*after)->find(name);
            QVERIFY2(kept != nullptr && kept->type == DType::bf16, name.c_str());
            const auto a = toFloats(tensor);
            const auto b = toFloats(*kept);
            QCOMPARE(a.size(), b.size());
            for (std::size_t i = 0; i < a.size(); ++i)
                QVERIFY(std::abs(a[i] - b[i]) <= 0x1p-8F * std::abs(a[i]));
        }
    QVERIFY(eyes > 40);
}

void TestVisionVariant::eyesInEightBitsSeeTheSame() {
    const auto variant = Checkpoint::open(at("rtn-family-vision8").string());
    QVERIFY2(variant, variant ? "" : variant.error().message.c_str());
    QCOMPARE((*variant)->schemeOf("vision_model.vision_projection.weight"), std::string("int8_channel"));
    QCOMPARE((*variant)->schemeOf("cross_attention_layers.1.feed_forward.w2.weight"),
             std::string("int8_channel"));
    const auto original = seenBy(source(), "bf16");
    const auto plain = seenBy(at("rtn-family"), "bf16");
    const auto eight = seenBy(at("rtn-family-vision8"), "bf16");
    const auto eyes = distance(plain, eight);
    const auto language = distance(original, plain);
    const auto both = distance(original, eight);
    qInfo("KL of 8-bit eyes %.6f (top 1 %.0f %%), of the language part %.6f, of both %.6f (top 1 %.0f %%)",
          eyes.kl, 100.0 * eyes.top1, language.kl, both.kl, 100.0 * both.top1);
    QVERIFY(eyes.kl > 0.0);  // they do take part
    QVERIFY(eyes.kl < 0.002 && eyes.kl < language.kl);
    QVERIFY(eyes.top1 >= 0.9);
    // In floating point the stored weights alone count.
    QVERIFY(distance(seenBy(at("rtn-family"), "f32"), seenBy(at("rtn-family-vision8"), "f32")).kl < 0.002);
}

void TestVisionVariant::memoryIsForetold_data() {
    QTest::addColumn<QString>("policy");
    QTest::newRow("BF16 eyes") << "rtn-family";
    QTest::newRow("8-bit eyes") << "rtn-family-vision8";
}

void TestVisionVariant::memoryIsForetold() {
    QFETCH(QString, policy);
    const auto path = at(policy.toStdString());
    LoadRequest load;
    load.model = path.string();
    load.threads = 1;
    const auto loaded = LocalModel::load(load);
    QVERIFY2(loaded, loaded ? "" : loaded.error().message.c_str());
    const auto size = weightsSize((*loaded)->model().checkpoint(), (*loaded)->model().plan(), {});
    QVERIFY(size);
    QCOMPARE((*loaded)->model().weightsBytes(), *size);
    // Of the file: what the job says beforehand, norms and gates (2 or 4 bytes each) aside.
    const auto estimate = estimateQuantize(requestFor(policy.toStdString(), at("none")));
    QVERIFY2(estimate, estimate ? "" : estimate.error().message.c_str());
    std::int64_t stored = 0;
    const bool tied =
        (*Checkpoint::open(source()))->config.tiedEmbeddings;  // then the head is the table again
    for (const auto& [name, tensor] : (*loaded)->model().checkpoint().tensors)
        stored += tied && name.starts_with("output.") ? 0 : static_cast<std::int64_t>(tensor.bytes());
    QVERIFY2(std::abs(double(estimate->weightsBytes) / double(stored) - 1.0) < 0.02,
             qPrintable(QStringLiteral("%1 foretold, %2").arg(estimate->weightsBytes).arg(stored)));
}

void TestVisionVariant::whatCannotBeMadeIsSaidBefore_data() {
    QTest::addColumn<QString>("policy");
    QTest::addColumn<QString>("expected");
    QTest::newRow("layout") << "rtn-int4"
                            << "--format meta";
    QTest::newRow("rotation") << "spinquant"
                              << "not rotated";
}

void TestVisionVariant::whatCannotBeMadeIsSaidBefore() {
    QFETCH(QString, policy);
    QFETCH(QString, expected);
    const auto made = quantizeModel(requestFor(policy.toStdString(), at("refused")));
    QVERIFY(!made);
    QVERIFY2(QString::fromStdString(made.error().message).contains(expected), made.error().message.c_str());
    QVERIFY(!fs::exists(at("refused")));
}

QTEST_GUILESS_MAIN(TestVisionVariant)
#include "tst_vision_variant.moc"
