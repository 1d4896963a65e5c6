#include <signal.h>

#include <algorithm>
#include <filesystem>

#include "engine/base/npy.h"
#include "engine/store/store.h"
#include "tests/app/anven_process.h"
#include "tests/support/fixtures.h"

using nlohmann::json;

/// What every subcommand prints: the documented JSON keys, text for people, and nothing else.
class TestCommandLine : public QObject {
    Q_OBJECT
private slots:
    void initTestCase();
    void printsTheDocumentedKeys_data();
    void printsTheDocumentedKeys();
    void printsTextForPeople_data();
    void printsTextForPeople();
    void hasHelp_data();
    void hasHelp();
    void tokenizesADialogFromStandardInput();
    void logitsAreTheSameTokenByToken();
    void generationIsRepeatable();
    void draftsChangeNoGreedyToken();
    void reportsShowWhatWasAccepted();
    void kernelPinsAreHonoured();
    void theTunedTableIsUsed();
    void reportsHoldTheRun_data();
    void reportsHoldTheRun();
    void aReportIsMeasuredAgain_data();
    void aReportIsMeasuredAgain();
    void aShippedProfileSaysSo();
    void aRunIsContinued();
    void interruptKeepsWhatWasMeasured();

private:
    AnvenProcess anven_;
};

namespace {

/// Whether "lanes[].results[].mean" stands in the document, in every element of its arrays.
bool hasKey(const json& document, const QString& path) {
    const auto part = path.section('.', 0, 0);
    const auto rest = path.section('.', 1);
    const bool array = part.endsWith("[]");
    const auto key = (array ? part.chopped(2) : part).toStdString();
    if (!document.is_object() || !document.contains(key))
        return false;
    const auto& value = document.at(key);
    if (!array)
        return rest.isEmpty() || hasKey(value, rest);
    return value.is_array() && !value.empty() &&
           (rest.isEmpty() ||
            std::all_of(value.begin(), value.end(), [&](const json& item) { return hasKey(item, rest); }));
}

QStringList words(const char* text) {
    return QString(text).split(' ', Qt::SkipEmptyParts);
}

const char* const kInspectKeys =
    "name format architecture variant parameters layers dim heads kv_heads head_dim ffn_dim vocab context "
    "tied_embeddings "
    "rope.theta rope.scaled hadamard_ffn hadamard_heads activation_bits weights_bytes kv_bytes_per_token tensors[].name tensors[].shape "
    "tensors[].scheme tensors[].bytes ";
const char* const kGenerateKeys =
    "text tokens[] prompt_tokens generated_tokens finish_reason ttft_ms prefill_tokens_per_s "
    "decode_tokens_per_s itl_ms.p50 itl_ms.p90 "
    "itl_ms.p99 weights_bytes kv_bytes peak_rss_bytes load_ms energy.joules energy.joules_per_token "
    "energy.source energy.provenance "
    "kernels threads seed ";
const char* const kSpeculationKeys =
    "speculation.kind speculation.drafted speculation.accepted speculation.acceptance speculation.forwards "
    "speculation.tokens_per_forward speculation.exact ";
const char* const kBenchKeys =
    "run_id profile machine.cpu lanes[].name lanes[].kernels lanes[].threads lanes[].results[].test "
    "lanes[].results[].prompt "
    "lanes[].results[].generate lanes[].results[].depth lanes[].results[].metric lanes[].results[].unit "
    "lanes[].results[].n "
    "lanes[].results[].mean lanes[].results[].median lanes[].results[].stddev lanes[].results[].ci95 "
    "lanes[].results[].min "
    "lanes[].results[].max lanes[].results[].p50 lanes[].results[].p90 lanes[].results[].p99 ";

QStringList lanes(const QStringList& keys) {
    QStringList result;
    for (const auto& key : keys)
        result << "lanes[]." + key;
    return result;
}

}  // namespace

void TestCommandLine::initTestCase() {
    anven_.write("text.txt", QByteArray("User: Hi\nBot: Hello! How can I help you?\n").repeated(20));
    anven_.write("dialog.json",
                 R"([{"role":"system","content":"Be brief."},{"role":"user","content":"Who are you?"}])");
    anven_.write("chats.jsonl",
                 QByteArray(R"({"instruction": "Say yes.", "response": "Yes."})").append('\n').repeated(8) +
                     R"({"instruction": "Say no.", "response": "No."})");
    anven_.write("tiny.yaml",
                 "name: Tiny\ndescription: A random model\nmodels: [{name: r, random: tiny/spinquant}]\n"
                 "threads: 1\ntests: [{prefill: 4, decode: 2}]\nrepetitions: {min: 1, max: 2}\n");
    QVERIFY(QDir().mkpath(anven_.path("pictures")));
    QVERIFY(
        QFile::copy(QString::fromStdString(testsupport::dataPath("golden/vision/images/wide.png").string()),
                    anven_.path("pictures/wide.png")));
    anven_.write(
        "seen.jsonl",
        R"({"question": "Which?", "choices": ["red", "blue"], "answer": 0, "image": "pictures/wide.png"})");
    const auto made = anven_.run(
        {"make-random", "--shape", "tiny", "--format", "gguf", "--variant", "q4_0", "--out", "@model.gguf"});
    QVERIFY2(made.exitCode == 0, made.err.constData());
    const auto bench =
        anven_.run({"bench", "One=demo:bf16", "--model", "Two=demo:spinquant", "--prefill", "8", "--decode",
                    "4", "--repetitions", "2", "--threads", "1", "--db", "@bench.sqlite", "--json"});
    QVERIFY2(bench.exitCode == 0, bench.err.constData());
    anven_.write("bench.json", bench.out);
}

void TestCommandLine::printsTheDocumentedKeys_data() {
    QTest::addColumn<QStringList>("arguments");
    QTest::addColumn<QStringList>("keys");
    const auto row = [](const char* name, const QStringList& arguments, const QStringList& keys) {
        QTest::newRow(name) << arguments << keys;
    };
    row("inspect", {"inspect", "demo:bf16"}, words(kInspectKeys));
    row("inspect with adapters", {"inspect", "demo:qat-lora"},
        words(kInspectKeys) << "lora.rank"
                            << "lora.scale");
    const auto vision = QString::fromStdString(testsupport::dataPath("golden/vision/meta").string());
    row("inspect a model that sees", {"inspect", vision},
        words(kInspectKeys) +
            words("vision.tile_size vision.max_tiles vision.patch_size vision.tokens_per_tile vision.layers "
                  "vision.global_layers vision.cross_attention_layers[]"));
    row("generate about a picture",
        {"generate", vision, "-p", "What?", "--image", "@pictures/wide.png", "-n", "3"},
        words(kGenerateKeys) << "image_encode_ms");
    row("compare about a picture",
        {"compare", vision, vision, "-p", "What?", "--image", "@pictures/wide.png", "-n", "3"},
        lanes(words(kGenerateKeys) << "image_encode_ms") << "agreement[].kl_mean"
                                                         << "lanes[].reference_nll");
    row("evaluate questions about pictures", {"evaluate", vision, "--choices", "@seen.jsonl"},
        words("questions chance accuracy"));
    row("tokenize", {"tokenize", "demo:bf16", "Hello"}, words("tokens[] pieces[]"));
    row("tokenize a file", {"tokenize", "demo:bf16", "--file", "@text.txt"}, words("tokens[] pieces[]"));
    row("tokenize a dialog", {"tokenize", "demo:bf16", "--chat", "@dialog.json"}, words("tokens[] pieces[]"));
    row("logits", {"logits", "demo:bf16", "--tokens", "1,2,3", "--out", "@logits.npy"}, words("shape[]"));
    row("generate", {"generate", "demo:spinquant", "-p", "Hi", "-n", "6"}, words(kGenerateKeys));
    row("generate from a dialog", {"generate", "demo:bf16", "--chat", "@dialog.json", "-n", "6"},
        words(kGenerateKeys));
    row("generate with lookup", {"generate", "demo:bf16", "-p", "Hi", "-n", "6", "--draft", "lookup"},
        words(kGenerateKeys) + words(kSpeculationKeys));
    row("generate with a draft model",
        {"generate", "demo:bf16", "-p", "Hi", "-n", "6", "--draft", "demo:spinquant", "--draft-tokens", "2"},
        words(kGenerateKeys) + words(kSpeculationKeys) +
            words("speculation.draft_model speculation.draft_weights_bytes speculation.draft_kv_bytes"));
    row("compare with a draft model",
        {"compare", "demo:bf16", "demo:qat-lora", "-p", "Hi", "-n", "6", "--draft", "demo:spinquant"},
        lanes(words(kGenerateKeys) + words(kSpeculationKeys) + words("speculation.draft_model")));
    row("compare", {"compare", "demo:bf16", "demo:qat-lora", "-p", "Hi", "-n", "6"},
        lanes(words(kGenerateKeys)) +
            words("prompt agreement[].lane agreement[].reference agreement[].top1 agreement[].kl_mean "
                  "agreement[].first_divergence order fair lanes[].reference_nll"));
    row("compare at once, with the score of every token",
        {"compare", "demo:bf16", "demo:spinquant", "-p", "Hi", "-n", "6", "--concurrent", "--token-scores"},
        lanes(words(kGenerateKeys)) +
            words("order fair lanes[].reference_nll lanes[].reference_tokens.starts[] "
                  "lanes[].reference_tokens.probability[] lanes[].reference_tokens.rank[]"));
    row("evaluate", {"evaluate", "demo:bf16", "--text", "@text.txt", "--window", "32"},
        words("tokens nll perplexity ci95[] kl_mean kl_p99 top1_agreement"));
    row("evaluate against a reference",
        {"evaluate", "demo:spinquant", "--text", "@text.txt", "--window", "32", "--reference", "demo:bf16"},
        words("tokens nll perplexity ci95[] kl_mean kl_p99 top1_agreement"));
    row("bench", {"bench", "demo:bf16", "--prefill", "8", "--repetitions", "2", "--db", "@keys.sqlite"},
        words(kBenchKeys));
    row("bench by a shipped profile",
        {"bench", "quick", "m=demo:spinquant", "--repetitions", "1", "--warmups", "0", "--db",
         "@keys.sqlite"},
        words(kBenchKeys) + words("profile_sha256 profile_shipped profile_notes warnings"));
    row("bench by a file, on a random model", {"bench", "@tiny.yaml", "--db", "@keys.sqlite"},
        words(kBenchKeys) + words("profile_sha256 profile_shipped profile_notes warnings"));
    row("bench --list", {"bench", "--list"},
        words("profiles[].id profiles[].name profiles[].description profiles[].sha256 profiles[].shipped"));
    row("kernels list", {"kernels", "list"},
        words("variants[].name variants[].available variants[].reason variants[].features plan[].op "
              "plan[].variant plan[].reason plan[].passed_over plan[].by_shape batch_dependent table.path "
              "table.measured table.problem"));
    row("kernels tune",
        {"kernels", "tune", "--repetitions", "1", "--matrices", "32x64,16x96", "--out", "@tuned.yaml"},
        words("path cpu features[] measured rows[].op rows[].weights rows[].tokens rows[].variants[].name "
              "rows[].variants[].gops rows[].variants[].gbps rows[].variants[].spread left_out plan[].op "
              "plan[].variant plan[].reason batch_dependent"));
    row("kernels verify", {"kernels", "verify"},
        words("checks[].op checks[].shape checks[].max_error checks[].ok"));
    row("kernels bench", {"kernels", "bench", "--repetitions", "1"},
        words("ops[].op ops[].shape ops[].variant ops[].gops ops[].gbps ops[].percent_of_peak "
              "roofline.read_gb_per_s"));
    row("system", {"system"},
        words("cpu topology caches numa memory isa os kernel governor frequency energy_meters[].name "
              "energy_meters[].provenance "
              "energy_meters[].available energy_meters[].reason versions"));
    row("system with its roofline", {"system", "--roofline", "--threads", "1"},
        words("cpu roofline.threads roofline.read_gb_per_s roofline.int8_gops roofline.bf16_gops "
              "roofline.fp32_gops roofline.barrier_us"));
    row("report", {"report", "--db", "@bench.sqlite", "--out", "@keys.html"}, words("path"));
    row("finetune",
        {"finetune", "demo:bf16", "--recipe", "lora", "--data", "@chats.jsonl", "--out", "@tuned", "--steps",
         "2"},
        words("steps[].step steps[].loss steps[].lr steps[].tokens_per_s validation_loss model.path "
              "model.variant "
              "data.tokens data.warnings[] energy.provenance energy.reason"));
    row("finetune --list", {"finetune", "--list"}, words("recipes[].id recipes[].methods[]"));
    row("finetune data", {"finetune", "data", "@chats.jsonl", "demo:bf16"},
        words(
            "examples kinds validation tokens learned_tokens length.min length.median length.p95 length.max "
            "duplicates cut warnings[]"));
    row("demo pictures", {"demo", "pictures", "--count", "2", "--out", "@pictures"},
        words("pictures[].path pictures[].questions[].kind pictures[].questions[].question "
              "pictures[].questions[].answer pictures[].questions[].keys[]"));
    row("demo grade", {"demo", "grade", "demo:bf16", "--count", "4"}, words("tasks mistakes"));
    row("demo talks", {"demo", "talks", "--count", "2"}, words("talks[].messages[].content"));
    row("make-random", {"make-random", "--shape", "tiny", "--out", "@random"},
        words("path bytes parameters"));
    row("make-random as gguf",
        {"make-random", "--shape", "tiny", "--format", "gguf", "--variant", "q4_0", "--out", "@random.gguf"},
        words("path bytes parameters"));
    row("bench on a random gguf",
        {"bench", "@model.gguf", "--decode", "2", "--depth", "3", "--context", "16", "--repetitions", "1",
         "--db", "@keys.sqlite"},
        words(kBenchKeys));
}

void TestCommandLine::printsTheDocumentedKeys() {
    QFETCH(QStringList, arguments);
    QFETCH(QStringList, keys);
    const auto call = anven_.run(QStringList(arguments) << "--json");
    QVERIFY2(call.exitCode == 0, call.err.constData());
    QCOMPARE(call.err, QByteArray());  // stderr is no terminal here, so progress stays away
    const auto document = call.json();
    QVERIFY2(document.is_object(), call.out.left(500).constData());
    for (const auto& key : keys)
        QVERIFY2(hasKey(document, key), qPrintable("no key " + key));
}

void TestCommandLine::printsTextForPeople_data() {
    QTest::addColumn<QStringList>("arguments");
    QTest::addColumn<QString>("expected");
    QTest::newRow("inspect") << QStringList{"inspect", "demo:spinquant"} << "SpinQuant";
    QTest::newRow("inspect tensors") << QStringList{"inspect", "demo:spinquant", "--tensors"}
                                     << "layers.0.attention.wq.weight";
    QTest::newRow("tokenize") << QStringList{"tokenize", "demo:bf16", "Hi there"} << "2 tokens";
    QTest::newRow("generate") << QStringList{"generate",           "demo:bf16",     "-p",
                                             "What is 7 times 8?", "--temperature", "0"}
                              << "7 x 8 = 56.";
    QTest::newRow("compare") << QStringList{"compare", "demo:bf16", "demo:spinquant", "-p", "Hi", "-n", "4"}
                             << "top-1 agreement";
    QTest::newRow("compare, the reference reads")
        << QStringList{"compare", "demo:bf16", "demo:spinquant", "-p", "Hi", "-n", "4", "--concurrent"}
        << "the reference gives this answer";
    QTest::newRow("evaluate") << QStringList{"evaluate", "demo:bf16", "--text", "@text.txt", "--window", "32"}
                              << "perplexity";
    QTest::newRow("finetune") << QStringList{"finetune",     "demo:bf16", "--recipe", "qat-lora", "--data",
                                             "@chats.jsonl", "--out",     "@qat",     "--steps",  "2"}
                              << "QAT+LoRA";
    QTest::newRow("demo talks") << QStringList{"demo", "talks"} << "assistant: ";
    QTest::newRow("kernels list") << QStringList{"kernels", "list"} << "reference";
    QTest::newRow("kernels verify") << QStringList{"kernels", "verify"} << "0 failed";
    QTest::newRow("system") << QStringList{"system"} << "energy";
    QTest::newRow("roofline") << QStringList{"system", "--roofline", "--threads", "1"} << "GB/s from memory";
    QTest::newRow("version") << QStringList{"--version"} << "anven ";
}

void TestCommandLine::printsTextForPeople() {
    QFETCH(QStringList, arguments);
    QFETCH(QString, expected);
    const auto call = anven_.run(arguments);
    QVERIFY2(call.exitCode == 0, call.err.constData());
    QVERIFY2(QString(call.out).contains(expected), call.out.constData());
}

void TestCommandLine::hasHelp_data() {
    QTest::addColumn<QStringList>("command");
    QTest::newRow("anven") << QStringList{};
    for (const char* name : {"inspect", "tokenize", "logits", "generate", "compare", "bench", "evaluate",
                             "report", "kernels", "make-random", "system", "finetune", "demo"})
        QTest::newRow(name) << QStringList{name};
    QTest::newRow("kernels list") << QStringList{"kernels", "list"};
    QTest::newRow("kernels tune") << QStringList{"kernels", "tune"};
}

void TestCommandLine::hasHelp() {
    QFETCH(QStringList, command);
    const auto call = anven_.run(QStringList(command) << "--help");
    QCOMPARE(call.exitCode, 0);
    QVERIFY2(call.out.contains("--help"), call.out.constData());
    QCOMPARE(call.err, QByteArray());
}

void TestCommandLine::tokenizesADialogFromStandardInput() {
    const auto call =
        anven_.run({"tokenize", "demo:bf16", "--chat", "-", "--json"}, R"([{"role":"user","content":"Hi"}])");
    QVERIFY2(call.exitCode == 0, call.err.constData());
    QCOMPARE(call.json().at("prompt").get<std::string>(),
             std::string("<|begin_of_text|><|start_header_id|>user<|end_header_id|>\n\nHi<|eot_id|>"
                         "<|start_header_id|>assistant<|end_header_id|>\n\n"));
}

void TestCommandLine::logitsAreTheSameTokenByToken() {
    const QStringList exact{"logits", "demo:bf16",     "--tokens", "1,5,9,300,7", "--kv",
                            "f32",    "--activations", "f32",      "--out"};
    QCOMPARE(anven_.run(QStringList(exact) << "@whole.npy").exitCode, 0);
    QCOMPARE(anven_
                 .run(QStringList(exact) << "@steps.npy"
                                         << "--incremental")
                 .exitCode,
             0);
    const auto whole = engine::readNpy(anven_.path("whole.npy").toStdString());
    const auto steps = engine::readNpy(anven_.path("steps.npy").toStdString());
    QVERIFY(whole && steps);
    QVERIFY((whole->shape == std::vector<std::int64_t>{5, 1280}));
    QVERIFY(steps->shape == whole->shape);
    for (std::size_t i = 0; i < whole->data.size(); ++i)
        QVERIFY2(std::abs(whole->data[i] - steps->data[i]) <= 1e-4F, qPrintable(QString::number(i)));
}

void TestCommandLine::generationIsRepeatable() {
    const QStringList call{"generate", "demo:bf16",     "-p",  "Once upon a time", "--raw", "-n",
                           "30",       "--temperature", "1.2", "--seed",           "9",     "--json"};
    const auto first = anven_
                           .run(QStringList(call) << "--threads"
                                                  << "1")
                           .json();
    const auto second = anven_
                            .run(QStringList(call) << "--threads"
                                                   << "2")
                            .json();
    QCOMPARE(first.at("text").get<std::string>(), second.at("text").get<std::string>());
    QCOMPARE(first.at("seed").get<int>(), 9);
    QCOMPARE(second.at("threads").get<int>(), 2);
}

void TestCommandLine::draftsChangeNoGreedyToken() {
    const QStringList call{"generate",      "demo:bf16", "-p",    "one two three one two",
                           "--raw",         "-n",        "60",    "--ignore-stop",
                           "--temperature", "0",         "--json"};
    const auto expected = anven_.run(call).json().at("tokens");
    QCOMPARE(expected.size(), std::size_t{60});
    for (const char* draft : {"lookup", "demo:spinquant"}) {
        const auto document = anven_.run(QStringList(call) << "--draft" << draft).json();
        QVERIFY2(document.at("tokens") == expected, draft);
        QVERIFY(document.at("speculation").at("accepted").get<int>() > 0);
    }
    const auto text = anven_.run(QStringList(call.first(call.size() - 1)) << "--draft"
                                                                          << "lookup");
    QVERIFY2(text.err.contains("guesses held") && text.err.contains("tokens per pass"), text.err.constData());
}

void TestCommandLine::reportsShowWhatWasAccepted() {
    const auto compared = anven_.run({"compare", "demo:bf16", "-p", "Hi", "-n", "12", "--draft",
                                      "demo:spinquant", "--db", "@drafts.sqlite"});
    QVERIFY2(compared.exitCode == 0, compared.err.constData());
    const auto report = anven_.run({"report", "--db", "@drafts.sqlite", "--out", "@drafts.md"});
    QVERIFY2(report.exitCode == 0, report.err.constData());
    QFile file(anven_.path("drafts.md"));
    QVERIFY(file.open(QIODevice::ReadOnly));
    const auto text = file.readAll();
    for (const char* expected : {"Draft tokens accepted", "Tokens per forward pass"})
        QVERIFY2(text.contains(expected), text.constData());
}

void TestCommandLine::kernelPinsAreHonoured() {
    const auto call =
        anven_.run({"generate", "demo:spinquant", "-p", "Hi", "-n", "3", "--kernels", "reference", "--json"});
    QVERIFY2(call.exitCode == 0, call.err.constData());
    const auto kernels = QString::fromStdString(call.json().at("kernels").get<std::string>());
    for (const auto& choice : kernels.split(' ', Qt::SkipEmptyParts))
        QVERIFY2(choice.endsWith("=reference"), qPrintable(kernels));
}

/// `kernels tune` writes where `kernels list` and every plan look first.
void TestCommandLine::theTunedTableIsUsed() {
    const auto call = anven_.run({"kernels", "tune", "--repetitions", "1", "--matrices", "32x64", "--json"});
    QVERIFY2(call.exitCode == 0, call.err.constData());
    const auto path = call.json().at("path").get<std::string>();
    QVERIFY2(path.starts_with(anven_.path("data/anven-workbench/kernels/").toStdString()), path.c_str());
    const auto list = anven_.run({"kernels", "list", "--json"});
    QCOMPARE(list.json().at("table").at("path").get<std::string>(), path);
    QVERIFY(list.json().at("plan") == call.json().at("plan"));
    std::filesystem::remove(path);  // what a matrix that small says must decide nothing here
}

void TestCommandLine::reportsHoldTheRun_data() {
    QTest::addColumn<QString>("file");
    for (const char* file : {"run.md", "run.html", "run.csv", "run.json"})
        QTest::newRow(file) << file;
}

void TestCommandLine::reportsHoldTheRun() {
    QFETCH(QString, file);
    const auto call = anven_.run({"report", "--db", "@bench.sqlite", "--out", "@" + file});
    QVERIFY2(call.exitCode == 0, call.err.constData());
    QCOMPARE(QString(call.out).trimmed(), anven_.path(file));
    QFile report(anven_.path(file));
    QVERIFY(report.open(QIODevice::ReadOnly));
    const auto text = report.readAll();
    for (const char* word : {"One", "Two", "SpinQuant"})
        QVERIFY2(text.contains(word), word);
}

void TestCommandLine::aReportIsMeasuredAgain_data() {
    QTest::addColumn<QString>("file");
    for (const char* file : {"again.json", "again.html"})
        QTest::newRow(file) << file;
}

/// Same lanes, tests and seed; the digest of the model is known, so nothing is warned of.
void TestCommandLine::aReportIsMeasuredAgain() {
    QFETCH(QString, file);
    const auto first =
        anven_.run({"bench", "demo:spinquant", "--prefill", "8", "--decode", "4", "--repetitions", "2",
                    "--warmups", "0", "--threads", "1", "--seed", "5", "--db", "@first.sqlite", "--json"});
    QVERIFY2(first.exitCode == 0, first.err.constData());
    const auto report = anven_.run({"report", "--db", "@first.sqlite", "--out", "@" + file});
    QVERIFY2(report.exitCode == 0, report.err.constData());
    const auto second = anven_.run({"bench", "--rerun", "@" + file, "--db", "@second.sqlite", "--json"});
    QVERIFY2(second.exitCode == 0, second.err.constData());
    const auto then = first.json();
    const auto now = second.json();
    QCOMPARE(now.at("profile_text").get<std::string>(), then.at("profile_text").get<std::string>());
    QCOMPARE(now.at("lanes")[0].at("sha256").get<std::string>().size(), std::size_t{64});
    QVERIFY(now.at("lanes")[0].at("sha256") == then.at("lanes")[0].at("sha256"));
    QVERIFY2(now.at("rerun").at("warnings").empty(), now.at("rerun").dump().c_str());
    QVERIFY2(second.err.isEmpty(), second.err.constData());
}

void TestCommandLine::aShippedProfileSaysSo() {
    const auto ran = anven_.run({"bench", "quick", "--db", "@shipped.sqlite", "--json"});
    QVERIFY2(ran.exitCode == 0, ran.err.constData());
    const auto document = ran.json();
    QCOMPARE(document.value("profile", ""), std::string("quick"));
    QVERIFY(document.value("profile_shipped", false));
    QCOMPARE(document.value("profile_sha256", "").size(), std::size_t{64});
    QCOMPARE(document.value("repeat", ""), std::string("anven bench 'quick'"));
    QCOMPARE(document["lanes"].size(), std::size_t{3});
    const auto changed =
        anven_.run({"bench", "quick", "--prefill", "4", "--model", "spinquant=demo:bf16", "--warmups", "0",
                    "--repetitions", "1", "--db", "@shipped.sqlite", "--json"});
    QVERIFY2(changed.exitCode == 0, changed.err.constData());
    QVERIFY(!changed.json().value("profile_shipped", true));
    QCOMPARE(changed.json()["lanes"].size(), std::size_t{3});
    QCOMPARE(changed.json()["lanes"][2].value("variant", ""), std::string("BF16"));
    const auto text = anven_.run(
        {"bench", "quick", "demo:bf16", "--repetitions", "1", "--warmups", "0", "--db", "@shipped.sqlite"});
    QVERIFY2(text.out.startsWith("run 3, profile quick, not as shipped (sha256 "), text.out.constData());
}

void TestCommandLine::aRunIsContinued() {
    QProcess process;
    anven_.start(process, {"bench", "demo:bf16", "--prefill", "200", "--decode", "40", "--kernels",
                           "reference", "--threads", "1", "--repetitions", "60", "--db", "@cont.sqlite"});
    QVERIFY(process.waitForStarted());
    const auto measured = [&](const char* metric) -> std::ptrdiff_t {
        if (!QFile::exists(anven_.path("cont.sqlite")))
            return 0;
        auto store = engine::Store::open(anven_.path("cont.sqlite").toStdString());
        const auto lanesOfRun = store ? (*store)->lanes(1) : engine::Error{};
        const auto samples =
            lanesOfRun && !lanesOfRun->empty() ? (*store)->samples(lanesOfRun->front().id) : engine::Error{};
        return samples ? std::count_if(samples->begin(), samples->end(),
                                       [&](const auto& sample) { return sample.metric == metric; })
                       : 0;
    };
    QTRY_VERIFY_WITH_TIMEOUT(measured("prefill_tokens_per_s") >= 2, 60'000);
    ::kill(static_cast<pid_t>(process.processId()), SIGINT);
    QVERIFY(process.waitForFinished(60'000));
    const auto resumed = anven_.run({"bench", "--resume", "1", "--db", "@cont.sqlite", "--json"});
    QVERIFY2(resumed.exitCode == 0, resumed.err.constData());
    QCOMPARE(resumed.json().value("run_id", 0), 1);
    QCOMPARE(resumed.json().value("status", ""), std::string("finished"));
    QCOMPARE(measured("prefill_tokens_per_s"), std::ptrdiff_t{60});
    QCOMPARE(measured("decode_tokens_per_s"), std::ptrdiff_t{60});
}

void TestCommandLine::interruptKeepsWhatWasMeasured() {
    QProcess process;
    anven_.start(process, {"bench", "demo:bf16", "--prefill", "8", "--repetitions", "100000", "--db",
                           "@interrupted.sqlite", "--json"});
    QVERIFY(process.waitForStarted());
    const auto measured = [&]() -> std::size_t {
        if (!QFile::exists(anven_.path("interrupted.sqlite")))
            return 0;
        auto store = engine::Store::open(anven_.path("interrupted.sqlite").toStdString());
        const auto runs = store ? (*store)->runs() : store.error();
        const auto lanesOfRun = runs && !runs->empty() ? (*store)->lanes(runs->front().id) : engine::Error{};
        const auto samples =
            lanesOfRun && !lanesOfRun->empty() ? (*store)->samples(lanesOfRun->front().id) : engine::Error{};
        return samples ? samples->size() : 0;
    };
    QTRY_VERIFY_WITH_TIMEOUT(measured() >= 5, 60'000);
    ::kill(static_cast<pid_t>(process.processId()), SIGINT);
    QVERIFY(process.waitForFinished(60'000));
    QCOMPARE(process.exitStatus(), QProcess::NormalExit);
    QCOMPARE(process.exitCode(), 1);
    const auto err = process.readAllStandardError();
    QVERIFY2(err.startsWith("anven: stopped") && err.count('\n') == 1, err.constData());
    const auto document = json::parse(process.readAllStandardOutput().toStdString(), nullptr, false);
    QCOMPARE(document.value("status", ""), std::string("cancelled"));
    QVERIFY(measured() >= 5);
}

QTEST_GUILESS_MAIN(TestCommandLine)
#include "tst_command_line.moc"
