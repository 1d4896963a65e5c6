#include <QTemporaryDir>
#include <QtTest>
#include <fstream>

#include "engine/synthetic/random_vocabulary.h"
#include "engine/tokenizer/gguf_vocabulary.h"
#include "engine/tokenizer/vocabulary.h"
#include "tests/engine/tokenizer/loaded_tokenizer.h"
#include "tests/support/fixtures.h"

namespace {

const std::vector<std::string>& texts() {
    static const std::vector<std::string> all = {
        "Hello, world! It's 12345 o'clock.", "  two  spaces\n\n\tand\ttabs ",
        "na\xc3\xafve \xe6\x97\xa5\xe6\x9c\xac", "ababab cdefcdef zzzz", std::string("\x00\xff\x80", 3)};
    return all;
}

}  // namespace

/// Vocabularies written as files, read back and compared by what they do.
class TestVocabularyFiles : public QObject {
    Q_OBJECT
private slots:
    void tiktokenBecomesTokenizerJson();
    void sentencePieceReadsBack();
    void entriesFitTheEmbedding();

private:
    engine::Result<tokenizertest::TokenizerPointer> load(const char* name, const std::string& text) {
        const auto path = std::filesystem::path(folder_.path().toStdString()) / name;
        std::ofstream(path, std::ios::binary) << text;
        return tokenizertest::fromFile(path);
    }
    QTemporaryDir folder_;
};

void TestVocabularyFiles::tiktokenBecomesTokenizerJson() {
    // Ranks of a vocabulary whose longer tokens are joins of others, as training leaves them.
    std::string file = engine::randomTiktoken(256 + 26 * 26);
    const auto tiktoken = load("tokenizer.model", file);
    QVERIFY(tiktoken);
    const auto vocabulary = engine::readTiktoken(file);
    QVERIFY(vocabulary);
    QCOMPARE(vocabulary->merges.size(), std::size_t{0});
    const auto json = load("tokenizer.json", engine::toTokenizerJson(*vocabulary));
    QVERIFY2(json, json ? "" : json.error().message.c_str());
    QCOMPARE((*json)->vocabSize(), (*tiktoken)->vocabSize());
    for (const auto& text : texts())
        QCOMPARE(tokenizertest::idText((*json)->encode(text)),
                 tokenizertest::idText((*tiktoken)->encode(text)));
    QCOMPARE((*json)->beginOfText(), (*tiktoken)->beginOfText());
    QVERIFY((*json)->stopTokens() == (*tiktoken)->stopTokens());
}

void TestVocabularyFiles::sentencePieceReadsBack() {
    engine::SentencePieceModel model;
    model.pieces = {{"<unk>", 0.0F, engine::PieceType::unknown},
                    {"<s>", 0.0F, engine::PieceType::control},
                    {"</s>", 0.0F, engine::PieceType::control},
                    {"<0x41>", 0.0F, engine::PieceType::byte},
                    {"\xe2\x96\x81lo", -3.25F, engine::PieceType::normal},
                    {std::string(300, 'x'), -1e9F, engine::PieceType::userDefined}};
    model.addDummyPrefix = false;
    model.removeExtraSpaces = true;
    model.end = -1;
    const auto read = engine::readSentencePiece(engine::toSentencePieceFile(model));
    QVERIFY2(read, read ? "" : read.error().message.c_str());
    QCOMPARE(read->pieces.size(), model.pieces.size());
    for (std::size_t i = 0; i < model.pieces.size(); ++i) {
        QCOMPARE(read->pieces[i].text, model.pieces[i].text);
        QCOMPARE(read->pieces[i].score, model.pieces[i].score);
        QVERIFY(read->pieces[i].type == model.pieces[i].type);
    }
    QCOMPARE(read->addDummyPrefix, false);
    QCOMPARE(read->removeExtraSpaces, true);
    QCOMPARE(read->unknown, 0);
    QCOMPARE(read->begin, 1);
    QCOMPARE(read->end, -1);
}

void TestVocabularyFiles::entriesFitTheEmbedding() {
    const auto vocabulary = engine::readTiktoken(engine::randomTiktoken(300));
    QVERIFY(vocabulary);  // 300 ordinary tokens, then 256 special ones
    const auto tokens = [&](std::int64_t size) -> std::vector<std::string> {
        const auto entries = engine::ggufEntries(*vocabulary, size, {});
        if (entries)
            for (const auto& entry : *entries)
                if (entry.key == "tokenizer.ggml.tokens")
                    return std::get<std::vector<std::string>>(entry.value);
        return {};
    };
    QCOMPARE(tokens(556).size(), std::size_t{556});
    QCOMPARE(tokens(556)[300], std::string("<|begin_of_text|>"));
    QCOMPARE(tokens(560).back(), std::string("[PAD559]"));
    QCOMPARE(tokens(400).size(), std::size_t{400});
    QVERIFY(!engine::ggufEntries(*vocabulary, 299, {}));
}

QTEST_GUILESS_MAIN(TestVocabularyFiles)
#include "tst_vocabulary_files.moc"
