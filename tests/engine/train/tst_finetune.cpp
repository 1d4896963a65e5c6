#include <QTemporaryDir>
#include <QtTest>
#include <cmath>
#include <fstream>

#include "engine/generate/local_model.h"
#include "engine/synthetic/random_model.h"
#include "engine/train/finetune.h"

namespace train = engine::train;

class TestFinetune : public QObject {
    Q_OBJECT
private slots:
    void initTestCase();
    void everyRecipeThatShipsIsRead();
    void aBadRecipeSaysWhere_data();
    void aBadRecipeSaysWhere();
    void adamwTakesTheStepsOfThePaper();
    void theRateWarmsUpAndFalls();
    void gradientsAreClipped();
    void everyMethodLearns_data();
    void everyMethodLearns();
    void aStoppedRunTakesTheSameSteps_data();
    void aStoppedRunTakesTheSameSteps();
    void aStateOfAnotherRunIsRefused();
    void aDamagedStateIsRefused();
    void preferencesNeedPairs();
    void energySaysWhereItIsFrom();
    void writtenAdaptersOpenAgain();

private:
    train::FinetuneRequest request(const QByteArray& stages, const QString& out, bool pairs = false);
    QTemporaryDir folder_;
    std::filesystem::path model_, chats_, pairs_;
};

void TestFinetune::initTestCase() {
    model_ = folder_.filePath("model").toStdString();
    QVERIFY(engine::makeRandomModel({"tiny", engine::RandomVariant::bf16, model_}));
    chats_ = folder_.filePath("chats.jsonl").toStdString();
    pairs_ = folder_.filePath("pairs.jsonl").toStdString();
    std::ofstream chats(chats_), pairs(pairs_);
    for (int i = 0; i < 60; ++i) {
        const auto n = std::to_string(i);
        chats << R"({"instruction": "say )" << n << R"(", "response": "yes yes )" << n << "\"}\n";
        pairs << R"({"prompt": "say )" << n << R"(", "chosen": "yes )" << n << R"(", "rejected": "no no"})"
              << "\n";
    }
}

train::FinetuneRequest TestFinetune::request(const QByteArray& stages, const QString& out, bool pairs) {
    const auto recipe = train::parseFinetuneRecipe(
        "name: test\ndescription: test\nsequence: 64\nbatch: 2\nvalidate_every: 4\nsave_every: 3\n" +
            stages.toStdString(),
        "test.yaml");
    if (!recipe)
        qFatal("%s", recipe.error().message.c_str());
    train::FinetuneRequest request;
    request.model = model_.string();
    request.recipe = *recipe;
    request.data = pairs ? pairs_ : chats_;
    request.out = folder_.filePath(out).toStdString();
    request.threads = 2;
    return request;
}

void TestFinetune::everyRecipeThatShipsIsRead() {
    const auto recipes = train::finetuneRecipes();
    QVERIFY2(recipes, recipes ? "" : recipes.error().message.c_str());
    QStringList ids;
    for (const auto& recipe : *recipes)
        ids << QString::fromStdString(recipe.id);
    for (const char* id : {"dpo", "full", "lora", "qat", "qat-distill", "qat-lora", "qlora"})
        QVERIFY2(ids.contains(id), id);
    const auto family = train::finetuneRecipe("qat-lora");
    QCOMPARE(family->stages.size(), std::size_t{2});
    QVERIFY(family->stages[1].method == train::FinetuneMethod::qatLora);
    QCOMPARE(family->stages[1].distill, 0.5);  // stands beside the stages, holds for each
    const auto none = train::finetuneRecipe("nothing");
    QVERIFY(!none && none.error().message.find("qat-lora") != std::string::npos);
}

void TestFinetune::aBadRecipeSaysWhere_data() {
    QTest::addColumn<QByteArray>("line");
    QTest::addColumn<QString>("part");
    QTest::newRow("method") << QByteArray("method: magic") << "full, lora";
    QTest::newRow("key") << QByteArray("method: full\nlerning_rate: 1") << "lerning_rate";
    QTest::newRow("range") << QByteArray("method: full\nlearning_rate: 5") << "learning_rate";
    QTest::newRow("stage") << QByteArray("stages:\n  - epochs: 1") << "method";
    QTest::newRow("no method") << QByteArray("epochs: 1") << "method";
}

void TestFinetune::aBadRecipeSaysWhere() {
    QFETCH(QByteArray, line);
    QFETCH(QString, part);
    const auto recipe =
        train::parseFinetuneRecipe("name: x\ndescription: y\n" + line.toStdString(), "bad.yaml");
    QVERIFY(!recipe);
    const auto message = QString::fromStdString(recipe.error().message);
    QVERIFY2(message.startsWith("bad.yaml:") && message.contains(part), qPrintable(message));
}

/// Two steps worked out from the paper's algorithm by hand: w 1, gradients 0.5 and -0.25, b1 0.9, b2 0.99.
void TestFinetune::adamwTakesTheStepsOfThePaper() {
    train::AdamWSettings settings{0.9, 0.99, 1e-8, 0.1};
    train::AdamWState state{{0.0F}, {0.0F}, 1};
    std::vector<float> w{1.0F};
    const std::vector<float> first{0.5F}, second{-0.25F};
    train::adamwStep(settings, 0.1, true, first, 0, state, w);
    QVERIFY(std::abs(w[0] - 0.89F) < 1e-6F);  // 1 - 0.1 * 0.1 - 0.1 * 0.5 / 0.5
    ++state.steps;
    train::adamwStep(settings, 0.1, false, second, 0, state, w);
    // m = 0.045 - 0.025 = 0.02, v = 0.002475 + 0.000625 = 0.0031; m' = 0.02 / 0.19, v' = 0.0031 / 0.0199
    QVERIFY(std::abs(w[0] - (0.89 - 0.1 * (0.02 / 0.19) / std::sqrt(0.0031 / 0.0199))) < 1e-5);
}

void TestFinetune::theRateWarmsUpAndFalls() {
    QCOMPARE(train::learningRate(1.0, 0.1, 4, 104, 0), 0.25);
    QCOMPARE(train::learningRate(1.0, 0.1, 4, 104, 3), 1.0);
    QCOMPARE(train::learningRate(1.0, 0.1, 4, 104, 4), 1.0);
    QCOMPARE(train::learningRate(1.0, 0.1, 4, 104, 54), 0.55);
    QCOMPARE(train::learningRate(1.0, 0.1, 4, 104, 104), 0.1);
}

void TestFinetune::gradientsAreClipped() {
    std::vector<float> gradients{3.0F, 4.0F};
    QCOMPARE(train::clipGradients(gradients, 0.0), 5.0);
    QCOMPARE(train::clipGradients(gradients, 1.0), 5.0);
    QVERIFY(std::abs(train::clipGradients(gradients, 10.0) - 1.0) < 1e-6);
}

void TestFinetune::everyMethodLearns_data() {
    QTest::addColumn<QByteArray>("stages");
    QTest::addColumn<bool>("pairs");
    QTest::addColumn<QString>("variant");
    QTest::newRow("full") << QByteArray("method: full\nlearning_rate: 3e-3") << false << "BF16";
    QTest::newRow("lora") << QByteArray("method: lora\nlearning_rate: 1e-2") << false << "BF16+LoRA";
    QTest::newRow("qlora") << QByteArray("method: qlora\nlearning_rate: 1e-2\ncheckpoint_blocks: true")
                           << false << "BF16+LoRA";
    QTest::newRow("qat") << QByteArray("method: qat\nlearning_rate: 3e-3") << false << "INT4";
    QTest::newRow("qat-lora")
        << QByteArray(
               "stages:\n  - {method: qat, learning_rate: 3e-3}\n  - {method: qat-lora, "
               "learning_rate: 3e-3, rank: 4}")
        << false << "QAT+LoRA";
    QTest::newRow("dpo") << QByteArray("method: dpo\nlearning_rate: 1e-3") << true << "BF16";
}

void TestFinetune::everyMethodLearns() {
    QFETCH(QByteArray, stages);
    QFETCH(bool, pairs);
    QFETCH(QString, variant);
    auto asked = request("steps: 30\n" + stages, QTest::currentDataTag(), pairs);
    const auto report = train::finetune(asked);
    QVERIFY2(report, report ? "" : report.error().message.c_str());
    QCOMPARE(report->steps.size(), 30 * asked.recipe.stages.size());
    if (pairs)
        QVERIFY(std::abs(report->steps.front().loss - std::log(2.0)) <
                1e-6);  // nothing separates the answers yet
    QVERIFY(report->steps.back().loss < 0.7 * report->steps.front().loss);
    QVERIFY(report->validationLoss && *report->validationLoss < report->steps.front().loss);
    QCOMPARE(QString::fromStdString(report->model.variant), variant);
    const auto opened = engine::Checkpoint::open(asked.out.string());
    QVERIFY2(opened, opened ? "" : opened.error().message.c_str());
    QCOMPARE(QString::fromStdString((*opened)->config.variant), variant);
}

void TestFinetune::aStoppedRunTakesTheSameSteps_data() {
    QTest::addColumn<QByteArray>("stages");
    QTest::addColumn<bool>("pairs");
    QTest::newRow("full") << QByteArray("method: full") << false;
    QTest::newRow("two stages, distilled")
        << QByteArray("distill: 0.5\nstages:\n  - method: qat\n  - method: qat-lora") << false;
    QTest::newRow("dpo") << QByteArray("method: dpo") << true;
}

/// Killed after every few steps, a run writes the same bytes as one that was left alone.
void TestFinetune::aStoppedRunTakesTheSameSteps() {
    QFETCH(QByteArray, stages);
    QFETCH(bool, pairs);
    const QString tag = QTest::currentDataTag();
    const QByteArray text = "steps: 9\nlearning_rate: 1e-3\n" + stages;
    const auto straight = train::finetune(request(text, "straight " + tag, pairs));
    QVERIFY2(straight, straight ? "" : straight.error().message.c_str());
    auto asked = request(text, "stopped " + tag, pairs);
    engine::Result<train::FinetuneReport> report{engine::ErrorCode::internal, "not run"};
    int stops = 0;
    for (asked.longestRun = 4; !report && stops < 10; ++stops) {
        report = train::finetune(asked);
        QVERIFY2(report || report.error().code == engine::ErrorCode::cancelled,
                 report ? "" : report.error().message.c_str());
    }
    QVERIFY(report && stops > 1 && report->resumed);
    QCOMPARE(report->steps.size(), straight->steps.size());
    for (std::size_t i = 0; i < report->steps.size(); ++i) {
        QCOMPARE(report->steps[i].loss, straight->steps[i].loss);
        QCOMPARE(report->steps[i].gradientNorm, straight->steps[i].gradientNorm);
        QVERIFY(report->steps[i].validationLoss == straight->steps[i].validationLoss);
    }
    const auto weights = [](const train::FinetuneReport& r) {
        QFile file(QString::fromStdString((r.model.path / "consolidated.00.pth").string()));
        return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray();
    };
    QVERIFY(!weights(*report).isEmpty());
    QVERIFY(weights(*report) == weights(*straight));
}

void TestFinetune::aStateOfAnotherRunIsRefused() {
    auto asked = request("method: full\nsteps: 6", "other");
    asked.longestRun = 2;
    QVERIFY(!train::finetune(asked));
    asked.recipe.seed = 99;
    const auto report = train::finetune(asked);
    QVERIFY(!report);
    QVERIFY2(report.error().message.find("another") != std::string::npos, report.error().message.c_str());
}

void TestFinetune::aDamagedStateIsRefused() {
    auto asked = request("method: full\nsteps: 6", "damaged");
    asked.longestRun = 2;
    QVERIFY(!train::finetune(asked));
    const auto state = asked.out / "training/state.bin";
    const auto size = std::filesystem::file_size(state);
    for (const auto length :
         {std::uintmax_t{0}, std::uintmax_t{10}, std::uintmax_t{60}, size / 2, size - 1}) {
        std::filesystem::resize_file(state, length);
        const auto report = train::finetune(asked);
        QVERIFY(!report);
        QVERIFY2(report.error().message.find("whole training state") != std::string::npos,
                 report.error().message.c_str());
    }
}

void TestFinetune::preferencesNeedPairs() {
    const auto report = train::finetune(request("method: dpo\nsteps: 2", "nopairs"));
    QVERIFY(!report);
    QVERIFY2(report.error().message.find("preference pairs") != std::string::npos,
             report.error().message.c_str());
}

void TestFinetune::energySaysWhereItIsFrom() {
    auto asked = request("method: lora\nsteps: 2", "energy");
    asked.energy.root = folder_.filePath("no meters").toStdString();
    auto report = train::finetune(asked);
    QVERIFY(report);
    QVERIFY(!report->energy.joules && !report->energy.reason.empty());
    asked.energy.estimateFromCpuTime = true;
    asked.energy.estimateWattsPerCore = 5.0;
    asked.out = folder_.filePath("estimated").toStdString();
    report = train::finetune(asked);
    QVERIFY(report);
    QVERIFY(report->energy.joules || !report->energy.reason.empty());
    QVERIFY(report->energy.provenance != engine::Provenance::measured);
}

/// The PEFT adapter beside what was trained, over the model that training began with.
void TestFinetune::writtenAdaptersOpenAgain() {
    const auto lora = request("method: lora\nlearning_rate: 1e-2\nepochs: 1", "with-adapter");
    const auto report = train::finetune(lora);
    QVERIFY2(report, report ? "" : report.error().message.c_str());
    const std::vector<std::int32_t> tokens{1, 5, 9, 2, 30, 7};
    const auto logits = [&](const std::filesystem::path& model, const std::string& adapter) {
        engine::LoadRequest load;
        load.model = model.string();
        load.adapter = adapter;
        load.kv = load.activations = "f32";
        load.threads = 1;
        const auto loaded = engine::LocalModel::load(load);
        std::vector<float> all;
        if (!loaded)
            qFatal("%s", loaded.error().message.c_str());
        std::vector<engine::TokenId> ids;
        for (const auto token : tokens)
            ids.push_back(engine::TokenId{token});
        const auto append = [&](std::int64_t, std::span<const float> row) {
            all.insert(all.end(), row.begin(), row.end());
        };
        if (const auto done = (*loaded)->session().forwardAll(ids, append); !done)
            qFatal("%s", done.error().message.c_str());
        return all;
    };
    const auto trained = logits(lora.out, {});
    const auto again = logits(model_, (lora.out / "adapter").string());
    const auto before = logits(model_, {});
    QCOMPARE(again.size(), trained.size());
    double apart = 0.0;
    double learned = 0.0;
    for (std::size_t i = 0; i < trained.size(); ++i) {
        apart = std::max(apart, std::abs(double{again[i]} - double{trained[i]}));
        learned = std::max(learned, std::abs(double{before[i]} - double{trained[i]}));
    }
    QVERIFY2(apart < 1e-4 && learned > 100.0 * apart,
             qPrintable(QStringLiteral("%1 apart, %2 learned").arg(apart).arg(learned)));
}

QTEST_APPLESS_MAIN(TestFinetune)
#include "tst_finetune.moc"
