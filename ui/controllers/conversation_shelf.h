#pragma once

#include <QObject>
#include <QTimer>

#include "ui/models/conversation_model.h"

namespace ui {

/// The list of conversations, without widgets: search in titles and in everything that was said, tags, names.
class ConversationShelf : public QObject {
    Q_OBJECT

public:
    explicit ConversationShelf(QObject* parent = nullptr);

    ConversationModel* conversations() { return &conversations_; }
    const ConversationModel& list() const { return conversations_; }
    /// Titles at once, messages as soon as the database has answered. "#name" also finds tags.
    void search(const QString& text);
    void rename(qint64 id, const QString& title);
    void setTags(qint64 id, const QStringList& tags);
    /// Shows only conversations with this tag; empty for all.
    void filterByTag(const QString& tag);
    /// Words of a text as tags: without "#", commas and doubles.
    static QStringList tagsOf(const QString& text);

public slots:
    void onConversationsRead(std::vector<engine::ConversationRow> rows);
    void onMessagesFound(QString text, std::vector<engine::MessageHit> hits);

signals:
    void renameRequested(qint64 id, QString title);
    void tagsRequested(qint64 id, QStringList tags);
    void searchRequested(QString text);
    void renamed(qint64 id, QString title);

private:
    ConversationModel conversations_;
    QTimer pace_;
    QString wanted_;
};

}  // namespace ui
