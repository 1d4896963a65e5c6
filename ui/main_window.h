#pragma once

#include <QMainWindow>

#include "ui/commands.h"
#include "ui/workbench.h"

class QDialog;
class QStackedWidget;

namespace ui {

class BenchmarkPage;
class ChatPage;
class ComparePage;
class ModelsPage;
class NavRail;
class ResultsPage;
class StatusStrip;
class SystemPage;

/// The window: a rail of pages at the left, the page, and the status strip. A page is added in the
/// constructor.
class MainWindow : public QMainWindow {
    Q_OBJECT

public:
    explicit MainWindow(Workbench& workbench, QWidget* parent = nullptr);

    /// "chat", "compare", "benchmark", "results", "models" or "system", of the latter also a section
    /// ("system/kernels"); anything else is compare.
    void openPage(const QString& name);
    QString page() const;
    /// Checks, models and a quick tune: at a first start, and from the help.
    void openFirstSteps();

protected:
    void resizeEvent(QResizeEvent* event) override;

private:
    void addPage(const QString& name, const QString& label, QWidget* page);
    void addShortcuts();
    void addDialogCommands();
    /// A command of the palette and the help; with keys where there are some.
    void addCommand(const QString& title, const QString& group, const QKeySequence& keys,
                    std::function<void()> run);
    void openDialog(QDialog* dialog);
    void openPalette();
    void openQuantize(const QString& model);
    void openFinetune(const QString& model);
    void compareBoth(const QString& parent, const QString& variant);
    void openSettings();
    void openHelp();
    void openDiagnostics();
    /// Chats, runs and models, as the palette lists them.
    QVector<Command> thingsToOpen();
    void openPage(int page);
    void toggleTheme();
    void stop();
    void focusSearch();
    void connectModels();

    Workbench& workbench_;
    QVector<Command> commands_;
    NavRail* rail_;
    QStackedWidget* pages_;
    StatusStrip* status_;
    ChatPage* chat_;
    ComparePage* compare_;
    BenchmarkPage* benchmark_;
    ResultsPage* results_;
    ModelsPage* models_;
    SystemPage* system_;
};

}  // namespace ui
