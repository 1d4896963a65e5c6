#include "engine/checkpoint/checkpoint.h"
#include "engine/checkpoint/gguf_reader.h"
#include "tests/engine/checkpoint/refusal.h"

using namespace filebytes;

/// Damaged GGUF files, each made from a small model that opens.
class TestGgufDamage : public QObject {
    Q_OBJECT
private slots:
    void initTestCase() { refusal::limitMemory(); }
    void theModelThatIsDamagedOpens();
    void refuses_data();
    void refuses();
    void refusesEveryTruncation();
};

namespace {

std::string changed(const std::function<void(Gguf&)>& change) {
    auto gguf = smallGguf();
    change(gguf);
    return gguf.bytes();
}

void row(const char* name, const char* expected, const std::function<void(Gguf&)>& change) {
    refusal::addRow(name, changed(change), expected);
}

void keyRow(const char* name, const char* expected, const char* key, const std::string& value) {
    row(name, expected, [&](Gguf& g) { g.set(key, value); });
}

void headerRows() {
    refusal::addRow("empty file", "", "GGUF");
    refusal::addRow("three bytes", "GGU", "GGUF");
    refusal::addRow("only magic", "GGUF", "cut off");
    row("bad magic", "GGUF", [](Gguf& g) { g.magic = "GGML"; });
    row("version 0", "version 0", [](Gguf& g) { g.version = 0; });
    row("version 1", "version 1", [](Gguf& g) { g.version = 1; });
    row("version 4", "version 4", [](Gguf& g) { g.version = 4; });
    row("big-endian", "big-endian", [](Gguf& g) { g.version = 0x03000000; });
    row("2^63 tensors", "promises more", [](Gguf& g) { g.tensorCount = std::uint64_t{1} << 63; });
    row("2^64-1 keys", "promises more", [](Gguf& g) { g.keyCount = ~std::uint64_t{0}; });
    row("one tensor more", "gguf", [](Gguf& g) { g.tensorCount = g.tensors.size() + 1; });
    row("one key more", "gguf", [](Gguf& g) { g.keyCount = g.keys.size() + 1; });
    row("one key fewer", "gguf", [](Gguf& g) { g.keyCount = g.keys.size() - 1; });
}

void keyRows() {
    keyRow("text of 2^64-1 bytes", "damaged value", "a", le<std::uint32_t>(8) + le(~std::uint64_t{0}));
    keyRow("text of 1 GiB", "damaged value", "a", le<std::uint32_t>(8) + le(std::uint64_t{1} << 30));
    keyRow("array of 2^63 items", "damaged value", "a", ggufArray(0, std::uint64_t{1} << 63, "x"));
    keyRow("array of 2^32 texts", "damaged value", "a", ggufArray(8, std::uint64_t{1} << 32, ggufText("x")));
    keyRow("array of unknown items", "damaged value", "a", ggufArray(13, 1, "xxxxxxxx"));
    keyRow("unknown value type", "damaged value", "a", le<std::uint32_t>(13) + "xxxxxxxx");
    keyRow("bool 2", "damaged value", "a", le<std::uint32_t>(7) + "\x02");
    keyRow("text that is not UTF-8", "damaged value", "a", ggufString("\xff\xfe"));
    keyRow("alignment 0", "alignment", "general.alignment", ggufU32(0));
    keyRow("alignment 3", "alignment", "general.alignment", ggufU32(3));
    keyRow("alignment 2^30", "alignment", "general.alignment", ggufU32(1U << 30));
    keyRow("alignment as text", "alignment", "general.alignment", ggufString("32"));
    keyRow("alignment that the file does not keep", "multiple of", "general.alignment", ggufU32(1 << 13));
    row("empty key", "key", [](Gguf& g) { g.keys.emplace_back("", ggufU32(1)); });
    row("key with a line feed", "key", [](Gguf& g) { g.keys.emplace_back("a\nb", ggufU32(1)); });
    row("key that is not UTF-8", "key", [](Gguf& g) { g.keys.emplace_back("\xc3", ggufU32(1)); });
    row("key twice", "twice", [](Gguf& g) { g.keys.push_back(g.keys.front()); });
    row("arrays nested 40 deep", "damaged value", [](Gguf& g) {
        std::string nested;
        for (int i = 0; i < 40; ++i)
            nested += le<std::uint32_t>(9) + le<std::uint64_t>(1);
        g.keys.emplace_back("a", le<std::uint32_t>(9) + nested);
    });
    row("6 million array items", "damaged value",
        [](Gguf& g) { g.keys.emplace_back("a", ggufArray(0, 6'000'000, std::string(6'000'000, '\1'))); });
}

void tensorRows() {
    const std::uint64_t huge = std::uint64_t{1} << 62;
    const auto q = [](Gguf& g) -> GgufTensor& { return g.tensor("blk.0.attn_q.weight"); };
    row("dims that overflow 64 bits", "overflow", [&](Gguf& g) { q(g).dims = {huge, 16}; });
    row("dims that overflow behind a 0", "overflow", [&](Gguf& g) { q(g).dims = {0, huge, huge}; });
    row("a dim above 2^63", "overflow", [&](Gguf& g) { q(g).dims = {~std::uint64_t{0}, 1}; });
    row("bytes that overflow 64 bits", "cannot hold", [&](Gguf& g) { q(g).dims = {huge, 1}; });
    row("5 dims", "5 dims", [&](Gguf& g) { q(g).dims = {32, 32, 1, 1, 1}; });
    row("2^32-1 dims", "gguf", [&](Gguf& g) { q(g).name += std::string(4, '\xff'); });
    row("a dim of 0", "expected 32x32", [&](Gguf& g) { q(g).dims = {32, 0}; });
    row("a shape of other numbers", "expected 32x32", [&](Gguf& g) { q(g).dims = {16, 64}; });
    row("a scalar weight", "expected 32x32", [&](Gguf& g) { q(g).dims = {}; });
    row("removed type 4", "unknown type 4", [&](Gguf& g) { q(g).type = 4; });
    row("type 2^32-1", "unknown type", [&](Gguf& g) { q(g).type = ~std::uint32_t{0}; });
    row("a type that is not computed", "Q6_K", [&](Gguf& g) {
        q(g).dims = {256, 4};
        q(g).type = 14;
    });
    row("a weight of int8 without scales", "scales", [&](Gguf& g) { q(g).type = 24; });
    row("a weight of int32", "not a weight type", [&](Gguf& g) { q(g).type = 26; });
    row("block rows that do not fill blocks", "cannot hold", [&](Gguf& g) {
        q(g).type = 8;
        q(g).dims = {31, 32};
    });
    row("offset beyond the end", "ends before", [&](Gguf& g) { q(g).offset = std::uint64_t{1} << 40; });
    row("offset of 2^64-32", "ends before", [&](Gguf& g) { q(g).offset = ~std::uint64_t{0} - 31; });
    row("offset without alignment", "multiple of 32", [&](Gguf& g) { q(g).offset = 33; });
    row("two tensors on the same bytes", "same bytes", [&](Gguf& g) { q(g).offset = 0; });
    row("two tensors that overlap partly", "same bytes", [&](Gguf& g) { q(g).offset = 32; });
    row("tensor twice", "twice", [&](Gguf& g) { g.tensors.push_back(q(g)); });
    row("a name of 2000 bytes", "name", [&](Gguf& g) { q(g).name = std::string(2000, 'a'); });
    row("an empty name", "name", [&](Gguf& g) { q(g).name.clear(); });
    row("a name that is not UTF-8", "name", [&](Gguf& g) { q(g).name = "\xed\xa0\x80"; });
    row("last tensor cut", "ends before", [](Gguf& g) { g.cutAtEnd = 1; });
    row("a tensor less", "layers.0.attention.wq.weight is missing",
        [](Gguf& g) { g.tensor("blk.0.attn_q.weight").name = "other"; });
    row("rope_freqs of wrong length", "rope_freqs", [](Gguf& g) {
        g.tensors.push_back({"rope_freqs.weight", {3}, 0, {}, std::string(12, '\0')});
    });
    row("rope_freqs of zeros", "rope_freqs", [](Gguf& g) {
        g.tensors.push_back({"rope_freqs.weight", {8}, 0, {}, std::string(32, '\0')});
    });
}

void configurationRows() {
    const float nan = std::numeric_limits<float>::quiet_NaN();
    keyRow("unknown architecture", "mamba", "general.architecture", ggufString("mamba"));
    keyRow("architecture as a number", "architecture", "general.architecture", ggufU32(1));
    keyRow("no heads", "head_count", "llama.attention.head_count", ggufU32(0));
    keyRow("no kv heads", "kv heads", "llama.attention.head_count_kv", ggufU32(0));
    keyRow("heads that kv heads do not divide", "cannot share", "llama.attention.head_count_kv", ggufU32(3));
    keyRow("2^31 heads", "heads", "llama.attention.head_count", ggufU32(1U << 31));
    keyRow("negative heads", "head_count", "llama.attention.head_count",
           le<std::uint32_t>(5) + le<std::int32_t>(-2));
    keyRow("width 0", "dim 0", "llama.embedding_length", ggufU32(0));
    keyRow("width of 2^63", "embedding_length", "llama.embedding_length",
           le<std::uint32_t>(10) + le(std::uint64_t{1} << 63));
    keyRow("width as text", "embedding_length", "llama.embedding_length", ggufString("32"));
    keyRow("no layers", "layers 0", "llama.block_count", ggufU32(0));
    keyRow("2^32-1 layers", "layers", "llama.block_count", ggufU32(~0U));
    keyRow("a layer more than tensors", "layers.1", "llama.block_count", ggufU32(2));
    keyRow("odd head width", "odd", "llama.attention.key_length", ggufU32(15));
    keyRow("head width 0", "head width", "llama.attention.key_length", ggufU32(0));
    keyRow("epsilon NaN", "epsilon", "llama.attention.layer_norm_rms_epsilon", ggufF32(nan));
    keyRow("epsilon negative", "epsilon", "llama.attention.layer_norm_rms_epsilon", ggufF32(-1.0F));
    keyRow("RoPE base NaN", "RoPE base", "llama.rope.freq_base", ggufF32(nan));
    keyRow("RoPE base infinite", "RoPE base", "llama.rope.freq_base",
           ggufF32(std::numeric_limits<float>::infinity()));
    keyRow("RoPE base 0", "RoPE base", "llama.rope.freq_base", ggufF32(0.0F));
    keyRow("context 0", "context", "llama.context_length", ggufU32(0));
    keyRow("half of each head rotated", "rotated", "llama.rope.dimension_count", ggufU32(8));
    row("no width", "embedding_length is missing", [](Gguf& g) { g.remove("llama.embedding_length"); });
}

engine::Result<void> open(const engine::MappedFile& file) {
    return refusal::dropValue(engine::Checkpoint::open(file.path().string()));
}

}  // namespace

void TestGgufDamage::theModelThatIsDamagedOpens() {
    const QTemporaryDir folder;
    const auto path = std::filesystem::path(folder.path().toStdString()) / "small.gguf";
    writeFile(path, smallGguf().bytes());
    const auto opened = engine::Checkpoint::open(path.string());
    QVERIFY2(opened.has_value(), opened ? "" : opened.error().message.c_str());
    QCOMPARE((*opened)->config.name, std::string("small"));
    QCOMPARE((*opened)->config.nKvHeads, 1);
    QCOMPARE((*opened)->config.hiddenDim, 32);
    QCOMPARE((*opened)->config.vocabSize, 8);
    QVERIFY((*opened)->config.tiedEmbeddings);
}

void TestGgufDamage::refuses_data() {
    QTest::addColumn<QByteArray>("bytes");
    QTest::addColumn<QString>("expected");
    headerRows();
    keyRows();
    tensorRows();
    configurationRows();
}

void TestGgufDamage::refuses() {
    refusal::check("damaged.gguf", open);
}

void TestGgufDamage::refusesEveryTruncation() {
    const QTemporaryDir folder;
    const auto path = std::filesystem::path(folder.path().toStdString()) / "cut.gguf";
    const auto whole = smallGguf().bytes();
    for (std::size_t length = 0; length < whole.size(); length += length < 1500 ? 1 : 97) {
        writeFile(path, whole.substr(0, length));
        const auto opened = engine::Checkpoint::open(path.string());
        QVERIFY2(!opened, qPrintable(QString("accepted at %1 bytes").arg(length)));
        QVERIFY(opened.error().message.find(path.string()) != std::string::npos);
    }
}

QTEST_GUILESS_MAIN(TestGgufDamage)
#include "tst_gguf_damage.moc"
