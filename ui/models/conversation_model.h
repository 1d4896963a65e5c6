#pragma once

#include <QAbstractListModel>
#include <QDate>
#include <QStringList>
#include <vector>

#include "engine/store/store.h"

namespace ui {

/// Conversations, last used first, with a heading row before each group of days; while searched, those whose
/// title fits and then those in which it was said, the best first.
class ConversationModel : public QAbstractListModel {
    Q_OBJECT

public:
    enum Role { idRole = Qt::UserRole + 1, headingRole, snippetRole, messageRole, tagsRole, filterRole };

    using QAbstractListModel::QAbstractListModel;
    int rowCount(const QModelIndex& parent = {}) const override;
    QVariant data(const QModelIndex& index, int role) const override;
    Qt::ItemFlags flags(const QModelIndex& index) const override;

    void setConversations(std::vector<engine::ConversationRow> rows, const QDate& today);
    /// Shows only titles and tags that contain `text`; forgets the hits of an earlier text.
    void setFilter(const QString& text);
    /// Messages that hold the text: shown below the titles, each with the words around.
    void setHits(std::vector<engine::MessageHit> hits);
    /// Shows only conversations with this tag; empty for all.
    void setTag(const QString& tag);
    const QString& tag() const { return tag_; }
    QStringList allTags() const;
    const engine::ConversationRow* conversation(qint64 id) const;
    int rowOf(qint64 id) const;  ///< -1 when it is not shown
    int conversationCount() const { return static_cast<int>(all_.size()); }

private:
    struct Row {
        QString heading;  // not empty: a heading
        std::size_t conversation = 0;
        std::size_t hit = kNoHit;
    };
    static constexpr std::size_t kNoHit = static_cast<std::size_t>(-1);
    bool hasTag(const engine::ConversationRow& row) const;
    void rebuild();

    std::vector<engine::ConversationRow> all_;
    std::vector<Row> rows_;
    std::vector<engine::MessageHit> hits_;
    QString filter_;
    QString tag_;
    QDate today_;
};

}  // namespace ui
