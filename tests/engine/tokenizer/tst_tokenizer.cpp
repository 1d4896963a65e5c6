#include <QtTest>
#include <cstdint>

#include "tests/engine/tokenizer/loaded_tokenizer.h"
#include "tests/support/fixtures.h"

using engine::TokenId;
using tokenizertest::TokenizerPointer;

/// What every tokenizer owes, whatever file it came from: one row per kind of file and text.
class TestTokenizer : public QObject {
    Q_OBJECT
private slots:
    void initTestCase();
    void givesTheTextBack_data() { tokenizersAndTexts(); }
    void givesTheTextBack();
    void streamsWholeCharacters_data() { tokenizersAndTexts(); }
    void streamsWholeCharacters();
    void givesRandomTextBack_data() { tokenizers(); }
    void givesRandomTextBack();
    void spelledOutSpecialsStayText_data() { tokenizers(); }
    void spelledOutSpecialsStayText();
    void readsSpecialsInTrustedText_data() { tokenizers(); }
    void readsSpecialsInTrustedText();
    void knowsItsVocabulary_data() { tokenizers(); }
    void knowsItsVocabulary();
    void idsOutsideTheVocabularyAreNothing_data() { tokenizers(); }
    void idsOutsideTheVocabularyAreNothing();
    void oneVocabularyInThreeFilesGivesTheSameIds_data() { texts(); }
    void oneVocabularyInThreeFilesGivesTheSameIds();

private:
    struct Entry {
        QByteArray name;
        TokenizerPointer tokenizer;
        std::string kind;
        bool removesExtraSpaces;  // as its file asks
    };
    void add(const char* name, const char* kind, const engine::Result<TokenizerPointer>& loaded,
             bool removesExtraSpaces = false);
    /// What of `text` the row's tokenizer keeps.
    std::string kept(const std::string& text) const;
    void tokenizers() const;
    void texts() const;
    void tokenizersAndTexts() const;
    const engine::Tokenizer& tokenizer() const;

    std::vector<Entry> entries_;
};

namespace {

struct NamedText {
    const char* name;
    const char* text;
};

constexpr NamedText kTexts[] = {
    {"empty", ""},
    {"one space", " "},
    {"ASCII", "Hello, world!"},
    {"leading space", " Hello"},
    {"two leading spaces", "  Hello"},
    {"trailing spaces", "end with spaces   "},
    {"inner spaces", "hello  world   three"},
    {"line ends", "one\ntwo\r\nthree\n\n\nend"},
    {"tabs", "\t\tif (a<b) {\n\t\t\treturn a;\n\t\t}\n"},
    {"contractions", "I'm sure they'll say we've DON'T won't IT'S"},
    {"numbers", "1234567 3.14159 1,000,000 0x1F"},
    {"Latin", "Größe Straße naïve façade Ωmega"},
    {"Japanese and Korean", "日本語のテキスト 한국어"},
    {"right to left", "مرحبا بالعالم שלום"},
    {"joined emoji", "🙂👩‍👩‍👧‍👦🏳️‍🌈 family"},
    {"combining", "e\u0301 vs \u00e9"},
    {"no-break space", "nbsp\u00a0here zwsp\u200bhere"},
    {"the replacement character itself", "a\ufffd b"},
};

/// Words, spaces, line ends and code points from all planes; no U+2581, which SentencePiece cannot tell from
/// a space.
std::string randomText(std::uint64_t& state) {
    const auto next = [&](std::uint64_t below) {
        state = state * 6364136223846793005ULL + 1442695040888963407ULL;
        return (state >> 33) % below;
    };
    QString text;
    const auto length = 1 + next(40);
    for (std::uint64_t i = 0; i < length; ++i) {
        const auto kind = next(8);
        if (kind < 4)
            text += QChar(static_cast<char16_t>('a' + next(26)));
        else if (kind == 4)
            text += ' ';
        else if (kind == 5)
            text += QString("\n\t\r 0123456789.,'!?").at(static_cast<qsizetype>(next(19)));
        else if (kind == 6)
            text += QChar(static_cast<char16_t>(0xa0 + next(0x2400)));
        else
            text +=
                QString::fromUcs4(std::u32string(1, static_cast<char32_t>(0x1f300 + next(0x300))).c_str(), 1);
    }
    return text.toStdString();
}

}  // namespace

void TestTokenizer::add(const char* name, const char* kind, const engine::Result<TokenizerPointer>& loaded,
                        bool removesExtraSpaces) {
    QVERIFY2(loaded.has_value(), loaded ? "" : loaded.error().message.c_str());
    entries_.push_back({name, *loaded, kind, removesExtraSpaces});
}

std::string TestTokenizer::kept(const std::string& text) const {
    const int entry = *static_cast<int*>(QTest::qData("entry", qMetaTypeId<int>()));
    if (!entries_[static_cast<std::size_t>(entry)].removesExtraSpaces)
        return text;
    return QString::fromStdString(text).split(' ', Qt::SkipEmptyParts).join(' ').toStdString();
}

void TestTokenizer::initTestCase() {
    using namespace tokenizertest;
    using testsupport::dataPath;
    add("tiktoken", "tiktoken", fromFile(dataPath("golden/text-bf16/meta/tokenizer.model")));
    add("tokenizer.json", "byte-level BPE", fromFile(dataPath("golden/text-bf16/hf/tokenizer.json")));
    add("GGUF BPE", "byte-level BPE", fromModel(dataPath("golden/text-bf16/gguf/model-bf16.gguf")));
    add("SentencePiece", "SentencePiece BPE", fromFile(dataPath("tokenizers/sentencepiece_1024.model")),
        true);
    if (const auto llama = testsupport::largeFixture("golden/tokenizer/tokenizer.model"); !llama.empty())
        add("Llama 3", "tiktoken", fromFile(llama));
    if (const auto gguf = testsupport::largeFixture("realmodels/gguf/stories260K-f32.gguf"); !gguf.empty())
        add("GGUF SentencePiece", "SentencePiece BPE", fromModel(gguf));
}

void TestTokenizer::tokenizers() const {
    QTest::addColumn<int>("entry");
    for (int i = 0; i < static_cast<int>(entries_.size()); ++i)
        QTest::newRow(entries_[static_cast<std::size_t>(i)].name.constData()) << i;
}

void TestTokenizer::texts() const {
    QTest::addColumn<QByteArray>("text");
    for (const auto& text : kTexts)
        QTest::newRow(text.name) << QByteArray(text.text);
}

void TestTokenizer::tokenizersAndTexts() const {
    QTest::addColumn<int>("entry");
    QTest::addColumn<QByteArray>("text");
    for (int i = 0; i < static_cast<int>(entries_.size()); ++i)
        for (const auto& text : kTexts)
            QTest::addRow("%s, %s", entries_[static_cast<std::size_t>(i)].name.constData(), text.name)
                << i << QByteArray(text.text);
}

const engine::Tokenizer& TestTokenizer::tokenizer() const {
    const int entry = *static_cast<int*>(QTest::qData("entry", qMetaTypeId<int>()));
    return *entries_[static_cast<std::size_t>(entry)].tokenizer;
}

void TestTokenizer::givesTheTextBack() {
    QFETCH(QByteArray, text);
    const auto ids = tokenizer().encode(text.toStdString());
    QCOMPARE(tokenizer().decode(ids), kept(text.toStdString()));
    QCOMPARE(ids.empty(), kept(text.toStdString()).empty());
    for (const TokenId id : ids)
        QVERIFY(!tokenizer().isSpecial(id));
}

void TestTokenizer::streamsWholeCharacters() {
    QFETCH(QByteArray, text);
    engine::Utf8Stream stream;
    std::string shown;
    for (const TokenId id : tokenizer().encode(text.toStdString())) {
        const auto part = stream.push(tokenizer().bytes(id));
        QVERIFY2(tokenizertest::isUtf8(part), "a token's text ends inside a character");
        shown += part;
    }
    QCOMPARE(stream.finish(), std::string());
    if (tokenizer().beginsWithSpace() && !shown.empty())
        shown.erase(0, 1);
    QCOMPARE(shown, kept(text.toStdString()));
}

void TestTokenizer::givesRandomTextBack() {
    std::uint64_t state = 20240925;
    for (int round = 0; round < 300; ++round) {
        const auto before = state;
        const auto text = kept(randomText(state));
        const auto back = tokenizer().decode(tokenizer().encode(text));
        QVERIFY2(
            back == text,
            qPrintable(QString("state %1: '%2' became '%3'").arg(before).arg(text.c_str(), back.c_str())));
    }
}

void TestTokenizer::spelledOutSpecialsStayText() {
    for (const char* name : {"<|begin_of_text|>", "<|eot_id|>", "<|start_header_id|>", "<s>", "</s>"}) {
        const auto ids = tokenizer().encode(std::string("a") + name + "b");
        for (const TokenId id : ids)
            QVERIFY2(!tokenizer().isSpecial(id), name);
        QCOMPARE(tokenizer().decode(ids), std::string("a") + name + "b");
    }
}

void TestTokenizer::readsSpecialsInTrustedText() {
    const auto begin = tokenizer().beginOfText();
    QVERIFY(begin.has_value());
    const auto name = tokenizer().bytes(*begin);
    QCOMPARE(tokenizer().special(name), begin);
    QVERIFY(tokenizer().isSpecial(*begin));
    const auto ids = tokenizer().encodeWithSpecials(name + "Hi" + name);
    QVERIFY(ids.size() >= 3);
    QCOMPARE(ids.front(), *begin);
    QCOMPARE(ids.back(), *begin);
    const std::vector<TokenId> middle(ids.begin() + 1, ids.end() - 1);
    QCOMPARE(tokenizertest::rawIds(middle), tokenizertest::rawIds(tokenizer().encode("Hi")));
    QCOMPARE(tokenizer().decode(ids), name + "Hi" + name);
    QVERIFY(!tokenizer().special("<|no such token|>").has_value());
}

void TestTokenizer::knowsItsVocabulary() {
    QFETCH(int, entry);
    const auto& expected = entries_[static_cast<std::size_t>(entry)];
    QCOMPARE(std::string(tokenizer().kind()), expected.kind);
    QVERIFY(tokenizer().vocabSize() >= 512);
    QVERIFY(tokenizer().addsBeginOfText());
    QVERIFY(!tokenizer().stopTokens().empty());
    for (const TokenId id : tokenizer().stopTokens())
        QVERIFY(engine::raw(id) >= 0 && engine::raw(id) < tokenizer().vocabSize());
    QCOMPARE(tokenizer().beginsWithSpace(), expected.kind == "SentencePiece BPE");
}

void TestTokenizer::idsOutsideTheVocabularyAreNothing() {
    const auto size = static_cast<std::int32_t>(tokenizer().vocabSize());
    for (const std::int32_t id : {-1, INT32_MIN, size, INT32_MAX}) {
        QCOMPARE(tokenizer().bytes(TokenId{id}), std::string());
        QVERIFY(!tokenizer().isSpecial(TokenId{id}));
    }
}

void TestTokenizer::oneVocabularyInThreeFilesGivesTheSameIds() {
    QFETCH(QByteArray, text);
    const auto expected = tokenizertest::idText(entries_[0].tokenizer->encode(text.toStdString()));
    QCOMPARE(tokenizertest::idText(entries_[1].tokenizer->encode(text.toStdString())), expected);
    QCOMPARE(tokenizertest::idText(entries_[2].tokenizer->encode(text.toStdString())), expected);
}

QTEST_GUILESS_MAIN(TestTokenizer)
#include "tst_tokenizer.moc"
