#pragma once

#include <QVector>
#include <QWidget>

#include "ui/models/message_model.h"

class QHBoxLayout;
class QLabel;
class QLayout;
class QToolButton;
class QVBoxLayout;

namespace ui {

class AnswerBody;
class IconButton;
class PictureThumb;
class ToolCallCard;

/// One message of a chat: the user's in a bubble at the right, the model's as Markdown with its numbers;
/// below both the way to its branches and what can be done with it.
class MessageView : public QWidget {
    Q_OBJECT

public:
    static constexpr int kReadingWidth = 740;  ///< pixels; longer lines are hard to read

    explicit MessageView(const ChatMessage& message, QWidget* parent = nullptr);

    /// `isLast`: calls may be answered; `busy` says what the model does while the text is still empty.
    void show(const ChatMessage& message, bool isLast, const QString& busy, BranchPlace place = {});
    void copy() const;  ///< the whole text to the clipboard
    /// Says above the message that `count` messages before it are no longer sent to the model; 0 for none.
    void setDroppedBefore(int count);
    /// Functions that calls are checked against.
    void setTools(const std::string& definitions) { tools_ = definitions; }

signals:
    void regenerateWanted();
    void regenerateWithWanted(QString model);
    void editWanted();
    void compareWanted();
    void branchWanted(int step);
    void resultsGiven(QStringList results);

private:
    void buildUser(const std::vector<engine::PictureRow>& pictures);
    QLayout* buildPictures(const std::vector<engine::PictureRow>& pictures);
    void buildAnswer();
    QWidget* buildBranches();
    IconButton* addAction(QHBoxLayout* line, const char* icon, const char* name, const QString& tip);
    void confirmLink(const QString& address);
    void showAnswer(const ChatMessage& message, bool isLast, const QString& busy);
    /// Shows calls in a card instead of text; false when the answer is text. `problem`: a call that cannot be
    /// read.
    bool showCalls(bool isLast, QString* problem);

    bool isUser_;
    bool isResult_;
    QString text_;
    std::string tools_;
    QLabel* bubble_ = nullptr;
    QVector<PictureThumb*> pictures_;
    AnswerBody* answer_ = nullptr;
    QVBoxLayout* column_ = nullptr;
    ToolCallCard* calls_ = nullptr;
    QString callsText_;
    QLabel* dropped_ = nullptr;
    QLabel* state_ = nullptr;
    QLabel* numbers_ = nullptr;
    QWidget* branches_ = nullptr;
    QLabel* branch_ = nullptr;
    QToolButton* before_ = nullptr;
    QToolButton* after_ = nullptr;
    QVector<QWidget*> actions_;
    IconButton* copy_ = nullptr;
};

}  // namespace ui
