#pragma once

#include <QTemporaryDir>
#include <QtTest>
#include <memory>

#include "engine/store/store.h"
#include "ui/main_window.h"

namespace uitest {

/// Every warning fails the running test; call in init() and initTestCase().
void failOnWarning();

/// The built `anven`.
QString anvenProgram();

/// Ids of the processes that this one started and that run `anven`.
QList<qint64> workerProcesses();

/// Calls `use` with the next modal dialog of the wanted type once it is open, from the event loop that exec()
/// runs.
template <class Dialog>
void whenOpen(std::function<void(Dialog*)> use) {
    auto* timer = new QTimer(qApp);
    QObject::connect(timer, &QTimer::timeout, timer, [timer, use = std::move(use)] {
        auto* popup = QApplication::activePopupWidget();
        auto* open = qobject_cast<Dialog*>(popup != nullptr ? popup : QApplication::activeModalWidget());
        if (open == nullptr)
            return;
        timer->stop();
        timer->deleteLater();
        use(open);
    });
    timer->start(0);
}

/// The whole window on a database of its own, with the built `anven` as its worker and every item model under
/// a tester.
class OpenWindow {
public:
    explicit OpenWindow(const ui::Settings& settings = {});
    ~OpenWindow();

    ui::Workbench& workbench() { return *workbench_; }
    ui::MainWindow& window() { return *window_; }
    /// Closes window and workbench and opens new ones on the same database.
    void reopen(const ui::Settings& settings = {});
    void close();

    /// The widget with this object name; ends the program with a message where there is none.
    template <class Widget>
    Widget* find(const QString& name) {
        QCoreApplication::sendPostedEvents(nullptr,
                                           QEvent::DeferredDelete);  // replaced widgets keep their names
        auto* found = window_->findChild<Widget*>(name);
        if (found == nullptr)
            qFatal("the window has no widget %s", qPrintable(name));
        return found;
    }
    void click(const QString& button) { QTest::mouseClick(find<QWidget>(button), Qt::LeftButton); }

    QString path(const QString& name) const { return folder_.filePath(name); }
    /// A second connection to the window's database.
    std::unique_ptr<engine::Store> store() const;

private:
    void open(const ui::Settings& settings);

    QTemporaryDir folder_;
    std::unique_ptr<ui::Workbench> workbench_;
    std::unique_ptr<ui::MainWindow> window_;
};

}  // namespace uitest
