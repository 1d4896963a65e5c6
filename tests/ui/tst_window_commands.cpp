#include <QComboBox>
#include <QDialog>
#include <QLabel>
#include <QLineEdit>
#include <QListWidget>
#include <QPushButton>
#include <QSpinBox>
#include <QTableView>
#include <QTableWidget>

#include "tests/engine/report/sample_report.h"
#include "tests/ui/open_window.h"
#include "tests/ui/unusual_models.h"
#include "ui/commands.h"
#include "ui/controllers/models_controller.h"
#include "ui/models/known_models.h"
#include "ui/system_services.h"
#include "ui/theme.h"

/// What is reached from everywhere: the palette, the keys, settings, help and the first steps.
class TestWindowCommands : public QObject {
    Q_OBJECT
private slots:
    void init() { uitest::failOnWarning(); }
    void wordsFindCommands_data();
    void wordsFindCommands();
    void paletteOpensAPageByKeys();
    void paletteFindsChatsRunsAndModels();
    void paletteSearchesWhatWasSaid();
    void helpListsEveryKey();
    void settingsApplyAtOnce();
    void defaultsReachTheModels();
    void firstStepsMayBeSkipped();
    void firstStepsGoToTheChat();
    void firstStepsRefuseABrokenModel();
    void quickTuneIsStoppedWithTheDialog();
    void sidebarHides();
};

namespace {

template <class Dialog = QDialog>
Dialog* dialogOf(uitest::OpenWindow& open, const char* name) {
    QCoreApplication::sendPostedEvents(nullptr, QEvent::DeferredDelete);
    return open.window().findChild<Dialog*>(QString::fromLatin1(name));
}

void press(QWidget* in, const char* button) {
    auto* found = in->findChild<QPushButton*>(QString::fromLatin1(button));
    if (found == nullptr)
        qFatal("there is no %s", button);
    QTest::mouseClick(found, Qt::LeftButton);
}

QStringList listed(QDialog* palette) {
    QStringList titles;
    auto* list = palette->findChild<QListWidget*>("paletteList");
    for (int row = 0; row < list->count(); ++row)
        titles << list->item(row)->text();
    return titles;
}

QDialog* openPalette(uitest::OpenWindow& open, const QString& text) {
    open.window().activateWindow();  // as a window manager does when a dialog has closed
    if (!QTest::qWaitForWindowActive(&open.window()))
        qFatal("the window is not active");
    QTest::keyClick(&open.window(), Qt::Key_K, Qt::ControlModifier);
    auto* palette = dialogOf(open, "commandPalette");
    if (palette == nullptr || !palette->isVisible())
        qFatal("the palette did not open");
    palette->findChild<QLineEdit*>("paletteSearch")->setText(text);
    return palette;
}

}  // namespace

void TestWindowCommands::wordsFindCommands_data() {
    QTest::addColumn<QString>("text");
    QTest::addColumn<QStringList>("found");
    QTest::newRow("all") << "" << QStringList{"New chat", "Chat with demo", "Answer again"};
    QTest::newRow("beginning first") << "chat" << QStringList{"Chat with demo", "New chat", "Answer again"};
    QTest::newRow("every word") << "AGAIN chat" << QStringList{"Answer again"};
    QTest::newRow("spaces") << "  new   chat " << QStringList{"New chat"};
    QTest::newRow("none") << "zebra" << QStringList{};
}

void TestWindowCommands::wordsFindCommands() {
    QFETCH(QString, text);
    const QVector<ui::Command> all{{"New chat", "Window", {}, {}},
                                   {"Chat with demo", "Model", {}, {}},
                                   {"Answer again", "Chat", {}, {}}};
    QStringList titles;
    for (const auto& command : ui::findCommands(all, text, 10))
        titles << command.title;
    QTEST(titles, "found");
    QCOMPARE(ui::findCommands(all, {}, 2).size(), 2);
}

void TestWindowCommands::paletteOpensAPageByKeys() {
    uitest::OpenWindow open;
    QCOMPARE(open.window().page(), QString("compare"));
    auto* palette = openPalette(open, "");
    auto* search = palette->findChild<QLineEdit*>("paletteSearch");
    QTRY_VERIFY(search->hasFocus());
    QTest::keyClicks(search, "go to models");
    QCOMPARE(listed(palette).first(), QString("Models"));
    QTest::keyClick(search, Qt::Key_Return);
    QCOMPARE(open.window().page(), QString("models"));
    QTRY_VERIFY(dialogOf(open, "commandPalette") == nullptr);
    palette = openPalette(open, "go to");
    search = palette->findChild<QLineEdit*>("paletteSearch");
    QTest::keyClick(search, Qt::Key_Down);
    QTest::keyClick(search, Qt::Key_Return);
    QCOMPARE(open.window().page(), QString("chat"));
    palette = openPalette(open, "zebra of nothing");
    QVERIFY(palette->findChild<QLabel*>("paletteNone") != nullptr);
    QTest::keyClick(palette, Qt::Key_Escape);
    QTRY_VERIFY(dialogOf(open, "commandPalette") == nullptr);
}

void TestWindowCommands::paletteFindsChatsRunsAndModels() {
    uitest::OpenWindow open;
    engine::ConversationRow chat;
    chat.title = "About walruses";
    chat.createdAt = chat.updatedAt = engine::utcNow();
    QVERIFY(open.store()->addConversation(chat).has_value());
    auto report = reporttest::sampleReport("compare");
    report.run.prompt = "How deep is the lake?";
    const auto run = open.store()->addRun(report.run);
    for (auto& lane : report.lanes) {
        lane.lane.runId = *run;
        QVERIFY(open.store()->addLane(lane.lane).has_value());
    }
    open.reopen();
    QTRY_COMPARE(open.workbench().results().table()->runCount(), 1);
    QTRY_COMPARE(open.workbench().chat().conversations()->conversationCount(), 1);
    auto* palette = openPalette(open, "walrus");
    QCOMPARE(listed(palette).first(), QString("About walruses"));
    QTest::keyClick(palette->findChild<QLineEdit*>("paletteSearch"), Qt::Key_Return);
    QCOMPARE(open.window().page(), QString("chat"));
    QCOMPARE(open.workbench().chat().conversationId(), qint64{1});
    palette = openPalette(open, "lake");
    QCOMPARE(listed(palette).first(), QString::fromUtf8("Run 1 · How deep is the lake?"));
    QTest::keyClick(palette->findChild<QLineEdit*>("paletteSearch"), Qt::Key_Return);
    QCOMPARE(open.window().page(), QString("results"));
    QVERIFY(open.find<QTableView>("runTable")->selectionModel()->hasSelection());
    palette = openPalette(open, "chat spinquant");
    QCOMPARE(listed(palette).first(), QString::fromUtf8("Chat with Demo model · SpinQuant"));
    QTest::keyClick(palette->findChild<QLineEdit*>("paletteSearch"), Qt::Key_Return);
    QCOMPARE(open.workbench().chat().model().model, QString("demo:spinquant"));
}

void TestWindowCommands::paletteSearchesWhatWasSaid() {
    uitest::OpenWindow open;
    auto* palette = openPalette(open, "elephants");
    QCOMPARE(listed(palette), QStringList{QString::fromUtf8("Search what was said for “elephants”")});
    QTest::keyClick(palette->findChild<QLineEdit*>("paletteSearch"), Qt::Key_Return);
    QCOMPARE(open.window().page(), QString("chat"));
    QCOMPARE(open.find<QLineEdit>("chatSearch")->text(), QString("elephants"));
}

void TestWindowCommands::helpListsEveryKey() {
    uitest::OpenWindow open;
    QTest::keyClick(&open.window(), Qt::Key_F1);
    auto* help = dialogOf(open, "helpDialog");
    QVERIFY(help != nullptr && help->isVisible());
    const auto* table = help->findChild<QTableWidget*>("shortcutTable");
    QStringList keys;
    for (int row = 0; row < table->rowCount(); ++row) {
        keys << table->item(row, 0)->text();
        QVERIFY(!table->item(row, 1)->text().isEmpty());
    }
    for (const char* wanted :
         {"Ctrl+1",       "Ctrl+6",   "Ctrl+N",    "Ctrl+K",      "Esc",         "Ctrl+R",
          "Ctrl+E",       "Alt+Left", "Alt+Right", "Ctrl+L",      "Ctrl+Up",     "Ctrl+Down",
          "Ctrl+Shift+C", "Ctrl+V",   "Ctrl+O",    "Ctrl+Return", "Ctrl+.",      "Ctrl+S",
          "Ctrl+B",       "F1",       "Ctrl+,",    "Return",      "Shift+Return"})
        QVERIFY2(keys.contains(wanted), wanted);
    press(help, "firstStepsButton");
    QVERIFY(dialogOf(open, "firstRunDialog") != nullptr);
}

void TestWindowCommands::settingsApplyAtOnce() {
    ui::Settings before;
    before.theme = ui::ThemeMode::light;
    uitest::OpenWindow open(before);
    QSignalSpy kept(&open.workbench(), &ui::Workbench::settingsWorthKeeping);
    QTest::keyClick(&open.window(), Qt::Key_Comma, Qt::ControlModifier);
    auto* dialog = dialogOf(open, "settingsDialog");
    QVERIFY(dialog != nullptr);
    auto* theme = dialog->findChild<QComboBox*>("settingsTheme");
    QCOMPARE(theme->currentText(), QString("light"));
    theme->setCurrentIndex(theme->findText("dark"));
    QVERIFY(ui::Theme::instance().tokens().dark);
    auto* language = dialog->findChild<QComboBox*>("settingsLanguage");
    QVERIFY(!dialog->findChild<QLabel*>("languageNote")->isVisible());
    language->setCurrentIndex(language->findText("Deutsch"));
    QVERIFY(dialog->findChild<QLabel*>("languageNote")->isVisible());
    dialog->findChild<QSpinBox*>("settingsThreads")->setValue(3);
    dialog->findChild<QSpinBox*>("settingsContext")->setValue(2048);
    QCOMPARE(dialog->findChild<QLabel*>("settingsDatabase")->text(), open.workbench().database());
    QCOMPARE(kept.size(), 4);
    const auto now = open.workbench().currentSettings();
    QCOMPARE(now.theme, ui::ThemeMode::dark);
    QCOMPARE(now.language, QString("de"));
    QCOMPARE(now.loadDefaults.threads, 3);
    QCOMPARE(now.loadDefaults.context, 2048);
    ui::Theme::instance().apply(ui::ThemeMode::light);
}

void TestWindowCommands::defaultsReachTheModels() {
    uitest::OpenWindow open;
    open.workbench().setLoadDefaults({1, 256});
    std::optional<engine::ComparisonRequest> asked;
    auto& compare = open.workbench().compare();
    connect(&compare, &ui::CompareController::runRequested, this,
            [&](quint64, const engine::ComparisonRequest& request, std::stop_token) { asked = request; });
    compare.setPrompt("What is 13 plus 1?");
    compare.start();
    QVERIFY(asked.has_value());
    for (const auto& lane : asked->lanes) {
        QCOMPARE(lane.load.threads, 1);
        QCOMPARE(lane.load.context, std::int64_t{256});
    }
    compare.stop();
    QTRY_VERIFY_WITH_TIMEOUT(compare.state() == ui::CompareController::State::idle, 60'000);
}

void TestWindowCommands::firstStepsMayBeSkipped() {
    uitest::OpenWindow open;
    QVERIFY(dialogOf(open, "firstRunDialog") == nullptr);  // no window greets by itself
    open.window().openFirstSteps();
    auto* steps = dialogOf(open, "firstRunDialog");
    QVERIFY(steps->isVisible());
    press(steps, "firstRunSkip");
    QTRY_VERIFY(dialogOf(open, "firstRunDialog") == nullptr);
    QCOMPARE(open.window().page(), QString("compare"));
}

void TestWindowCommands::firstStepsGoToTheChat() {
    ui::Settings settings;
    settings.chatModel.model = "demo:spinquant";
    uitest::OpenWindow open(settings);
    open.window().openFirstSteps();
    auto* steps = dialogOf(open, "firstRunDialog");
    const auto cpu = QString::fromStdString(engine::readSystemInfo().cpu);
    QTRY_VERIFY(std::ranges::any_of(steps->findChildren<QLabel*>(),
                                    [&](const QLabel* label) { return label->text() == cpu; }));
    QVERIFY(!steps->findChild<QPushButton*>("firstRunBack")->isEnabled());
    press(steps, "firstRunNext");
    QVERIFY(steps->findChild<QPushButton*>("firstRunFolder")->isVisible());
    press(steps, "firstRunDemo");
    QCOMPARE(open.workbench().chat().model().model, QString("demo:bf16"));
    press(steps, "firstRunNext");
    QVERIFY(steps->findChild<QPushButton*>("firstRunTune")->isVisible());
    press(steps, "firstRunBack");
    press(steps, "firstRunNext");
    QCOMPARE(steps->findChild<QPushButton*>("firstRunNext")->text(), QString("Start chatting"));
    press(steps, "firstRunNext");
    QCOMPARE(open.window().page(), QString("chat"));
}

void TestWindowCommands::firstStepsRefuseABrokenModel() {
    const QTemporaryDir folder;
    const QString broken = folder.filePath("broken.gguf");
    QFile file(broken);
    QVERIFY(file.open(QIODevice::WriteOnly) && file.write("GGUF, but not really") > 0);
    file.close();
    uitest::OpenWindow open;
    const auto before = open.workbench().chat().model().model;
    open.window().openFirstSteps();
    auto* steps = dialogOf(open, "firstRunDialog");
    open.workbench().models().add({broken});
    auto* said = steps->findChild<QLabel*>("firstRunChosen");
    QTRY_VERIFY2(said->text().startsWith("broken.gguf does not open: "), qPrintable(said->text()));
    QCOMPARE(open.workbench().chat().model().model, before);
    open.workbench().models().add({uitest::endlessModel(folder.path()).model});
    QTRY_VERIFY2(said->text().startsWith("Chats begin with "), qPrintable(said->text()));
    QVERIFY(open.workbench().chat().model().model.startsWith(folder.path()));
    QVERIFY(ui::knownModels().contains(open.workbench().chat().model().model));
}

void TestWindowCommands::quickTuneIsStoppedWithTheDialog() {
    uitest::OpenWindow open;
    auto& kernels = open.workbench().system().kernels();
    disconnect(&kernels, &ui::KernelsController::tuneRequested, nullptr, nullptr);  // nothing is measured
    std::stop_token stop;
    connect(&kernels, &ui::KernelsController::tuneRequested, this,
            [&](quint64, std::stop_token token) { stop = std::move(token); });
    open.window().openFirstSteps();
    auto* steps = dialogOf(open, "firstRunDialog");
    press(steps, "firstRunNext");
    press(steps, "firstRunNext");
    press(steps, "firstRunTune");
    QVERIFY(kernels.state() == ui::KernelsController::State::tuning);
    kernels.onProgressed(1, "matmul_int4 avx2", 0, 0);
    QCOMPARE(steps->findChild<QLabel*>("firstRunTuning")->text(), QString("matmul_int4 avx2"));
    QVERIFY(!stop.stop_requested());
    press(steps, "firstRunSkip");
    QVERIFY(stop.stop_requested());
    kernels.onFailed(1, {engine::ErrorCode::cancelled, "stopped"});
}

void TestWindowCommands::sidebarHides() {
    uitest::OpenWindow open;
    open.window().openPage("chat");
    auto* pane = open.find<QWidget>("sidePane");
    QTest::keyClick(&open.window(), Qt::Key_B, Qt::ControlModifier);
    QVERIFY(!pane->isVisible());
    QTest::keyClick(&open.window(), Qt::Key_F, Qt::ControlModifier);
    QVERIFY(pane->isVisible());  // a search shows where it searches
    QTRY_VERIFY(open.find<QLineEdit>("chatSearch")->hasFocus());
}

QTEST_MAIN(TestWindowCommands)
#include "tst_window_commands.moc"
