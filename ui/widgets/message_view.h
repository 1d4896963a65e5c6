#pragma once

#include <QWidget>

#include "ui/models/message_model.h"

class QLabel;

namespace ui {

class AnswerView;
class IconButton;

/// One message of a chat: the user's in a bubble at the right, the model's as text with its numbers and
/// actions below.
class MessageView : public QWidget {
    Q_OBJECT

public:
    static constexpr int kReadingWidth = 740;  ///< pixels; longer lines are hard to read

    explicit MessageView(const ChatMessage& message, QWidget* parent = nullptr);

    /// `isLast` messages may be answered again; `busy` says what the model does while the text is still
    /// empty.
    void show(const ChatMessage& message, bool isLast, const QString& busy);

signals:
    void regenerateWanted();

private:
    void buildUser();
    void buildAnswer();
    void showAnswer(const ChatMessage& message, bool isLast, const QString& busy);

    bool isUser_;
    QString text_;
    QLabel* bubble_ = nullptr;
    AnswerView* answer_ = nullptr;
    QLabel* state_ = nullptr;
    QLabel* numbers_ = nullptr;
    IconButton* copy_ = nullptr;
    IconButton* again_ = nullptr;
};

}  // namespace ui
