#include <filesystem>
#include <functional>

#include "engine/base/resources.h"
#include "tests/app/anven_process.h"
#include "tests/support/fixtures.h"

/// Calls that fail: exit code 1 for what could not be done, 2 for what was not understood, always one line on
/// stderr.
class TestCommandLineErrors : public QObject {
    Q_OBJECT
private slots:
    void initTestCase();
    void badUsage_data();
    void badUsage();
    void failedOperations_data();
    void failedOperations();
    void damagedFiles_data();
    void damagedFiles();
    void aFailedLaneLeavesTheOthers();

private:
    void copyDamaged(const QString& name, const std::string& model, const std::string& file,
                     const std::function<void(QByteArray&)>& damage);
    AnvenProcess anven_;
};

namespace {

void verifyOneLine(const AnvenCall& call) {
    QVERIFY2(call.err.startsWith("anven: "), call.err.constData());
    QVERIFY2(call.err.endsWith('\n') && call.err.count('\n') == 1, call.err.constData());
    QVERIFY2(call.err.size() < 1200, "the message is too long for one line");
}

}  // namespace

/// Copies a model's folder and damages one file of it.
void TestCommandLineErrors::copyDamaged(const QString& name, const std::string& model,
                                        const std::string& file,
                                        const std::function<void(QByteArray&)>& damage) {
    const std::filesystem::path target(anven_.path(name).toStdString());
    std::filesystem::copy(model, target, std::filesystem::copy_options::recursive);
    QFile damaged(QString::fromStdString((target / file).string()));
    QVERIFY(damaged.open(QIODevice::ReadOnly));
    auto bytes = damaged.readAll();
    damaged.close();
    damage(bytes);
    std::filesystem::permissions(target / file, std::filesystem::perms::owner_write,
                                 std::filesystem::perm_options::add);
    QVERIFY(damaged.open(QIODevice::WriteOnly));
    damaged.write(bytes);
}

void TestCommandLineErrors::initTestCase() {
    const auto half = [](QByteArray& bytes) { bytes.truncate(bytes.size() / 2); };
    const auto demo = engine::resourcePath("demo/bf16").string();
    const auto golden = testsupport::dataPath("golden/text-bf16").string();
    copyDamaged("pth", demo, "consolidated.00.pth", half);
    copyDamaged("params", demo, "params.json",
                [](QByteArray& bytes) { bytes.replace("\"dim\": 192", "\"dim\": -192"); });
    copyDamaged("json", demo, "params.json", half);
    copyDamaged("tokenizer", demo, "tokenizer.model", half);
    copyDamaged("gguf", golden + "/gguf", "model-bf16.gguf", half);
    copyDamaged("magic", golden + "/gguf", "model-bf16.gguf", [](QByteArray& bytes) { bytes[0] = 'X'; });
    copyDamaged("safetensors", golden + "/hf", "model.safetensors", half);
    copyDamaged("header", golden + "/hf", "model.safetensors", [](QByteArray& bytes) { bytes[7] = '\x7f'; });
    copyDamaged("config", golden + "/hf", "config.json", half);
    copyDamaged("hftokenizer", golden + "/hf", "tokenizer.json", half);
    anven_.write("noise.sqlite", QByteArray(5000, 'x'));
    anven_.write("dialog.json", "{");
    anven_.write("odd.u16", "abc");
    anven_.write("short.txt", "Hi");
    anven_.write("bad.yaml", "name: a\ndescription: b\ntests:\n  - {prefil: 4}\n");
}

void TestCommandLineErrors::badUsage_data() {
    QTest::addColumn<QStringList>("arguments");
    const auto row = [](const char* name, const QStringList& arguments) { QTest::newRow(name) << arguments; };
    row("nothing", {});
    row("no such subcommand", {"frobnicate"});
    row("no such option", {"system", "--colour"});
    row("no model", {"inspect"});
    row("no prompt", {"generate", "demo:bf16"});
    row("two prompts", {"generate", "demo:bf16", "-p", "a", "--chat", "b.json"});
    row("number that is none", {"generate", "demo:bf16", "-p", "a", "-n", "many"});
    row("number out of range", {"generate", "demo:bf16", "-p", "a", "--temperature", "-1"});
    row("no tokens at all", {"generate", "demo:bf16", "-p", "a", "-n", "0"});
    row("draft tokens without drafts", {"generate", "demo:bf16", "-p", "a", "--draft-tokens", "3"});
    row("too many draft tokens",
        {"generate", "demo:bf16", "-p", "a", "--draft", "lookup", "--draft-tokens", "33"});
    row("unknown kernels", {"generate", "demo:bf16", "-p", "a", "--kernels", "magic"});
    row("unknown cache scheme", {"generate", "demo:bf16", "-p", "a", "--kv", "int3"});
    row("too many threads", {"generate", "demo:bf16", "-p", "a", "--threads", "100000"});
    row("nothing to tokenize", {"tokenize", "demo:bf16"});
    row("tokens that are none", {"logits", "demo:bf16", "--tokens", "1,x", "--out", "@o.npy"});
    row("nowhere to write", {"logits", "demo:bf16", "--tokens", "1"});
    row("nothing to evaluate on", {"evaluate", "demo:bf16"});
    row("bench without a model", {"bench", "--prefill", "8"});
    row("bench without a test", {"bench", "demo:bf16"});
    row("bench without anything", {"bench"});
    row("bench in another order", {"bench", "quick", "--order", "random"});
    row("bench that is continued with other tests", {"bench", "--resume", "1", "--prefill", "8"});
    row("kernels without a verb", {"kernels"});
    row("tuning on no matrix", {"kernels", "tune", "--matrices", "12"});
    row("tuning on an empty matrix", {"kernels", "tune", "--matrices", "0x64"});
    row("tuning without repetitions", {"kernels", "tune", "--repetitions", "0"});
    row("threads of no roofline", {"system", "--threads", "2"});
    row("finetune data without a model", {"finetune", "data", "chats.jsonl"});
    row("demo see without a folder", {"demo", "see", "demo:bf16"});
    row("finetune without data", {"finetune", "demo:bf16", "--recipe", "full", "--out", "x"});
    row("finetune at an impossible rate",
        {"finetune", "demo:bf16", "--recipe", "full", "--data", "d", "--out", "x", "--learning-rate", "0"});
    row("quantize without a recipe", {"quantize", "demo:bf16", "--out", "x"});
    row("quantize without anything", {"quantize"});
    row("demo without a verb", {"demo"});
    row("unknown format", {"make-random", "--format", "onnx", "--out", "x"});
    row("report without a file", {"report"});
    row("rerun with a model", {"bench", "--rerun", "r.json", "demo:bf16"});
    row("a run without a report", {"bench", "--run", "3"});
}

void TestCommandLineErrors::badUsage() {
    QFETCH(QStringList, arguments);
    const auto call = anven_.run(arguments);
    QCOMPARE(call.exitCode, 2);
    QCOMPARE(call.out, QByteArray());
    verifyOneLine(call);
    QVERIFY2(call.err.contains("--help"), call.err.constData());
}

void TestCommandLineErrors::failedOperations_data() {
    QTest::addColumn<QStringList>("arguments");
    QTest::addColumn<QString>("expected");
    const auto row = [](const char* name, const char* expected, const QStringList& arguments) {
        QTest::newRow(name) << arguments << QString(expected);
    };
    row("no such model", "/no/such/model", {"inspect", "/no/such/model"});
    row("no such embedded model", "demo:qat-lora", {"inspect", "demo:int1"});
    row("an empty folder", "", {"inspect", "."});
    row("no such text", "/no/such.txt", {"tokenize", "demo:bf16", "--file", "/no/such.txt"});
    row("a folder as text", "is a folder", {"tokenize", "demo:bf16", "--file", "."});
    row("a dialog that is none", "dialog.json", {"generate", "demo:bf16", "--chat", "@dialog.json"});
    row("a prompt beyond the context", "the context holds 8 tokens",
        {"generate", "demo:bf16", "-p", "one two three four five six seven eight nine", "--context", "8"});
    row("a context beyond the model's", "512", {"generate", "demo:bf16", "-p", "a", "--context", "513"});
    row("a token outside the vocabulary", "outside the vocabulary of 1280",
        {"logits", "demo:bf16", "--tokens", "1280", "--out", "@o.npy"});
    row("a folder that is not there", "/no/such/o.npy",
        {"logits", "demo:bf16", "--tokens", "1", "--out", "/no/such/o.npy"});
    row("an odd token file", "odd number of bytes", {"evaluate", "demo:bf16", "--tokens", "@odd.u16"});
    row("a text that is too short", "one window needs", {"evaluate", "demo:bf16", "--text", "@short.txt"});
    row("no such recipe", "qat-lora",
        {"finetune", "demo:bf16", "--recipe", "magic", "--data", "@short.txt", "--out", "@t"});
    row("training data that is not there", "/no/such.jsonl",
        {"finetune", "demo:bf16", "--recipe", "full", "--data", "/no/such.jsonl", "--out", "@t"});
    row("training through an online Hadamard", "SpinQuant",
        {"finetune", "demo:spinquant", "--recipe", "full", "--data", "@short.txt", "--out", "@t"});
    row("a variant that GGUF lacks", "qat-lora and spinquant are Meta's layout",
        {"make-random", "--shape", "tiny", "--format", "gguf", "--variant", "spinquant", "--out", "@s.gguf"});
    row("a gguf file in no folder", "No such file",
        {"make-random", "--shape", "tiny", "--format", "gguf", "--out", "/no/such/folder/m.gguf"});
    row("rerun of no file", "cannot be read", {"bench", "--rerun", "/no/such.json", "--db", "@x.sqlite"});
    row("no database", "does not exist", {"report", "--db", "/no/such.sqlite", "--out", "@r.html"});
    row("a database that is none", "noise.sqlite", {"report", "--db", "@noise.sqlite", "--out", "@r.html"});
    row("a profile with a misspelt key", "bad.yaml:4:6: key 'prefil'", {"bench", "@bad.yaml"});
    row("no such profile file", "/no/such.yaml", {"bench", "/no/such.yaml"});
    row("a profile without its models", "give one", {"bench", "standard"});
    row("a run that is not there", "has no run 7", {"bench", "--resume", "7", "--db", "@empty.sqlite"});
    row("bench into a database that is none", "noise.sqlite",
        {"bench", "demo:bf16", "--prefill", "4", "--repetitions", "1", "--db", "@noise.sqlite"});
}

void TestCommandLineErrors::failedOperations() {
    QFETCH(QStringList, arguments);
    QFETCH(QString, expected);
    const auto call = anven_.run(QStringList(arguments) << "--json");
    QCOMPARE(call.exitCode, 1);
    QCOMPARE(call.out, QByteArray());
    verifyOneLine(call);
    QVERIFY2(QString(call.err).contains(expected), call.err.constData());
}

void TestCommandLineErrors::damagedFiles_data() {
    QTest::addColumn<QStringList>("command");
    QTest::addColumn<QString>("file");
    QTest::addColumn<QString>("expected");
    const QStringList inspect{"inspect"};
    const QStringList generate{"generate", "-p", "Hi"};
    const auto both = [&](const QString& file, const QString& expected = {}) {
        const auto said = expected.isEmpty() ? file.section('/', 1) : expected;
        QTest::newRow(qPrintable("inspect " + file)) << inspect << file << said;
        QTest::newRow(qPrintable("generate " + file)) << generate << file << said;
    };
    both("pth/consolidated.00.pth");
    both("params/params.json", "dim -192");
    both("json/params.json");
    both("gguf/model-bf16.gguf");
    both("magic/model-bf16.gguf");
    both("safetensors/model.safetensors");
    both("header/model.safetensors");
    both("config/config.json");
    QTest::newRow("generate tokenizer.model") << generate << "tokenizer/tokenizer.model"
                                              << "tokenizer.model";
    QTest::newRow("generate tokenizer.json") << generate << "hftokenizer/tokenizer.json"
                                             << "tokenizer.json";
}

void TestCommandLineErrors::damagedFiles() {
    QFETCH(QStringList, command);
    QFETCH(QString, file);
    QFETCH(QString, expected);
    const bool single = file.endsWith(".gguf");
    const auto call = anven_.run(QStringList(command) << "@" + (single ? file : file.section('/', 0, 0)));
    QCOMPARE(call.exitCode, 1);
    QCOMPARE(call.out, QByteArray());
    verifyOneLine(call);
    QVERIFY2(QString(call.err).contains(anven_.path(file.section('/', 0, 0))), call.err.constData());
    QVERIFY2(QString(call.err).contains(expected), call.err.constData());
}

void TestCommandLineErrors::aFailedLaneLeavesTheOthers() {
    const auto call = anven_.run({"compare", "demo:bf16", "@pth", "-p", "Hi", "-n", "3", "--json"});
    QCOMPARE(call.exitCode, 1);
    verifyOneLine(call);
    const auto document = call.json();
    QVERIFY2(document.is_object(), call.out.constData());
    QCOMPARE(document.at("lanes").size(), std::size_t{2});
    QVERIFY(!document.at("lanes").at(0).at("text").get<std::string>().empty());
}

QTEST_GUILESS_MAIN(TestCommandLineErrors)
#include "tst_command_line_errors.moc"
