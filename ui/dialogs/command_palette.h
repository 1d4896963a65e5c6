#pragma once

#include <QDialog>

#include "ui/commands.h"

class QLabel;
class QLineEdit;
class QListWidget;

namespace ui {

/// Searches commands, pages, chats, runs and models by a few words; Enter does the chosen one.
class CommandPalette : public QDialog {
    Q_OBJECT

public:
    /// `searchChats`: looks a text up in everything that was said.
    CommandPalette(QVector<Command> commands, std::function<void(QString)> searchChats,
                   QWidget* parent = nullptr);

protected:
    bool eventFilter(QObject* watched, QEvent* event) override;

private:
    void fill(const QString& text);
    void runChosen();

    QVector<Command> all_;
    QVector<Command> shown_;
    std::function<void(QString)> searchChats_;
    QLineEdit* search_;
    QListWidget* list_;
    QLabel* none_;
};

}  // namespace ui
