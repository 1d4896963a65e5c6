// Writes a picture of every page, empty and filled, light and dark, in two sizes, into the folder that is
// named on the command line.
#include <QApplication>
#include <QDir>
#include <QLineEdit>
#include <QListView>
#include <QPushButton>
#include <QScrollArea>
#include <QScrollBar>
#include <QTableView>
#include <cstdio>

#include "tests/support/fixtures.h"
#include "tests/ui/example_chats.h"
#include "tests/ui/open_window.h"
#include "ui/dialogs/tools_dialog.h"
#include "ui/widgets/prompt_edit.h"

namespace {

constexpr int kSettleMs = 700;  // late signals, layouts and the search's pause
const char* const kPages[] = {"chat", "compare", "benchmark", "results", "models", "system"};

class Photographer {
public:
    Photographer(QDir folder, ui::ThemeMode theme, QSize size)
        : folder_(std::move(folder)), theme_(theme), size_(size) {
        settings_.theme = theme;
        settings_.width = size.width();
        settings_.height = size.height();
    }

    void takeAll() {
        uitest::OpenWindow open(settings_);
        for (const char* page : kPages) {
            open.window().openPage(QString::fromLatin1(page));
            take(open.window(), QString::fromLatin1(page) + QStringLiteral("-empty"));
        }
        uitest::addExampleChats(*open.store());
        open.reopen(settings_);
        open.window().openPage(QStringLiteral("chat"));
        takeChat(open);
        takePictures(open);
        open.window().openPage(QStringLiteral("results"));
        takeResults(open);
    }

private:
    void take(QWidget& widget, const QString& name) {
        QTest::qWait(kSettleMs);
        const QString file = folder_.filePath(QStringLiteral("%1-%2-%3x%4.png")
                                                  .arg(name, ui::themeModeName(theme_))
                                                  .arg(size_.width())
                                                  .arg(size_.height()));
        if (!widget.grab().save(file))
            qFatal("cannot write %s", qPrintable(file));
    }

    static void openChat(uitest::OpenWindow& open, const QString& title) {
        auto& chat = open.workbench().chat();
        const auto* list = chat.conversations();
        for (int row = 0; row < list->rowCount(); ++row)
            if (list->index(row).data().toString() == title)
                return chat.openConversation(
                    list->index(row).data(ui::ConversationModel::idRole).toLongLong());
        qFatal("no chat %s", qPrintable(title));
    }

    void takeChat(uitest::OpenWindow& open) {
        openChat(open, QStringLiteral("What does this chart show?"));
        take(open.window(), QStringLiteral("chat-markdown-end"));
        auto* scroll = open.find<QScrollArea>(QStringLiteral("chatScroll"));
        scroll->verticalScrollBar()->setValue(0);
        take(open.window(), QStringLiteral("chat-markdown"));
        QImage picture(512, 384, QImage::Format_RGB32);
        picture.fill(QColor(0x00, 0x9e, 0x73));
        auto* prompt = open.find<ui::PromptEdit>(QStringLiteral("chatPrompt"));
        emit prompt->pictureGiven(picture);
        take(open.window(), QStringLiteral("chat-picture"));  // to a model that cannot see
        open.workbench().chat().tray().clear();
        openChat(open, QStringLiteral("Weather in Zürich"));
        take(open.window(), QStringLiteral("chat-calls"));
        openChat(open, QStringLiteral("A long story"));
        QTest::qWait(kSettleMs);
        engine::LoadedModel loaded;
        loaded.context = 256;
        loaded.config.contextLength = 1024;
        loaded.config.variant = "SpinQuant";
        for (quint64 run = 0; run < 100; ++run)  // only the current one is taken
            open.workbench().chat().onLoaded(run, loaded);
        emit open.workbench().chat().stateChanged();
        take(open.window(), QStringLiteral("chat-context"));
        open.find<QLineEdit>(QStringLiteral("chatSearch"))->setText(QStringLiteral("lighthouse"));
        take(open.window(), QStringLiteral("chat-search"));
        open.find<QLineEdit>(QStringLiteral("chatSearch"))->clear();
        ui::ToolsDialog tools(QString::fromStdString(uitest::weatherTools()),
                              engine::ToolPlace::systemPrompt);
        tools.show();
        take(tools, QStringLiteral("chat-tools-dialog"));
    }

    /// A chat that showed pictures and shows two more, and a comparison in which one lane cannot see them.
    void takePictures(uitest::OpenWindow& open) {
        const auto golden = [](const char* name) {
            return QString::fromStdString(testsupport::dataPath(std::string("golden/") + name).string());
        };
        const QStringList files{golden("image-preprocess/synthetic_1000x999.png"),
                                golden("image-preprocess/synthetic_500x57.png")};
        auto& tray = open.workbench().chat().tray();
        open.workbench().chat().newConversation();
        open.workbench().chat().chooseModel(golden("vision/meta"));
        tray.addFiles(files);
        auto* prompt = open.find<ui::PromptEdit>(QStringLiteral("chatPrompt"));
        prompt->setPlainText(QStringLiteral("What do these two pictures have in common?"));
        if (!QTest::qWaitFor([&] { return open.workbench().chat().whyNot().isEmpty(); }, 10'000))
            qFatal("the pictures were not read");
        open.click(QStringLiteral("sendButton"));
        if (!QTest::qWaitFor(
                [&] { return open.workbench().chat().state() == ui::ChatController::State::idle; }, 60'000))
            qFatal("no answer");
        tray.addFiles(files + files.first(1));
        prompt->setPlainText(QStringLiteral("And these?"));
        take(open.window(), QStringLiteral("chat-pictures"));
        tray.clear();
        open.window().openPage(QStringLiteral("compare"));
        auto& compare = open.workbench().compare();
        compare.addLane({golden("vision/meta"), QStringLiteral("auto")});
        open.find<ui::PromptEdit>(QStringLiteral("comparePrompt"))
            ->setPlainText(QStringLiteral("What is this?"));
        compare.tray().addFiles(files);
        take(open.window(), QStringLiteral("compare-pictures"));
        compare.tray().clear();
    }

    void takeResults(uitest::OpenWindow& open) {
        open.workbench().results().openSample();
        auto* table = open.find<QTableView>(QStringLiteral("runTable"));
        if (!QTest::qWaitFor([&] { return table->model()->rowCount() > 0; }, 10'000))
            qFatal("no sample results");
        take(open.window(), QStringLiteral("results-overview"));
        for (int kind = 1; kind <= 5; ++kind) {
            open.click(QStringLiteral("plotKind%1").arg(kind));
            take(open.window(), QStringLiteral("results-plot%1").arg(kind));
        }
        open.click(QStringLiteral("plotKind0"));
        table->selectRow(0);
        take(open.window(), QStringLiteral("results-details"));
        open.click(QStringLiteral("detailEnvironmentView"));
        take(open.window(), QStringLiteral("results-environment"));
        open.click(QStringLiteral("detailProfileView"));
        take(open.window(), QStringLiteral("results-profile"));
    }

    QDir folder_;
    ui::ThemeMode theme_;
    QSize size_;
    ui::Settings settings_;
};

}  // namespace

int main(int argc, char** argv) {
    if (argc != 2) {
        std::fprintf(stderr, "usage: write_screenshots FOLDER\n");
        return 2;
    }
    QApplication application(argc, argv);
    const QDir folder(QString::fromLocal8Bit(argv[1]));
    if (!folder.mkpath(QStringLiteral("."))) {
        std::fprintf(stderr, "write_screenshots: cannot make the folder %s\n", argv[1]);
        return 1;
    }
    for (const auto theme : {ui::ThemeMode::light, ui::ThemeMode::dark})
        for (const QSize size : {QSize(1280, 800), QSize(1920, 1080)})
            Photographer(folder, theme, size).takeAll();
    std::printf("%s: %d pictures\n", argv[1],
                static_cast<int>(folder.entryList({QStringLiteral("*.png")}).size()));
    return 0;
}
