#include <QtTest>
#include <fstream>
#include <random>

#include "engine/base/temporary_folder.h"
#include "engine/evaluate/perplexity.h"
#include "engine/quantize/quantize.h"
#include "engine/quantize/rotation_learner.h"
#include "tests/engine/quantize/outlier_model.h"
#include "tests/support/fixtures.h"

using engine::RowRotation;
using engine::TemporaryFolder;

namespace fs = std::filesystem;

namespace {

constexpr const char* kRules =
    "rules:\n  - {tensors: \"layers.*\", scheme: int4_g32}\n  - {tensors: \"*\", scheme: f32}\n";

constexpr const char* kFamilyRules =
    "rules:\n  - {tensors: \"layers.*\", scheme: int4_g32}\n  - {tensors: \"*\", scheme: int8_channel}\n";

std::vector<float> normal(std::size_t count, std::uint64_t seed) {
    std::mt19937_64 bits(seed);
    std::normal_distribution<float> draw;
    std::vector<float> values(count);
    for (auto& value : values)
        value = draw(bits);
    return values;
}

/// |S - S^T| / |S| of S = R^T G: what a gradient says along the orthogonal matrices.
double skewShare(const RowRotation& rotation, const std::vector<float>& gradient) {
    const auto n = static_cast<std::size_t>(rotation.size());
    const auto r = rotation.matrix();
    double skew = 0.0;
    double all = 0.0;
    std::vector<double> s(n * n);
    for (std::size_t i = 0; i < n; ++i)
        for (std::size_t j = 0; j < n; ++j)
            for (std::size_t k = 0; k < n; ++k)
                s[i * n + j] += double{r[k * n + i]} * double{gradient[k * n + j]};
    for (std::size_t i = 0; i < n; ++i)
        for (std::size_t j = 0; j < n; ++j) {
            skew += std::pow(s[i * n + j] - s[j * n + i], 2.0);
            all += std::pow(s[i * n + j], 2.0);
        }
    return std::sqrt(skew / all);
}

/// A recipe of `text` beside the usual head, in a file.
fs::path recipe(const fs::path& folder, const std::string& name, const std::string& text) {
    const auto file = folder / (name + ".yaml");
    std::ofstream(file) << "name: a\ndescription: b\n"
                        << (text.find("method:") == std::string::npos ? "method: rtn\n" : "") << text;
    return file;
}

/// Learning on the demo model in small steps.
struct Learner {
    std::shared_ptr<const engine::Checkpoint> checkpoint = *engine::Checkpoint::open("demo:bf16");
    std::unique_ptr<engine::ThreadTeam> team = *engine::ThreadTeam::create(0);
    engine::Calibration calibration = *engine::readCalibration(engine::calibrationTextOr({}),
                                                               **engine::Tokenizer::load(*checkpoint), 2, 64);
    engine::Rotations rotations = engine::Rotations::random(checkpoint->config, 42, true);
    engine::RotationLearner learner;

    explicit Learner(int activationBits, double distill = 0.0)
        : learner(*checkpoint, checkpoint->config.rope.pairs, calibration, {20, 2, 1.5, distill},
                  activationBits, *team, rotations) {}
};

engine::Result<engine::EvaluationResult> compared(const fs::path& variant, const std::string& source,
                                                  const fs::path& tokens = {}) {
    engine::EvaluationRequest request;
    request.model.model = variant.string();
    request.reference = request.model;
    request.reference->model = source;
    request.reference->activations = "f32";
    if (tokens.empty())
        request.text = fs::path(ANVEN_SOURCE_DIR) / "resources/quality/prose.txt";
    else
        request.tokens = tokens;
    request.window = tokens.empty() ? 128 : 256;
    request.limit = tokens.empty() ? 16 : 32;
    return engine::evaluate(request);
}

}  // namespace

class TestRotation : public QObject {
    Q_OBJECT
private slots:
    void matrixDoesWhatTheTransformDoes_data();
    void matrixDoesWhatTheTransformDoes();
    void cayleyStepsStayOrthogonal_data();
    void cayleyStepsStayOrthogonal();
    void cayleyFindsTheNearestRotation();
    void exactNetworksGiveNoDirection();
    void learningLowersTheLoss_data();
    void learningLowersTheLoss();
    void threadsChangeNothing();
    void learnedRotationsChangeNoLogits();
    void stoppedLearningGoesOn();
    void whatTheFileAsksForIsDone();
    void whatCannotBeDoneIsRefused_data();
    void whatCannotBeDoneIsRefused();
    void rotationsRepairOutliers_data();
    void rotationsRepairOutliers();
    void referenceRows_data();
    void referenceRows();
};

void TestRotation::matrixDoesWhatTheTransformDoes_data() {
    QTest::addColumn<int>("size");
    for (const int size : {8, 12, 44, 64, 172})
        QTest::addRow("%d", size) << size;
}

void TestRotation::matrixDoesWhatTheTransformDoes() {
    QFETCH(int, size);
    const auto fast = RowRotation::randomHadamard(size, 7);
    const auto dense = RowRotation::dense(size, fast.matrix());
    QVERIFY(engine::orthogonalityError(fast.matrix(), size) < 1e-6);
    const auto values = normal(static_cast<std::size_t>(3 * size), 1);
    const std::vector<double> start(values.begin(), values.end());
    auto a = start;
    auto b = start;
    const auto same = [&] {
        for (std::size_t i = 0; i < a.size(); ++i)
            QVERIFY2(std::abs(a[i] - b[i]) < 1e-5, qPrintable(QString::number(i)));
    };
    fast.applyToRows(a);
    dense.applyToRows(b);
    same();
    fast.undoOnRows(a);
    b = start;
    same();
    fast.applyToColumns(a, 3);
    dense.applyToColumns(b, 3);
    same();
}

void TestRotation::cayleyStepsStayOrthogonal_data() {
    QTest::addColumn<int>("size");
    QTest::addColumn<double>("momentum");
    for (const int size : {1, 2, 8, 65, 192})
        for (const double momentum : {0.0, 0.9})
            QTest::addRow("%d, momentum %.1f", size, momentum) << size << momentum;
}

void TestRotation::cayleyStepsStayOrthogonal() {
    QFETCH(int, size);
    QFETCH(double, momentum);
    auto r = RowRotation::hadamard(size).matrix();
    engine::CayleySgd descent(size, momentum);
    for (std::uint64_t step = 0; step < 100; ++step)
        descent.step(r, normal(r.size(), step), 1.5);
    QVERIFY2(engine::orthogonalityError(r, size) <= 1e-5,
             qPrintable(QString::number(engine::orthogonalityError(r, size))));
}

// |R - Q|^2 has the gradient -2 Q up to multiples of R.
void TestRotation::cayleyFindsTheNearestRotation() {
    constexpr std::int64_t kSize = 16;
    auto r = RowRotation::randomHadamard(kSize, 1).matrix();
    auto target = r;
    engine::CayleySgd away(kSize);
    for (std::uint64_t step = 0; step < 10; ++step)
        away.step(target, normal(target.size(), step), 0.05);
    std::vector<float> gradient(target.size());
    std::transform(target.begin(), target.end(), gradient.begin(), [](float v) { return -v; });
    const auto distance = [&] {
        double sum = 0.0;
        for (std::size_t i = 0; i < r.size(); ++i)
            sum += std::pow(double{r[i]} - double{target[i]}, 2.0);
        return sum;
    };
    engine::CayleySgd descent(kSize);
    QVERIFY(distance() > 0.1);
    for (int step = 0; step < 200; ++step) {
        const double before = distance();
        descent.step(r, gradient, 0.3);
        QVERIFY2(distance() <= before + 1e-6, qPrintable(QString::number(step)));
    }
    QVERIFY2(distance() < 1e-6, qPrintable(QString::number(distance())));
}

// Without rounding the loss is the same for every rotation: the gradient has no part along them. Any place
// that a rotation touches and the learner forgot would show; with rounding there is a direction.
void TestRotation::exactNetworksGiveNoDirection() {
    const std::int64_t windows[] = {0, 1};
    Learner exact(0);
    const auto none = exact.learner.gradients(windows, {});
    QVERIFY(none);
    Learner rounded(4);
    const auto some = rounded.learner.gradients(windows, {});
    QVERIFY(some);
    const auto check = [](const RowRotation& rotation, const std::vector<float>& without,
                          const std::vector<float>& with) {
        QVERIFY2(skewShare(rotation, without) < 1e-3,
                 qPrintable(QString::number(skewShare(rotation, without))));
        QVERIFY2(skewShare(rotation, with) > 1e-2, qPrintable(QString::number(skewShare(rotation, with))));
    };
    check(exact.rotations.residual, none->residual, some->residual);
    for (std::size_t layer = 0; layer < none->values.size(); ++layer)
        check(exact.rotations.values[layer], none->values[layer], some->values[layer]);
}

void TestRotation::learningLowersTheLoss_data() {
    QTest::addColumn<double>("distill");
    QTest::newRow("cross-entropy") << 0.0;
    QTest::newRow("KL to the source") << 1.0;
}

void TestRotation::learningLowersTheLoss() {
    QFETCH(double, distill);
    Learner two(3, distill);
    const std::int64_t windows[] = {0, 1};
    const double before = two.learner.gradients(windows, {})->loss;
    for (std::int64_t step = 0; step < 20; ++step)
        QVERIFY(two.learner.step(step, {}));
    const double after = two.learner.gradients(windows, {})->loss;
    QVERIFY2(after < before, qPrintable(QString("%1 after %2").arg(after).arg(before)));
    QVERIFY(engine::orthogonalityError(two.rotations.residual.matrix(), two.rotations.residual.size()) <
            1e-5);
    for (const auto& values : two.rotations.values)
        QVERIFY(engine::orthogonalityError(values.matrix(), values.size()) < 1e-5);
}

void TestRotation::threadsChangeNothing() {
    const auto learned = [](int threads) {
        const auto checkpoint = *engine::Checkpoint::open("demo:bf16");
        const auto tokenizer = *engine::Tokenizer::load(*checkpoint);
        const auto calibration = *engine::readCalibration(engine::calibrationTextOr({}), *tokenizer, 3, 64);
        auto rotations = engine::Rotations::random(checkpoint->config, 42, true);
        auto team = *engine::ThreadTeam::create(threads);
        engine::RotationLearner learner(*checkpoint, checkpoint->config.rope.pairs, calibration,
                                        {3, 3, 1.5, 1.0}, 4, *team, rotations);
        for (std::int64_t step = 0; step < 3; ++step)
            if (!learner.step(step, {}))
                return std::vector<float>{};
        return rotations.residual.matrix();
    };
    const auto one = learned(1);
    QVERIFY(!one.empty());
    QVERIFY(one == learned(2));
}

void TestRotation::learnedRotationsChangeNoLogits() {
    const TemporaryFolder folder("tst-rotation");
    engine::QuantizeRequest request;
    request.model = "demo:bf16";
    request.policy = recipe(folder.path(), "f32",
                            "rotation: learned\nlearning: {steps: 5, windows: 2}\n"
                            "rules:\n  - {tensors: \"*\", scheme: f32}\n")
                         .string();
    request.out = folder.path() / "out";
    request.windows = 2;
    request.windowSize = 64;
    request.evaluate = false;
    const auto report = engine::quantizeModel(request);
    QVERIFY2(report, report ? "" : report.error().message.c_str());
    engine::EvaluationRequest evaluation;
    evaluation.model.model = request.out.string();
    evaluation.model.activations = "f32";
    evaluation.model.kv = "f32";
    evaluation.reference = evaluation.model;
    evaluation.reference->model = request.model;
    evaluation.text = fs::path(ANVEN_SOURCE_DIR) / "resources/quality/prose.txt";
    evaluation.limit = 4;
    evaluation.window = 128;
    const auto quality = engine::evaluate(evaluation);
    QVERIFY2(quality, quality ? "" : quality.error().message.c_str());
    QVERIFY2(std::abs(*quality->klMean) < 1e-6, qPrintable(QString::number(*quality->klMean)));
    QVERIFY(*quality->top1Agreement >= 0.999);
    QVERIFY(std::abs(*quality->lnPerplexityRatio) < 1e-5);
}

void TestRotation::stoppedLearningGoesOn() {
    const TemporaryFolder folder("tst-rotation");
    engine::QuantizeRequest request;
    request.model = "demo:bf16";
    request.policy = recipe(folder.path(), "learned",
                            std::string("rotation: learned\nlearning: {steps: 14, windows: 1}\n") + kRules)
                         .string();
    request.windows = 2;
    request.windowSize = 64;
    request.evaluate = false;
    request.out = folder.path() / "whole";
    QVERIFY(engine::quantizeModel(request));
    request.out = folder.path() / "out";
    std::stop_source stop;
    const auto atThirteen = [&](const engine::QuantizeProgress& now) {
        if (now.what == "rotations, step 13 of 14")
            stop.request_stop();
    };
    const auto stopped = engine::quantizeModel(request, atThirteen, stop.get_token());
    QVERIFY(!stopped);
    QCOMPARE(stopped.error().code, engine::ErrorCode::cancelled);
    std::string first;
    const auto resumed = engine::quantizeModel(request, [&](const engine::QuantizeProgress& now) {
        if (first.empty())
            first = now.what;
    });
    QVERIFY2(resumed, resumed ? "" : resumed.error().message.c_str());
    QCOMPARE(first, std::string("rotations, step 11 of 14"));
    const auto bytesOf = [](const fs::path& file) {
        std::ifstream stream(file, std::ios::binary);
        return std::string(std::istreambuf_iterator<char>(stream), {});
    };
    QVERIFY(bytesOf(request.out / "model.safetensors") == bytesOf(folder.path() / "whole/model.safetensors"));
}

// The same weights with other words about activations: the engine computes something else, and the same
// again.
void TestRotation::whatTheFileAsksForIsDone() {
    const TemporaryFolder folder("tst-rotation");
    std::vector<double> kl;
    for (const int bits : {8, 4, 4}) {
        const auto name = std::to_string(kl.size());
        engine::QuantizeRequest request;
        request.model = "demo:bf16";
        request.policy =
            recipe(folder.path(), name,
                   "rotation: hadamard\nrotate_heads: true\nactivation_bits: " + std::to_string(bits) + "\n" +
                       kRules)
                .string();
        request.out = folder.path() / name;
        request.evaluate = false;
        const auto report = engine::quantizeModel(request);
        QVERIFY2(report, report ? "" : report.error().message.c_str());
        const auto opened = engine::Checkpoint::open(request.out.string());
        QVERIFY2(opened, opened ? "" : opened.error().message.c_str());
        QCOMPARE((*opened)->config.activationBits, bits);
        QVERIFY((*opened)->config.hadamardHeads);
        const auto quality = compared(request.out, "demo:bf16");
        QVERIFY2(quality, quality ? "" : quality.error().message.c_str());
        kl.push_back(*quality->klMean);
    }
    QVERIFY(kl[0] < kl[1]);
    QCOMPARE(kl[1], kl[2]);
    // Keys in 8 bits with heads turned: as good as keys in floating point.
    auto request = engine::EvaluationRequest{};
    request.model.model = (folder.path() / "0").string();
    request.model.kv = "int8";
    request.reference = request.model;
    request.reference->kv = "f32";
    request.text = fs::path(ANVEN_SOURCE_DIR) / "resources/quality/prose.txt";
    request.window = 128;
    request.limit = 4;
    const auto heads = engine::evaluate(request);
    QVERIFY2(heads, heads ? "" : heads.error().message.c_str());
    QVERIFY2(*heads->klMean < 2e-3, qPrintable(QString::number(*heads->klMean)));
}

void TestRotation::whatCannotBeDoneIsRefused_data() {
    QTest::addColumn<QString>("text");
    QTest::addColumn<QString>("message");
    QTest::newRow("floating products")
        << "activation_bits: 4\nrules:\n  - {tensors: \"*\", scheme: uint4_g32}\n"
        << "multiplied in floating point";
    QTest::newRow("Meta's layout") << QString(
                                          "activation_bits: 4\nlayout: meta\n"
                                          "rules:\n  - {tensors: \"layers.*\", scheme: int4_g32}\n"
                                          "  - {tensors: \"*\", scheme: int8_channel}\n")
                                   << "layout: safetensors";
    QTest::newRow("bits") << QString("activation_bits: 9\n") + kRules << "activation_bits";
    QTest::newRow("heads alone") << QString("rotate_heads: true\n") + kRules << "rotate_heads";
    QTest::newRow("learning alone") << QString("learning: {steps: 3}\n") + kRules << "learning";
}

void TestRotation::whatCannotBeDoneIsRefused() {
    QFETCH(QString, text);
    QFETCH(QString, message);
    const TemporaryFolder folder("tst-rotation");
    engine::QuantizeRequest request;
    request.model = "demo:bf16";
    request.policy = recipe(folder.path(), "refused", text.toStdString()).string();
    request.out = folder.path() / "out";
    request.evaluate = false;
    const auto report = engine::quantizeModel(request);
    const auto opened = report ? engine::Checkpoint::open(request.out.string())
                               : engine::Result<std::shared_ptr<const engine::Checkpoint>>(report.error());
    QVERIFY(!opened);
    const auto said = QString::fromStdString(opened.error().message);
    QVERIFY2(said.contains(message) && !said.contains('\n'), qPrintable(said));
}

void TestRotation::rotationsRepairOutliers_data() {
    QTest::addColumn<QString>("model");
    QTest::addColumn<QString>("text");
    QTest::addColumn<QString>("tokens");
    QTest::newRow("demo") << "demo:bf16"
                          << ""
                          << "";
    const auto large = [](const char* name) {
        return QString::fromStdString(testsupport::largeFixture(name));
    };
    QTest::newRow("tinystories2M") << large("realmodels/tinystories2M/bf16")
                                   << large("text/tinystories-train-sample.txt")
                                   << large("text/tinystories-valid.tok1024.u16");
}

// Invariant 7 of activations at 4 bits: learned <= random < none on the stress model, by KL to its source.
void TestRotation::rotationsRepairOutliers() {
    QFETCH(QString, model);
    QFETCH(QString, text);
    QFETCH(QString, tokens);
    if (!model.startsWith("demo:"))
        SKIP_WITHOUT_FIXTURE(fs::path(model.toStdString()));
    const TemporaryFolder folder("tst-rotation");
    const auto outliers = folder.path() / "outliers";
    const auto calibration = engine::calibrationTextOr(text.toStdString());
    const auto written = testsupport::writeOutlierModel(model.toStdString(), calibration, outliers);
    QVERIFY2(written, written ? "" : written.error().message.c_str());
    std::map<std::string, double> kl;
    for (const char* rotation : {"none", "hadamard", "learned"}) {
        engine::QuantizeRequest request;
        request.model = outliers.string();
        request.policy =
            recipe(folder.path(), rotation,
                   std::string("activation_bits: 4\nrotation: ") + rotation + "\n" +
                       (std::string(rotation) == "learned" ? "learning: {steps: 40}\n" : "") + kRules)
                .string();
        request.out = folder.path() / rotation;
        request.text = text.toStdString();
        request.windowSize = 256;
        request.evaluate = false;
        const auto report = engine::quantizeModel(request);
        QVERIFY2(report, report ? "" : report.error().message.c_str());
        const auto quality = compared(request.out, outliers.string(), tokens.toStdString());
        QVERIFY2(quality, quality ? "" : quality.error().message.c_str());
        kl[rotation] = *quality->klMean;
        qInfo("%s, W4A4: perplexity %.4f, KL %.5f, top-1 %.2f %%", rotation, quality->perplexity,
              *quality->klMean, 100.0 * *quality->top1Agreement);
    }
    QVERIFY(kl["hadamard"] < kl["none"]);
    // On the reference's model and text no worse than random. On the demo model, with a text that it does not
    // know, learned was measured up to 6 % worse: the order is not reached there, the repair is.
    QVERIFY(kl["learned"] <= (model.startsWith("demo:") ? 1.1 : 1.02) * kl["hadamard"]);
    QVERIFY(kl["learned"] < 0.5 * kl["none"]);
}

void TestRotation::referenceRows_data() {
    QTest::addColumn<QString>("model");
    QTest::addColumn<QString>("text");
    QTest::addColumn<int>("windows");
    QTest::addColumn<double>("kl");
    // W4A4 rows of the reference table, KL in nats per token without tolerance. Ours also have the embedding
    // and the head in 8 bit.
    const QString small = "realmodels/gguf/stories260K-f32.gguf";
    QTest::newRow("stories260K, RTN, Hadamard") << small << "rotation: hadamard\nmethod: rtn\n"
                                                << 64 << 0.2335;
    QTest::newRow("stories260K, RTN, learned") << small << "rotation: learned\nmethod: rtn\n" << 64 << 0.2182;
}

void TestRotation::referenceRows() {
    QFETCH(QString, model);
    QFETCH(QString, text);
    QFETCH(int, windows);
    QFETCH(double, kl);
    const auto source = testsupport::largeFixture(model.toStdString());
    SKIP_WITHOUT_FIXTURE(source);
    const TemporaryFolder folder("tst-rotation");
    engine::QuantizeRequest request;
    request.model = source.string();
    request.policy =
        recipe(folder.path(), "row", text.toStdString() + "activation_bits: 4\n" + kFamilyRules).string();
    request.out = folder.path() / "out";
    request.text = testsupport::largeFixture("text/tinystories-train-sample.txt");
    request.evaluationText = testsupport::largeFixture("text/tinystories-valid.txt");
    request.evaluationWindows = windows;
    const auto report = engine::quantizeModel(request);
    QVERIFY2(report, report ? "" : report.error().message.c_str());
    const auto& quality = *report->quality;
    qInfo("W4A4: perplexity %.4f, KL %.5f, top-1 %.2f %%, %.1f s", quality.perplexity, *quality.klMean,
          100.0 * *quality.top1Agreement, report->seconds);
    QVERIFY2(*quality.klMean <= kl, qPrintable(QString::number(*quality.klMean)));
}

QTEST_GUILESS_MAIN(TestRotation)
#include "tst_rotation.moc"
