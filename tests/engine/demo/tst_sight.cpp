// What the demo model is taught to see: right answers, told again from the pixels alone; the training goes on
// where it was stopped; variants see the same.
#include <QRegularExpression>
#include <QTemporaryDir>
#include <QtTest>
#include <fstream>
#include <set>

#include "engine/base/resources.h"
#include "engine/demo/demo_build.h"
#include "engine/demo/picture_canvas.h"
#include "engine/demo/picture_grade.h"
#include "engine/demo/picture_tasks.h"
#include "engine/demo/sight_build.h"
#include "engine/demo/sight_graft.h"
#include "engine/generate/generator.h"
#include "engine/quantize/quantize.h"

namespace demo = engine::demo;
namespace fs = std::filesystem;

namespace {

struct Rgb {
    int r, g, b;
};

/// The colour's name where the pixel is one that the word may mean; empty for paper, lines and mixed edges.
std::string colourName(const Rgb& c) {
    static const std::map<std::string, Rgb> kMeanings{{"red", {210, 35, 40}},     {"blue", {40, 80, 205}},
                                                      {"green", {35, 150, 60}},   {"yellow", {240, 205, 40}},
                                                      {"orange", {240, 130, 25}}, {"black", {25, 25, 25}},
                                                      {"purple", {130, 50, 160}}};
    for (const auto& [name, meant] : kMeanings)
        if (std::max({std::abs(c.r - meant.r), std::abs(c.g - meant.g), std::abs(c.b - meant.b)}) <= 12)
            return name;
    return {};
}

Rgb pixelAt(const engine::RgbImage& image, std::int64_t x, std::int64_t y) {
    const auto* p = image.pixels.data() + 3 * (y * image.width + x);
    return {p[0], p[1], p[2]};
}

/// Pixels of every colour that is there: count, sums of their places, the box around them.
struct Patch {
    std::int64_t pixels = 0, sumX = 0, sumY = 0;
    std::int64_t left = 1000, right = -1, top = 1000, bottom = -1;
};

std::map<std::string, Patch> patchesOf(const engine::RgbImage& image) {
    std::map<std::string, Patch> patches;
    for (std::int64_t y = 0; y < image.height; ++y)
        for (std::int64_t x = 0; x < image.width; ++x)
            if (const auto name = colourName(pixelAt(image, x, y)); !name.empty()) {
                auto& patch = patches[name];
                ++patch.pixels;
                patch.sumX += x;
                patch.sumY += y;
                patch.left = std::min(patch.left, x);
                patch.right = std::max(patch.right, x);
                patch.top = std::min(patch.top, y);
                patch.bottom = std::max(patch.bottom, y);
            }
    std::erase_if(patches, [](const auto& patch) { return patch.second.pixels < 35; });
    return patches;
}

QString text(const std::string& string) {
    return QString::fromStdString(string);
}

std::vector<float> logitsOf(const fs::path& model, const std::vector<std::int32_t>& tokens,
                            const std::shared_ptr<const engine::RgbImage>& picture) {
    engine::LoadRequest request;
    request.model = model.string();
    request.kv = "f32";
    request.activations = "f32";
    request.threads = 1;
    auto loaded = engine::LocalModel::load(request);
    std::vector<float> logits;
    if (!loaded) {
        qCritical("%s", loaded.error().message.c_str());
        return logits;
    }
    auto& session = (*loaded)->session();
    if (picture) {
        auto tiles = engine::tileImage(*picture, *(*loaded)->model().config().vision);
        if (!session.show(std::make_shared<const engine::TiledImage>(std::move(*tiles))))
            return logits;
    }
    std::vector<engine::TokenId> ids;
    for (const auto token : tokens)
        ids.push_back(engine::TokenId{token});
    const auto append = [&](std::int64_t, std::span<const float> row) {
        logits.insert(logits.end(), row.begin(), row.end());
    };
    if (!session.forwardAll(ids, append))
        logits.clear();
    return logits;
}

double largestDifference(const std::vector<float>& a, const std::vector<float>& b) {
    double most = a.size() == b.size() && !a.empty() ? 0.0 : 1e9;
    for (std::size_t i = 0; i < std::min(a.size(), b.size()); ++i)
        most = std::max(most, std::abs(double{a[i]} - double{b[i]}));
    return most;
}

}  // namespace

class TestSight : public QObject {
    Q_OBJECT
private slots:
    void initTestCase();
    void picturesAreTheSameForTheSameNumber();
    void figuresHaveTheirShapes();
    void everyKindOfQuestionOccurs();
    void coloursAreThoseOfThePixels();
    void barsAreAsHighAsTheyAreSaidToBe();
    void placesAreWhereTheColourIs();
    void aTinyModelLearnsAndGoesOn();
    void textsAreAnsweredAsBefore();
    void variantsSeeTheSame();
    void strangersAreRefused();
    void shippedEyesSee_data();
    void shippedEyesSee();

private:
    fs::path at(const char* name) const { return folder_.filePath(name).toStdString(); }
    /// A text model after a few steps, and eyes after a few.
    engine::Result<engine::train::FinetuneReport> learn(std::int64_t stopAfter);
    QTemporaryDir folder_;
    std::optional<demo::PhraseGrammar> phrases_;
};

void TestSight::initTestCase() {
    auto phrases = demo::PhraseGrammar::read(engine::resourcePath("demo/recipe/pictures.txt"));
    QVERIFY2(phrases, phrases ? "" : phrases.error().message.c_str());
    phrases_ = std::move(*phrases);
    fs::copy(engine::resourcePath("demo/recipe"), at("recipe"));
    std::ofstream(at("recipe") / "shape.yaml")
        << "dim: 64\nlayers: 3\nheads: 2\nkv_heads: 1\nffn: 96\npieces: 400\ncontext: 512\ntalks: 200\n"
           "letters: 900\nseed: 3\n";
    std::ofstream(at("recipe") / "sight.yaml")
        << "tile: 28\npatch: 14\nwidth: 32\nheads: 2\nffn: 48\nlayers: 2\nglobal_layers: 1\n"
           "cross_layers: 2\nseed: 3\n";
    fs::remove(at("recipe") / "vision.yaml");  // the text model alone, first
    demo::DemoBuildRequest text;
    text.recipe = at("recipe");
    text.work = at("work");
    text.threads = 2;
    text.steps = 3;
    const auto report = demo::buildDemo(text);
    QVERIFY2(report, report ? "" : report.error().message.c_str());
    QVERIFY(!report->sight);
    fs::copy(engine::resourcePath("demo/recipe/vision.yaml"), at("recipe"));
}

void TestSight::picturesAreTheSameForTheSameNumber() {
    const auto first = demo::makePicture(*phrases_, 1, 5, 4);
    const auto again = demo::makePicture(*phrases_, 1, 5, 4);
    QVERIFY(*first.picture == *again.picture);
    QCOMPARE(first.questions.front().turn.answer, again.questions.front().turn.answer);
    QVERIFY(*first.picture != *demo::makePicture(*phrases_, 1, 6, 4).picture);
    QVERIFY(*first.picture != *demo::makePicture(*phrases_, 2, 5, 4).picture);
}

/// Areas in shares of the circle's: what geometry says of each figure.
void TestSight::figuresHaveTheirShapes() {
    const std::map<std::string, double> areas{{"circle", 1.0},  {"square", 0.9199}, {"triangle", 0.5730},
                                              {"star", 0.3573}, {"cross", 0.6112},  {"ring", 0.64}};
    QCOMPARE(demo::figures().size(), areas.size());
    for (const auto& name : demo::figures()) {
        demo::PictureCanvas canvas(100, 100, {255, 255, 255});
        canvas.figure(name, 50, 50, 40, {0, 0, 0});
        double dark = 0.0;
        for (std::size_t i = 0; i < canvas.image().pixels.size(); i += 3)
            dark += (255 - canvas.image().pixels[i]) / 255.0;
        const double share = dark / (3.14159265 * 40 * 40);
        QVERIFY2(std::abs(share - areas.at(name)) < 0.01,
                 qPrintable(text(name) + ": " + QString::number(share)));
    }
}

void TestSight::everyKindOfQuestionOccurs() {
    std::map<std::string, int> kinds;
    for (int i = 0; i < 300; ++i) {
        const auto lesson = demo::makePicture(*phrases_, 7, i, 4);
        QVERIFY(!lesson.questions.empty() && lesson.questions.size() <= 4);
        auto questions = lesson.questions;
        questions.push_back(lesson.details);
        for (const auto& [kind, turn] : questions) {
            ++kinds[kind];
            const auto both = text(turn.question + turn.answer);
            QVERIFY2(!both.contains('{') && !both.contains('$') && !both.contains("  "), qPrintable(both));
            QVERIFY2(!turn.keys.empty() && demo::holdsKeys(turn.answer, turn.keys), qPrintable(both));
        }
    }
    for (const char* kind : {"colour", "figure", "count", "place", "relation", "description", "bars",
                             "height", "extremes", "comparison", "details"})
        QVERIFY2(kinds[kind] > 20, kind);
}

/// Details name the colours that are there and no others.
void TestSight::coloursAreThoseOfThePixels() {
    for (int i = 0; i < 300; ++i) {
        const auto lesson = demo::makePicture(*phrases_, 8, i, 4);
        std::set<std::string> said, seen;
        for (const char* colour : {"red", "blue", "green", "yellow", "black", "orange", "purple"})
            if (demo::holdsKeys(lesson.details.turn.answer, {colour}))
                said.insert(colour);
        for (const auto& [colour, patch] : patchesOf(*lesson.picture))
            seen.insert(colour);
        QVERIFY2(said == seen,
                 qPrintable(QString("picture %1: %2").arg(i).arg(text(lesson.details.turn.answer))));
    }
}

void TestSight::barsAreAsHighAsTheyAreSaidToBe() {
    static const QRegularExpression bar("The (\\w+) bar is (\\d) high\\.");
    int checked = 0;
    for (int i = 0; i < 200; ++i) {
        const auto lesson = demo::makePicture(*phrases_, 9, i, 4);
        const auto patches = patchesOf(*lesson.picture);
        auto match = bar.globalMatch(text(lesson.details.turn.answer));
        for (std::int64_t left = -1; match.hasNext(); ++checked) {
            const auto found = match.next();
            const auto& patch = patches.at(found.captured(1).toStdString());
            QCOMPARE((patch.bottom - patch.top + 1) / 15, found.captured(2).toLongLong());
            QVERIFY(patch.left > left);  // from the left to the right
            left = patch.left;
        }
    }
    QVERIFY(checked > 100);
}

void TestSight::placesAreWhereTheColourIs() {
    static const QRegularExpression item("In the ([\\w ]+), an? (\\w+) (\\w+)\\.");
    static const QStringList places{"top left",     "top middle",  "top right",     "middle left", "centre",
                                    "middle right", "bottom left", "bottom middle", "bottom right"};
    int checked = 0;
    for (int i = 0; i < 300; ++i) {
        const auto lesson = demo::makePicture(*phrases_, 10, i, 4);
        const auto patches = patchesOf(*lesson.picture);
        const auto answer = text(lesson.details.turn.answer);
        for (auto match = item.globalMatch(answer); match.hasNext();) {
            const auto found = match.next();
            if (answer.count(found.captured(2)) > 1)
                continue;
            const auto& patch = patches.at(found.captured(2).toStdString());
            const auto row = patch.sumY / patch.pixels / 38;
            const auto col = patch.sumX / patch.pixels / 38;
            QVERIFY2(found.captured(1) == places[static_cast<qsizetype>(3 * row + col)], qPrintable(answer));
            ++checked;
        }
    }
    QVERIFY(checked > 200);
}

engine::Result<engine::train::FinetuneReport> TestSight::learn(std::int64_t stopAfter) {
    demo::SightBuildRequest request;
    request.recipe = at("recipe");
    request.model = (at("work") / "bf16").string();
    request.variants = {(at("work") / "qat-lora").string()};
    request.work = at("work");
    request.threads = 2;
    request.steps = 8;
    request.stopAfter = stopAfter;
    return demo::buildSight(request);
}

void TestSight::aTinyModelLearnsAndGoesOn() {
    const auto stopped = learn(3);
    QVERIFY(!stopped && stopped.error().code == engine::ErrorCode::cancelled);
    const auto report = learn(0);
    QVERIFY2(report, report ? "" : report.error().message.c_str());
    QVERIFY(report->resumed && report->steps.size() == 8);
    QVERIFY(report->steps.back().loss < report->steps.front().loss);
    // The same without a stop, to the bit.
    fs::rename(at("work") / "seeing", at("stopped"));
    const auto straight = learn(0);
    QVERIFY(straight && !straight->resumed);
    const auto bytes = [](const fs::path& folder) {
        QFile file(text((folder / "consolidated.00.pth").string()));
        return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray();
    };
    QVERIFY(!bytes(at("stopped")).isEmpty() && bytes(at("stopped")) == bytes(at("work") / "seeing"));
    engine::LoadRequest load;
    load.model = (at("work") / "seeing").string();
    load.threads = 1;
    const auto grade = demo::gradePictures(load, *phrases_, 11, 3, 2);
    QVERIFY2(grade, grade ? "" : grade.error().message.c_str());
    std::int64_t asked = 0;
    for (const auto& [kind, task] : grade->tasks)
        asked += task.asked;
    QVERIFY(asked >= 5);
}

void TestSight::textsAreAnsweredAsBefore() {
    const std::vector<std::int32_t> tokens{400, 65, 300, 17, 90, 212};
    for (const char* variant : {"bf16", "qat-lora"}) {
        const auto seeing = at("work") / (variant == std::string("bf16") ? "seeing" : "seeing-qat-lora");
        const auto with = logitsOf(seeing, tokens, nullptr);
        QVERIFY(!with.empty());
        QVERIFY2(with == logitsOf(at("work") / variant, tokens, nullptr), variant);
    }
}

/// The rotated variant gives the logits of the one it was made from, with and without a picture.
void TestSight::variantsSeeTheSame() {
    const auto policy = at("rotated.yaml");
    std::ofstream(policy) << "name: a\ndescription: b\nmethod: rtn\nrotation: hadamard\nlayout: meta\n"
                             "rules:\n  - {tensors: \"layers.*\", scheme: int4_g32}\n"
                             "  - {tensors: \"*\", scheme: int8_channel}\n";
    engine::QuantizeRequest request;
    request.model = (at("work") / "bf16").string();
    request.policy = policy.string();
    request.out = at("rotated");
    request.threads = 1;
    request.evaluate = false;
    const auto rotated = engine::quantizeModel(request);
    QVERIFY2(rotated, rotated ? "" : rotated.error().message.c_str());
    const auto lent = demo::lendSight((at("work") / "seeing").string(), request.out.string(), at("lent"));
    QVERIFY2(lent, lent ? "" : lent.error().message.c_str());
    const auto vocab = static_cast<std::int32_t>(400 + 256);
    const std::vector<std::int32_t> tokens{400, 65, vocab, 300, 17, 90, 212};
    const auto picture = demo::makePicture(*phrases_, 12, 1, 1).picture;
    const auto other = demo::makePicture(*phrases_, 12, 2, 1).picture;
    const auto plain = logitsOf(at("work") / "seeing", tokens, picture);
    const double apart = largestDifference(plain, logitsOf(at("work") / "seeing", tokens, other));
    const double off = largestDifference(plain, logitsOf(at("lent"), tokens, picture));
    // What 4 bits cost is far below what another picture says, and so is not what eyes see that were not
    // turned.
    const auto seeing = engine::Checkpoint::open((at("work") / "seeing").string());
    const auto variant = engine::Checkpoint::open(request.out.string());
    QVERIFY(seeing && variant);
    QVERIFY(demo::writeSeeing(
        **variant, *(*seeing)->config.vision,
        [&](const std::string& name, const auto&) { return engine::toFloats(*(*seeing)->find(name)); },
        at("unturned")));
    const double unturned = largestDifference(plain, logitsOf(at("unturned"), tokens, picture));
    QVERIFY2(off < 0.25 * apart && off < 0.25 * unturned,
             qPrintable(QString("%1 of %2, %3").arg(off).arg(apart).arg(unturned)));
}

void TestSight::strangersAreRefused() {
    const auto lent = demo::lendSight((at("work") / "seeing").string(), "demo:bf16", at("no"));
    QVERIFY(!lent && lent.error().code == engine::ErrorCode::invalidInput);
    const auto blind = demo::lendSight("demo:bf16", (at("work") / "bf16").string(), at("no"));
    QVERIFY(!blind && blind.error().code == engine::ErrorCode::invalidInput);
    QVERIFY(!fs::exists(at("no")));
}

void TestSight::shippedEyesSee_data() {
    QTest::addColumn<QString>("seeing");
    QTest::addColumn<QString>("text");
    QTest::newRow("BF16") << "demo:seeing"
                          << "demo:bf16";
    QTest::newRow("SpinQuant") << "demo:seeing-spinquant"
                               << "demo:spinquant";
}

// The model card has 92 % over 150 pictures of another seed; of few the share scatters.
void TestSight::shippedEyesSee() {
    QFETCH(QString, seeing);
    QFETCH(QString, text);
    engine::LoadRequest load;
    load.model = seeing.toStdString();
    load.threads = 2;
    const auto grade = demo::gradePictures(load, *phrases_, 4242, 24, 4);
    QVERIFY2(grade, grade ? "" : grade.error().message.c_str());
    demo::TaskGrade all;
    for (const auto& [kind, task] : grade->tasks) {
        all.asked += task.asked;
        all.right += task.right;
    }
    QVERIFY(all.asked > 70);
    QVERIFY2(100 * all.right >= 85 * all.asked,
             qPrintable(QString("%1 of %2 right").arg(all.right).arg(all.asked)));
    const std::vector<std::int32_t> tokens{1024, 300, 7, 90, 212};
    QVERIFY(logitsOf(load.model, tokens, nullptr) == logitsOf(text.toStdString(), tokens, nullptr));
}

QTEST_APPLESS_MAIN(TestSight)
#include "tst_sight.moc"
