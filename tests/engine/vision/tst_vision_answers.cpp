// What is built on the vision model: prompts with images, conversations, worker processes, comparisons, image
// questions and the estimate of memory.
#include <QTemporaryDir>
#include <QtTest>
#include <cmath>
#include <fstream>
#include <nlohmann/json.hpp>

#include "engine/catalog/memory_fit.h"
#include "engine/compare/comparison.h"
#include "engine/compare/comparison_history.h"
#include "engine/evaluate/choices.h"
#include "engine/evaluate/divergence.h"
#include "engine/generate/image_context.h"
#include "engine/generate/local_model.h"
#include "engine/vision/image_encoder.h"
#include "tests/engine/vision/read_image.h"
#include "tests/support/fixtures.h"

using namespace engine;

namespace {

std::string modelPath(const char* layout = "meta") {
    return testsupport::dataPath(std::string("golden/vision/") + layout).string();
}

std::filesystem::path imagePath(const std::string& name) {
    return testsupport::dataPath("golden/vision/images/" + name + ".png");
}

std::shared_ptr<const RgbImage> imageNamed(const std::string& name) {
    return std::make_shared<const RgbImage>(testsupport::readImage(imagePath(name)));
}

LoadRequest exact(const std::string& model) {
    LoadRequest request;
    request.model = model;
    request.threads = 2;
    request.kv = "f32";
    request.activations = "f32";
    return request;
}

std::unique_ptr<LocalModel> load(const LoadRequest& request) {
    auto model = LocalModel::load(request);
    if (!model)
        qFatal("%s", model.error().message.c_str());
    return std::move(*model);
}

GenerationRequest ask(std::vector<Message> messages) {
    GenerationRequest request;
    request.messages = std::move(messages);
    request.style = PromptStyle::dialog;
    request.sampling.temperature = 0.0F;
    request.maxTokens = 6;
    request.ignoreStopTokens = true;
    return request;
}

}  // namespace

class TestVisionAnswers : public QObject {
    Q_OBJECT
private slots:
    void imagesStandBeforeTheirText();
    void aConversationEncodesEachImageOnce();
    void theModelLooksAtTheImage();
    void toolsAndImagesAreRefusedTogether();
    void textModelsRefuseImages();
    void workersTellWhatTheySee();
    void comparisonsScoreWithTheImage();
    void imageQuestionsAreThoseOfSingleTokens();
    void imageFilesAreBelowTheirFolder_data();
    void imageFilesAreBelowTheirFolder();
    void memoryIsForetold();

private:
    QTemporaryDir folder_;
};

void TestVisionAnswers::imagesStandBeforeTheirText() {
    const auto model = load(exact(modelPath()));
    const auto& tokenizer = *model->tokenizer();
    const auto image = imageNamed("wide");
    const auto prompt = model->generator()->render(
        ask({{Role::user, "one", {image, image}}, {Role::assistant, "yes"}, {Role::user, "two", {image}}}));
    QVERIFY2(prompt, prompt ? "" : prompt.error().message.c_str());
    // llama-models' chat format: header, images, text, end of turn.
    std::vector<TokenId> expected;
    const TokenId imageToken{512};
    const auto special = [&](const char* name) { expected.push_back(*tokenizer.special(name)); };
    const auto text = [&](const char* words) {
        const auto ids = tokenizer.encode(words);
        expected.insert(expected.end(), ids.begin(), ids.end());
    };
    const auto header = [&](const char* role) {
        special("<|start_header_id|>");
        text(role);
        special("<|end_header_id|>");
        text("\n\n");
    };
    special("<|begin_of_text|>");
    header("user");
    expected.insert(expected.end(), 2, imageToken);
    text("one");
    special("<|eot_id|>");
    header("assistant");
    text("yes");
    special("<|eot_id|>");
    header("user");
    expected.push_back(imageToken);
    text("two");
    special("<|eot_id|>");
    header("assistant");
    QCOMPARE(prompt->tokens, expected);
    QVERIFY(prompt->text.find("<|image|><|image|>one") != std::string::npos);
}

void TestVisionAnswers::aConversationEncodesEachImageOnce() {
    const auto model = load(exact(modelPath()));
    auto& generator = *model->generator();
    const Message first{Role::user, "What is this?", {imageNamed("wide")}};
    const auto one = generator.run(ask({first}), {});
    QVERIFY2(one, one ? "" : one.error().message.c_str());
    QVERIFY(one->metrics.imageEncodeMs && one->metrics.ttftMs);
    QVERIFY(*one->metrics.imageEncodeMs <= *one->metrics.ttftMs);
    QCOMPARE(model->session().encodings(), std::int64_t{1});

    const Message answer{Role::assistant, one->text};
    const Message second{Role::user, "And this?", {imageNamed("tall")}};
    const auto two = generator.run(ask({first, answer, second}), {});
    QVERIFY(two);
    QCOMPARE(model->session().encodings(), std::int64_t{2});
    QCOMPARE(model->session().images().size(), std::size_t{2});
    // Answered again, and as a fresh model answers it.
    const auto again = generator.run(ask({first, answer, second}), {});
    QVERIFY(again);
    QCOMPARE(model->session().encodings(), std::int64_t{2});
    QCOMPARE(again->tokens, two->tokens);
    const auto fresh = load(exact(modelPath()));
    QCOMPARE(fresh->generator()->run(ask({first, answer, second}), {})->tokens, two->tokens);
    // A text turn has no images to encode.
    const auto words = generator.run(ask({{Role::user, "Hello"}}), {});
    QVERIFY(words && !words->metrics.imageEncodeMs);
}

/// Another image gives other logits: the prompt's tokens are the same.
void TestVisionAnswers::theModelLooksAtTheImage() {
    const auto model = load(exact(modelPath()));
    const auto asked = [&](const char* image) {
        return ask({{Role::user, "What is this?", {imageNamed(image)}}});
    };
    QCOMPARE(model->generator()->render(asked("wide"))->tokens,
             model->generator()->render(asked("tall"))->tokens);
    std::vector<std::vector<float>> rows;
    for (const char* name : {"wide", "tall", "wide"}) {
        const auto prompt = model->generator()->render(asked(name));
        const auto tiled = tileImages({imageNamed(name)}, model->model().config());
        QVERIFY(prompt && tiled);
        model->session().rewind(0);
        QVERIFY(showMissing(model->session(), *tiled, {}));
        const auto logits = model->session().prefill(prompt->tokens);
        QVERIFY(logits);
        rows.emplace_back(logits->begin(), logits->end());
    }
    QVERIFY(rows[0] != rows[1]);
    QCOMPARE(rows[0], rows[2]);
}

void TestVisionAnswers::toolsAndImagesAreRefusedTogether() {
    const auto model = load(exact(modelPath()));
    auto request = ask({{Role::user, "What is this?", {imageNamed("wide")}}});
    request.offersTools = true;
    auto refused = model->generator()->run(request, {});
    QVERIFY(!refused);
    QCOMPARE(refused.error().code, ErrorCode::unsupported);
    QVERIFY(refused.error().message.find("tools and images") != std::string::npos);
    request.messages.front().images.clear();
    QVERIFY(model->generator()->run(request, {}));
    auto results = ask({{Role::user, "?", {imageNamed("wide")}}, {Role::ipython, "9"}});
    refused = model->generator()->run(results, {});
    QVERIFY(!refused && refused.error().code == ErrorCode::unsupported);
}

void TestVisionAnswers::textModelsRefuseImages() {
    LoadRequest demo;
    demo.model = "demo:bf16";
    const auto model = load(demo);
    const auto refused = model->generator()->run(ask({{Role::user, "?", {imageNamed("wide")}}}), {});
    QVERIFY(!refused);
    QCOMPARE(refused.error().code, ErrorCode::unsupported);
    QVERIFY(refused.error().message.find("cannot see") != std::string::npos);
}

void TestVisionAnswers::workersTellWhatTheySee() {
    auto worker = WorkerClient::start(ANVEN_PROGRAM);
    QVERIFY(worker);
    const auto loaded = (*worker)->load(exact(modelPath()));
    QVERIFY2(loaded, loaded ? "" : loaded.error().message.c_str());
    const auto model = load(exact(modelPath()));
    QVERIFY(loaded->config.vision == model->model().config().vision);
    QVERIFY(loaded->config.vision.has_value());
    const auto request = ask({{Role::user, "What is this?", {imageNamed("wide")}}});
    const auto there = (*worker)->generate(request, {});
    QVERIFY2(there, there ? "" : there.error().message.c_str());
    QCOMPARE(there->tokens, model->generator()->run(request, {})->tokens);
    QVERIFY(there->metrics.imageEncodeMs);
    // A forced text without the image that its token stands for is refused, with it it is read.
    auto text = there->promptTokens;
    text.insert(text.end(), there->tokens.begin(), there->tokens.end());
    const auto from = static_cast<std::int64_t>(there->promptTokens.size());
    QVERIFY(!(*worker)->score({text, {}}, from));
    const auto scores = (*worker)->score({text, {imageNamed("wide")}}, from);
    QVERIFY2(scores, scores ? "" : scores.error().message.c_str());
    for (const auto& score : *scores)
        QCOMPARE(score.rank, std::int64_t{1});  // greedy
}

/// The reference reads the others' answers with the image, a lane that cannot see costs itself alone, and the
/// picture is kept with the run while its pixels are not in the run's description.
void TestVisionAnswers::comparisonsScoreWithTheImage() {
    ComparisonRequest request;
    request.worker = ANVEN_PROGRAM;
    request.generation = ask({{Role::user, "What is this?", {imageNamed("wide")}}});
    for (const auto& path : {modelPath(), std::string("demo:bf16"), modelPath("hf")}) {
        LaneSpec lane;
        lane.load = exact(path);
        request.lanes.push_back(lane);
    }
    std::ifstream in(imagePath("wide"), std::ios::binary);
    request.pictures = {
        pictureRow("wide.png", {std::istreambuf_iterator<char>(in), {}}, imageNamed("wide")->width, 1)};
    auto store = Store::open(folder_.filePath("compare.sqlite").toStdString());
    QVERIFY(store);
    const auto result = runComparison(request, {}, store->get());
    QVERIFY2(result, result ? "" : result.error().message.c_str());
    QVERIFY(result->lanes[0].record && result->lanes[2].record);
    QVERIFY(result->lanes[1].error &&
            result->lanes[1].error->message.find("cannot see") != std::string::npos);
    // One model in two layouts: both give the same answer, and the reference is sure of it.
    QCOMPARE(result->lanes[2].record->tokens, result->lanes[0].record->tokens);
    QVERIFY(result->lanes[2].agreement);
    QVERIFY(result->lanes[2].agreement->klMean < 1e-6 && result->lanes[2].agreement->top1 == 1.0);
    for (const std::size_t lane : {0, 2}) {
        QVERIFY2(result->lanes[lane].tokens.reason.empty(), result->lanes[lane].tokens.reason.c_str());
        for (const auto& score : result->lanes[lane].tokens.scores)
            QCOMPARE(score.rank, std::int64_t{1});
    }
    const auto stored = loadComparison(**store, result->runId);
    QVERIFY(stored);
    QCOMPARE(stored->request.pictures, request.pictures);
    QVERIFY(stored->run.profileText.find("rgb8") == std::string::npos);
    QVERIFY(stored->run.profileText.find(request.pictures.front().sha256) != std::string::npos);
    QVERIFY(stored->lanes[0].record->metrics.imageEncodeMs);
}

void TestVisionAnswers::imageQuestionsAreThoseOfSingleTokens() {
    const auto file = folder_.filePath("questions.jsonl").toStdString();
    std::ofstream(file)
        << R"({"question": "Which?", "choices": ["red", "a blue sky"], "answer": 0, "image": "wide.png"})"
        << "\n"
        << R"({"question": "Which?", "choices": ["red", "a blue sky"], "answer": 0, "image": "tall.png"})"
        << "\n"
        << R"({"question": "Which?", "choices": ["red", "a blue sky"], "answer": 1})"
        << "\n";
    for (const char* name : {"wide", "tall"})
        std::filesystem::copy_file(imagePath(name), folder_.filePath(QString(name) + ".png").toStdString());
    ChoicesRequest request;
    request.model = exact(modelPath());
    request.file = file;
    QVERIFY(!evaluateChoices(request));  // nothing decodes
    request.readImage = [](const std::filesystem::path& path) -> Result<RgbImage> {
        return testsupport::readImage(path);
    };
    const auto result = evaluateChoices(request);
    QVERIFY2(result, result ? "" : result.error().message.c_str());
    QCOMPARE(result->questions, std::int64_t{3});
    const auto model = load(exact(modelPath()));
    const auto& tokenizer = *model->tokenizer();
    const char* const images[] = {"wide", "tall", nullptr};
    for (std::size_t q = 0; q < 3; ++q)
        for (std::size_t c = 0; c < 2; ++c) {
            const auto asked = tokenizer.encode("Which?\nAnswer:").size();
            const auto text =
                tokenizer.encode(std::string("Which?\nAnswer: ") + (c == 0 ? "red" : "a blue sky"));
            auto& session = model->session();
            session.rewind(0);
            auto logits = session.prefill(std::vector{*tokenizer.beginOfText()});
            if (images[q] != nullptr) {
                const auto tiled = tileImages({imageNamed(images[q])}, model->model().config());
                QVERIFY(showMissing(session, *tiled, {}));
                logits = session.decode(TokenId{512});
            }
            double sum = 0.0;
            for (std::size_t t = 0; t < text.size(); ++t) {
                QVERIFY(logits);
                if (t >= asked)
                    sum -= negativeLogLikelihood(*logits, raw(text[t]));
                logits = session.decode(text[t]);
            }
            QVERIFY2(
                std::fabs(result->scores[q].logLikelihood[c] - sum) < 1e-3,
                qPrintable(
                    QString("question %1: %2 %3").arg(q).arg(result->scores[q].logLikelihood[c]).arg(sum)));
        }
    QVERIFY(result->scores[0].logLikelihood != result->scores[1].logLikelihood);
    request.model.model = "demo:bf16";
    const auto blind = evaluateChoices(request);
    QVERIFY(!blind);
    QVERIFY2(blind.error().message.find("question 1") != std::string::npos &&
                 blind.error().message.find("cannot see") != std::string::npos,
             blind.error().message.c_str());
}

void TestVisionAnswers::imageFilesAreBelowTheirFolder_data() {
    QTest::addColumn<QByteArray>("image");
    for (const char* image : {"\"/etc/passwd\"", "\"../up.png\"", "\"a/../../b.png\"", "3", "\"\"", "null"})
        QTest::newRow(image) << QByteArray(image);
}

void TestVisionAnswers::imageFilesAreBelowTheirFolder() {
    QFETCH(QByteArray, image);
    const auto file = folder_.filePath("bad.jsonl").toStdString();
    std::ofstream(file) << R"({"question": "Q", "choices": ["a", "b"], "answer": 0, "image": )"
                        << image.toStdString() << "}\n";
    ChoicesRequest request;
    request.model.model = "demo:bf16";
    request.file = file;
    const auto result = evaluateChoices(request);
    QVERIFY(!result);
    QVERIFY2(result.error().message.find("bad.jsonl:1: needs as \"image\"") != std::string::npos,
             result.error().message.c_str());
}

void TestVisionAnswers::memoryIsForetold() {
    for (const char* kv : {"f32", "bf16"}) {
        auto request = exact(modelPath());
        request.kv = kv;
        const auto model = load(request);
        const auto& config = model->model().config();
        const auto tiled = tileImages({imageNamed("square")}, config);
        QVERIFY(tiled);
        QCOMPARE(tiled->front()->tiles(), config.vision->maxTiles);  // the most that an image has
        QVERIFY(model->session().show(tiled->front()));
        FitConditions conditions{64, *kvSchemeNamed(kv), 2, 1};
        const auto one = estimateFit(config, 1, model->model().plan(), conditions, {});
        conditions.images = 3;
        const auto three = estimateFit(config, 1, model->model().plan(), conditions, {});
        QCOMPARE(three.images - one.images, 2 * model->session().imageBytes());
        QCOMPARE(one.images, model->session().imageBytes() + ImageEncoder::bytesFor(config, false));
        conditions.images = 0;
        QCOMPARE(estimateFit(config, 1, model->model().plan(), conditions, {}).total(),
                 one.total() - one.images);
    }
}

QTEST_APPLESS_MAIN(TestVisionAnswers)
#include "tst_vision_answers.moc"
