#include <QLabel>
#include <QLineEdit>
#include <QListView>
#include <QMenu>
#include <QMessageBox>
#include <QPlainTextEdit>
#include <QPushButton>

#include "tests/ui/open_window.h"
#include "tests/ui/unusual_models.h"
#include "ui/widgets/answer_view.h"
#include "ui/widgets/message_view.h"

using ui::ChatController;
using ui::ConversationModel;

/// Conversations in the database: written as they are typed and answered, and found again.
class TestChatStorage : public QObject {
    Q_OBJECT
private slots:
    void init() { uitest::failOnWarning(); }
    void draftSurvivesTheWindow();
    void draftIsWrittenWhileTyping();
    void answerIsWrittenWhileStreaming();
    void conversationComesBack();
    void answersStandSideBySide();
    void interruptedAnswerIsMarked();
    void searchFiltersTheList();
    void deletesAConversation_data();
    void deletesAConversation();
    void headingsGroupByDay();

private:
    static void addConversation(engine::Store& store, const std::string& title, const std::string& at,
                                const std::vector<engine::MessageRow>& messages = {});
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

engine::MessageRow row(engine::Role role, const std::string& content, const std::string& status) {
    engine::MessageRow message;
    message.role = role;
    message.content = content;
    message.status = status;
    message.createdAt = engine::utcNow();
    return message;
}

bool isIdle(uitest::OpenWindow& open) {
    return open.workbench().chat().state() == ChatController::State::idle;
}

/// Titles that the list shows, headings in brackets.
QStringList listed(uitest::OpenWindow& open) {
    QStringList titles;
    const auto* model = open.find<QListView>("conversationList")->model();
    for (int i = 0; i < model->rowCount(); ++i) {
        const auto index = model->index(i, 0);
        const auto text = index.data().toString();
        titles << (index.data(ConversationModel::headingRole).toBool() ? "[" + text + "]" : text);
    }
    return titles;
}

QPoint placeOf(uitest::OpenWindow& open, const QString& title) {
    auto* list = open.find<QListView>("conversationList");
    const int at = static_cast<int>(listed(open).indexOf(title));
    if (at < 0)
        qFatal("the list does not show %s", qPrintable(title));
    return list->visualRect(list->model()->index(at, 0)).center();
}

void clickConversation(uitest::OpenWindow& open, const QString& title) {
    QTest::mouseClick(open.find<QListView>("conversationList")->viewport(), Qt::LeftButton, {},
                      placeOf(open, title));
}

/// Messages of the newest conversation: "role status: content".
QStringList stored(const engine::Store& readOnly) {
    auto& store = const_cast<engine::Store&>(readOnly);
    QStringList lines;
    const auto conversations = store.conversations();
    if (!conversations || conversations->empty())
        return lines;
    const auto messages = store.messages(conversations->front().id);
    for (const auto& message : *messages)
        lines << QString("%1 %2: %3")
                     .arg(message.role == engine::Role::user ? "user" : "answer",
                          QString::fromStdString(message.status), QString::fromStdString(message.content));
    return lines;
}

}  // namespace

void TestChatStorage::addConversation(engine::Store& store, const std::string& title, const std::string& at,
                                      const std::vector<engine::MessageRow>& messages) {
    engine::ConversationRow conversation;
    conversation.title = title;
    conversation.model = "demo:bf16";
    conversation.createdAt = conversation.updatedAt = at;
    const auto id = store.addConversation(conversation);
    QVERIFY(id.has_value());
    std::optional<std::int64_t> last;
    for (auto message : messages) {
        message.conversationId = *id;
        message.parentId = last;
        last = store.addMessage(message).value();
    }
}

void TestChatStorage::draftSurvivesTheWindow() {
    uitest::OpenWindow open(chatSettings());
    QTest::keyClicks(open.find<QPlainTextEdit>("chatPrompt"), "A thought that is not");
    open.reopen(chatSettings());  // at once: closing writes what waits
    QTRY_COMPARE(listed(open), QStringList({"[Today]", "A thought that is not"}));
    QVERIFY(open.find<QPlainTextEdit>("chatPrompt")->toPlainText().isEmpty());
    clickConversation(open, "A thought that is not");
    QTRY_COMPARE(open.find<QPlainTextEdit>("chatPrompt")->toPlainText(), QString("A thought that is not"));
    QTest::keyClick(open.find<QPlainTextEdit>("chatPrompt"), Qt::Key_End);
    QTest::keyClicks(open.find<QPlainTextEdit>("chatPrompt"), " sent");
    open.click("sendButton");
    QTRY_VERIFY_WITH_TIMEOUT(isIdle(open), kPatience);
    auto store = open.store();
    QTRY_COMPARE(stored(*store).value(0), QString("user complete: A thought that is not sent"));
    QTRY_VERIFY(stored(*store).value(1).startsWith("answer complete: "));
    QCOMPARE(stored(*store).size(), 2);  // the draft became the message
    QCOMPARE(store->conversations()->size(), std::size_t{1});
}

void TestChatStorage::draftIsWrittenWhileTyping() {
    uitest::OpenWindow open(chatSettings());
    auto store = open.store();
    auto* prompt = open.find<QPlainTextEdit>("chatPrompt");
    QTest::keyClicks(prompt, "One");
    QTRY_COMPARE(stored(*store), QStringList{"user draft: One"});
    QTest::keyClicks(prompt, " two");
    QTRY_COMPARE(stored(*store), QStringList{"user draft: One two"});
    prompt->clear();
    QTRY_COMPARE(stored(*store), QStringList{"user draft: "});
    QCOMPARE(store->conversations()->size(), std::size_t{1});
}

void TestChatStorage::answerIsWrittenWhileStreaming() {
    const QTemporaryDir folder;
    uitest::OpenWindow open(chatSettings(uitest::endlessModel(folder.path())));
    open.find<QPlainTextEdit>("chatPrompt")->setPlainText("Hi");
    open.click("sendButton");
    auto store = open.store();
    QTRY_VERIFY_WITH_TIMEOUT(stored(*store).value(1).startsWith("answer streaming: !!!"), kPatience);
    QCOMPARE(stored(*store).value(0), QString("user complete: Hi"));
    const auto early = stored(*store).value(1).size();
    QTRY_VERIFY_WITH_TIMEOUT(stored(*store).value(1).size() > early, kPatience);
    QVERIFY(!isIdle(open));
    open.close();  // stops, writes, ends the process
    QTRY_VERIFY(!stored(*store).value(1).startsWith("answer streaming"));
    QVERIFY2(stored(*store).value(1).startsWith("answer cancelled: !!!"),
             qPrintable(stored(*store).value(1).left(60)));
    QVERIFY(uitest::workerProcesses().isEmpty());
}

void TestChatStorage::conversationComesBack() {
    uitest::OpenWindow open(chatSettings());
    open.find<QPlainTextEdit>("systemPrompt")->setPlainText("Be brief.");
    open.find<QPlainTextEdit>("chatPrompt")->setPlainText("What is 13 plus 1?");
    open.click("sendButton");
    QTRY_VERIFY_WITH_TIMEOUT(isIdle(open), kPatience);
    const QString answer = open.workbench().chat().messages()->message(1).text;
    open.reopen(chatSettings({"demo:spinquant"}));
    QTRY_COMPARE(listed(open), QStringList({"[Today]", "What is 13 plus 1?"}));
    QCOMPARE(open.workbench().chat().messages()->count(), 0);
    clickConversation(open, "What is 13 plus 1?");
    QTRY_COMPARE(open.workbench().chat().messages()->count(), 2);
    QCOMPARE(open.find<QLabel>("bubble")->text(), QString("What is 13 plus 1?"));
    QCOMPARE(open.find<ui::AnswerView>("answerText")->toPlainText(), answer);
    QVERIFY(open.find<QLabel>("answerNumbers")->text().contains("tok/s"));
    QCOMPARE(open.find<QPlainTextEdit>("systemPrompt")->toPlainText(), QString("Be brief."));
    QCOMPARE(open.workbench().chat().model().model, QString("demo:bf16"));  // the one it was held with
    open.click("newChatButton");
    QCOMPARE(open.workbench().chat().messages()->count(), 0);
    QVERIFY(!open.find<QListView>("conversationList")->currentIndex().isValid());
}

void TestChatStorage::answersStandSideBySide() {
    uitest::OpenWindow open(chatSettings());
    open.find<QPlainTextEdit>("chatPrompt")->setPlainText("What is 13 plus 1?");
    open.click("sendButton");
    QTRY_VERIFY_WITH_TIMEOUT(isIdle(open), kPatience);
    open.workbench().chat().regenerate();
    QTRY_VERIFY_WITH_TIMEOUT(isIdle(open), kPatience);
    auto store = open.store();
    QTRY_VERIFY(stored(*store).value(2).startsWith("answer complete: "));
    QVERIFY(stored(*store).value(1).startsWith("answer complete: "));
    open.reopen(chatSettings());
    QTRY_COMPARE(listed(open).size(), 2);
    clickConversation(open, "What is 13 plus 1?");
    QTRY_COMPARE(open.workbench().chat().messages()->count(), 2);
    auto* messages = open.workbench().chat().messages();
    QVERIFY(messages->branch(1).number == 2 && messages->branch(1).count == 2);
    QTest::keyClick(&open.window(), Qt::Key_Left, Qt::AltModifier);
    QCOMPARE(messages->branch(1).number, 1);
    QTRY_COMPARE(store->conversations()->front().leafId.value_or(0),
                 static_cast<std::int64_t>(messages->message(1).row.id));
}

void TestChatStorage::interruptedAnswerIsMarked() {
    uitest::OpenWindow open(chatSettings());
    addConversation(*open.store(), "Cut off", engine::utcNow(),
                    {row(engine::Role::user, "Hi", "complete"),
                     row(engine::Role::assistant, "Half an ans", "streaming")});
    open.reopen(chatSettings());
    QTRY_COMPARE(listed(open).size(), 2);
    clickConversation(open, "Cut off");
    QTRY_COMPARE(open.workbench().chat().messages()->count(), 2);
    QCOMPARE(open.find<ui::AnswerView>("answerText")->toPlainText(), QString("Half an ans"));
    QTRY_VERIFY(open.find<QLabel>("answerState")->isVisible());
    QCOMPARE(open.find<QLabel>("answerState")->text(), QString("Stopped"));
    QVERIFY(open.find<QWidget>("regenerateButton")->isVisible());
}

void TestChatStorage::searchFiltersTheList() {
    uitest::OpenWindow open(chatSettings());
    for (const char* title : {"Über Äpfel", "Pears and [plums]", "Apple pie"})
        addConversation(*open.store(), title, engine::utcNow());
    open.reopen(chatSettings());
    QTRY_COMPARE(listed(open).size(), 4);
    auto* search = open.find<QLineEdit>("chatSearch");
    QTest::keyClick(&open.window(), Qt::Key_F, Qt::ControlModifier);
    QTRY_VERIFY(search->hasFocus());
    QTest::keyClicks(search, "aPP");
    QCOMPARE(listed(open), QStringList({"[Today]", "Apple pie"}));
    search->setText(QString::fromUtf8("äpfel"));
    QCOMPARE(listed(open), QStringList({"[Today]", QString::fromUtf8("Über Äpfel")}));
    search->setText("[p");  // not a pattern
    QCOMPARE(listed(open), QStringList({"[Today]", "Pears and [plums]"}));
    search->setText("zebra");
    QVERIFY(listed(open).isEmpty());
    search->clear();
    QCOMPARE(listed(open).size(), 4);
}

void TestChatStorage::deletesAConversation_data() {
    QTest::addColumn<QString>("deleted");
    QTest::newRow("the open one") << "First";
    QTest::newRow("another one") << "Second";
}

void TestChatStorage::deletesAConversation() {
    QFETCH(QString, deleted);
    uitest::OpenWindow open(chatSettings());
    for (const char* title : {"First", "Second"})
        addConversation(*open.store(), title, engine::utcNow(), {row(engine::Role::user, title, "complete")});
    open.reopen(chatSettings());
    QTRY_COMPARE(listed(open).size(), 3);
    clickConversation(open, "First");
    QTRY_COMPARE(open.workbench().chat().messages()->count(), 1);
    uitest::whenOpen<QMenu>([](QMenu* menu) {
        uitest::whenOpen<QMessageBox>([](QMessageBox* box) {
            for (auto* button : box->buttons())
                if (button->objectName() == "reallyDelete")
                    button->click();
        });
        menu->actions().back()->trigger();
        menu->close();
    });
    emit open.find<QListView>("conversationList")->customContextMenuRequested(placeOf(open, deleted));
    const QString left = deleted == "First" ? "Second" : "First";
    QTRY_COMPARE(listed(open), QStringList({"[Today]", left}));
    QCOMPARE(open.workbench().chat().messages()->count(), deleted == "First" ? 0 : 1);
    auto store = open.store();
    QCOMPARE(store->conversations()->size(), std::size_t{1});
    QCOMPARE(store->conversations()->front().title, left.toStdString());
    QCOMPARE(stored(*store), QStringList{"user complete: " + left});
}

void TestChatStorage::headingsGroupByDay() {
    uitest::OpenWindow open(chatSettings());
    const QDate today(2026, 11, 24);
    const auto at = [&](int days) {
        return QDateTime(today.addDays(-days), QTime(12, 0))
            .toUTC()
            .toString(Qt::ISODateWithMs)
            .toStdString();
    };
    std::vector<engine::ConversationRow> rows;
    for (const int days : {0, 1, 2, 7, 8}) {
        engine::ConversationRow conversation;
        conversation.id = days + 1;
        conversation.title = "c" + std::to_string(days);
        conversation.updatedAt = at(days);
        rows.push_back(conversation);
    }
    auto* model = open.workbench().chat().conversations();
    model->setConversations(rows, today);
    QCOMPARE(listed(open), QStringList({"[Today]", "c0", "[Yesterday]", "c1", "[Last week]", "c2", "c7",
                                        "[Earlier]", "c8"}));
    for (int i = 0; i < model->rowCount(); ++i) {
        const auto index = model->index(i);
        QCOMPARE(index.flags().testFlag(Qt::ItemIsSelectable),
                 !index.data(ConversationModel::headingRole).toBool());
    }
}

QTEST_MAIN(TestChatStorage)
#include "tst_chat_storage.moc"
