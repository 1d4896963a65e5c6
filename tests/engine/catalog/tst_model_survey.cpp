#include <QtTest>
#include <filesystem>
#include <fstream>

#include "engine/base/resources.h"
#include "engine/catalog/model_search.h"
#include "engine/catalog/model_survey.h"
#include "tests/support/fixtures.h"

namespace fs = std::filesystem;

/// What is said of models before they are loaded: whole ones, and every way in which one can be incomplete.
class TestModelSurvey : public QObject {
    Q_OBJECT
private slots:
    void init();
    void demoModelsAreComplete_data();
    void demoModelsAreComplete();
    void tensorFactsAreThoseOfTheFile();
    void licenceIsRead();
    void damagedFilesAreSurveyedWithTheirReason_data();
    void damagedFilesAreSurveyedWithTheirReason();
    void problemsAreNamed_data();
    void problemsAreNamed();
    void foldersOfModelsAreSearched();

private:
    fs::path path(const std::string& name) const { return fs::path(folder_->path().toStdString()) / name; }
    void write(const std::string& name, const std::string& text = "x") const;

    std::unique_ptr<QTemporaryDir> folder_;
    engine::KernelPlan plan_ = *engine::KernelPlan::make("auto", false);
};

void TestModelSurvey::init() {
    folder_ = std::make_unique<QTemporaryDir>();
}

void TestModelSurvey::write(const std::string& name, const std::string& text) const {
    fs::create_directories(path(name).parent_path());
    std::ofstream(path(name), std::ios::binary) << text;
}

void TestModelSurvey::demoModelsAreComplete_data() {
    QTest::addColumn<QString>("variant");
    QTest::addColumn<QString>("weights");
    QTest::newRow("demo:bf16") << "BF16"
                               << "bf16";
    QTest::newRow("demo:qat-lora") << "QAT+LoRA"
                                   << "qat-lora";
    QTest::newRow("demo:spinquant") << "SpinQuant"
                                    << "spinquant";
}

void TestModelSurvey::demoModelsAreComplete() {
    QFETCH(QString, variant);
    QFETCH(QString, weights);
    const auto survey = engine::surveyModel(QTest::currentDataTag(), plan_);
    QVERIFY2(!survey.error, survey.error ? survey.error->message.c_str() : "");
    for (const auto& problem : survey.problems)
        QFAIL(problem.what.c_str());
    QCOMPARE(survey.config.variant, variant.toStdString());
    QCOMPARE(survey.format, std::string("meta"));
    const auto file = engine::resourcePath("demo/" + weights.toStdString() + "/consolidated.00.pth");
    QCOMPARE(survey.fileBytes, std::int64_t(fs::file_size(file)));
    QVERIFY(survey.weightsBytes > 0);
    QVERIFY(survey.tokenizerEntries > 0 && survey.tokenizerEntries <= survey.config.vocabSize);
}

void TestModelSurvey::tensorFactsAreThoseOfTheFile() {
    const auto survey = engine::surveyModel("demo:spinquant", plan_);
    std::int64_t bytes = 0;
    for (const auto& tensor : survey.tensors) {
        bytes += tensor.bytes;
        if (tensor.name == "layers.0.attention.wq.weight") {
            QCOMPARE(tensor.scheme, std::string("int4_g32"));
            // A byte per code, and a f32 scale for 32 of them.
            QCOMPARE(tensor.bitsPerWeight, 9.0);
            QCOMPARE(tensor.bytes, tensor.elements());
            QVERIFY(tensor.packedBytes < tensor.bytes);
            QVERIFY(tensor.codes);
        }
        if (tensor.name.ends_with(".scales"))
            QCOMPARE(tensor.packedBytes, 0);
    }
    QVERIFY(bytes > 0 && bytes <= survey.fileBytes);
    const auto whole = engine::surveyModel("demo:bf16", plan_);
    QVERIFY(std::abs(whole.bitsPerWeight - 16.0) < 0.2);
}

void TestModelSurvey::licenceIsRead() {
    fs::copy(engine::resourcePath("demo/bf16"), path("model"));
    QVERIFY(engine::surveyModel(path("model").string(), plan_).licenceText.empty());
    write("model/LICENSE.txt", "Do what is right.");
    const auto survey = engine::surveyModel(path("model").string(), plan_);
    QCOMPARE(survey.licenceFile, std::string("LICENSE.txt"));
    QCOMPARE(survey.licenceText, std::string("Do what is right."));
}

void TestModelSurvey::damagedFilesAreSurveyedWithTheirReason_data() {
    QTest::addColumn<QString>("file");
    for (const char* kind : {"gguf", "pth", "safetensors"})
        for (const auto& entry :
             fs::directory_iterator(testsupport::dataPath(std::string("golden/files/") + kind)))
            if (entry.path().filename().string().starts_with("bad_"))
                QTest::newRow(entry.path().filename().c_str())
                    << QString::fromStdString(entry.path().string());
}

void TestModelSurvey::damagedFilesAreSurveyedWithTheirReason() {
    QFETCH(QString, file);
    const auto survey = engine::surveyModel(file.toStdString(), plan_);
    QVERIFY(survey.error.has_value());
    QVERIFY(survey.error->message.size() > 20);
    QCOMPARE(survey.error->message, engine::Checkpoint::open(file.toStdString()).error().message);
    QCOMPARE(survey.fileBytes, std::int64_t(fs::file_size(file.toStdString())));
    QVERIFY(survey.tensors.empty());
}

void TestModelSurvey::problemsAreNamed_data() {
    QTest::addColumn<QStringList>("files");
    QTest::addColumn<QString>("chosen");
    QTest::addColumn<QString>("what");
    QTest::addColumn<QString>("whatToDo");
    const auto row = [](const char* name, QStringList files, const char* chosen, const char* what,
                        const char* todo) { QTest::newRow(name) << files << chosen << what << todo; };
    row("no params.json", {"m/consolidated.00.pth", "m/tokenizer.model"}, "m", "params.json is missing",
        "Choose the folder that holds params.json");
    row("lone .pth", {"m/consolidated.00.pth"}, "m/consolidated.00.pth", "params.json is missing beside",
        "Choose the folder");
    row("no weights", {"m/params.json", "m/tokenizer.model"}, "m", "consolidated.00.pth is missing",
        "download");
    row("other name", {"m/params.json", "m/model.pth", "m/tokenizer.model"}, "m", "model.pth", "rename");
    row("split", {"m/params.json", "m/consolidated.00.pth", "m/consolidated.01.pth"}, "m", "split",
        "one file");
    row("no tokenizer", {"m/params.json", "m/consolidated.00.pth"}, "m", "no tokenizer.model",
        "Put tokenizer.model");
    row("no config.json", {"m/model.safetensors", "m/tokenizer.json"}, "m", "config.json is missing",
        "Choose the folder that holds config.json");
    row("pickled", {"m/config.json", "m/pytorch_model.bin"}, "m", "pytorch_model.bin", "safetensors");
    row("no shards", {"m/config.json"}, "m", "no .safetensors file", "Download");
    row("a shard missing", {"m/config.json", "m/model-00001-of-00003.safetensors"}, "m",
        "2 of the weights' parts are missing, the first is model-00002-of-00003.safetensors",
        "missing parts");
    row("unfinished", {"m/params.json", "m/consolidated.00.pth.part"}, "m", "download that has not ended",
        "again");
    row("one level too high", {"m/original/params.json", "m/README.md"}, "m", "folder original inside",
        "original");
    row("nothing", {"m/README.md"}, "m", "holds no model", "Choose the folder");
    row("gone", {}, "m", "is not there any more", "drive");
    row("another file", {"m/photo.jpg"}, "m/photo.jpg", "no model file", "Choose a .gguf");
    row("a web page", {"m/model.gguf"}, "m/model.gguf", "does not begin like a GGUF", "web page");
}

void TestModelSurvey::problemsAreNamed() {
    QFETCH(QStringList, files);
    QFETCH(QString, chosen);
    QFETCH(QString, what);
    QFETCH(QString, whatToDo);
    for (const auto& file : files)
        write(file.toStdString());
    const auto survey = engine::surveyModel(path(chosen.toStdString()).string(), plan_);
    QVERIFY(survey.error.has_value());
    const bool named = std::any_of(survey.problems.begin(), survey.problems.end(), [&](const auto& problem) {
        return QString::fromStdString(problem.what).contains(what) &&
               QString::fromStdString(problem.whatToDo).contains(whatToDo);
    });
    QStringList all;
    for (const auto& problem : survey.problems)
        all << QString::fromStdString(problem.what + " -> " + problem.whatToDo);
    QVERIFY2(named, qPrintable(all.join('\n')));
}

void TestModelSurvey::foldersOfModelsAreSearched() {
    write("all/a/params.json");
    write("all/a/consolidated.00.pth");
    write("all/deep/b/config.json");
    write("all/q4.gguf");
    write("all/q8.gguf");
    write("all/notes/readme.txt");
    write("all/.hidden/params.json");
    const auto found = engine::modelsAt(path("all"));
    QCOMPARE(found, (std::vector<fs::path>{path("all/a"), path("all/deep/b"), path("all/q4.gguf"),
                                           path("all/q8.gguf")}));
    QCOMPARE(engine::modelsAt(path("all/a")), std::vector<fs::path>{path("all/a")});
    QCOMPARE(engine::modelsAt(path("all/notes")), std::vector<fs::path>{path("all/notes")});
    QCOMPARE(engine::modelsAt(path("absent")), std::vector<fs::path>{path("absent")});
}

QTEST_APPLESS_MAIN(TestModelSurvey)
#include "tst_model_survey.moc"
