#include <QRegularExpression>
#include <QTemporaryDir>
#include <QtTest>
#include <algorithm>
#include <set>

#include "engine/base/resources.h"
#include "engine/checkpoint/checkpoint.h"
#include "engine/demo/demo_build.h"
#include "engine/demo/demo_corpus.h"
#include "engine/demo/demo_grade.h"
#include "engine/tokenizer/tokenizer.h"

namespace demo = engine::demo;

/// What the demo model is taught is right, and is made the same way everywhere.
class TestDemo : public QObject {
    Q_OBJECT
private slots:
    void initTestCase();
    void brokenGrammarsSayWhere_data();
    void brokenGrammarsSayWhere();
    void slotsAreFilled();
    void talksAreTheSameForTheSameNumber();
    void everyTaskOccurs();
    void everySlotIsFilled();
    void sumsAreRight();
    void sortedListsAreSorted();
    void answersFromATextStandInIt();
    void rightAnswersAreMarkedRight();
    void shippedVariantsKnowTheirLessons_data();
    void shippedVariantsKnowTheirLessons();
    void aTinyBuildOpensAndGoesOn();

private:
    /// Questions with answers of many talks.
    std::vector<std::array<QString, 3>> turns(int talks) const;
    std::optional<demo::PhraseGrammar> grammar_;
    QTemporaryDir folder_;
};

void TestDemo::initTestCase() {
    auto grammar = demo::PhraseGrammar::read(engine::resourcePath("demo/recipe/grammar.txt"));
    QVERIFY2(grammar, grammar ? "" : grammar.error().message.c_str());
    grammar_ = std::move(*grammar);
}

std::vector<std::array<QString, 3>> TestDemo::turns(int talks) const {
    std::vector<std::array<QString, 3>> result;
    for (int i = 0; i < talks; ++i) {
        const auto talk = demo::makeTalk(*grammar_, 77, i, 1300);
        for (std::size_t t = 0; t < talk.tasks.size(); ++t)
            result.push_back({QString::fromStdString(talk.messages[2 * t].content),
                              QString::fromStdString(talk.messages[2 * t + 1].content),
                              QString::fromStdString(talk.tasks[t])});
    }
    return result;
}

void TestDemo::brokenGrammarsSayWhere_data() {
    QTest::addColumn<QByteArray>("text");
    QTest::addColumn<QString>("part");
    QTest::newRow("no colon") << QByteArray("a: b\nnonsense") << "g.txt:2";
    QTest::newRow("unknown slot") << QByteArray("a: the {animal}") << "{animal}";
    QTest::newRow("open slot") << QByteArray("a: the {$x") << "phrase 'a'";
}

void TestDemo::brokenGrammarsSayWhere() {
    QFETCH(QByteArray, text);
    QFETCH(QString, part);
    const auto grammar = demo::PhraseGrammar::parse(text.toStdString(), "g.txt");
    QVERIFY(!grammar);
    QVERIFY2(QString::fromStdString(grammar.error().message).contains(part), grammar.error().message.c_str());
}

void TestDemo::slotsAreFilled() {
    const auto grammar = demo::PhraseGrammar::parse(
        "# comment\nfruit: apple\nsay: {^$n} eats {a fruit}.\n | {a^ fruit} for {$n}.", "g.txt");
    QVERIFY(grammar);
    std::set<std::string> said;
    demo::Chance chance(1);
    for (int i = 0; i < 50; ++i)
        said.insert(grammar->say("say", {{"n", "tom"}}, chance));
    QVERIFY((said == std::set<std::string>{"Tom eats an apple.", "An apple for tom."}));
}

void TestDemo::talksAreTheSameForTheSameNumber() {
    const auto line = [&](std::uint64_t seed, int index) {
        return demo::jsonLine(demo::makeTalk(*grammar_, seed, index, 1300));
    };
    QCOMPARE(line(1, 5), line(1, 5));
    QVERIFY(line(1, 5) != line(1, 6));
    QVERIFY(line(1, 5) != line(2, 5));
}

void TestDemo::everyTaskOccurs() {
    std::set<QString> seen;
    for (const auto& turn : turns(400))
        seen.insert(turn[2]);
    for (const auto& task : demo::kTasks)
        QVERIFY2(
            seen.contains(QString::fromLatin1(task.name.data(), static_cast<qsizetype>(task.name.size()))),
            task.name.data());
}

void TestDemo::everySlotIsFilled() {
    for (const auto& [question, answer, task] : turns(3000)) {
        const QString both = question + answer;
        QVERIFY2(!both.contains('{') && !both.contains('}') && !both.contains('$'), qPrintable(both));
        QVERIFY2(!both.contains("  ") && !question.isEmpty() && !answer.isEmpty(), qPrintable(both));
    }
}

/// Numbers are read back out of the questions; what is asked follows from the words alone.
void TestDemo::sumsAreRight() {
    static const QRegularExpression number("\\d+");
    int checked = 0;
    for (const auto& [question, answer, task] : turns(4000)) {
        if (task != "sums")
            continue;
        std::vector<int> asked, said;
        for (auto match = number.globalMatch(question); match.hasNext();)
            asked.push_back(match.next().captured().toInt());
        for (auto match = number.globalMatch(answer); match.hasNext();)
            said.push_back(match.next().captured().toInt());
        if (asked.size() != 2 || said.empty() || question.contains("count", Qt::CaseInsensitive) ||
            question.contains("numbers from"))
            continue;
        static const QRegularExpression times("times|Multiply| x |\\beach\\b|In every");
        static const QRegularExpression minus("minus|Subtract|- |away|left| gives ");
        static const QRegularExpression greater("greater|larger|bigger|What is more");
        const bool taken = question.contains("Subtract");
        const int a = taken || question.startsWith("Take ") ? asked[1] : asked[0];
        const int b = taken || question.startsWith("Take ") ? asked[0] : asked[1];
        const int expected = question.contains(greater) ? std::max(a, b)
                             : question.contains(times) ? a * b
                             : question.contains(minus) ? a - b
                                                        : a + b;
        QVERIFY2(std::find(said.begin(), said.end(), expected) != said.end(),
                 qPrintable(question + " -> " + answer));
        ++checked;
    }
    QVERIFY(checked > 500);
}

void TestDemo::sortedListsAreSorted() {
    int checked = 0;
    for (const auto& [question, answer, task] : turns(4000)) {
        static const QRegularExpression asks("^(Sort|Put these|Order)");
        if (task != "lists" || !question.contains(asks))
            continue;
        auto given = question.mid(question.indexOf(": ") + 2).chopped(1).split(", ");
        auto said = answer.split(", ");
        bool numbers = false;
        given.front().toInt(&numbers);
        const auto less = [&](const QString& a, const QString& b) {
            return numbers ? a.toInt() < b.toInt() : a < b;
        };
        QVERIFY2(std::is_sorted(said.begin(), said.end(), less), qPrintable(answer));
        std::sort(given.begin(), given.end());
        std::sort(said.begin(), said.end());
        QCOMPARE(said, given);
        ++checked;
    }
    QVERIFY(checked > 100);
}

/// The last word of an answer comes out of the text, unless the text does not say.
void TestDemo::answersFromATextStandInIt() {
    int checked = 0;
    int missing = 0;
    QString text;
    for (const auto& [question, answer, task] : turns(2000)) {
        if (task != "reading")
            continue;
        text = question.size() > 60 ? question : text + " " + question;
        if (answer.contains("not") || answer.contains("I do not")) {
            ++missing;
            continue;
        }
        const auto words = answer.chopped(1).split(' ');
        if (words.last() != "old")
            QVERIFY2(text.contains(words.last()), qPrintable(question + " -> " + answer));
        ++checked;
    }
    QVERIFY(checked > 1000 && missing > 50);
}

/// The corpus' own answers pass, those of the next question do not.
void TestDemo::rightAnswersAreMarkedRight() {
    QVERIFY(demo::holdsKeys("6 + 32 = 38.", {"38"}));
    QVERIFY(!demo::holdsKeys("6 + 32 = 138.", {"38"}));
    QVERIFY(!demo::holdsKeys("A catalogue", {"cat"}));
    std::string before;
    int marked = 0, wrong = 0;
    for (int i = 0; i < 1000; ++i) {
        const auto talk = demo::makeTalk(*grammar_, 5, i, 1300);
        for (std::size_t t = 0; t < talk.tasks.size(); ++t) {
            const auto& answer = talk.messages[2 * t + 1].content;
            QVERIFY2(demo::holdsKeys(answer, talk.keys[t]), answer.c_str());
            if (!talk.keys[t].empty()) {
                ++marked;
                wrong += demo::holdsKeys(before, talk.keys[t]) ? 0 : 1;
            }
            before = answer;
        }
    }
    QVERIFY(marked > 1000 && wrong > marked * 9 / 10);
}

void TestDemo::shippedVariantsKnowTheirLessons_data() {
    QTest::addColumn<QString>("variant");
    for (const char* variant : {"bf16", "qat-lora", "spinquant"})
        QTest::newRow(variant) << variant;
}

// The model card has 91 to 93 % over 300 talks; of few the share scatters.
void TestDemo::shippedVariantsKnowTheirLessons() {
    QFETCH(QString, variant);
    engine::LoadRequest model;
    model.model = "demo:" + variant.toStdString();
    model.threads = 2;
    const auto grade = demo::gradeDemo(model, *grammar_, 99, 40);
    QVERIFY2(grade, grade ? "" : grade.error().message.c_str());
    demo::TaskGrade all;
    for (const auto& [task, part] : grade->tasks) {
        all.asked += part.asked;
        all.right += part.right;
    }
    QVERIFY2(all.asked > 80, qPrintable(QString("only %1 questions").arg(all.asked)));
    QVERIFY2(100 * all.right >= 85 * all.asked,
             qPrintable(QString("%1 of %2 right").arg(all.right).arg(all.asked)));
}

void TestDemo::aTinyBuildOpensAndGoesOn() {
    const auto recipe = std::filesystem::path(folder_.filePath("recipe").toStdString());
    std::filesystem::copy(engine::resourcePath("demo/recipe"), recipe);
    QFile shape(QString::fromStdString((recipe / "shape.yaml").string()));
    QVERIFY(shape.open(QIODevice::WriteOnly | QIODevice::Truncate));
    shape.write(
        "dim: 64\nlayers: 2\nheads: 2\nkv_heads: 1\nffn: 96\npieces: 400\ncontext: 512\ntalks: 200\nletters: "
        "900\nseed: 3\n");
    shape.close();
    QFile sight(QString::fromStdString((recipe / "sight.yaml").string()));
    QVERIFY(sight.open(QIODevice::WriteOnly | QIODevice::Truncate));
    sight.write(
        "tile: 28\npatch: 14\nwidth: 32\nheads: 2\nffn: 32\nlayers: 1\nglobal_layers: 1\ncross_layers: 1\n");
    sight.close();
    demo::DemoBuildRequest request;
    request.recipe = recipe;
    request.work = folder_.filePath("work").toStdString();
    request.threads = 2;
    request.steps = 4;
    request.stopAfter = 2;
    auto report = demo::buildDemo(request);
    QVERIFY(!report && report.error().code == engine::ErrorCode::cancelled);
    request.stopAfter = 0;
    report = demo::buildDemo(request);
    QVERIFY2(report, report ? "" : report.error().message.c_str());
    QVERIFY(report->bf16.resumed);
    QVERIFY(report->bf16.steps.back().loss < report->bf16.steps.front().loss);
    for (const auto& [folder, variant] : {std::pair{"bf16", "BF16"},
                                          {"qat-lora", "QAT+LoRA"},
                                          {"seeing", "BF16"},
                                          {"seeing-qat-lora", "QAT+LoRA"}}) {
        auto checkpoint = engine::Checkpoint::open((request.work / folder).string());
        QVERIFY2(checkpoint, checkpoint ? "" : checkpoint.error().message.c_str());
        QCOMPARE((*checkpoint)->config.variant, std::string(variant));
        auto tokenizer = engine::Tokenizer::load(**checkpoint);
        QVERIFY(tokenizer);
        QVERIFY(engine::promptFormatFor(**tokenizer) == engine::PromptFormat::llama3);
        QCOMPARE((*tokenizer)->decode((*tokenizer)->encode("What is 17 plus 25? Über 100 %")),
                 std::string("What is 17 plus 25? Über 100 %"));
        QCOMPARE((*tokenizer)->encode("12345").size(), std::size_t{5});  // digits stay single
        QVERIFY((*tokenizer)->encode(" the animal").size() < 8);         // words do not
    }
}

QTEST_APPLESS_MAIN(TestDemo)
#include "tst_demo.moc"
