#pragma once

#include <QVector>
#include <QWidget>

#include "engine/conversation/conversation_dialog.h"
#include "ui/controllers/chat_controller.h"

class QLabel;
class QProgressBar;
class QPushButton;
class QScrollArea;
class QToolButton;
class QVBoxLayout;

namespace ui {

class ConversationPane;
class MessageView;
class NoticeBar;
class PictureStrip;
class PromptEdit;

/// One conversation with one model, kept in the database as it is typed and answered.
class ChatPage : public QWidget {
    Q_OBJECT

public:
    explicit ChatPage(ChatController& controller, QWidget* parent = nullptr);
    void focusPrompt();
    void focusSearch();
    /// Chats that hold `text`, by title, tag or what was said.
    void searchFor(const QString& text);
    void toggleSidebar();
    void openModelMenu();
    /// Scrolls to the message before (-1) or after (1) the one at the top.
    void stepMessage(int step);
    void openExportMenu();
    void editLast();
    void switchLastBranch(int step);
    void copyLast();

signals:
    /// "Compare this": the question and what was said before it go to the compare page.
    void compareWanted(engine::Dialog dialog);

private:
    QWidget* buildHeader();
    QWidget* buildMessages();
    QWidget* buildComposer();
    void buildNotices(QVBoxLayout* column);
    void connectView(MessageView* view, int row);
    void send();
    void keepNote();
    void updatePictures();
    void chooseExport(const QString& format);
    void updateNotices();
    void connectController();
    void rebuildMessages();
    void addMessage(int row);
    void updateMessage(int row);
    void updateState();
    void updateModel();
    void updateDropped();
    QString busyText() const;
    int lastRow() const { return controller_.messages()->count() - 1; }

    ChatController& controller_;
    ConversationPane* pane_ = nullptr;
    QLabel* dot_ = nullptr;
    QToolButton* model_ = nullptr;
    QLabel* contextText_ = nullptr;
    QProgressBar* context_ = nullptr;
    QScrollArea* scroll_ = nullptr;
    QWidget* empty_ = nullptr;
    QVBoxLayout* messages_ = nullptr;
    PromptEdit* prompt_ = nullptr;
    QPushButton* send_ = nullptr;
    QToolButton* export_ = nullptr;
    NoticeBar* contextNotice_ = nullptr;
    QPushButton* larger_ = nullptr;
    NoticeBar* editNotice_ = nullptr;
    NoticeBar* pictureNotice_ = nullptr;
    QPushButton* noteButton_ = nullptr;
    QPushButton* removeButton_ = nullptr;
    NoticeBar* exportNotice_ = nullptr;
    PictureStrip* pictures_ = nullptr;
    QVector<MessageView*> views_;
    bool followsEnd_ = true;
};

}  // namespace ui
