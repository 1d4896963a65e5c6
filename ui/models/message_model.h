#pragma once

#include <QAbstractListModel>
#include <QString>
#include <vector>

#include "engine/store/store.h"

namespace ui {

/// One message of the open conversation. `key` names it towards the database before it has an id.
struct ChatMessage {
    quint64 key = 0;
    engine::MessageRow row;
    QString text;
};

/// The messages of the open conversation, oldest first.
class MessageModel : public QAbstractListModel {
    Q_OBJECT

public:
    enum Role { roleRole = Qt::UserRole + 1, statusRole, metricsRole };

    using QAbstractListModel::QAbstractListModel;
    int rowCount(const QModelIndex& parent = {}) const override;
    QVariant data(const QModelIndex& index, int role) const override;

    const ChatMessage& message(int row) const { return messages_[static_cast<std::size_t>(row)]; }
    int count() const { return static_cast<int>(messages_.size()); }
    void setMessages(std::vector<ChatMessage> messages);
    void append(ChatMessage message);
    void appendText(int row, const QString& text);
    void setContent(int row, const QString& text, const std::string& status, const std::string& metrics);
    void removeLast();

private:
    std::vector<ChatMessage> messages_;
};

/// What a failed answer's metrics say of the failure; empty for other answers.
QString errorText(const std::string& metricsJson);
/// The stored metrics of an answer in one line: "TTFT 212 ms · 31.4 tok/s · 184 tokens · 0.41 J/token
/// measured".
QString metricsText(const std::string& metricsJson);

}  // namespace ui
