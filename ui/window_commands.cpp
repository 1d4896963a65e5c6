// The window's commands: their words and keys, and what the palette finds beside them.
#include <QShortcut>
#include <QStackedWidget>
#include <QTimer>

#include "ui/controllers/models_controller.h"
#include "ui/dialogs/command_palette.h"
#include "ui/dialogs/diagnostics_dialog.h"
#include "ui/dialogs/first_run_dialog.h"
#include "ui/dialogs/help_dialog.h"
#include "ui/dialogs/settings_dialog.h"
#include "ui/main_window.h"
#include "ui/models/model_names.h"
#include "ui/pages/chat_page.h"
#include "ui/pages/compare_page.h"
#include "ui/pages/results_page.h"
#include "ui/pages/system_page.h"
#include "ui/system_services.h"

namespace ui {

void MainWindow::addCommand(const QString& title, const QString& group, const QKeySequence& keys,
                            std::function<void()> run) {
    if (!keys.isEmpty())
        connect(new QShortcut(keys, this), &QShortcut::activated, this, run);
    commands_.push_back({title, group, keys, std::move(run)});
}

void MainWindow::addDialogCommands() {
    const QString help = tr("Help");
    const QString window = tr("Window");
    const QString system = tr("System");
    addCommand(tr("Search commands, pages, chats, runs and models"), window,
               QKeySequence(QStringLiteral("Ctrl+K")), [this] { openPalette(); });
    addCommand(tr("Settings"), window, QKeySequence(QStringLiteral("Ctrl+,")), [this] { openSettings(); });
    addCommand(tr("Help and shortcuts"), help, QKeySequence(Qt::Key_F1), [this] { openHelp(); });
    addCommand(tr("First steps"), help, {}, [this] { openFirstSteps(); });
    const auto section = [this, system](const QString& title, const char* name) {
        addCommand(title, system, {},
                   [this, name] { openPage(QStringLiteral("system/") + QString::fromLatin1(name)); });
    };
    section(tr("CPU topology and energy sources"), "machine");
    section(tr("Kernel variants and self-test"), "kernels");
    section(tr("Roofline of this machine"), "roofline");
    section(tr("Database, backup and messages"), "storage");
    addCommand(tr("Diagnostics"), system, {}, [this] { openDiagnostics(); });
    connect(system_, &SystemPage::diagnosticsWanted, this, &MainWindow::openDiagnostics);
}

void MainWindow::openDialog(QDialog* dialog) {
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->open();  // the window stays alive beside it: answers go on
}

void MainWindow::openSettings() {
    openDialog(new SettingsDialog(workbench_, this));
}

void MainWindow::openFirstSteps() {
    auto* dialog = new FirstRunDialog(workbench_, this);
    connect(dialog, &FirstRunDialog::chatWanted, this, [this] { openPage(QStringLiteral("chat")); });
    openDialog(dialog);
}

void MainWindow::openHelp() {
    auto* dialog = new HelpDialog(commands_, this);
    connect(dialog, &HelpDialog::firstStepsWanted, this, &MainWindow::openFirstSteps);
    connect(dialog, &HelpDialog::paletteWanted, this, &MainWindow::openPalette);
    openDialog(dialog);
}

void MainWindow::openDiagnostics() {
    auto* dialog = new DiagnosticsDialog(this);
    auto& services = workbench_.system();
    connect(&services, &SystemServices::collected, dialog, &DiagnosticsDialog::showText);
    connect(dialog, &DiagnosticsDialog::collectWanted, &services, [this, &services](bool homePaths) {
        emit services.collectRequested(workbench_.currentSettings().shareable(), homePaths);
    });
    emit services.collectRequested(workbench_.currentSettings().shareable(), false);
    openDialog(dialog);
}

void MainWindow::openPalette() {
    openDialog(new CommandPalette(
        commands_ + thingsToOpen(),
        [this](const QString& text) {
            openPage(QStringLiteral("chat"));
            chat_->searchFor(text);
        },
        this));
}

QVector<Command> MainWindow::thingsToOpen() {
    QVector<Command> things;
    const auto* chats = workbench_.chat().conversations();
    for (int row = 0; row < chats->rowCount(); ++row) {
        const qint64 id = chats->index(row).data(ConversationModel::idRole).toLongLong();
        if (id != 0)
            things.push_back({chats->index(row).data().toString(), tr("Chat"), {}, [this, id] {
                                  openPage(QStringLiteral("chat"));
                                  workbench_.chat().openConversation(id);
                              }});
    }
    const auto* runs = workbench_.results().table();
    qint64 before = 0;
    for (int row = 0; row < runs->rowCount(); ++row) {
        const auto& run = runs->run(row).run;
        if (std::exchange(before, run.id) == run.id)
            continue;  // one entry a run, whose lanes stand together
        const QString what =
            QString::fromStdString(run.prompt.empty() ? run.profile : run.prompt).simplified();
        things.push_back({tr("Run %1 · %2").arg(run.id).arg(what), tr("Result"), {}, [this, id = run.id] {
                              openPage(QStringLiteral("results"));
                              results_->showRun(id);
                          }});
    }
    const auto* models = workbench_.models().list();
    for (int row = 0; row < models->count(); ++row) {
        const QString path = models->row(row).path;
        const QString title = modelFullTitle(path, variantOfModel(path));
        things.push_back({tr("Chat with %1").arg(title), tr("Model"), {}, [this, path] {
                              workbench_.models().forgive(path);
                              workbench_.chat().chooseModel(path);
                              openPage(QStringLiteral("chat"));
                          }});
    }
    return things;
}

}  // namespace ui
