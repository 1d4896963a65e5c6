#include <functional>
#include <nlohmann/json.hpp>

#include "engine/checkpoint/checkpoint.h"
#include "tests/engine/checkpoint/refusal.h"
#include "tests/support/fixtures.h"

using namespace filebytes;
namespace fs = std::filesystem;

/// Configurations and tensors that contradict each other: params.json, config.json, the shard index.
class TestCheckpointConfig : public QObject {
    Q_OBJECT
private slots:
    void initTestCase() { refusal::limitMemory(); }
    void refusesParams_data();
    void refusesParams();
    void refusesConfig_data();
    void refusesConfig();
    void refusesIndex_data();
    void refusesIndex();
    void saysWhatIsMissing_data();
    void saysWhatIsMissing();

private:
    /// Copies a model's folder, with `text` instead of `file`, and checks the error of opening it.
    void refuses(const std::string& model, const std::string& file);
};

namespace {

/// The file's JSON after a merge patch (RFC 7396), as a row.
void patched(const std::string& file, const char* name, const char* expected, const char* patch) {
    auto json = nlohmann::json::parse(readFile(testsupport::dataPath("golden/" + file)));
    json.merge_patch(nlohmann::json::parse(patch));
    refusal::addRow(name, json.dump(), expected);
}

void commonRows(const std::string& file) {
    const bool params = file.ends_with("params.json");
    const char* name = params ? "params.json" : "config.json";
    refusal::addRow("empty", "", name);
    refusal::addRow("not JSON", "{", name);
    refusal::addRow("a list", "[]", name);
    refusal::addRow("binary", std::string("\0\1\2\xff", 4), name);
    refusal::addRow("100,000 brackets", std::string(100'000, '['), "nested");
    refusal::addRow("2 MiB", "{\"a\":\"" + std::string(2 << 20, 'x') + "\"}", "larger than 1 MiB");
    refusal::addRow("an empty object", "{}", "missing");
}

}  // namespace

void TestCheckpointConfig::refuses(const std::string& model, const std::string& file) {
    QFETCH(QByteArray, bytes);
    QFETCH(QString, expected);
    const QTemporaryDir folder;
    const fs::path copy = fs::path(folder.path().toStdString()) / "model";
    fs::create_directory(copy);
    for (const auto& entry : fs::directory_iterator(testsupport::dataPath("golden/" + model)))
        if (entry.path().filename() != file)
            fs::copy_file(entry.path(), copy / entry.path().filename());
    writeFile(copy / file, bytes.toStdString());
    const auto opened = engine::Checkpoint::open(copy.string());
    QVERIFY2(!opened, "the contradiction was accepted");
    const auto message = QString::fromStdString(opened.error().message);
    QVERIFY2(message.contains(QString::fromStdString(copy.string())),
             qPrintable("does not name the folder: " + message));
    QVERIFY2(message.contains(expected), qPrintable("expected '" + expected + "' in: " + message));
}

void TestCheckpointConfig::refusesParams_data() {
    QTest::addColumn<QByteArray>("bytes");
    QTest::addColumn<QString>("expected");
    const std::string file = "text-qlora-int4/meta/params.json";
    commonRows(file);
    const auto row = [&](const char* name, const char* expected, const char* patch) {
        patched(file, name, expected, patch);
    };
    row("no dim", "'dim'", R"({"dim": null})");
    row("dim as text", "'dim'", R"({"dim": "64"})");
    row("dim with a fraction", "'dim'", R"({"dim": 64.5})");
    row("dim 0", "dim", R"({"dim": 0})");
    row("negative dim", "dim", R"({"dim": -64})");
    row("dim of 2^63", "'dim'", R"({"dim": 9223372036854775808})");
    row("dim of 2^40", "dim", R"({"dim": 1099511627776})");
    row("another dim", "expected", R"({"dim": 128})");
    row("no heads", "heads", R"({"n_heads": 0})");
    row("negative heads", "heads", R"({"n_heads": -4})");
    row("heads that do not divide dim", "divide", R"({"n_heads": 7})");
    row("2^62 heads", "heads", R"({"n_heads": 4611686018427387904})");
    row("no kv heads", "kv heads", R"({"n_kv_heads": 0})");
    row("kv heads that do not divide heads", "cannot share", R"({"n_kv_heads": 3})");
    row("other kv heads", "expected", R"({"n_kv_heads": 1})");
    row("no layers", "layers", R"({"n_layers": 0})");
    row("a million layers", "layers", R"({"n_layers": 1000000})");
    row("a layer too many", "is missing", R"({"n_layers": 9})");
    row("no vocabulary", "vocabulary", R"({"vocab_size": 0})");
    row("negative vocabulary", "vocabulary", R"({"vocab_size": -1})");
    row("another vocabulary", "tok_embeddings", R"({"vocab_size": 513})");
    row("epsilon 0", "epsilon", R"({"norm_eps": 0})");
    row("epsilon 2", "epsilon", R"({"norm_eps": 2})");
    row("RoPE base 0", "RoPE base", R"({"rope_theta": 0})");
    row("RoPE base negative", "RoPE base", R"({"rope_theta": -1e5})");
    row("RoPE factor 0", "RoPE scaling", R"({"use_scaled_rope": true, "rope_scale_factor": 0})");
    row("RoPE factor negative", "RoPE scaling", R"({"use_scaled_rope": true, "rope_scale_factor": -8})");
    row("RoPE factor infinite as float", "RoPE scaling",
        R"({"use_scaled_rope": true, "rope_scale_factor": 1e300})");
    row("group size 0", "group size", R"({"quantization_args": {"group_size": 0}})");
    row("negative group size", "group size", R"({"quantization_args": {"group_size": -32}})");
    row("group size 48", "group size", R"({"quantization_args": {"group_size": 48}})");
    row("group size that the scales contradict", "scales", R"({"quantization_args": {"group_size": 64}})");
    row("another scheme", "fp8", R"({"quantization_args": {"scheme": "fp8"}})");
    row("LoRA rank 0", "LoRA", R"({"lora_args": {"rank": 0}})");
    row("LoRA rank negative", "LoRA", R"({"lora_args": {"rank": -1}})");
    row("another LoRA rank", "adaptor", R"({"lora_args": {"rank": 3}})");
    row("context 0", "context", R"({"max_seq_len": 0})");
    row("vision model without cross-attention", "vision", R"({"vision_chunk_size": 448})");
}

void TestCheckpointConfig::refusesParams() {
    refuses("text-qlora-int4/meta", "params.json");
}

void TestCheckpointConfig::refusesConfig_data() {
    QTest::addColumn<QByteArray>("bytes");
    QTest::addColumn<QString>("expected");
    const std::string file = "text-bf16/hf/config.json";
    commonRows(file);
    const auto row = [&](const char* name, const char* expected, const char* patch) {
        patched(file, name, expected, patch);
    };
    row("another architecture", "gemma", R"({"model_type": "gemma"})");
    row("no architecture", "architecture", R"({"model_type": null})");
    row("vision model without its parts", "text_config", R"({"model_type": "mllama"})");
    row("width as text", "hidden_size", R"({"hidden_size": "64"})");
    row("width 0", "dim", R"({"hidden_size": 0})");
    row("heads 0", "heads", R"({"num_attention_heads": 0})");
    row("kv heads negative", "kv heads", R"({"num_key_value_heads": -1})");
    row("odd head width", "odd", R"({"head_dim": 15})");
    row("another head width", "expected", R"({"head_dim": 32})");
    row("another activation", "gelu", R"({"hidden_act": "gelu"})");
    row("biases", "bias", R"({"mlp_bias": true})");
    row("attention biases", "bias", R"({"attention_bias": true})");
    row("sliding window", "sliding", R"({"use_sliding_window": true})");
    row("another RoPE scaling", "yarn", R"({"rope_scaling": {"rope_type": "yarn"}})");
    row("RoPE scaling as text", "rope_scaling", R"({"rope_scaling": "llama3"})");
    row("RoPE bands reversed", "RoPE scaling",
        R"({"rope_scaling": {"low_freq_factor": 4, "high_freq_factor": 1}})");
    row("original context 0", "RoPE scaling", R"({"rope_scaling": {"original_max_position_embeddings": 0}})");
    row("qwen2 without biases", "bias", R"({"model_type": "qwen2"})");
    row("context negative", "context", R"({"max_position_embeddings": -1})");
}

void TestCheckpointConfig::refusesConfig() {
    refuses("text-bf16/hf", "config.json");
}

void TestCheckpointConfig::refusesIndex_data() {
    QTest::addColumn<QByteArray>("bytes");
    QTest::addColumn<QString>("expected");
    const auto row = [](const char* name, const char* expected, const char* patch) {
        patched("text-bf16/hf-sharded/model.safetensors.index.json", name, expected, patch);
    };
    refusal::addRow("not JSON", "{", "index.json");
    refusal::addRow("100,000 brackets", std::string(100'000, '['), "nested");
    row("no map", "weight_map", R"({"weight_map": null})");
    row("map as a list", "weight_map", R"({"weight_map": []})");
    row("file outside the folder", "outside",
        R"({"weight_map": {"model.norm.weight": "../model.safetensors"}})");
    row("absolute file", "outside", R"({"weight_map": {"model.norm.weight": "/etc/passwd"}})");
    row("file as a number", "outside", R"({"weight_map": {"model.norm.weight": 1}})");
    row("the folder itself", "regular", R"({"weight_map": {"model.norm.weight": "."}})");
    row("absent file", "model-00003",
        R"({"weight_map": {"model.norm.weight": "model-00003-of-00002.safetensors"}})");
    row("tensor in the wrong file", "should be in",
        R"({"weight_map": {"model.embed_tokens.weight": "model-00002-of-00002.safetensors",
        "model.norm.weight": "model-00001-of-00002.safetensors"}})");
}

void TestCheckpointConfig::refusesIndex() {
    refuses("text-bf16/hf-sharded", "model.safetensors.index.json");
}

void TestCheckpointConfig::saysWhatIsMissing_data() {
    QTest::addColumn<QString>("file");
    QTest::addColumn<QString>("expected");
    QTest::newRow("nothing there") << QString() << "there is no";
    QTest::newRow("empty folder") << ""
                                  << "not a checkpoint";
    QTest::newRow("text file") << "notes.txt"
                               << "not a checkpoint";
    QTest::newRow("params.json alone") << "params.json"
                                       << "consolidated.00.pth";
    QTest::newRow("weights alone") << "consolidated.00.pth"
                                   << "params.json";
    QTest::newRow("config.json alone") << "config.json"
                                       << "model.safetensors";
    QTest::newRow("embedded model of another name") << "demo:none"
                                                    << "demo:bf16";
}

void TestCheckpointConfig::saysWhatIsMissing() {
    QFETCH(QString, file);
    QFETCH(QString, expected);
    const QTemporaryDir folder;
    std::string path = folder.path().toStdString();
    if (file.isNull())
        path += "/absent";
    else if (file.startsWith("demo:"))
        path = file.toStdString();
    else if (!file.isEmpty()) {
        writeFile(fs::path(path) / file.toStdString(), "{}");
        path += file == "notes.txt" ? "/notes.txt" : "";
    }
    const auto opened = engine::Checkpoint::open(path);
    QVERIFY(!opened);
    QVERIFY2(QString::fromStdString(opened.error().message).contains(expected),
             opened.error().message.c_str());
}

QTEST_GUILESS_MAIN(TestCheckpointConfig)
#include "tst_checkpoint_config.moc"
