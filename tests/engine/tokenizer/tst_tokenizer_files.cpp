#include <QTemporaryDir>
#include <QtTest>
#include <fstream>
#include <limits>
#include <nlohmann/json.hpp>

#include "tests/engine/tokenizer/loaded_tokenizer.h"

using nlohmann::json;

/// Tokenizer files of a few tokens: ids that a person can compute, and damage that a reader must refuse.
class TestTokenizerFiles : public QObject {
    Q_OBJECT
private slots:
    void mergesByRank_data();
    void mergesByRank();
    void joinsByScore_data();
    void joinsByScore();
    void refuses_data();
    void refuses();
    void refusesEveryTruncation();
    void saysWhatIsMissing();

private:
    engine::Result<tokenizertest::TokenizerPointer> load(const QString& name, const QByteArray& bytes);
    QTemporaryDir folder_;
};

namespace {

json smallJson() {
    return json::parse(R"({
        "added_tokens": [{"id": 15, "content": "<|begin_of_text|>"}],
        "pre_tokenizer": {"pattern": {"Regex": "\\p{N}{1,3}"}},
        "model": {"type": "BPE",
                  "vocab": {"h":0,"e":1,"l":2,"o":3,"Ġ":4,"he":5,"ll":6,"hell":7,"hello":8,"Ġh":9,"Ġhello":10,"1":11,"2":12,"12":13,"Ċ":14,"3":16,"123":17},
                  "merges": ["h e", "l l", "he ll", ["hell", "o"], "Ġ h", "1 2", "12 3"]}})");
}

QByteArray dump(const json& document) {
    return QByteArray::fromStdString(document.dump());
}

std::string varint(std::uint64_t value) {
    std::string bytes;
    for (; value >= 0x80; value >>= 7)
        bytes += static_cast<char>((value & 0x7f) | 0x80);
    return bytes + static_cast<char>(value);
}
std::string field(unsigned number, std::uint64_t value) {
    return varint(number << 3) + varint(value);
}
std::string field(unsigned number, const std::string& bytes) {
    return varint((number << 3) | 2) + varint(bytes.size()) + bytes;
}

struct SmallPiece {
    const char* text;
    float score;
    unsigned type;
};
constexpr SmallPiece kPieces[] = {
    {"<unk>", 0, 2},  {"<s>", 0, 3},      {"</s>", 0, 3},      {"<0xC3>", 0, 6},
    {"<0xA9>", 0, 6}, {"\u2581", -9, 1},  {"a", -8, 1},        {"b", -7, 1},
    {"ab", -1, 1},    {"\u2581a", -2, 1}, {"\u2581ab", -3, 1},
};

std::string piece(const std::string& text, float score, unsigned type) {
    std::string bits(4, '\0');
    std::memcpy(bits.data(), &score, 4);
    return field(1, field(1, text) + varint((2 << 3) | 5) + bits + field(3, type));
}

/// A model with kPieces; `trainer` and `normalizer` are the messages of their specs.
QByteArray sentencePiece(const std::string& trainer, const std::string& normalizer,
                         const std::string& morePieces = {}) {
    std::string bytes;
    for (const auto& p : kPieces)
        bytes += piece(p.text, p.score, p.type);
    return QByteArray::fromStdString(bytes + morePieces + field(2, trainer) + field(3, normalizer));
}

const std::string kTrainer = field(3, 2);                    // BPE
const std::string kKeepSpaces = field(4, std::uint64_t{0});  // remove_extra_whitespaces = false

void refusal(const char* row, const char* name, const QByteArray& bytes, const char* expected) {
    QTest::newRow(row) << QString(name) << bytes << QString(expected);
}

void jsonRefusal(const char* row, const char* expected, const std::function<void(json&)>& change) {
    auto document = smallJson();
    change(document);
    refusal(row, "tokenizer.json", dump(document), expected);
}

/// The 256 bytes with their ranks, as Meta's file begins.
QByteArray allBytes() {
    QByteArray text;
    for (int b = 0; b < 256; ++b)
        text += QByteArray(1, static_cast<char>(b)).toBase64() + ' ' + QByteArray::number(b) + '\n';
    return text;
}

}  // namespace

engine::Result<tokenizertest::TokenizerPointer> TestTokenizerFiles::load(const QString& name,
                                                                         const QByteArray& bytes) {
    const auto path = folder_.filePath(name).toStdString();
    std::ofstream(path, std::ios::binary).write(bytes.constData(), bytes.size());
    return tokenizertest::fromFile(path);
}

void TestTokenizerFiles::mergesByRank_data() {
    QTest::addColumn<bool>("wholeFirst");
    QTest::addColumn<bool>("singleDigits");
    QTest::addColumn<QByteArray>("text");
    QTest::addColumn<QString>("ids");
    QTest::newRow("a word") << false << false << QByteArray("hello") << "8";
    QTest::newRow("the merge of lower rank goes first") << false << false << QByteArray(" hello") << "4 8";
    QTest::newRow("a whole piece goes before merges") << true << false << QByteArray(" hello") << "10";
    QTest::newRow("letters without a merge") << false << false << QByteArray("leo") << "2 1 3";
    QTest::newRow("up to three digits together") << false << false << QByteArray("12312") << "17 13";
    QTest::newRow("digit by digit") << false << true << QByteArray("123") << "11 12 16";
    QTest::newRow("nothing joins across pieces") << false << false << QByteArray("h\ne") << "0 14 1";
}

void TestTokenizerFiles::mergesByRank() {
    QFETCH(bool, wholeFirst);
    QFETCH(bool, singleDigits);
    QFETCH(QByteArray, text);
    auto document = smallJson();
    document["model"]["ignore_merges"] = wholeFirst;
    if (singleDigits)
        document["pre_tokenizer"]["pattern"]["Regex"] = "\\p{N}";
    const auto tokenizer = load("tokenizer.json", dump(document));
    QVERIFY2(tokenizer.has_value(), tokenizer ? "" : tokenizer.error().message.c_str());
    QTEST(tokenizertest::idText((*tokenizer)->encode(text.toStdString())), "ids");
}

void TestTokenizerFiles::joinsByScore_data() {
    QTest::addColumn<QByteArray>("model");
    QTest::addColumn<QByteArray>("text");
    QTest::addColumn<QString>("ids");
    const auto plain = sentencePiece(kTrainer, kKeepSpaces);
    QTest::newRow("the best score first") << plain << QByteArray("ab") << "10";
    QTest::newRow("space and letter") << plain << QByteArray("a") << "9";
    QTest::newRow("inner space") << plain << QByteArray("a b") << "9 5 7";
    QTest::newRow("every space counts") << plain << QByteArray(" a") << "5 9";
    QTest::newRow("bytes for what is no piece") << plain << QByteArray("a\xc3\xa9") << "9 3 4";
    QTest::newRow("unknown without a byte piece") << plain << QByteArray("aX") << "9 0";
    const auto bare = sentencePiece(kTrainer, kKeepSpaces + field(3, std::uint64_t{0}));
    QTest::newRow("no space put before") << bare << QByteArray("ab") << "8";
    const auto trimming = sentencePiece(kTrainer, {});
    QTest::newRow("extra spaces removed") << trimming << QByteArray("  a  b ") << "9 5 7";
    QTest::newRow("only extra spaces") << trimming << QByteArray("   ") << "";
}

void TestTokenizerFiles::joinsByScore() {
    QFETCH(QByteArray, model);
    QFETCH(QByteArray, text);
    const auto tokenizer = load("tokenizer.model", model);
    QVERIFY2(tokenizer.has_value(), tokenizer ? "" : tokenizer.error().message.c_str());
    QTEST(tokenizertest::idText((*tokenizer)->encode(text.toStdString())), "ids");
}

void TestTokenizerFiles::refuses_data() {
    QTest::addColumn<QString>("name");
    QTest::addColumn<QByteArray>("bytes");
    QTest::addColumn<QString>("expected");
    const char* model = "tokenizer.model";
    refusal("ranks: one missing", model, "IQ== 0\nIg== 2\n",
            "line 2 of tokenizer.model does not have the rank 1");
    refusal("ranks: no number", model, "IQ== x\n", "line 1");
    refusal("ranks: negative", model, "IQ== -1\n", "line 1");
    refusal("ranks: no base64", model, "IQ== 0\nI$== 1\n", "line 2 of tokenizer.model is not 'base64 rank'");
    refusal("ranks: fewer than the bytes", model, "IQ== 0\n", "at least the 256 bytes");
    refusal("ranks: cut inside a line", model, allBytes().chopped(4), "line 256");
    refusal("pieces: empty file", model, "", "tokenizer");
    refusal("pieces: no protobuf", model, "\x0a\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01",
            "damaged at offset 0");
    refusal("pieces: unigram", model, sentencePiece(field(3, 1), kKeepSpaces), "not of type BPE");
    refusal("pieces: begin beyond the pieces", model, sentencePiece(kTrainer + field(41, 99), {}),
            "special piece 99 of 11");
    refusal("pieces: score not a number", model,
            sentencePiece(kTrainer, {}, piece("x", std::numeric_limits<float>::quiet_NaN(), 1)),
            "not a number");
    refusal("pieces: unknown type", model, sentencePiece(kTrainer, {}, piece("x", 0, 9)), "damaged");
    refusal("pieces: byte without its number", model, sentencePiece(kTrainer, {}, piece("<0xZZ>", 0, 6)),
            "byte piece 11 is not written");
    refusal("pieces: byte with a line end", model, sentencePiece(kTrainer, {}, piece("<0\n41>", 0, 6)),
            "byte piece 11 is not written");
    const char* text = "tokenizer.json";
    refusal("json: empty file", text, "", "not a valid JSON");
    refusal("json: an array", text, "[]", "not a valid JSON object");
    refusal("json: cut", text, dump(smallJson()).chopped(1), "not a valid JSON");
    refusal("json: a million brackets", text, QByteArray(1'000'000, '['), "nested deeper");
    jsonRefusal("json: no model", "no BPE model", [](json& j) { j.erase("model"); });
    jsonRefusal("json: word pieces", "no BPE model", [](json& j) { j["model"]["type"] = "WordPiece"; });
    jsonRefusal("json: no vocabulary", "no vocabulary", [](json& j) { j["model"].erase("vocab"); });
    jsonRefusal("json: negative id", "impossible id", [](json& j) { j["model"]["vocab"]["h"] = -1; });
    jsonRefusal("json: huge id", "impossible id",
                [](json& j) { j["model"]["vocab"]["h"] = std::int64_t{1} << 40; });
    jsonRefusal("json: id is a text", "impossible id", [](json& j) { j["model"]["vocab"]["h"] = "0"; });
    jsonRefusal("json: token outside the byte alphabet", "byte-level alphabet",
                [](json& j) { j["model"]["vocab"]["日"] = 20; });
    jsonRefusal("json: token with a line end", "the token of id 20",
                [](json& j) { j["model"]["vocab"]["\n"] = 20; });
    jsonRefusal("json: no merges", "no merges", [](json& j) { j["model"].erase("merges"); });
    jsonRefusal("json: merge of one part", "not a pair",
                [](json& j) { j["model"]["merges"].push_back("he"); });
    jsonRefusal("json: merge of three parts", "not a pair", [](json& j) {
        j["model"]["merges"].push_back({"h", "e", "l"});
    });
    jsonRefusal("json: added token without id", "lacks id",
                [](json& j) { j["added_tokens"][0].erase("id"); });
    jsonRefusal("json: added token of a huge id", "impossible id",
                [](json& j) { j["added_tokens"][0]["id"] = 1e18; });
}

void TestTokenizerFiles::refuses() {
    QFETCH(QString, name);
    QFETCH(QByteArray, bytes);
    QFETCH(QString, expected);
    const auto loaded = load(name, bytes);
    QVERIFY2(!loaded, "the damaged file was accepted");
    const auto message = QString::fromStdString(loaded.error().message);
    QVERIFY2(message.contains(expected), qPrintable(message));
    QVERIFY2(!message.contains('\n'), qPrintable(message));
    QVERIFY2(message.contains(folder_.filePath(name)), qPrintable("does not name the file: " + message));
}

void TestTokenizerFiles::refusesEveryTruncation() {
    const auto whole = dump(smallJson());
    for (qsizetype size = 0; size < whole.size(); ++size)
        QVERIFY2(!load("tokenizer.json", whole.left(size)), qPrintable(QString::number(size)));
    // A protobuf may end after any field, so a shorter one can be valid; it must only not be misread.
    const auto pieces = sentencePiece(kTrainer, kKeepSpaces);
    for (qsizetype size = 0; size < pieces.size(); ++size)
        if (const auto loaded = load("tokenizer.model", pieces.left(size)))
            QCOMPARE((*loaded)->decode((*loaded)->encode("ab")), std::string("ab"));
}

void TestTokenizerFiles::saysWhatIsMissing() {
    engine::Checkpoint checkpoint;
    checkpoint.path = "some-model.pth";
    const auto none = engine::Tokenizer::load(checkpoint);
    QVERIFY(!none);
    QCOMPARE(none.error().code, engine::ErrorCode::notFound);
    QVERIFY(QString::fromStdString(none.error().message).contains("some-model.pth"));
    checkpoint.metadata.values["tokenizer.ggml.model"] = std::string("rwkv");
    const auto foreign = engine::Tokenizer::load(checkpoint);
    QVERIFY(!foreign);
    QCOMPARE(foreign.error().code, engine::ErrorCode::unsupported);
    checkpoint.tokenizerFile = folder_.filePath("absent.json").toStdString();
    const auto absent = engine::Tokenizer::load(checkpoint);
    QVERIFY(!absent);
    QVERIFY(QString::fromStdString(absent.error().message).contains("absent.json"));
}

QTEST_GUILESS_MAIN(TestTokenizerFiles)
#include "tst_tokenizer_files.moc"
