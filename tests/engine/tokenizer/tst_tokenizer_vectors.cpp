#include <QtTest>
#include <fstream>
#include <nlohmann/json.hpp>

#include "tests/engine/tokenizer/loaded_tokenizer.h"
#include "tests/support/fixtures.h"

using engine::TokenId;
using tokenizertest::TokenizerPointer;
using Ids = QList<int>;

/// Ids that other programs give for texts, with the real Llama 3 vocabulary.
class TestTokenizerVectors : public QObject {
    Q_OBJECT
private slots:
    void initTestCase();
    void encodes_data();
    void encodes();
    void encodesSpecials_data();
    void encodesSpecials();
    void givesTokenBytes_data();
    void givesTokenBytes();
    void knowsTheSpecialTokens();

private:
    TokenizerPointer tokenizer_;
    nlohmann::json cases_;
};

namespace {

std::string readAll(const std::filesystem::path& path) {
    std::ifstream file(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
}

std::filesystem::path fixture(const std::string& name) {
    return testsupport::largeFixture("golden/tokenizer/" + name);
}

Ids idsOf(const nlohmann::json& list) {
    return QList<int>(list.begin(), list.end());
}

Ids idsOf(const std::vector<TokenId>& tokens) {
    Ids ids;
    for (const auto id : tokens)
        ids << engine::raw(id);
    return ids;
}

void addRow(const QByteArray& name, const std::string& text, const Ids& ids) {
    QTest::newRow(name.constData()) << QByteArray::fromStdString(text) << ids;
}

QByteArray rowName(const char* source, std::size_t index, const std::string& text) {
    return QByteArray(source) + " " + QByteArray::number(static_cast<qulonglong>(index)) + ": " +
           QByteArray::fromStdString(text).left(30).replace('\n', "\\n").replace('\0', "\\0");
}

/// Texts separated by a line, and one line of ids for each.
void addListedRows() {
    const auto inputs = QByteArray::fromStdString(readAll(fixture("llama-bpe.inp")));
    const auto outputs = QByteArray::fromStdString(readAll(fixture("llama-bpe.out"))).split('\n');
    qsizetype at = 0;
    for (std::size_t i = 0; at < inputs.size(); ++i) {
        const QByteArray separator("\n__ggml_vocab_test__\n");
        auto end = inputs.indexOf(separator, at);
        if (end < 0)
            end = inputs.size();
        const auto text = inputs.mid(at, end - at).toStdString();
        Ids ids;
        for (const auto& number : outputs.value(static_cast<qsizetype>(i)).simplified().split(' '))
            if (!number.isEmpty())
                ids << number.toInt();
        addRow(rowName("list", i, text), text, ids);
        at = end + separator.size();
    }
}

}  // namespace

void TestTokenizerVectors::initTestCase() {
    const auto model = fixture("tokenizer.model");
    SKIP_WITHOUT_FIXTURE(model);
    auto loaded = tokenizertest::fromFile(model);
    QVERIFY2(loaded.has_value(), loaded ? "" : loaded.error().message.c_str());
    tokenizer_ = *loaded;
    cases_ = nlohmann::json::parse(readAll(fixture("cases.json")), nullptr, false);
    QVERIFY(cases_.is_object());
}

void TestTokenizerVectors::encodes_data() {
    QTest::addColumn<QByteArray>("text");
    QTest::addColumn<Ids>("ids");
    std::size_t index = 0;
    for (const auto& item : cases_["encode"]) {
        const auto text = item["text"].get<std::string>();
        addRow(rowName("case", index++, text), text, idsOf(item["ids"]));
    }
    addListedRows();
}

void TestTokenizerVectors::encodes() {
    QFETCH(QByteArray, text);
    QTEST(idsOf(tokenizer_->encode(text.toStdString())), "ids");
}

void TestTokenizerVectors::encodesSpecials_data() {
    QTest::addColumn<QByteArray>("text");
    QTest::addColumn<Ids>("ids");
    std::size_t index = 0;
    for (const auto& item : cases_["encode"]) {
        const auto text = item["text"].get<std::string>();
        addRow(rowName("case", index++, text), text, idsOf(item["ids_special_parsed"]));
    }
}

void TestTokenizerVectors::encodesSpecials() {
    QFETCH(QByteArray, text);
    QTEST(idsOf(tokenizer_->encodeWithSpecials(text.toStdString())), "ids");
}

void TestTokenizerVectors::givesTokenBytes_data() {
    QTest::addColumn<Ids>("ids");
    QTest::addColumn<QByteArray>("hex");
    for (const auto& item : cases_["token_bytes"]) {
        const auto hex = QByteArray::fromStdString(item["bytes_hex"].get<std::string>());
        QTest::newRow(hex.constData()) << idsOf(item["ids"]) << hex;
    }
}

void TestTokenizerVectors::givesTokenBytes() {
    QFETCH(Ids, ids);
    std::vector<TokenId> tokens;
    for (const int id : ids)
        tokens.push_back(TokenId{id});
    QTEST(QByteArray::fromStdString(tokenizer_->decode(tokens)).toHex(), "hex");
}

void TestTokenizerVectors::knowsTheSpecialTokens() {
    QCOMPARE(tokenizer_->vocabSize(), cases_["vocab_size"].get<std::int64_t>());
    for (const auto& [name, id] : cases_["special"].items()) {
        const auto found = tokenizer_->special(name);
        QVERIFY2(found.has_value(), name.c_str());
        QCOMPARE(engine::raw(*found), id.get<int>());
        QVERIFY2(tokenizer_->isSpecial(*found), name.c_str());
    }
    for (const auto& id : cases_["reserved_first_last"])
        QVERIFY(tokenizer_->isSpecial(TokenId{id.get<int>()}));
    auto stops = idsOf(tokenizer_->stopTokens());
    std::sort(stops.begin(), stops.end());
    QCOMPARE(stops, idsOf(cases_["stop_tokens"]));
}

QTEST_GUILESS_MAIN(TestTokenizerVectors)
#include "tst_tokenizer_vectors.moc"
