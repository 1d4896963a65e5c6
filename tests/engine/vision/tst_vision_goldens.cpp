// The vision model against what the family's reference code computed (tests/data/golden/README.md): tokens of
// the image encoder and logits, in Meta's and Hugging Face's layout, at every kernel level.
#include <QTest>
#include <fstream>
#include <nlohmann/json.hpp>

#include "engine/base/npy.h"
#include "engine/generate/local_model.h"
#include "engine/vision/image_encoder.h"
#include "tests/engine/vision/read_image.h"
#include "tests/support/compare_tensors.h"
#include "tests/support/fixtures.h"

using namespace engine;

namespace {

const std::string kFolder = "golden/vision/";
constexpr std::int32_t kImageToken = 512;
constexpr const char* kCases[] = {"wide_first",      "square_middle",    "two_images",
                                  "adjacent_images", "one_tile_resized", "text_only"};

nlohmann::json readJson(const char* file) {
    std::ifstream in(testsupport::dataPath(kFolder + "golden/" + file));
    return nlohmann::json::parse(in);
}

std::vector<TokenId> tokensOf(const nlohmann::json& ids) {
    std::vector<TokenId> tokens;
    for (const auto& id : ids)
        tokens.push_back(TokenId{id.get<std::int32_t>()});
    return tokens;
}

std::unique_ptr<LocalModel> load(const std::string& layout, const std::string& kernels, bool exact) {
    LoadRequest request;
    request.model = testsupport::dataPath(kFolder + layout).string();
    request.kernels = kernels;
    request.threads = 2;
    if (exact) {
        request.kv = "f32";
        request.activations = "f32";
    }
    auto model = LocalModel::load(request);
    if (!model)
        qWarning("%s", model.error().message.c_str());
    return model ? std::move(*model) : nullptr;
}

std::shared_ptr<const TiledImage> imageNamed(const std::string& name, const LocalModel& model) {
    auto tiled = tileImage(testsupport::readImage(testsupport::dataPath(kFolder + "images/" + name + ".png")),
                           *model.model().config().vision);
    return tiled ? std::make_shared<const TiledImage>(std::move(*tiled)) : nullptr;
}

Result<void> showAll(Session& session, const nlohmann::json& names, const LocalModel& model) {
    for (const auto& name : names)
        if (auto ok = session.show(imageNamed(name.get<std::string>(), model)); !ok)
            return ok;
    return {};
}

/// `whole` tokens at once, then one by one.
Result<std::vector<float>> feed(Session& session, std::span<const TokenId> tokens, std::size_t whole) {
    std::vector<float> rows;
    const auto append = [&](std::int64_t, std::span<const float> logits) {
        rows.insert(rows.end(), logits.begin(), logits.end());
    };
    if (whole > 0)
        if (auto done = session.forwardAll(tokens.first(whole), append); !done)
            return done.error();
    for (const auto token : tokens.subspan(whole)) {
        auto logits = session.decode(token);
        if (!logits)
            return logits.error();
        append(0, *logits);
    }
    return rows;
}

NpyArray goldenArray(const std::string& name) {
    return readNpy(testsupport::dataPath(kFolder + "golden/" + name + ".npy")).value_or(NpyArray{});
}

}  // namespace

class TestVisionGoldens : public QObject {
    Q_OBJECT

private slots:
    void visionTokens_data();
    void visionTokens();
    void exactLogits_data();
    void exactLogits();
    void fastLogits_data();
    void fastLogits();
    void greedyTokens();
    void imagesAreEncodedOnce();
    void tokensWithoutImagesAreRefused();
    void textEqualsTheTextModel();
    void cancellingStopsEncoding();
};

void TestVisionGoldens::visionTokens_data() {
    QTest::addColumn<std::string>("layout");
    QTest::addColumn<std::string>("golden");
    for (const char* layout : {"meta", "hf"})
        for (const char* golden : kCases)
            if (golden != std::string("text_only"))
                QTest::addRow("%s %s", layout, golden) << std::string(layout) << std::string(golden);
}

void TestVisionGoldens::visionTokens() {
    QFETCH(std::string, layout);
    QFETCH(std::string, golden);
    const auto model = load(layout, "auto", true);
    QVERIFY(model);
    const auto names = readJson("golden.json").at("results").at(golden).at("images");
    const auto expected = goldenArray("vision_tokens_" + golden);
    QCOMPARE(expected.shape.size(), std::size_t{4});
    const auto perImage = expected.data.size() / names.size();
    auto team = ThreadTeam::create(2);
    QVERIFY(team);
    const ImageEncoder encoder(model->model(), **team);
    for (std::size_t i = 0; i < names.size(); ++i) {
        const auto tokens = encoder.encode(*imageNamed(names[i].get<std::string>(), *model));
        QVERIFY(tokens);
        // Absent tiles are not seen by anybody and not computed to their end.
        QVERIFY(tokens->size() <= perImage);
        const std::vector<float> present(
            expected.data.begin() + static_cast<std::ptrdiff_t>(i * perImage),
            expected.data.begin() + static_cast<std::ptrdiff_t>(i * perImage + tokens->size()));
        COMPARE_TENSORS(*tokens, present, 1e-4);
    }
}

void TestVisionGoldens::exactLogits_data() {
    QTest::addColumn<std::string>("layout");
    QTest::addColumn<std::string>("golden");
    QTest::addColumn<std::string>("kernels");
    QTest::addColumn<int>("whole");
    for (const char* layout : {"meta", "hf"})
        for (const char* golden : kCases)
            for (const auto level : kernelLevels())
                for (const int whole : {100, 50, 0})
                    if (KernelPlan::make(level, true))
                        QTest::addRow("%s %s %s %d %%", layout, golden, std::string(level).c_str(), whole)
                            << std::string(layout) << std::string(golden) << std::string(level) << whole;
}

void TestVisionGoldens::exactLogits() {
    QFETCH(std::string, layout);
    QFETCH(std::string, golden);
    QFETCH(std::string, kernels);
    QFETCH(int, whole);
    const auto model = load(layout, kernels, true);
    QVERIFY(model);
    const auto result = readJson("golden.json").at("results").at(golden);
    const auto tokens = tokensOf(result.at("tokens"));
    auto& session = model->session();
    QVERIFY(showAll(session, result.at("images"), *model));
    const auto logits = feed(session, tokens, tokens.size() * static_cast<std::size_t>(whole) / 100);
    QVERIFY2(logits, logits ? "" : logits.error().message.c_str());
    COMPARE_TENSORS(*logits, goldenArray("logits_" + golden).data, 1e-4);
}

void TestVisionGoldens::fastLogits_data() {
    QTest::addColumn<std::string>("golden");
    QTest::addColumn<std::string>("kernels");
    for (const char* golden : kCases)
        for (const auto level : kernelLevels())
            if (KernelPlan::make(level, false))
                QTest::addRow("%s %s", golden, std::string(level).c_str())
                    << std::string(golden) << std::string(level);
}

void TestVisionGoldens::fastLogits() {
    QFETCH(std::string, golden);
    QFETCH(std::string, kernels);
    const auto model = load("meta", kernels, false);
    QVERIFY(model);
    const auto result = readJson("golden.json").at("results").at(golden);
    QVERIFY(showAll(model->session(), result.at("images"), *model));
    const auto tokens = tokensOf(result.at("tokens"));
    const auto logits = feed(model->session(), tokens, tokens.size());
    QVERIFY(logits);
    const auto expected = goldenArray("logits_" + golden).data;
    COMPARE_TENSORS(*logits, expected, 0.4);
    QVERIFY(testsupport::meanDifference(*logits, expected) <= 0.04);
}

void TestVisionGoldens::greedyTokens() {
    const auto model = load("meta", "auto", true);
    QVERIFY(model);
    auto& session = model->session();
    const auto goldens = readJson("greedy.json");
    for (const auto& [name, golden] : goldens.items()) {
        session.rewind(0);
        QVERIFY(showAll(session, golden.at("images"), *model));
        auto logits = session.prefill(tokensOf(golden.at("prompt")));
        QVERIFY(logits);
        for (const auto expected : tokensOf(golden.at("generated"))) {
            const auto best = std::max_element(logits->begin(), logits->end()) - logits->begin();
            QCOMPARE(static_cast<int>(best), raw(expected));
            logits = session.decode(expected);
            QVERIFY(logits);
        }
    }
}

void TestVisionGoldens::imagesAreEncodedOnce() {
    const auto model = load("meta", "auto", true);
    QVERIFY(model);
    auto& session = model->session();
    const auto result = readJson("golden.json").at("results").at("two_images");
    const auto tokens = tokensOf(result.at("tokens"));
    QVERIFY(showAll(session, result.at("images"), *model));
    const auto first = feed(session, tokens, tokens.size());
    QVERIFY(first);
    QCOMPARE(session.encodings(), std::int64_t{2});
    QCOMPARE(session.images().size(), std::size_t{2});
    QCOMPARE(session.images()[1].position, std::int64_t{6});
    QVERIFY(session.kvBytes() > session.imageBytes() && session.imageBytes() > 0);
    // Back to between the images: the first stays, the second is not encoded again.
    session.rewind(4);
    QCOMPARE(session.images().size(), std::size_t{1});
    QVERIFY(session.show(imageNamed("tall", *model)));
    const auto rest = feed(session, std::span(tokens).subspan(4), tokens.size() - 4);
    QVERIFY(rest);
    QCOMPARE(session.encodings(), std::int64_t{2});
    const auto vocab = first->size() / tokens.size();
    COMPARE_TENSORS(*rest,
                    std::vector<float>(first->begin() + static_cast<std::ptrdiff_t>(4 * vocab), first->end()),
                    1e-5);
}

void TestVisionGoldens::tokensWithoutImagesAreRefused() {
    const auto model = load("meta", "auto", false);
    QVERIFY(model);
    const std::vector<TokenId> tokens{TokenId{256}, TokenId{kImageToken}};
    const auto logits = model->session().prefill(tokens);
    QVERIFY(!logits);
    QCOMPARE(logits.error().code, ErrorCode::invalidInput);
    QVERIFY(logits.error().message.find("image") != std::string::npos);
    QCOMPARE(model->session().position(), std::int64_t{0});
    TiledImage other{1, 1, 14, std::vector<std::uint8_t>(3 * 14 * 14)};
    QVERIFY(!model->session().show(std::make_shared<const TiledImage>(other)));
}

// Bit for bit: the same weights without their vision part, and a dialog that had an image before.
void TestVisionGoldens::textEqualsTheTextModel() {
    const auto model = load("meta", "auto", false);
    QVERIFY(model);
    const auto tokens = tokensOf(readJson("golden.json").at("results").at("text_only").at("tokens"));
    const auto seeing = feed(model->session(), tokens, tokens.size());
    QVERIFY(seeing);
    auto checkpoint = std::make_shared<Checkpoint>(model->model().checkpoint());
    checkpoint->config.vision.reset();
    auto team = ThreadTeam::create(2);
    QVERIFY(team);
    auto blind = Model::load(checkpoint, *KernelPlan::make("auto", false), {}, **team);
    QVERIFY(blind);
    auto session = Session::create(*blind, {}, **team);
    QVERIFY(session);
    const auto text = feed(**session, tokens, tokens.size());
    QVERIFY(text);
    QVERIFY(*text == *seeing);
    const auto refused = (*session)->show(imageNamed("wide", *model));
    QVERIFY(!refused);
    QCOMPARE(refused.error().code, ErrorCode::unsupported);
}

void TestVisionGoldens::cancellingStopsEncoding() {
    const auto model = load("meta", "auto", false);
    QVERIFY(model);
    std::stop_source stop;
    stop.request_stop();
    const auto shown = model->session().show(imageNamed("wide", *model), stop.get_token());
    QVERIFY(!shown);
    QCOMPARE(shown.error().code, ErrorCode::cancelled);
    QCOMPARE(model->session().encodings(), std::int64_t{0});
}

QTEST_APPLESS_MAIN(TestVisionGoldens)
#include "tst_vision_goldens.moc"
