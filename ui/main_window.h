#pragma once

#include <QMainWindow>

#include "ui/workbench.h"

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

    /// "chat", "compare", "benchmark", "results", "models" or "system"; anything else is compare.
    void openPage(const QString& name);
    QString page() const;

protected:
    void resizeEvent(QResizeEvent* event) override;

private:
    void addPage(const QString& name, const QString& label, QWidget* page);
    void addShortcuts();
    void openPage(int page);
    void toggleTheme();
    void stop();
    void focusSearch();
    void connectModels();

    Workbench& workbench_;
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
