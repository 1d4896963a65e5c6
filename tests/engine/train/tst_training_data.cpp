#include <QTemporaryDir>
#include <QtTest>
#include <fstream>
#include <set>

#include "engine/checkpoint/checkpoint.h"
#include "engine/synthetic/random_model.h"
#include "engine/train/training_data.h"
#include "tests/engine/tokenizer/loaded_tokenizer.h"
#include "tests/support/fixtures.h"

namespace train = engine::train;
using train::TrainingItem;

class TestTrainingData : public QObject {
    Q_OBJECT
private slots:
    void initTestCase();
    void everyFormIsRead();
    void badLinesSayWhere_data();
    void badLinesSayWhere();
    void plainTextIsSplitAtSeparators();
    void onlyTheAssistantIsLearned();
    void earlierTurnsStayAsTheyWere();
    void transcriptsLearnTheAnswer();
    void equalItemsStayOnOneSide();
    void statisticsCountAndWarn();
    void rowsHoldEveryExampleOnce();
    void targetsAreTheNextTokens();

private:
    std::filesystem::path write(const char* name, const QByteArray& text) {
        const std::filesystem::path path = folder_.filePath(name).toStdString();
        std::ofstream(path, std::ios::binary) << text.toStdString();
        return path;
    }
    static TrainingItem chat(const std::string& question, const std::string& answer) {
        TrainingItem item;
        item.messages = {{engine::Role::user, question}, {engine::Role::assistant, answer}};
        return item;
    }
    QTemporaryDir folder_;
    std::shared_ptr<const engine::Tokenizer> llama_, plain_;
};

void TestTrainingData::initTestCase() {
    const std::filesystem::path path = folder_.filePath("model").toStdString();
    QVERIFY(engine::makeRandomModel({"tiny", engine::RandomVariant::bf16, path}));
    llama_ = *engine::Tokenizer::load(**engine::Checkpoint::open(path.string()));
    plain_ = *tokenizertest::fromFile(testsupport::dataPath("tokenizers/sentencepiece_1024.model"));
    QVERIFY(engine::promptFormatFor(*llama_) == engine::PromptFormat::llama3);
    QVERIFY(engine::promptFormatFor(*plain_) == engine::PromptFormat::plain);
}

void TestTrainingData::everyFormIsRead() {
    const auto items = train::readTrainingFile(
        write("forms.jsonl",
              R"({"messages": [{"role": "user", "content": "a"}, {"role": "assistant", "content": "b"}]}

{"instruction": "c", "input": "d", "response": "e"}
{"question": "f", "answer": "g"}
{"prompt": "h", "chosen": "i", "rejected": "j"}
{"text": "k"})"));
    QVERIFY2(items, items ? "" : items.error().message.c_str());
    QCOMPARE(items->size(), std::size_t{5});
    QVERIFY((*items)[0].messages == chat("a", "b").messages);
    QVERIFY((*items)[1].messages == chat("c\n\nd", "e").messages);
    QVERIFY((*items)[2].messages == chat("f", "g").messages);
    QVERIFY((*items)[3].kind == TrainingItem::Kind::preference);
    QCOMPARE((*items)[3].rejected, std::string("j"));
    QCOMPARE((*items)[4].text, std::string("k"));
}

void TestTrainingData::badLinesSayWhere_data() {
    QTest::addColumn<QByteArray>("line");
    QTest::addColumn<QString>("part");
    QTest::newRow("no JSON") << QByteArray("{\"text\": ") << "not JSON";
    QTest::newRow("unknown keys") << QByteArray("{\"foo\": 1}") << "expected \"messages\"";
    QTest::newRow("number") << QByteArray("7") << "JSON object";
    QTest::newRow("no answer") << QByteArray("{\"messages\": [{\"role\": \"user\", \"content\": \"x\"}]}")
                               << "assistant";
    QTest::newRow("no prompt") << QByteArray("{\"chosen\": \"a\", \"rejected\": \"b\"}") << "\"prompt\"";
    QTest::newRow("bad role") << QByteArray("{\"messages\": [{\"role\": \"cat\", \"content\": \"x\"}]}")
                              << "role 'cat'";
}

void TestTrainingData::badLinesSayWhere() {
    QFETCH(QByteArray, line);
    QFETCH(QString, part);
    const auto items = train::readTrainingFile(write("bad.jsonl", "{\"text\": \"fine\"}\n" + line + "\n"));
    QVERIFY(!items);
    const auto message = QString::fromStdString(items.error().message);
    QVERIFY2(message.contains("bad.jsonl:2") && message.contains(part), qPrintable(message));
}

void TestTrainingData::plainTextIsSplitAtSeparators() {
    const auto items =
        train::readTrainingFile(write("text.txt", "one\ntwo\n<|endoftext|>\n\n<|endoftext|>\nthree"));
    QVERIFY(items);
    QCOMPARE(items->size(), std::size_t{2});
    QCOMPARE((*items)[0].text, std::string("one\ntwo"));
    QCOMPARE((*items)[1].text, std::string("three"));
    QVERIFY(!train::readTrainingFile(write("empty.txt", "\n\n")));
}

void TestTrainingData::onlyTheAssistantIsLearned() {
    const auto item = chat("abc", "xyz");
    const auto example = train::dialogExample(item.messages, *llama_, engine::PromptFormat::llama3);
    const auto prompt =
        engine::renderDialog(std::span(item.messages).first(1), *llama_, engine::PromptFormat::llama3);
    auto answer = llama_->encode("xyz");
    answer.push_back(*llama_->special("<|eot_id|>"));
    QCOMPARE(example.tokens.size(), prompt->tokens.size() + answer.size());
    for (std::size_t i = 0; i < example.tokens.size(); ++i) {
        const bool learned = i >= prompt->tokens.size();
        QCOMPARE(example.learned[i] != 0, learned);
        QCOMPARE(example.tokens[i], raw(learned ? answer[i - prompt->tokens.size()] : prompt->tokens[i]));
    }
}

void TestTrainingData::earlierTurnsStayAsTheyWere() {
    auto item = chat("abc", "xyz");
    const auto first = train::dialogExample(item.messages, *llama_, engine::PromptFormat::llama3);
    item.messages.push_back({engine::Role::user, "more"});
    item.messages.push_back({engine::Role::assistant, "end"});
    const auto both = train::dialogExample(item.messages, *llama_, engine::PromptFormat::llama3);
    QVERIFY(std::equal(first.tokens.begin(), first.tokens.end(), both.tokens.begin()));
    QVERIFY(std::equal(first.learned.begin(), first.learned.end(), both.learned.begin()));
    const auto whole = engine::renderDialog(item.messages, *llama_, engine::PromptFormat::llama3);
    for (std::size_t i = 0; i < both.tokens.size(); ++i)  // the prompt for a third turn begins the same way
        QCOMPARE(both.tokens[i], raw(whole->tokens[i]));
}

void TestTrainingData::transcriptsLearnTheAnswer() {
    const auto item = chat("What is 7 times 8?", "7 x 8 = 56.");
    const auto example = train::dialogExample(item.messages, *plain_, engine::PromptFormat::plain);
    std::string learned, seen;
    for (std::size_t i = 0; i < example.tokens.size(); ++i)
        (example.learned[i] ? learned : seen) += plain_->bytes(engine::TokenId{example.tokens[i]});
    QCOMPARE(learned, std::string(" 7 x 8 = 56.\n"));
    QVERIFY(seen.ends_with("Bot:"));
}

void TestTrainingData::equalItemsStayOnOneSide() {
    std::vector<TrainingItem> items;
    for (int copy = 0; copy < 3; ++copy)
        for (int i = 0; i < 100; ++i)
            items.push_back(chat("question " + std::to_string(i), "answer"));
    const auto data = train::prepareData(items, *llama_, 0.2, 256, 7);
    QVERIFY(data);
    std::set<std::vector<std::int32_t>> trained;
    for (const auto& example : data->train)
        trained.insert(example.tokens);
    QVERIFY(!data->validation.empty());
    for (const auto& example : data->validation)
        QVERIFY(!trained.contains(example.tokens));
    QCOMPARE(data->train.size() + data->validation.size(), items.size());
    const auto again = train::prepareData(items, *llama_, 0.2, 256, 7);
    QVERIFY(again->validation == data->validation);
}

void TestTrainingData::statisticsCountAndWarn() {
    const std::vector<TrainingItem> items{chat("a", "b"), chat("a", "b"),
                                          chat("c", std::string(400, 'z') + " qx")};
    const auto data = train::prepareData(items, *llama_, 0.0, 32, 1);
    QVERIFY(data);
    const auto& statistics = data->statistics;
    QCOMPARE(statistics.items, 3);
    QCOMPARE(statistics.duplicates, 1);
    QCOMPARE(statistics.cut, 1);
    QVERIFY(statistics.shortest < statistics.longest);
    QCOMPARE(statistics.warnings.size(), std::size_t{3});
    QVERIFY(statistics.warnings[0].find("50") != std::string::npos);
    for (const auto& example : data->train)
        QVERIFY(example.size() <= 33);
}

void TestTrainingData::rowsHoldEveryExampleOnce() {
    std::vector<train::TrainExample> examples;
    for (std::size_t i = 0; i < 40; ++i)
        examples.push_back({std::vector<std::int32_t>(2 + i % 9), std::vector<std::uint8_t>(2 + i % 9)});
    const auto rows = train::packRows(examples, 16, 3, 0);
    std::multiset<std::size_t> seen;
    for (const auto& row : rows) {
        std::int64_t tokens = 0;
        for (const auto index : row) {
            seen.insert(index);
            tokens += examples[index].size() - 1;
        }
        QVERIFY(tokens <= 16);
    }
    QCOMPARE(seen.size(), examples.size());
    QCOMPARE(std::set<std::size_t>(seen.begin(), seen.end()).size(), examples.size());
    QVERIFY(rows == train::packRows(examples, 16, 3, 0));
    QVERIFY(rows != train::packRows(examples, 16, 3, 1));
}

void TestTrainingData::targetsAreTheNextTokens() {
    const std::vector<train::TrainExample> examples{{{1, 2, 3}, {0, 0, 1}}, {{4, 5}, {1, 1}}};
    const std::size_t order[] = {1, 0};
    const auto row = train::rowOf(examples, order);
    QCOMPARE(row.row.tokens, (std::vector<std::int32_t>{4, 1, 2}));
    QCOMPARE(row.targets, (std::vector<std::int32_t>{5, 2, 3}));
    QCOMPARE(row.weights, (std::vector<float>{1.0F, 0.0F, 1.0F}));
    QCOMPARE(row.learned, 2);
    QVERIFY((row.row.segments == std::vector<train::Segment>{{0, 1}, {1, 2}}));
}

QTEST_APPLESS_MAIN(TestTrainingData)
#include "tst_training_data.moc"
