#pragma once

#include <QFrame>

#include "ui/controllers/chat_controller.h"

class QLabel;
class QPlainTextEdit;
class QPushButton;
class QToolButton;
class QVBoxLayout;

namespace ui {

/// The pane at the right of the chat page: system prompt, sampling, kernels, and what the loaded model takes.
class ChatInspector : public QFrame {
    Q_OBJECT

public:
    explicit ChatInspector(ChatController& controller, QWidget* parent = nullptr);

private:
    QToolButton* addMenu(QVBoxLayout* column, const QString& label, const QString& objectName,
                         const QString& tip);
    QLabel* addFact(QVBoxLayout* column, const QString& label, const QString& objectName);
    void updateModel();
    void keepPackedWeights(bool keep);
    void updatePackedCopy();
    void updateSystemPrompt();
    void editTools();
    void updateTools();

    ChatController& controller_;
    QPlainTextEdit* system_;
    QPushButton* tools_ = nullptr;
    QToolButton* kernels_ = nullptr;
    QToolButton* drafts_ = nullptr;
    QToolButton* packedCopy_ = nullptr;
    QLabel* threads_ = nullptr;
    QLabel* format_ = nullptr;
    QLabel* weights_ = nullptr;
    QLabel* kv_ = nullptr;
};

}  // namespace ui
