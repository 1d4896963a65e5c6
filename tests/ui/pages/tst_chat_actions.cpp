#include <QInputDialog>
#include <QJsonDocument>
#include <QLabel>
#include <QLineEdit>
#include <QListView>
#include <QMenu>
#include <QPlainTextEdit>
#include <QPushButton>
#include <QToolButton>

#include "tests/ui/example_chats.h"
#include "tests/ui/open_window.h"
#include "ui/dialogs/tools_dialog.h"
#include "ui/widgets/prompt_edit.h"

using ui::ChatController;
using ui::ConversationModel;

/// What can be done in a chat besides asking: begin, functions, pictures, a full context, branches, names,
/// tags, search, export.
class TestChatActions : public QObject {
    Q_OBJECT
private slots:
    void init() { uitest::failOnWarning(); }
    void startersFillTheMessage();
    void functionsOfANewChatMakeNoRow();
    void toolsDialogChecksWhatIsTyped();
    void resultsGoBackUnderIpython();
    void picturesBecomeNotes();
    void fullContextIsSaid();
    void editingMakesABranch();
    void chatsAreRenamedAndTagged();
    void searchShowsWhereItWasSaid();
    void comparingTakesWhatWasSaidBefore();
    void chatsAreExported_data();
    void chatsAreExported();
};

namespace {

constexpr int kPatience = 60'000;

ui::Settings chatSettings() {
    ui::Settings settings;
    settings.page = "chat";
    settings.chatModel = {"demo:bf16"};
    settings.chat = {.temperature = 0.0, .maxTokens = 24};
    return settings;
}

std::unique_ptr<uitest::OpenWindow> openExamples() {
    auto open = std::make_unique<uitest::OpenWindow>(chatSettings());
    uitest::addExampleChats(*open->store());
    open->reopen(chatSettings());
    if (!QTest::qWaitFor([&] { return open->workbench().chat().conversations()->conversationCount() > 0; },
                         20'000))
        qFatal("no chats");
    return open;
}

QModelIndex rowOf(uitest::OpenWindow& open, const QString& title) {
    const auto* list = open.workbench().chat().conversations();
    for (int row = 0; row < list->rowCount(); ++row)
        if (list->index(row).data().toString() == title)
            return list->index(row);
    return {};
}

void openChat(uitest::OpenWindow& open, const QString& title, int messages) {
    auto& chat = open.workbench().chat();
    chat.openConversation(rowOf(open, title).data(ConversationModel::idRole).toLongLong());
    QTRY_COMPARE(chat.messages()->count(), messages);
}

bool isIdle(uitest::OpenWindow& open) {
    return open.workbench().chat().state() == ChatController::State::idle;
}

/// What the next request sends to the model; the answer is stopped.
std::vector<engine::Message> sentBy(uitest::OpenWindow& open, const std::function<void()>& act) {
    QSignalSpy asked(&open.workbench().chat(), &ChatController::runRequested);
    act();
    if (!QTest::qWaitFor([&] { return !asked.isEmpty(); }))
        return {};
    const auto messages = asked.front()[1].value<ui::ChatRequest>().generation.messages;
    open.workbench().chat().stop();
    if (!QTest::qWaitFor([&] { return isIdle(open); }, kPatience))
        qFatal("the answer was not stopped");
    return messages;
}

}  // namespace

void TestChatActions::startersFillTheMessage() {
    uitest::OpenWindow open(chatSettings());
    auto* prompt = open.find<QPlainTextEdit>("chatPrompt");
    for (const char* name : {"starterPrompt1", "starterPrompt2", "starterPrompt3"}) {
        open.click(name);
        QCOMPARE(prompt->toPlainText(), open.find<QPushButton>(name)->text());
        QTRY_VERIFY(prompt->hasFocus());
    }
    QVERIFY(open.find<QPushButton>("sendButton")->isEnabled());
    bool offered = false;
    uitest::whenOpen<QMenu>([&](QMenu* menu) {
        for (const auto* action : menu->actions())
            offered = offered || action->text().contains("SpinQuant");
        menu->close();
    });
    open.click("loadModelButton");
    QTRY_VERIFY(offered);
}

void TestChatActions::functionsOfANewChatMakeNoRow() {
    uitest::OpenWindow open(chatSettings());
    auto& chat = open.workbench().chat();
    chat.setTools(QString::fromStdString(uitest::weatherTools()), engine::ToolPlace::userPrompt);
    QTRY_VERIFY(open.find<QPushButton>("chatTools")->text().startsWith("1 function"));
    QTest::qWait(400);  // what would be written has been
    QVERIFY(open.store()->conversations()->empty());
    open.find<QPlainTextEdit>("chatPrompt")->setPlainText("How warm is it?");
    const auto sent = sentBy(open, [&] { open.click("sendButton"); });
    QVERIFY(!sent.empty() && sent.back().content.find("get_weather") != std::string::npos);
    QTRY_COMPARE(open.store()->conversations()->size(), std::size_t{1});
    const auto row = open.store()->conversations()->front();
    QCOMPARE(row.title, std::string("How warm is it?"));
    const auto kept = engine::settingsFromJson(row.settings);
    QCOMPARE(kept.tools, uitest::weatherTools());
    QVERIFY(kept.toolPlace == engine::ToolPlace::userPrompt);
    open.click("newChatButton");
    QVERIFY(chat.conversationSettings().tools.empty());
}

void TestChatActions::toolsDialogChecksWhatIsTyped() {
    uitest::OpenWindow open(chatSettings());
    bool refused = false;
    uitest::whenOpen<ui::ToolsDialog>([&](ui::ToolsDialog* dialog) {
        auto* keep = dialog->findChild<QPushButton*>("toolsKeep");
        auto* text = dialog->findChild<QPlainTextEdit*>("toolDefinitions");
        text->setPlainText("[{\"name\": ");
        refused = !keep->isEnabled() && !dialog->findChild<QLabel*>("toolsVerdict")->text().isEmpty();
        dialog->findChild<QPushButton*>("toolsExample")->click();
        keep->click();
    });
    open.click("chatTools");
    QVERIFY(refused);
    const auto tools = engine::toolDefinitions(open.workbench().chat().conversationSettings().tools);
    QVERIFY(tools.has_value());
    QCOMPARE(tools->size(), std::size_t{1});
    QCOMPARE(tools->front().name, std::string("get_weather"));
}

void TestChatActions::resultsGoBackUnderIpython() {
    const auto open = openExamples();
    openChat(*open, QString::fromUtf8("Weather in Zürich"), 4);
    QTRY_VERIFY(open->find<QPlainTextEdit>("toolResult2")->isVisible());
    const auto cards = open->window().findChildren<QWidget*>("toolCallCard");
    QCOMPARE(cards.size(), 2);
    QStringList said;
    for (const auto* label : cards.back()->findChildren<QLabel*>())
        said << label->text();
    QVERIFY2(said.join('\n').contains("get_time"), "a function that is not there is named");
    auto* card = cards.back();
    QVERIFY(!cards.front()->findChild<QPlainTextEdit*>("toolResult")->isVisible());  // answered already
    card->findChild<QPlainTextEdit*>("toolResult")->setPlainText("{\"celsius\": 9}");
    auto* second = card->findChild<QPlainTextEdit*>("toolResult2");
    card->findChild<QPushButton*>("sendResultsButton")->click();
    QVERIFY(isIdle(*open));  // one result is missing
    QCOMPARE(open->workbench().chat().messages()->count(), 4);
    second->setPlainText("12:30");
    const auto sent = sentBy(*open, [&] { card->findChild<QPushButton*>("sendResultsButton")->click(); });
    QVERIFY(sent.size() >= 3);
    QVERIFY(sent.back().role == engine::Role::ipython && sent.back().content == "12:30");
    const auto& first = sent[sent.size() - 2];
    QVERIFY(first.role == engine::Role::ipython && first.content == "{\"celsius\": 9}");
    QVERIFY(sent[sent.size() - 3].role == engine::Role::assistant);
}

void TestChatActions::picturesBecomeNotes() {
    uitest::OpenWindow open(chatSettings());
    QImage picture(512, 384, QImage::Format_RGB32);
    picture.fill(Qt::green);
    auto* prompt = open.find<ui::PromptEdit>("chatPrompt");
    prompt->setPlainText("What is this?");
    emit prompt->pictureGiven(picture);
    auto* notice = open.find<QWidget>("pictureNotice");
    QTRY_VERIFY(notice->isVisible());
    QVERIFY(open.find<QLabel>("pictureNoticeText")->text().contains("cannot see"));
    QTRY_VERIFY(open.find<QWidget>("pictureChip0")->accessibleName().contains("512"));
    QVERIFY(!open.find<QWidget>("sendButton")->isEnabled());
    QTest::keyClick(prompt, Qt::Key_Return);  // not before the person has said what becomes of it
    QCOMPARE(open.workbench().chat().messages()->count(), 0);
    open.click("pictureRemove");
    QVERIFY(!notice->isVisible());
    QCOMPARE(prompt->toPlainText(), QString("What is this?"));
    emit prompt->pictureGiven(picture);
    QTRY_VERIFY(notice->isVisible() && !open.workbench().chat().tray().isReading());
    open.click("pictureNote");
    QVERIFY(!notice->isVisible());
    QVERIFY(prompt->toPlainText().contains("512") && prompt->toPlainText().contains("384"));
    QVERIFY(prompt->toPlainText().endsWith("What is this?"));
}

void TestChatActions::fullContextIsSaid() {
    const auto open = openExamples();
    auto& chat = open->workbench().chat();
    openChat(*open, "A long story", 6);
    auto* notice = open->find<QWidget>("contextNotice");
    QVERIFY(!notice->isVisible());
    engine::LoadedModel loaded;
    loaded.context = 256;
    loaded.config.contextLength = 1024;
    for (quint64 run = 0; run < 100; ++run)  // only the current one is taken
        chat.onLoaded(run, loaded);
    emit chat.stateChanged();
    QVERIFY(notice->isVisible());  // 210 + 42 of 256
    const auto droppedLabels = [&] {
        QStringList texts;
        for (const auto* label : open->window().findChildren<QLabel*>("droppedTurns"))
            if (label->isVisible())
                texts << label->text();
        return texts;
    };
    QTRY_COMPARE(droppedLabels().size(), 1);
    QVERIFY2(droppedLabels().front().contains("2 messages"), qPrintable(droppedLabels().front()));
    open->click("contextDrop");
    QVERIFY(!notice->isVisible());
    QCOMPARE(chat.conversationSettings().droppedTurns, std::int64_t{2});
    QTRY_COMPARE(droppedLabels().size(), 1);
    QVERIFY2(droppedLabels().front().contains("4 messages"), qPrintable(droppedLabels().front()));
    open->find<QPlainTextEdit>("chatPrompt")->setPlainText("And the end?");
    const auto sent = sentBy(*open, [&] { open->click("sendButton"); });
    std::vector<std::string> asked;
    for (const auto& message : sent)
        if (message.role == engine::Role::user)
            asked.push_back(message.content);
    QCOMPARE(asked, std::vector<std::string>({"And then? Part 3, please.", "And the end?"}));
}

void TestChatActions::editingMakesABranch() {
    const auto open = openExamples();
    auto* messages = open->workbench().chat().messages();
    openChat(*open, "Haiku about caches", 2);
    QTest::keyClick(&open->window(), Qt::Key_E, Qt::ControlModifier);
    QVERIFY(open->find<QWidget>("editNotice")->isVisible());
    auto* prompt = open->find<QPlainTextEdit>("chatPrompt");
    QCOMPARE(prompt->toPlainText(), QString("Haiku about caches"));
    prompt->setPlainText("Haiku about memory");
    sentBy(*open, [&] { open->click("sendButton"); });
    QVERIFY(!open->find<QWidget>("editNotice")->isVisible());
    QCOMPARE(messages->message(0).text, QString("Haiku about memory"));
    QCOMPARE(open->find<QLabel>("branchPlace")->text(), QString("2/2"));
    QVERIFY(!open->find<QToolButton>("nextMessageButton")->isEnabled());
    open->click("previousMessageButton");
    QTRY_COMPARE(messages->message(0).text, QString("Haiku about caches"));
    QVERIFY2(messages->message(1).text.contains("lighthouse"), "the earlier answer is still there");
    QCOMPARE(open->find<QLabel>("branchPlace")->text(), QString("1/2"));
    QTest::keyClick(&open->window(), Qt::Key_Right, Qt::AltModifier);
    QTRY_COMPARE(messages->message(0).text, QString("Haiku about memory"));
}

void TestChatActions::chatsAreRenamedAndTagged() {
    const auto open = openExamples();
    auto* list = open->find<QListView>("conversationList");
    const auto answer = [](const QString& text) {
        uitest::whenOpen<QInputDialog>([text](QInputDialog* dialog) {
            dialog->setTextValue(text);
            dialog->accept();
        });
    };
    list->setFocus();
    list->setCurrentIndex(rowOf(*open, "A long story"));
    const qint64 id = list->currentIndex().data(ConversationModel::idRole).toLongLong();
    answer("  The keeper  ");
    QTest::keyClick(list, Qt::Key_F2);
    QTRY_VERIFY(rowOf(*open, "The keeper").isValid());
    QVERIFY(!rowOf(*open, "A long story").isValid());
    uitest::whenOpen<QMenu>([&](QMenu* menu) {
        answer("#sea, sea story");
        for (auto* action : menu->actions())
            if (action->objectName() == "tagChat")
                action->trigger();
        menu->close();
    });
    list->scrollTo(rowOf(*open, "The keeper"));
    emit list->customContextMenuRequested(list->visualRect(rowOf(*open, "The keeper")).center());
    QTRY_COMPARE(rowOf(*open, "The keeper").data(ConversationModel::tagsRole).toString(),
                 QString("#sea #story"));
    const auto store = open->store();
    const auto rows = store->conversations();
    for (const auto& row : *rows)
        if (row.id == id)
            QCOMPARE(row.title, std::string("The keeper"));
    auto* filter = open->find<QToolButton>("tagFilter");
    for (auto* action : filter->menu()->actions())
        if (action->text() == "#sea") {
            action->trigger();
            break;
        }
    const auto* model = open->workbench().chat().conversations();
    QCOMPARE(model->rowCount(), 2);  // a heading and the chat
    QCOMPARE(model->index(1).data().toString(), QString("The keeper"));
    QVERIFY(filter->text().contains("#sea"));
}

void TestChatActions::searchShowsWhereItWasSaid() {
    const auto open = openExamples();
    open->find<QLineEdit>("chatSearch")->setText("keeper");
    const auto* model = open->workbench().chat().conversations();
    QTRY_COMPARE(model->rowCount(), 2);
    const auto hit = model->index(1);
    QCOMPARE(hit.data().toString(), QString("A long story"));
    const auto snippet = hit.data(ConversationModel::snippetRole).toString();
    QVERIFY2(snippet.contains(QString("%1keeper%2").arg(QChar(2)).arg(QChar(3))), qPrintable(snippet));
    QCOMPARE(hit.data(ConversationModel::filterRole).toString(), QString("keeper"));
    QVERIFY(hit.data(ConversationModel::messageRole).toLongLong() > 0);
    auto* list = open->find<QListView>("conversationList");
    QTest::mouseClick(list->viewport(), Qt::LeftButton, {}, list->visualRect(hit).center());
    QTRY_COMPARE(open->workbench().chat().title(), QString("A long story"));
}

void TestChatActions::comparingTakesWhatWasSaidBefore() {
    auto open = openExamples();
    auto& chat = open->workbench().chat();
    openChat(*open, "A long story", 6);
    const int last = chat.messages()->count() - 1;
    const auto dialog = chat.dialogUpTo(last).messages;
    QVERIFY(dialog.size() > 2);
    QVERIFY(dialog.front().role == engine::Role::system);
    QVERIFY(dialog.back().role == engine::Role::user);
    QTRY_VERIFY(!open->window().findChildren<QToolButton*>("compareAnswerButton").isEmpty());
    open->window().findChildren<QToolButton*>("compareAnswerButton").back()->click();
    auto& compare = open->workbench().compare();
    QCOMPARE(open->find<QPlainTextEdit>("comparePrompt")->toPlainText(),
             QString::fromStdString(dialog.back().content));
    auto* earlier = open->find<QPushButton>("compareEarlierButton");
    QTRY_VERIFY(earlier->isVisible());
    QVERIFY2(earlier->text().contains(QString::number(dialog.size() - 1)), qPrintable(earlier->text()));
    QSignalSpy asked(&compare, &ui::CompareController::runRequested);
    open->click("runButton");
    QTRY_COMPARE(asked.size(), 1);
    const auto request = asked.front()[1].value<engine::ComparisonRequest>();
    QVERIFY(request.generation.messages == dialog);
    QTRY_VERIFY_WITH_TIMEOUT(compare.state() == ui::CompareController::State::idle, kPatience);
    QTRY_VERIFY(compare.storedRun() != 0);
    const auto run = compare.storedRun();
    open->click("compareEarlierButton");
    QVERIFY(compare.earlier().empty() && !earlier->isVisible());
    compare.showStored(run);  // the run remembers them
    QTRY_COMPARE(compare.earlier().size(), dialog.size() - 1);
}

void TestChatActions::chatsAreExported_data() {
    QTest::addColumn<QString>("ending");
    for (const char* ending : {"md", "json", "html"})
        QTest::newRow(ending) << ending;
}

void TestChatActions::chatsAreExported() {
    QFETCH(QString, ending);
    const auto open = openExamples();
    openChat(*open, "A long story", 6);
    const QString path = open->path("chat." + ending);
    open->workbench().chat().exportConversation(path);
    QTRY_VERIFY(open->find<QWidget>("chatNotice")->isVisible());
    QVERIFY(open->find<QLabel>("chatNoticeText")->text().contains(path));
    QFile file(path);
    QVERIFY(file.open(QIODevice::ReadOnly));
    const auto bytes = file.readAll();
    for (const char* said : {"A long story", "And then? Part 1, please.", "And then? Part 3, please.",
                             "The lighthouse keeper counted the waves"})
        QVERIFY2(bytes.contains(said), said);
    if (ending == "json") {
        QJsonParseError error;
        QJsonDocument::fromJson(bytes, &error);
        QCOMPARE(error.error, QJsonParseError::NoError);
    }
    if (ending == "html")
        QVERIFY(!bytes.contains("<script") && !bytes.contains("http://"));
    open->workbench().chat().exportConversation(open->path("absent/chat." + ending));
    QTRY_VERIFY(open->find<QLabel>("chatNoticeText")->text().contains("absent"));
}

QTEST_MAIN(TestChatActions)
#include "tst_chat_actions.moc"
