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
#include "ui/controllers/models_controller.h"
#include "ui/dialogs/finetune_dialog.h"
#include "ui/dialogs/first_run_dialog.h"
#include "ui/dialogs/quantize_dialog.h"
#include "ui/dialogs/settings_dialog.h"
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
        open.window().openPage(QStringLiteral("compare"));
        takeCompare(open);
        open.window().openPage(QStringLiteral("benchmark"));
        takeBenchmark(open);
        open.window().openPage(QStringLiteral("models"));
        takeQuantizing(open);
        takeTraining(open);
        open.window().openPage(QStringLiteral("system"));
        takeDialogs(open);
    }

private:
    static void wait(const char* what, const std::function<bool()>& isThere) {
        if (!QTest::qWaitFor(isThere, 120'000))
            qFatal("%s did not come", what);
    }

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

    void takeCompare(uitest::OpenWindow& open) {
        auto& compare = open.workbench().compare();
        const auto run = [&] {
            open.find<ui::PromptEdit>(QStringLiteral("comparePrompt"))
                ->setPlainText(QStringLiteral("What is 13 plus 1?"));
            open.click(QStringLiteral("runButton"));
            wait("an answer", [&] {
                return compare.state() == ui::CompareController::State::idle && compare.storedRun() != 0;
            });
        };
        open.click(QStringLiteral("blindButton"));
        run();
        take(open.window(), QStringLiteral("compare-blind"));
        open.click(QStringLiteral("revealButton"));
        for (const char* view : {"Text", "Diff", "Tokens", "Metrics"}) {
            open.click(QStringLiteral("view%1Button").arg(QLatin1String(view)));
            take(open.window(), QStringLiteral("compare-") + QString::fromLatin1(view).toLower());
        }
    }

    void takeBenchmark(uitest::OpenWindow& open) {
        auto& benchmark = open.workbench().benchmark();
        auto* run = open.find<QPushButton>(QStringLiteral("benchmarkRunButton"));
        wait("the Run button", [&] { return run->isEnabled(); });
        run->click();
        wait("a measured cell", [&] { return benchmark.busy() && benchmark.storedRun() != 0; });
        take(open.window(), QStringLiteral("benchmark-running"));
        wait("the end of the benchmark", [&] { return !benchmark.busy(); });
        take(open.window(), QStringLiteral("benchmark-filled"));
    }

    void takeQuantizing(uitest::OpenWindow& open) {
        auto& quantize = open.workbench().quantize();
        auto* list = open.workbench().models().list();
        for (const char* recipe : {"rtn-int4", "gptq-int4", "gptq-int3"}) {
            quantize.chooseSource(QStringLiteral("demo:bf16"));
            quantize.chooseRecipe(QString::fromLatin1(recipe));
            quantize.chooseFolder(open.path(QStringLiteral("Demo-%1").arg(QLatin1String(recipe))));
            wait("an estimate", [&] { return quantize.estimate().weightsBytes > 0; });
            ui::QuantizeDialog dialog(quantize);
            dialog.show();
            if (recipe == std::string_view("gptq-int4"))
                take(dialog, QStringLiteral("quantize-choice"));
            quantize.start();
            wait("a variant", [&] { return !quantize.busy(); });
            if (recipe == std::string_view("gptq-int3"))
                take(dialog, QStringLiteral("quantize-card"));
        }
        const auto last = open.path(QStringLiteral("Demo-gptq-int3"));
        wait("the variant in the list",
             [&] { return list->find(last) >= 0 && list->row(list->find(last)).surveyed; });
        open.find<QTableView>(QStringLiteral("modelTable"))->selectRow(list->find(last));
        open.click(QStringLiteral("modelQualityTab"));
        take(open.window(), QStringLiteral("models-quality"));
        open.click(QStringLiteral("modelMapTab"));
        take(open.window(), QStringLiteral("models-map"));
        open.click(QStringLiteral("modelTensorTab"));
        take(open.window(), QStringLiteral("models-tensors"));
    }

    void takeTraining(uitest::OpenWindow& open) {
        auto& finetune = open.workbench().finetune();
        QFile chats(open.path(QStringLiteral("chats.jsonl")));
        if (!chats.open(QIODevice::WriteOnly))
            qFatal("no file of chats");
        for (int i = 0; i < 60; ++i)
            chats.write(
                QStringLiteral("{\"instruction\": \"What is %1 plus 1?\", \"response\": \"%1 + 1 = %2.\"}\n")
                    .arg(i)
                    .arg(i + 1)
                    .toUtf8());
        chats.close();
        finetune.chooseSource(QStringLiteral("demo:bf16"));
        finetune.chooseRecipe(QStringLiteral("full"));
        finetune.chooseFolder(open.path(QStringLiteral("Demo-tuned")));
        finetune.setSteps(60);
        finetune.chooseData(chats.fileName());
        ui::FinetuneDialog dialog(finetune);
        dialog.show();
        wait("the data", [&] { return finetune.whyNot().isEmpty(); });
        take(dialog, QStringLiteral("finetune-1-data"));
        finetune.start();
        wait("some steps", [&] { return finetune.curve().size() >= 30 || !finetune.busy(); });
        take(dialog, QStringLiteral("finetune-2-training"));
        wait("the end of the training", [&] { return !finetune.busy(); });
        take(dialog, QStringLiteral("finetune-3-validation"));
        dialog.findChild<QPushButton*>(QStringLiteral("finetuneDeploymentStage"))->click();
        take(dialog, QStringLiteral("finetune-4-deployment"));
    }

    void takeDialogs(uitest::OpenWindow& open) {
        ui::FirstRunDialog first(open.workbench());
        first.show();
        for (int step = 1; step <= 3; ++step) {
            take(first, QStringLiteral("first-steps-%1").arg(step));
            if (step < 3)
                QTest::mouseClick(first.findChild<QPushButton*>(QStringLiteral("firstRunNext")),
                                  Qt::LeftButton);
        }
        first.close();
        ui::SettingsDialog settings(open.workbench());
        settings.show();
        take(settings, QStringLiteral("settings-dialog"));
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
