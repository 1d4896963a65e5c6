#include "ui/models/conversation_model.h"

#include <QDateTime>
#include <algorithm>
#include <utility>

#include "ui/models/plain_tip.h"

namespace ui {
namespace {

QString headingOf(const engine::ConversationRow& row, const QDate& today) {
    const auto date =
        QDateTime::fromString(QString::fromStdString(row.updatedAt), Qt::ISODateWithMs).toLocalTime().date();
    if (!date.isValid() || date >= today)
        return ConversationModel::tr("Today");
    if (date >= today.addDays(-1))
        return ConversationModel::tr("Yesterday");
    return date >= today.addDays(-7) ? ConversationModel::tr("Last week") : ConversationModel::tr("Earlier");
}

QString tagText(const engine::ConversationRow& row) {
    QStringList tags;
    for (const auto& tag : row.tags)
        tags << u'#' + QString::fromStdString(tag);
    return tags.join(u' ');
}

}  // namespace

int ConversationModel::rowCount(const QModelIndex& parent) const {
    return parent.isValid() ? 0 : static_cast<int>(rows_.size());
}

QVariant ConversationModel::data(const QModelIndex& index, int role) const {
    if (!checkIndex(index, CheckIndexOption::IndexIsValid))
        return {};
    const auto& row = rows_[static_cast<std::size_t>(index.row())];
    const bool heading = !row.heading.isEmpty();
    if (role == headingRole)
        return heading;
    if (heading)
        return role == Qt::DisplayRole ? QVariant(row.heading) : QVariant();
    const auto& conversation = all_[row.conversation];
    switch (role) {
        case Qt::DisplayRole:
            return QString::fromStdString(conversation.title);
        case Qt::ToolTipRole:
            return plainTip(QString::fromStdString(conversation.title));
        case snippetRole:
            return row.hit == kNoHit ? QString()
                                     : QString::fromStdString(hits_[row.hit].snippet).simplified();
        case messageRole:
            return row.hit == kNoHit ? qint64{0} : static_cast<qint64>(hits_[row.hit].messageId);
        case tagsRole:
            return tagText(conversation);
        case filterRole:
            return filter_;
        case idRole:
            return static_cast<qint64>(conversation.id);
        default:
            return {};
    }
}

Qt::ItemFlags ConversationModel::flags(const QModelIndex& index) const {
    if (!index.isValid())
        return Qt::NoItemFlags;
    const bool heading = !rows_[static_cast<std::size_t>(index.row())].heading.isEmpty();
    return heading ? Qt::ItemNeverHasChildren
                   : Qt::ItemIsEnabled | Qt::ItemIsSelectable | Qt::ItemNeverHasChildren;
}

void ConversationModel::setConversations(std::vector<engine::ConversationRow> rows, const QDate& today) {
    all_ = std::move(rows);
    today_ = today;
    rebuild();
}

void ConversationModel::setFilter(const QString& text) {
    filter_ = text.trimmed();
    hits_.clear();
    rebuild();
}

void ConversationModel::setHits(std::vector<engine::MessageHit> hits) {
    hits_ = std::move(hits);
    rebuild();
}

void ConversationModel::setTag(const QString& tag) {
    tag_ = tag;
    rebuild();
}

QStringList ConversationModel::allTags() const {
    QStringList tags;
    for (const auto& row : all_)
        for (const auto& tag : row.tags)
            tags << QString::fromStdString(tag);
    tags.removeDuplicates();
    tags.sort(Qt::CaseInsensitive);
    return tags;
}

bool ConversationModel::hasTag(const engine::ConversationRow& row) const {
    return tag_.isEmpty() ||
           std::find(row.tags.begin(), row.tags.end(), tag_.toStdString()) != row.tags.end();
}

const engine::ConversationRow* ConversationModel::conversation(qint64 id) const {
    for (const auto& row : all_)
        if (row.id == id)
            return &row;
    return nullptr;
}

int ConversationModel::rowOf(qint64 id) const {
    for (std::size_t i = 0; i < rows_.size(); ++i)
        if (rows_[i].heading.isEmpty() && all_[rows_[i].conversation].id == id)
            return static_cast<int>(i);
    return -1;
}

void ConversationModel::rebuild() {
    beginResetModel();
    rows_.clear();
    QString last;
    std::vector<bool> listed(all_.size(), false);
    for (std::size_t i = 0; i < all_.size(); ++i) {
        const QString searched = QString::fromStdString(all_[i].title) + u' ' + tagText(all_[i]);
        if (!hasTag(all_[i]) || !searched.contains(filter_, Qt::CaseInsensitive))
            continue;
        const QString heading = headingOf(all_[i], today_);
        if (heading != last)
            rows_.push_back({heading, 0});
        last = heading;
        rows_.push_back({{}, i});
        listed[i] = true;
    }
    bool headed = false;
    for (std::size_t hit = 0; hit < hits_.size(); ++hit)
        for (std::size_t i = 0; i < all_.size(); ++i) {
            if (all_[i].id != hits_[hit].conversationId || listed[i] || !hasTag(all_[i]))
                continue;
            if (!std::exchange(headed, true))
                rows_.push_back({tr("Said in"), 0});
            rows_.push_back({{}, i, hit});
        }
    endResetModel();
}

}  // namespace ui
