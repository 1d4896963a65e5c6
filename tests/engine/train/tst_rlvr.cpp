#include <QTemporaryDir>
#include <QtTest>
#include <cmath>
#include <fstream>

#include "engine/synthetic/random_model.h"
#include "engine/train/finetune.h"
#include "engine/train/verifiable_task.h"

namespace train = engine::train;

/// Learning from answers that can be checked: what is right, and that there is more of it afterwards.
class TestRlvr : public QObject {
    Q_OBJECT
private slots:
    void initTestCase();
    void answersAreToldRightFromWrong_data();
    void answersAreToldRightFromWrong();
    void tasksAreRead();
    void badTasksSayWhere_data();
    void badTasksSayWhere();
    void theRewardRises_data();
    void theRewardRises();
    void aStoppedRunTakesTheSameSteps();
    void roundedModelsAreRefused();
    void tasksAreNeeded();

private:
    train::FinetuneRequest request(const QByteArray& stages, const QString& out) const;
    QTemporaryDir folder_;
    std::filesystem::path model_, data_;
};

/// A model that is first taught to say yes or no, as often the one as the other; then yes is right.
void TestRlvr::initTestCase() {
    model_ = folder_.filePath("model").toStdString();
    QVERIFY(engine::makeRandomModel({"tiny", engine::RandomVariant::bf16, model_}));
    data_ = folder_.filePath("data.jsonl").toStdString();
    std::ofstream data(data_);
    for (int i = 0; i < 40; ++i) {
        const auto n = std::to_string(i % 10);
        data << R"({"instruction": "say )" << n << R"(", "response": ")" << (i < 20 ? "yes" : "no")
             << "\"}\n";
        data << R"({"prompt": "say )" << n << R"(", "check": "exact", "answer": "yes"})"
             << "\n";
    }
}

train::FinetuneRequest TestRlvr::request(const QByteArray& stages, const QString& out) const {
    const auto recipe = train::parseFinetuneRecipe(
        "name: test\ndescription: test\nsequence: 64\nvalidation: 0.2\n"
        "validate_every: 5\nsave_every: 2\nweight_decay: 0.0\n" +
            stages.toStdString(),
        "test.yaml");
    if (!recipe)
        qFatal("%s", recipe.error().message.c_str());
    train::FinetuneRequest request;
    request.model = model_.string();
    request.recipe = *recipe;
    request.data = data_;
    request.out = folder_.filePath(out).toStdString();
    request.threads = 1;
    return request;
}

void TestRlvr::answersAreToldRightFromWrong_data() {
    QTest::addColumn<QString>("check");
    QTest::addColumn<QStringList>("expected");
    QTest::addColumn<QString>("answer");
    QTest::addColumn<bool>("right");
    QTest::newRow("exact") << "exact" << QStringList{"Yes."} << " Yes.\n" << true;
    QTest::newRow("exact differs") << "exact" << QStringList{"Yes."} << "yes." << false;
    QTest::newRow("words") << "words" << QStringList{"red", "Top Left"} << "Red, in the top left." << true;
    QTest::newRow("one word missing") << "words" << QStringList{"red", "left"} << "It is red." << false;
    QTest::newRow("part of a word") << "words" << QStringList{"cat"} << "A catalogue" << false;
    QTest::newRow("number") << "number" << QStringList{"42"} << "6 x 7 = 42." << true;
    QTest::newRow("not the last number") << "number" << QStringList{"6"} << "6 x 7 = 42." << false;
    QTest::newRow("digits of a longer number") << "number" << QStringList{"42"} << "142" << false;
    QTest::newRow("thousands") << "number" << QStringList{"1200"} << "It costs $1,200.00" << true;
    QTest::newRow("negative") << "number" << QStringList{"-3"} << "The answer is -3" << true;
    QTest::newRow("a hyphen is no minus") << "number" << QStringList{"3"} << "room B-3" << true;
    QTest::newRow("no number") << "number" << QStringList{"3"} << "three" << false;
    QTest::newRow("nothing") << "exact" << QStringList{"Yes."} << "" << false;
}

void TestRlvr::answersAreToldRightFromWrong() {
    QFETCH(QString, check);
    QFETCH(QStringList, expected);
    QFETCH(QString, answer);
    QFETCH(bool, right);
    const auto named = train::answerCheckNamed(check.toStdString());
    QVERIFY(named);
    train::ExpectedAnswer wanted{*named, {}};
    for (const auto& text : expected)
        wanted.texts.push_back(text.toStdString());
    QCOMPARE(train::rewardOf(answer.toStdString(), wanted), right ? 1.0 : 0.0);
}

void TestRlvr::tasksAreRead() {
    const auto path = folder_.filePath("tasks.jsonl").toStdString();
    std::ofstream(path) << R"({"prompt": "What is 2 + 2?", "check": "number", "answer": "4"})"
                        << "\n"
                        << R"({"prompt": [{"role": "user", "content": "Name two colours."}],)"
                        << R"( "check": "words", "answer": ["red", "blue"]})"
                        << "\n";
    const auto items = train::readTrainingFile(path);
    QVERIFY2(items, items ? "" : items.error().message.c_str());
    QCOMPARE(items->size(), std::size_t{2});
    QVERIFY((*items)[0].kind == train::TrainingItem::Kind::task);
    QVERIFY((*items)[0].expected == (train::ExpectedAnswer{train::AnswerCheck::number, {"4"}}));
    QVERIFY((*items)[1].expected == (train::ExpectedAnswer{train::AnswerCheck::words, {"red", "blue"}}));
    QCOMPARE((*items)[1].messages.front().content, std::string("Name two colours."));
}

void TestRlvr::badTasksSayWhere_data() {
    QTest::addColumn<QByteArray>("line");
    QTest::addColumn<QString>("part");
    QTest::newRow("check") << QByteArray(R"({"prompt": "a", "check": "judge", "answer": "b"})")
                           << "\"judge\"";
    QTest::newRow("answer") << QByteArray(R"({"prompt": "a", "check": "exact"})") << "\"answer\"";
    QTest::newRow("empty list") << QByteArray(R"({"prompt": "a", "check": "words", "answer": []})")
                                << "\"answer\"";
    QTest::newRow("prompt") << QByteArray(R"({"check": "exact", "answer": "b"})") << "\"prompt\"";
}

void TestRlvr::badTasksSayWhere() {
    QFETCH(QByteArray, line);
    QFETCH(QString, part);
    const auto path = folder_.filePath("bad.jsonl").toStdString();
    std::ofstream(path) << line.toStdString() << "\n";
    const auto items = train::readTrainingFile(path);
    QVERIFY(!items);
    const auto message = QString::fromStdString(items.error().message);
    QVERIFY2(message.contains("bad.jsonl:1") && message.contains(part), qPrintable(message));
}

void TestRlvr::theRewardRises_data() {
    QTest::addColumn<QByteArray>("last");
    QTest::newRow("all weights") << QByteArray("learning_rate: 1e-3, beta: 0.0");
    QTest::newRow("near the model before") << QByteArray("learning_rate: 1e-3, beta: 0.05");
    QTest::newRow("adapters") << QByteArray("learning_rate: 1e-2, train: adapters, rank: 4");
}

void TestRlvr::theRewardRises() {
    QFETCH(QByteArray, last);
    const auto asked = request(
        "stages:\n  - {method: full, steps: 40, batch: 4, learning_rate: 3e-3}\n"
        "  - {method: rlvr, steps: 25, batch: 4, group: 8, answer_tokens: 8, " +
            last + "}\n",
        QTest::currentDataTag());
    const auto report = train::finetune(asked);
    QVERIFY2(report, report ? "" : report.error().message.c_str());
    QCOMPARE(report->steps.size(), std::size_t{65});
    const auto mean = [&](std::size_t from, std::size_t to) {
        double sum = 0.0;
        for (auto i = from; i < to; ++i)
            sum += report->steps[i].accuracy / static_cast<double>(to - from);
        return sum;
    };
    const double before = mean(40, 43), after = mean(60, 65);
    QVERIFY2(before > 0.1 && before < 0.8, qPrintable(QString::number(before)));
    QVERIFY2(after > before + 0.15 && after > 0.9, qPrintable(QString::number(after)));
    QVERIFY(report->validationLoss && *report->validationLoss < 0.01);  // share of wrong answers, greedily
    QVERIFY(engine::Checkpoint::open(asked.out.string()));
}

void TestRlvr::aStoppedRunTakesTheSameSteps() {
    const QByteArray text = "method: rlvr\nsteps: 5\nbatch: 2\ngroup: 4\nanswer_tokens: 3\n";
    const auto straight = train::finetune(request(text, "straight"));
    QVERIFY2(straight, straight ? "" : straight.error().message.c_str());
    auto asked = request(text, "stopped");
    asked.longestRun = 2;
    engine::Result<train::FinetuneReport> report{engine::ErrorCode::internal, "not run"};
    int stops = 0;
    for (; !report && stops < 10; ++stops)
        report = train::finetune(asked);
    QVERIFY(report && stops > 1);
    const auto weights = [](const train::FinetuneReport& r) {
        QFile file(QString::fromStdString((r.model.path / "consolidated.00.pth").string()));
        return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray();
    };
    QVERIFY(!weights(*straight).isEmpty() && weights(*straight) == weights(*report));
}

void TestRlvr::roundedModelsAreRefused() {
    const auto report = train::finetune(request(
        "batch: 2\nsteps: 1\nstages:\n  - {method: qat}\n  - {method: rlvr, beta: 0.0}\n", "rounded"));
    QVERIFY(!report);
    QCOMPARE(report.error().code, engine::ErrorCode::unsupported);
}

void TestRlvr::tasksAreNeeded() {
    auto asked = request("method: rlvr\n", "none");
    asked.data = folder_.filePath("chats.jsonl").toStdString();
    std::ofstream(asked.data) << R"({"instruction": "a", "response": "b"})"
                              << "\n"
                              << R"({"instruction": "c", "response": "d"})"
                              << "\n";
    const auto report = train::finetune(asked);
    QVERIFY(!report);
    QVERIFY(QString::fromStdString(report.error().message).contains("tasks"));
}

QTEST_APPLESS_MAIN(TestRlvr)
#include "tst_rlvr.moc"
