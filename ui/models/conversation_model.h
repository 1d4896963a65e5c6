#pragma once

#include <QAbstractListModel>
#include <QDate>
#include <vector>

#include "engine/store/store.h"

namespace ui {

/// Conversations, last used first, with a heading row before each group of days.
class ConversationModel : public QAbstractListModel {
    Q_OBJECT

public:
    enum Role { idRole = Qt::UserRole + 1, headingRole };

    using QAbstractListModel::QAbstractListModel;
    int rowCount(const QModelIndex& parent = {}) const override;
    QVariant data(const QModelIndex& index, int role) const override;
    Qt::ItemFlags flags(const QModelIndex& index) const override;

    void setConversations(std::vector<engine::ConversationRow> rows, const QDate& today);
    /// Shows only titles that contain `text`.
    void setFilter(const QString& text);
    const engine::ConversationRow* conversation(qint64 id) const;
    int rowOf(qint64 id) const;  ///< -1 when it is not shown
    int conversationCount() const { return static_cast<int>(all_.size()); }

private:
    struct Row {
        QString heading;  // not empty: a heading
        std::size_t conversation = 0;
    };
    void rebuild();

    std::vector<engine::ConversationRow> all_;
    std::vector<Row> rows_;
    QString filter_;
    QDate today_;
};

}  // namespace ui
