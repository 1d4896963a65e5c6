#include <QTemporaryDir>
#include <QtTest>
#include <cmath>
#include <fstream>

#include "engine/evaluate/choice_file.h"
#include "engine/evaluate/choices.h"
#include "engine/evaluate/divergence.h"

using engine::ErrorCode;

/// Multiple choice on the embedded demo model: the file's forms, and likelihoods against token by token.
class TestChoices : public QObject {
    Q_OBJECT
private slots:
    void readsAnswers_data();
    void readsAnswers();
    void refusesLines_data();
    void refusesLines();
    void likelihoodsAreThoseOfSingleTokens();
    void aModelAgreesWithItself();
    void limitTakesTheFirst();
    void aLongQuestionIsNamed();
    void stopsWhenAsked();

private:
    std::filesystem::path fileOf(const std::string& text) const;
    engine::ChoicesRequest demo(const std::string& text) const;
    QTemporaryDir folder_;
};

namespace {

const std::string kThree =
    R"({"question": "Once upon a", "choices": ["time", "banana", "the the"], "answer": "time"})"
    "\n"
    R"({"question": "The little girl was very", "choices": ["happy", "of", "xylophone tax"], "answer": 0})"
    "\n"
    R"({"question": "Tom had a big red", "choices": ["ball", "and and", "was"], "answer": "C"})"
    "\n";

}  // namespace

std::filesystem::path TestChoices::fileOf(const std::string& text) const {
    static int number = 0;
    const auto path =
        std::filesystem::path(folder_.path().toStdString()) / (std::to_string(++number) + ".jsonl");
    std::ofstream(path, std::ios::binary) << text;
    return path;
}

engine::ChoicesRequest TestChoices::demo(const std::string& text) const {
    engine::ChoicesRequest request;
    request.model.model = "demo:bf16";
    request.model.threads = 1;
    request.model.kv = "f32";
    request.model.activations = "f32";
    request.file = fileOf(text);
    return request;
}

void TestChoices::readsAnswers_data() {
    QTest::addColumn<QByteArray>("answer");
    QTest::addColumn<int>("index");
    QTest::newRow("index") << QByteArray("1") << 1;
    QTest::newRow("letter") << QByteArray("\"C\"") << 2;
    QTest::newRow("small letter") << QByteArray("\"a\"") << 0;
    QTest::newRow("text") << QByteArray("\"blue sky\"") << 1;
    QTest::newRow("a choice that is a letter means itself") << QByteArray("\"B\"") << 3;
}

void TestChoices::readsAnswers() {
    QFETCH(QByteArray, answer);
    QFETCH(int, index);
    const auto line = R"({"question": "What?", "choices": ["red", "blue sky", "no", "B"], "answer": )" +
                      answer.toStdString() + "}";
    const auto questions = engine::readChoiceFile(fileOf("\r\n" + line + "\r\n\n" + line));
    QVERIFY2(questions.has_value(), questions ? "" : questions.error().message.c_str());
    QCOMPARE(questions->size(), std::size_t{2});
    QCOMPARE(static_cast<int>(questions->back().answer), index);
    QCOMPARE(questions->front().choices.size(), std::size_t{4});
}

void TestChoices::refusesLines_data() {
    QTest::addColumn<QByteArray>("text");
    QTest::addColumn<QByteArray>("says");
    const QByteArray good = R"({"question": "Q", "choices": ["a", "b"], "answer": 0})";
    QTest::newRow("nothing") << QByteArray("\n\n") << QByteArray("has no questions");
    QTest::newRow("not JSON") << good + "\n\nhello" << QByteArray(":3: is not a JSON object");
    QTest::newRow("an array") << QByteArray("[1]") << QByteArray(":1: is not a JSON object");
    QTest::newRow("cut short") << good + "\n" + good.left(30) << QByteArray(":2: is not a JSON object");
    QTest::newRow("no question") << QByteArray(R"({"choices": ["a", "b"], "answer": 0})")
                                 << QByteArray("has no \"question\"");
    QTest::newRow("one choice") << QByteArray(R"({"question": "Q", "choices": ["a"], "answer": 0})")
                                << QByteArray("at least two");
    QTest::newRow("a number as choice")
        << QByteArray(R"({"question": "Q", "choices": ["a", 3], "answer": 0})") << QByteArray("not a text");
    QTest::newRow("twice the same") << QByteArray(R"({"question": "Q", "choices": ["a", "a"], "answer": 0})")
                                    << QByteArray("same choice twice");
    for (const char* answer : {"2", "-1", "\"C\"", "\"abc\"", "0.5", "null", "\"\""})
        QTest::addRow("answer %s", answer)
            << QByteArray(R"({"question": "Q", "choices": ["aa", "bb"], "answer": )") + answer + "}"
            << QByteArray("needs \"answer\"");
}

void TestChoices::refusesLines() {
    QFETCH(QByteArray, text);
    QFETCH(QByteArray, says);
    const auto questions = engine::readChoiceFile(fileOf(text.toStdString()));
    QVERIFY(!questions);
    QVERIFY2(QByteArray::fromStdString(questions.error().message).contains(says),
             questions.error().message.c_str());
}

void TestChoices::likelihoodsAreThoseOfSingleTokens() {
    const auto request = demo(kThree);
    const auto result = engine::evaluateChoices(request);
    QVERIFY2(result.has_value(), result ? "" : result.error().message.c_str());
    QCOMPARE(result->questions, std::int64_t{3});
    QVERIFY(std::fabs(result->chance - 1.0 / 3.0) < 1e-12);

    const auto questions = engine::readChoiceFile(request.file);
    const auto model = engine::LocalModel::load(request.model);
    QVERIFY(questions && model);
    const auto* tokenizer = (*model)->tokenizer();
    std::int64_t right = 0;
    for (std::size_t q = 0; q < 3; ++q) {
        const auto& question = (*questions)[q];
        for (std::size_t c = 0; c < question.choices.size(); ++c) {
            auto asked = tokenizer->encode(question.question + "\nAnswer:");
            auto text = tokenizer->encode(question.question + "\nAnswer: " + question.choices[c]);
            QVERIFY(std::equal(asked.begin(), asked.end(), text.begin()));
            auto& session = (*model)->session();
            session.rewind(0);
            auto logits = session.prefill(std::vector{*tokenizer->beginOfText()});
            double sum = 0.0;
            for (std::size_t t = 0; t < text.size(); ++t) {
                QVERIFY(logits.has_value());
                if (t >= asked.size())
                    sum -= engine::negativeLogLikelihood(*logits, raw(text[t]));
                logits = session.decode(text[t]);
            }
            const double measured = result->scores[q].logLikelihood[c];
            QVERIFY2(std::fabs(measured - sum) < 1e-3, qPrintable(QString("%1 %2").arg(measured).arg(sum)));
        }
        const auto& likelihoods = result->scores[q].logLikelihood;
        for (const double other : likelihoods)
            QVERIFY(likelihoods[result->scores[q].best] >= other);
        right += result->scores[q].best == question.answer ? 1 : 0;
    }
    QCOMPARE(result->model.right, right);
    QVERIFY(!result->reference && !result->agreement && !result->p);
}

void TestChoices::aModelAgreesWithItself() {
    auto request = demo(kThree);
    request.reference = request.model;
    const auto result = engine::evaluateChoices(request);
    QVERIFY2(result.has_value(), result ? "" : result.error().message.c_str());
    QCOMPARE(result->agreement, std::optional(1.0));
    QCOMPARE(result->reference->right, result->model.right);
    QCOMPARE(result->lost + result->gained, std::int64_t{0});
    QCOMPARE(result->p, std::optional(1.0));
}

void TestChoices::limitTakesTheFirst() {
    auto request = demo(kThree);
    request.limit = 2;
    std::vector<std::int64_t> seen;
    const auto result = engine::evaluateChoices(request, [&](std::int64_t done, std::int64_t total) {
        seen.insert(seen.end(), {done, total});
    });
    QVERIFY(result.has_value());
    QCOMPARE(result->questions, std::int64_t{2});
    QCOMPARE(seen, (std::vector<std::int64_t>{1, 2, 2, 2}));
}

void TestChoices::aLongQuestionIsNamed() {
    std::string words;
    for (int i = 0; i < 600; ++i)
        words += "word ";
    const auto result = engine::evaluateChoices(
        demo(kThree + R"({"question": ")" + words + R"(", "choices": ["a", "b"], "answer": 0})"));
    QVERIFY(!result);
    QCOMPARE(result.error().code, ErrorCode::contextOverflow);
    QVERIFY2(result.error().message.find("question 4") == 0, result.error().message.c_str());
}

void TestChoices::stopsWhenAsked() {
    std::stop_source stop;
    stop.request_stop();
    const auto result = engine::evaluateChoices(demo(kThree), {}, stop.get_token());
    QVERIFY(!result);
    QCOMPARE(result.error().code, ErrorCode::cancelled);
}

QTEST_APPLESS_MAIN(TestChoices)
#include "tst_choices.moc"
