#pragma once

#include <QFrame>

#include "ui/controllers/chat_controller.h"

class QLabel;
class QLineEdit;
class QListView;
class QToolButton;

namespace ui {

/// The kept conversations at the left of the chat page: search, new, open, delete.
class ConversationPane : public QFrame {
    Q_OBJECT

public:
    explicit ConversationPane(ChatController& controller, QWidget* parent = nullptr);
    void focusSearch();
    void searchFor(const QString& text);

protected:
    void keyPressEvent(QKeyEvent* event) override;

private:
    void updateSelection();
    void showMenu(const QPoint& at);
    void updateTags();
    void rename(qint64 id);
    void editTags(qint64 id);
    void confirmDelete(qint64 id);

    ChatController& controller_;
    QLineEdit* search_;
    QToolButton* tag_ = nullptr;
    QListView* list_;
    QLabel* empty_;
};

}  // namespace ui
