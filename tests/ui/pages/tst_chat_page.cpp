#include <signal.h>

#include <QClipboard>
#include <QJsonDocument>
#include <QJsonObject>
#include <QLabel>
#include <QMenu>
#include <QPlainTextEdit>
#include <QProgressBar>
#include <QPushButton>
#include <QToolButton>

#include "tests/ui/open_window.h"
#include "tests/ui/unusual_models.h"
#include "ui/widgets/answer_view.h"
#include "ui/widgets/message_view.h"

using ui::ChatController;

/// A conversation in the window: send, stream, stop, answer again, change the model, and what goes wrong.
class TestChatPage : public QObject {
    Q_OBJECT
private slots:
    void init() { uitest::failOnWarning(); }
    void sendAnswersAndMeasures_data();
    void sendAnswersAndMeasures();
    void emptyMessageIsNotSent();
    void shiftEnterMakesALine();
    void streamsAndStops_data();
    void streamsAndStops();
    void regenerateReplacesTheAnswer();
    void answerIsCopied();
    void modelIsSwitchedBetweenAnswers();
    void missingModelIsSaidInTheChat();
    void killedProcessFailsOneAnswer();
    void newChatWhileAnswering();
    void systemPromptIsSent();
    void hostileMessageIsText();
    void draftsAreChosenAndCounted();
    void lookupNeedsNoOtherLoad();
    void packedWeightsAreKept();
};

namespace {

constexpr int kPatience = 60'000;

ui::Settings chatSettings(const ui::LaneChoice& model = {"demo:bf16"}) {
    ui::Settings settings;
    settings.page = "chat";
    settings.chatModel = model;
    settings.chat = {.temperature = 0.0, .maxTokens = 1 << 20};
    return settings;
}

void type(uitest::OpenWindow& open, const QString& text) {
    open.find<QPlainTextEdit>("chatPrompt")->setPlainText(text);
}

void send(uitest::OpenWindow& open, const QString& text) {
    type(open, text);
    open.click("sendButton");
}

bool isIdle(uitest::OpenWindow& open) {
    return open.workbench().chat().state() == ChatController::State::idle;
}

const ui::ChatMessage& message(uitest::OpenWindow& open, int row) {
    return open.workbench().chat().messages()->message(row);
}

/// A part of the last message that the page shows.
template <class Widget>
Widget* lastPart(uitest::OpenWindow& open, const QString& name) {
    QCoreApplication::sendPostedEvents(nullptr, QEvent::DeferredDelete);
    const auto found = open.window().findChildren<Widget*>(name);
    if (found.isEmpty())
        qFatal("no %s", qPrintable(name));
    return found.back();
}

}  // namespace

void TestChatPage::sendAnswersAndMeasures_data() {
    QTest::addColumn<QString>("by");
    for (const char* by : {"button", "enter", "shortcut"})
        QTest::newRow(by) << by;
}

void TestChatPage::sendAnswersAndMeasures() {
    QFETCH(QString, by);
    uitest::OpenWindow open(chatSettings());
    auto* prompt = open.find<QPlainTextEdit>("chatPrompt");
    QTRY_VERIFY(prompt->hasFocus());
    QTest::keyClicks(prompt, "What is 13 plus 1?");
    if (by == "button")
        open.click("sendButton");
    else if (by == "enter")
        QTest::keyClick(prompt, Qt::Key_Return);
    else
        QTest::keyClick(&open.window(), Qt::Key_Return, Qt::ControlModifier);
    QVERIFY(!isIdle(open));
    QVERIFY(prompt->toPlainText().isEmpty());
    QTRY_VERIFY_WITH_TIMEOUT(isIdle(open), kPatience);
    QCOMPARE(open.workbench().chat().messages()->count(), 2);
    QCOMPARE(lastPart<QLabel>(open, "bubble")->text(), QString("What is 13 plus 1?"));
    const auto* answer = lastPart<ui::AnswerView>(open, "answerText");
    QVERIFY(answer->isVisible());
    QVERIFY2(answer->toPlainText().contains("13 + 1 ="), qPrintable(answer->toPlainText()));
    const auto numbers = lastPart<QLabel>(open, "answerNumbers")->text();
    for (const char* part : {"TTFT", "tok/s", "token"})
        QVERIFY2(numbers.contains(part), qPrintable(numbers));
    QVERIFY(!lastPart<QLabel>(open, "answerState")->isVisible());
    QVERIFY(open.find<QProgressBar>("contextUsed")->value() > 0);
    QCOMPARE(open.find<QProgressBar>("contextUsed")->maximum(), 512);
    QVERIFY(open.find<QLabel>("chatThreads")->text().toInt() > 0);
    QVERIFY(open.find<QLabel>("chatWeights")->text().contains("MiB"));
}

void TestChatPage::emptyMessageIsNotSent() {
    uitest::OpenWindow open(chatSettings());
    QVERIFY(!open.find<QPushButton>("sendButton")->isEnabled());
    type(open, " \n ");
    QVERIFY(!open.find<QPushButton>("sendButton")->isEnabled());
    QTest::keyClick(open.find<QPlainTextEdit>("chatPrompt"), Qt::Key_Return);
    QCOMPARE(open.workbench().chat().messages()->count(), 0);
    QCOMPARE(open.find<QPushButton>("sendButton")->toolTip(), QString("Type a message first"));
    type(open, "x");
    QVERIFY(open.find<QPushButton>("sendButton")->isEnabled());
}

void TestChatPage::shiftEnterMakesALine() {
    uitest::OpenWindow open(chatSettings());
    auto* prompt = open.find<QPlainTextEdit>("chatPrompt");
    const int oneLine = prompt->height();
    QTest::keyClicks(prompt, "one");
    QTest::keyClick(prompt, Qt::Key_Return, Qt::ShiftModifier);
    QTest::keyClicks(prompt, "two");
    QCOMPARE(prompt->toPlainText(), QString("one\ntwo"));
    QVERIFY(prompt->height() > oneLine);
    QVERIFY(isIdle(open));
}

void TestChatPage::streamsAndStops_data() {
    QTest::addColumn<bool>("byKey");
    QTest::newRow("button") << false;
    QTest::newRow("escape") << true;
}

void TestChatPage::streamsAndStops() {
    QFETCH(bool, byKey);
    const QTemporaryDir folder;
    uitest::OpenWindow open(chatSettings(uitest::endlessModel(folder.path())));
    send(open, "Hi");
    auto* button = open.find<QPushButton>("sendButton");
    QVERIFY(button->text() == "Stop" && button->isEnabled());
    QVERIFY(!open.find<QToolButton>("chatModelButton")->isEnabled());
    QTRY_VERIFY_WITH_TIMEOUT(message(open, 1).text.size() > 200, kPatience);
    const auto* answer = lastPart<ui::AnswerView>(open, "answerText");
    QTRY_VERIFY_WITH_TIMEOUT(answer->toPlainText().startsWith("!!!"),
                             kPatience);  // shown at most ten times a second
    const auto before = answer->toPlainText();
    QCOMPARE(open.workbench().chat().state(), ChatController::State::answering);
    if (byKey)
        QTest::keyClick(&open.window(), Qt::Key_Escape);
    else
        open.click("sendButton");
    QCOMPARE(open.workbench().chat().state(), ChatController::State::stopping);
    QVERIFY(!button->isEnabled());
    QTRY_VERIFY_WITH_TIMEOUT(isIdle(open), kPatience);
    QCOMPARE(message(open, 1).row.status, std::string("cancelled"));
    QVERIFY(lastPart<ui::AnswerView>(open, "answerText")->toPlainText().startsWith(before));
    QVERIFY(lastPart<QLabel>(open, "answerState")->isVisible());
    QCOMPARE(lastPart<QLabel>(open, "answerState")->text(), QString("Stopped"));
    QVERIFY(open.find<QToolButton>("chatModelButton")->isEnabled());
    type(open, "Again");
    QVERIFY(button->text() == "Send" && button->isEnabled());
}

void TestChatPage::regenerateReplacesTheAnswer() {
    uitest::OpenWindow open(chatSettings());
    send(open, "What is 13 plus 1?");
    QTRY_VERIFY_WITH_TIMEOUT(isIdle(open), kPatience);
    const auto first = message(open, 1).text;
    QTest::mouseClick(lastPart<QWidget>(open, "regenerateButton"), Qt::LeftButton);
    QVERIFY(!isIdle(open));
    QTRY_VERIFY_WITH_TIMEOUT(isIdle(open), kPatience);
    QCOMPARE(open.workbench().chat().messages()->count(), 2);
    QCOMPARE(message(open, 1).text, first);  // greedy, and the earlier answer is not part of the prompt
    QTRY_COMPARE(open.window().findChildren<ui::MessageView*>().size(), 2);
    send(open, "And 2 plus 2?");
    QTRY_VERIFY_WITH_TIMEOUT(isIdle(open), kPatience);
    QCOMPARE(open.workbench().chat().messages()->branch(1).count, 2);  // the first one is still there
    QVERIFY(lastPart<QWidget>(open, "regenerateButton")->isVisible());
}

void TestChatPage::answerIsCopied() {
    uitest::OpenWindow open(chatSettings());
    send(open, "What is 13 plus 1?");
    QTRY_VERIFY_WITH_TIMEOUT(isIdle(open), kPatience);
    QGuiApplication::clipboard()->clear();
    QTest::mouseClick(lastPart<QWidget>(open, "copyAnswerButton"), Qt::LeftButton);
    QCOMPARE(QGuiApplication::clipboard()->text(), message(open, 1).text);
}

void TestChatPage::modelIsSwitchedBetweenAnswers() {
    uitest::OpenWindow open(chatSettings());
    send(open, "What is 13 plus 1?");
    QTRY_VERIFY_WITH_TIMEOUT(isIdle(open), kPatience);
    auto* button = open.find<QToolButton>("chatModelButton");
    QVERIFY(button->text().contains("BF16"));
    const auto workers = uitest::workerProcesses();
    QCOMPARE(workers.size(), 1);  // the model stays loaded
    for (auto* action : button->menu()->actions())
        if (action->text().contains("SpinQuant"))
            action->trigger();
    QVERIFY(button->text().contains("SpinQuant"));
    QCOMPARE(open.find<QLabel>("chatWeights")->text(), QString("–"));  // not known of the new one yet
    send(open, "What is 13 plus 1?");
    QTRY_VERIFY_WITH_TIMEOUT(isIdle(open), kPatience);
    QCOMPARE(message(open, 3).row.status, std::string("complete"));
    QCOMPARE(open.workbench().chat().loadedModel()->config.variant, std::string("SpinQuant"));
    QVERIFY(open.find<QLabel>("chatWeights")->text() != "–");
    QCOMPARE(uitest::workerProcesses().size(), 1);
    QVERIFY(uitest::workerProcesses() != workers);
}

void TestChatPage::missingModelIsSaidInTheChat() {
    const QTemporaryDir folder;
    uitest::OpenWindow open(chatSettings({folder.filePath("absent.gguf")}));
    send(open, "What is 13 plus 1?");
    QTRY_VERIFY_WITH_TIMEOUT(isIdle(open), kPatience);
    QCOMPARE(message(open, 1).row.status, std::string("failed"));
    auto* state = lastPart<QLabel>(open, "answerState");
    QVERIFY(state->isVisible());
    QVERIFY2(state->text().contains("absent.gguf"), qPrintable(state->text()));
    QVERIFY(!lastPart<ui::AnswerView>(open, "answerText")->isVisible());
    open.workbench().chat().setModel({"demo:bf16"});
    QTest::mouseClick(lastPart<QWidget>(open, "regenerateButton"), Qt::LeftButton);
    QTRY_VERIFY_WITH_TIMEOUT(isIdle(open), kPatience);
    QVERIFY2(message(open, 1).text.contains("13 + 1 ="), qPrintable(message(open, 1).text));
}

void TestChatPage::killedProcessFailsOneAnswer() {
    const QTemporaryDir folder;
    uitest::OpenWindow open(chatSettings(uitest::endlessModel(folder.path())));
    send(open, "Hi");
    QTRY_VERIFY_WITH_TIMEOUT(message(open, 1).text.size() > 200, kPatience);
    const auto workers = uitest::workerProcesses();
    QCOMPARE(workers.size(), 1);
    QCOMPARE(::kill(static_cast<pid_t>(workers.front()), SIGKILL), 0);
    QTRY_VERIFY_WITH_TIMEOUT(isIdle(open), kPatience);
    QCOMPARE(message(open, 1).row.status, std::string("failed"));
    QVERIFY2(message(open, 1).row.metrics.find("signal 9") != std::string::npos,
             message(open, 1).row.metrics.c_str());
    QVERIFY(lastPart<QLabel>(open, "answerState")->isVisible());
    const auto said = lastPart<QLabel>(open, "answerState")->text();
    QVERIFY2(said.contains("signal 9"), qPrintable(said.left(200)));
    const auto* answer = lastPart<ui::AnswerView>(open, "answerText");
    QVERIFY(answer->isVisible() && answer->toPlainText().startsWith("!!!"));  // what came before is kept
    open.workbench().chat().setModel({"demo:bf16"});
    send(open, "What is 13 plus 1?");
    QTRY_VERIFY_WITH_TIMEOUT(isIdle(open), kPatience);
    QCOMPARE(message(open, 3).row.status, std::string("complete"));
}

void TestChatPage::newChatWhileAnswering() {
    const QTemporaryDir folder;
    uitest::OpenWindow open(chatSettings(uitest::endlessModel(folder.path())));
    send(open, "Hi");
    QTRY_VERIFY_WITH_TIMEOUT(message(open, 1).text.size() > 200, kPatience);
    open.click("newChatButton");
    QCOMPARE(open.workbench().chat().messages()->count(), 0);
    QVERIFY(isIdle(open));
    QTRY_VERIFY(open.window().findChildren<ui::MessageView*>().isEmpty());
    open.workbench().chat().setModel({"demo:bf16"});
    send(open, "What is 13 plus 1?");
    QTRY_VERIFY_WITH_TIMEOUT(isIdle(open), kPatience);
    QCOMPARE(open.workbench().chat().messages()->count(), 2);  // nothing of the answer that was left
    QVERIFY2(message(open, 1).text.contains("13 + 1 ="), qPrintable(message(open, 1).text));
    auto store = open.store();
    QTRY_COMPARE(store->conversations()->size(), std::size_t{2});
    const auto left = store->messages(store->conversations()->back().id);
    QCOMPARE(left->size(), std::size_t{2});
    QCOMPARE(left->back().status, std::string("cancelled"));
    QVERIFY(left->back().content.starts_with("!!!"));
}

void TestChatPage::systemPromptIsSent() {
    uitest::OpenWindow open(chatSettings());
    QSignalSpy asked(&open.workbench().chat(), &ChatController::runRequested);
    QTest::keyClicks(open.find<QPlainTextEdit>("systemPrompt"), "Be brief.");
    send(open, "Hi");
    QCOMPARE(asked.count(), 1);
    const auto messages = asked.front()[1].value<ui::ChatRequest>().generation.messages;
    QCOMPARE(messages.size(), std::size_t{2});
    QVERIFY(messages[0].role == engine::Role::system && messages[0].content == "Be brief.");
    QVERIFY(messages[1].role == engine::Role::user && messages[1].content == "Hi");
    QTRY_VERIFY_WITH_TIMEOUT(isIdle(open), kPatience);
    QTRY_COMPARE(open.store()->conversations()->front().systemPrompt, std::string("Be brief."));
}

void TestChatPage::hostileMessageIsText() {
    uitest::OpenWindow open(chatSettings());
    const QString text = "<b>x</b><img src=\"file:///etc/passwd\">";
    send(open, text);
    QTRY_VERIFY_WITH_TIMEOUT(isIdle(open), kPatience);
    const auto* bubble = lastPart<QLabel>(open, "bubble");
    QCOMPARE(bubble->text(), text);
    QCOMPARE(bubble->textFormat(), Qt::PlainText);
}

void TestChatPage::draftsAreChosenAndCounted() {
    uitest::OpenWindow open(chatSettings());
    auto* drafts = open.find<QToolButton>("chatDrafts");
    QVERIFY2(drafts->text().startsWith("none"), qPrintable(drafts->text()));
    for (auto* action : drafts->menu()->actions())
        if (action->data().toString() == "demo:spinquant") {
            action->trigger();
            break;
        }
    auto& chat = open.workbench().chat();
    QCOMPARE(chat.model().draft, QString("demo:spinquant"));
    QVERIFY2(drafts->text().contains("SpinQuant"), qPrintable(drafts->text()));
    send(open, "What is 13 plus 1?");
    QTRY_VERIFY_WITH_TIMEOUT(isIdle(open), kPatience);
    QVERIFY2(message(open, 1).text.contains("13 + 1 ="), qPrintable(message(open, 1).text));
    const auto metrics =
        QJsonDocument::fromJson(QByteArray::fromStdString(message(open, 1).row.metrics)).object();
    const auto speculation = metrics["speculation"].toObject();
    QCOMPARE(speculation["kind"].toString(), QString("draft"));
    QVERIFY(speculation["drafted"].toInt() > 0);
    const auto numbers = lastPart<QLabel>(open, "answerNumbers")->text();
    QVERIFY2(numbers.contains(QString("%1 of %2 guesses held")
                                  .arg(speculation["accepted"].toInt())
                                  .arg(speculation["drafted"].toInt())),
             qPrintable(numbers));
    chat.chooseModel("demo:qat-lora");  // what drafted for one model is not asked to for another
    QCOMPARE(chat.model().draft, QString());
}

void TestChatPage::lookupNeedsNoOtherLoad() {
    uitest::OpenWindow open(chatSettings());
    auto& chat = open.workbench().chat();
    send(open, "What is 13 plus 1?");
    QTRY_VERIFY_WITH_TIMEOUT(isIdle(open), kPatience);
    auto choice = chat.model();
    choice.draft = ui::kLookupDraft;
    QSignalSpy changed(&chat, &ChatController::modelChanged);
    chat.setModel(choice);
    QCOMPARE(changed.count(), 1);
    QVERIFY(chat.loadedModel().has_value());
    send(open, "What is 13 plus 1?");
    QCOMPARE(chat.state(), ChatController::State::answering);
    QTRY_VERIFY_WITH_TIMEOUT(isIdle(open), kPatience);
    QVERIFY2(message(open, 3).row.metrics.find("\"lookup\"") != std::string::npos,
             message(open, 3).row.metrics.c_str());
    chat.chooseModel("demo:qat-lora");
    QCOMPARE(chat.model().draft, ui::kLookupDraft);
    QVERIFY(!chat.loadedModel().has_value());
}

void TestChatPage::packedWeightsAreKept() {
    const QTemporaryDir folder;
    uitest::OpenWindow open(chatSettings(uitest::endlessModel(folder.path())));
    auto& chat = open.workbench().chat();
    auto* keep = open.find<QToolButton>("chatPackedCopy");
    QVERIFY2(keep->text().startsWith("not kept"), qPrintable(keep->text()));
    keep->menu()->actions().back()->trigger();
    QVERIFY2(keep->text().startsWith("kept"), qPrintable(keep->text()));
    QVERIFY(keep->menu()->actions().back()->isChecked() && !keep->menu()->actions().front()->isChecked());
    QVERIFY(chat.model().packedCopy);
    QVERIFY(open.workbench().currentSettings().chatModel.packedCopy);
    send(open, "Hi");
    QTRY_VERIFY_WITH_TIMEOUT(chat.loadedModel().has_value(), kPatience);
    QCOMPARE(chat.loadedModel()->packedCopy, std::string("written"));
    QVERIFY2(keep->toolTip().contains("wrote"), qPrintable(keep->toolTip()));
    chat.stop();
    QTRY_VERIFY_WITH_TIMEOUT(isIdle(open), kPatience);
}

QTEST_MAIN(TestChatPage)
#include "tst_chat_page.moc"
