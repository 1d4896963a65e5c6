#pragma once

#include <QFrame>

#include "ui/controllers/chat_controller.h"

class QLabel;
class QLineEdit;
class QListView;

namespace ui {

/// The kept conversations at the left of the chat page: search, new, open, delete.
class ConversationPane : public QFrame {
    Q_OBJECT

public:
    explicit ConversationPane(ChatController& controller, QWidget* parent = nullptr);
    void focusSearch();

private:
    void updateSelection();
    void showMenu(const QPoint& at);

    ChatController& controller_;
    QLineEdit* search_;
    QListView* list_;
    QLabel* empty_;
};

}  // namespace ui
