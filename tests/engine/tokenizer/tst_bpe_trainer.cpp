#include <QtTest>

#include "engine/tokenizer/bpe_tokenizer.h"
#include "engine/tokenizer/bpe_trainer.h"

/// Learned vocabularies: what is joined when, and that the tokenizer reads them back.
class TestBpeTrainer : public QObject {
    Q_OBJECT
private slots:
    void theMostFrequentPairIsJoinedFirst();
    void digitsStaySingle();
    void fewTextsGiveFewPieces();
    void theTokenizerReadsWhatWasLearned();
};

/// " low" 3 times, " lower" 2 times, " new" once: " l", "lo" and "ow" all occur 5 times, and of equals the
/// pair that sorts first comes first; then its continuation is the most frequent one.
void TestBpeTrainer::theMostFrequentPairIsJoinedFirst() {
    const auto pieces = engine::trainBpe({" low low low lower lower new"}, 260);
    QVERIFY(pieces);
    QCOMPARE(pieces->size(), std::size_t{260});
    for (int byte = 0; byte < 256; ++byte)
        QCOMPARE((*pieces)[static_cast<std::size_t>(byte)], std::string(1, static_cast<char>(byte)));
    QCOMPARE((*pieces)[256], std::string(" l"));
    QCOMPARE((*pieces)[257], std::string("ow"));
    QCOMPARE((*pieces)[258], std::string(" low"));
    QCOMPARE((*pieces)[259], std::string("er"));
}

void TestBpeTrainer::digitsStaySingle() {
    const auto pieces = engine::trainBpe({"12 12 12 12 12 ab ab ab"}, 300);
    QVERIFY(pieces);
    for (const auto& piece : *pieces)
        QVERIFY(piece.size() == 1 || piece.find_first_of("0123456789") == std::string::npos);
}

void TestBpeTrainer::fewTextsGiveFewPieces() {
    const auto pieces = engine::trainBpe({"ab ab"}, 1000);
    QVERIFY(pieces);
    QVERIFY(pieces->size() < 260);
}

void TestBpeTrainer::theTokenizerReadsWhatWasLearned() {
    const auto pieces =
        engine::trainBpe({"the cat and the hat and the mat; the cat sat. Größe, Größe!"}, 280);
    QVERIFY(pieces);
    auto vocabulary = engine::readTiktoken(engine::tiktokenText(*pieces));
    QVERIFY2(vocabulary, vocabulary ? "" : vocabulary.error().message.c_str());
    const auto tokenizer = engine::BpeTokenizer::create(std::move(*vocabulary));
    QVERIFY(tokenizer);
    for (const std::string text : {"the cat sat", "Größe 42", "\xff\x00z"}) {
        const auto ids = (*tokenizer)->encode(text);
        QCOMPARE((*tokenizer)->decode(ids), text);
    }
    QVERIFY((*tokenizer)->encode(" the cat").size() <= 3);
}

QTEST_APPLESS_MAIN(TestBpeTrainer)
#include "tst_bpe_trainer.moc"
