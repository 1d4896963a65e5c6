#include "ui/models/history_models.h"

#include <QDateTime>
#include <QLocale>

#include "ui/models/plain_tip.h"

namespace ui {
namespace {

QString percent(double share) {
    return QString::number(share * 100.0, 'f', 0);
}

QString rateText(const engine::Standing& standing) {
    if (!standing.winRate)
        return QStringLiteral("–");
    return StandingsModel::tr("%1 % [%2–%3 %]")
        .arg(percent(*standing.winRate), percent(standing.winRate95->low), percent(standing.winRate95->high));
}

QString lanesText(const engine::ComparisonEntry& entry) {
    QStringList names;
    for (const auto& name : entry.lanes)
        names << QString::fromStdString(name);
    return names.join(QStringLiteral(", "));
}

QString voteOf(const engine::ComparisonEntry& entry) {
    if (entry.vote.empty())
        return QStringLiteral("–");
    const QString vote = QString::fromStdString(entry.vote);
    return entry.blind ? ComparisonListModel::tr("%1 (blind)").arg(vote) : vote;
}

}  // namespace

void ComparisonListModel::setEntries(std::vector<engine::ComparisonEntry> entries) {
    beginResetModel();
    entries_ = std::move(entries);
    endResetModel();
}

int ComparisonListModel::rowCount(const QModelIndex& parent) const {
    return parent.isValid() ? 0 : static_cast<int>(entries_.size());
}

int ComparisonListModel::columnCount(const QModelIndex& parent) const {
    return parent.isValid() ? 0 : columnCount_;
}

QVariant ComparisonListModel::data(const QModelIndex& index, int role) const {
    if (!checkIndex(index, CheckIndexOption::IndexIsValid))
        return {};
    const auto& entry = entries_[static_cast<std::size_t>(index.row())];
    if (role == Qt::ToolTipRole && (index.column() == promptColumn || index.column() == lanesColumn))
        return plainTip(index.column() == promptColumn ? QString::fromStdString(entry.prompt)
                                                       : lanesText(entry));
    if (role != Qt::DisplayRole)
        return {};
    switch (index.column()) {
        case timeColumn: {
            const auto time =
                QDateTime::fromString(QString::fromStdString(entry.startedAt), Qt::ISODateWithMs)
                    .toLocalTime();
            return QLocale().toString(time, QStringLiteral("yyyy-MM-dd HH:mm"));
        }
        case promptColumn:
            return QString::fromStdString(entry.prompt).simplified();
        case lanesColumn:
            return lanesText(entry);
        case orderColumn: {
            const QString order =
                entry.order == engine::CompareOrder::concurrent ? tr("at once, not fair") : tr("in turn");
            return entry.status == "finished"
                       ? order
                       : QStringLiteral("%1, %2").arg(order, QString::fromStdString(entry.status));
        }
        case voteColumn:
            return voteOf(entry);
        default:
            return {};
    }
}

QVariant ComparisonListModel::headerData(int section, Qt::Orientation orientation, int role) const {
    if (orientation != Qt::Horizontal || role != Qt::DisplayRole || section < 0 || section >= columnCount_)
        return {};
    const QString titles[] = {tr("When"), tr("Prompt"), tr("Lanes"), tr("Ran"), tr("Vote")};
    return titles[section];
}

void StandingsModel::setStandings(std::vector<engine::Standing> standings) {
    beginResetModel();
    standings_ = std::move(standings);
    endResetModel();
}

int StandingsModel::rowCount(const QModelIndex& parent) const {
    return parent.isValid() ? 0 : static_cast<int>(standings_.size());
}

int StandingsModel::columnCount(const QModelIndex& parent) const {
    return parent.isValid() ? 0 : columnCount_;
}

QVariant StandingsModel::data(const QModelIndex& index, int role) const {
    if (!checkIndex(index, CheckIndexOption::IndexIsValid))
        return {};
    const auto& standing = standings_[static_cast<std::size_t>(index.row())];
    if (role == Qt::TextAlignmentRole)
        return QVariant::fromValue((index.column() == variantColumn ? Qt::AlignLeft : Qt::AlignRight) |
                                   Qt::AlignVCenter);
    if (role != Qt::DisplayRole)
        return {};
    switch (index.column()) {
        case variantColumn:
            return QString::fromStdString(standing.variant);
        case votesColumn:
            return tr("%1 (%2 blind)").arg(standing.votes).arg(standing.blind);
        case winsColumn:
            return static_cast<qint64>(standing.wins);
        case lossesColumn:
            return static_cast<qint64>(standing.losses);
        case tiesColumn:
            return static_cast<qint64>(standing.ties);
        case badColumn:
            return static_cast<qint64>(standing.allBad);
        case rateColumn:
            return rateText(standing);
        case chanceColumn:
            return standing.winRate ? tr("%1 %").arg(percent(standing.byChance)) : QStringLiteral("–");
        default:
            return {};
    }
}

QVariant StandingsModel::headerData(int section, Qt::Orientation orientation, int role) const {
    if (orientation != Qt::Horizontal || section < 0 || section >= columnCount_)
        return {};
    if (role == Qt::TextAlignmentRole)
        return QVariant::fromValue((section == variantColumn ? Qt::AlignLeft : Qt::AlignRight) |
                                   Qt::AlignVCenter);
    if (role != Qt::DisplayRole)
        return {};
    const QString titles[] = {tr("Variant"), tr("Votes"),           tr("Wins"),     tr("Losses"), tr("Ties"),
                              tr("All bad"), tr("Win rate [95 %]"), tr("By chance")};
    return titles[section];
}

}  // namespace ui
