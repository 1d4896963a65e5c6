#pragma once

#include <QAbstractListModel>
#include <QImage>
#include <QString>
#include <unordered_map>
#include <vector>

#include "engine/conversation/message_tree.h"
#include "engine/store/store.h"

namespace ui {

/// One message of the open conversation. `key` names it towards the database before it has an id.
struct ChatMessage {
    quint64 key = 0;
    engine::MessageRow row;
    QString text;
    quint64 parentKey = 0;              ///< 0: begins the conversation
    std::vector<QImage> previews = {};  ///< of row.pictures; null or absent until they are decoded
};

/// Which of the messages with the same parent one is.
struct BranchPlace {
    int number = 1;  ///< from 1
    int count = 1;
};

/// The branch of the open conversation that is shown, oldest message first; the other branches are kept.
class MessageModel : public QAbstractListModel {
    Q_OBJECT

public:
    enum Role { roleRole = Qt::UserRole + 1, statusRole, metricsRole };

    using QAbstractListModel::QAbstractListModel;
    int rowCount(const QModelIndex& parent = {}) const override;
    QVariant data(const QModelIndex& index, int role) const override;

    const ChatMessage& message(int row) const { return all_.at(shown_[static_cast<std::size_t>(row)]); }
    int count() const { return static_cast<int>(shown_.size()); }
    BranchPlace branch(int row) const;
    /// All messages of a conversation, parents before children, and the one whose branch is shown (0: the
    /// newest).
    void setMessages(std::vector<ChatMessage> messages, quint64 shown = 0);
    void append(ChatMessage message);  ///< after the last one that is shown
    void appendText(int row, const QString& text);
    void setContent(int row, const QString& text, const std::string& status, const std::string& metrics);
    /// A picture that messages show has been decoded.
    void setPreview(const std::string& sha256, const QImage& preview);
    /// Hides `row` and what follows: the next message that is appended becomes its sibling.
    void truncate(int row);
    /// Shows the sibling `step` places further instead of `row`; false when there is none.
    bool switchBranch(int row, int step);
    std::vector<engine::MessageRow> shownRows() const;
    quint64 lastKey() const { return shown_.empty() ? 0 : shown_.back(); }

private:
    ChatMessage& at(int row) { return all_.at(shown_[static_cast<std::size_t>(row)]); }

    std::unordered_map<quint64, ChatMessage> all_;
    engine::MessageTree tree_;
    std::vector<quint64> shown_;
};

/// What a failed answer's metrics say of the failure; empty for other answers.
QString errorText(const std::string& metricsJson);
/// The stored metrics of an answer in one line: "TTFT 212 ms · 31.4 tok/s · 184 tokens · 0.41 J/token
/// measured".
QString metricsText(const std::string& metricsJson);

}  // namespace ui
