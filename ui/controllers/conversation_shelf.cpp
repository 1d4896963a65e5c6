#include "ui/controllers/conversation_shelf.h"

namespace ui {
namespace {

constexpr int kSearchGapMs = 120;  // a search while typing costs the database's thread once per pause
constexpr int kTitleLength = 200;

}  // namespace

ConversationShelf::ConversationShelf(QObject* parent) : QObject(parent) {
    pace_.setInterval(kSearchGapMs);
    pace_.setSingleShot(true);
    connect(&pace_, &QTimer::timeout, this, [this] { emit searchRequested(wanted_); });
}

void ConversationShelf::search(const QString& text) {
    wanted_ = text.trimmed();
    conversations_.setFilter(wanted_);
    if (wanted_.isEmpty())
        pace_.stop();
    else
        pace_.start();
}

void ConversationShelf::rename(qint64 id, const QString& title) {
    const QString name = title.simplified().left(kTitleLength);
    if (name.isEmpty())
        return;
    emit renamed(id, name);
    emit renameRequested(id, name);
}

void ConversationShelf::setTags(qint64 id, const QStringList& tags) {
    emit tagsRequested(id, tags);
}

void ConversationShelf::filterByTag(const QString& tag) {
    conversations_.setTag(tag);
}

QStringList ConversationShelf::tagsOf(const QString& text) {
    QString plain = text;
    QStringList tags =
        plain.replace(u',', u' ').replace(u'#', u' ').simplified().split(u' ', Qt::SkipEmptyParts);
    tags.removeDuplicates();
    return tags;
}

void ConversationShelf::onConversationsRead(std::vector<engine::ConversationRow> rows) {
    conversations_.setConversations(std::move(rows), QDate::currentDate());
}

void ConversationShelf::onMessagesFound(QString text, std::vector<engine::MessageHit> hits) {
    if (text == wanted_ && !wanted_.isEmpty())
        conversations_.setHits(std::move(hits));
}

}  // namespace ui
