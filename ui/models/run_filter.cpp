#include "ui/models/run_filter.h"

#include <QDateTime>

namespace ui {

RunFilter::RunFilter(QObject* parent) : QSortFilterProxyModel(parent) {
    setFilterRole(RunTableModel::searchRole);
    setFilterCaseSensitivity(Qt::CaseInsensitive);
    setSortRole(RunTableModel::sortRole);
}

void RunFilter::setChoice(RunTableModel::Role role, const QString& choice) {
    if (choice.isEmpty())
        choices_.remove(role);
    else
        choices_.insert(role, choice);
    invalidateFilter();
    emit changed();
}

void RunFilter::setDays(int days) {
    days_ = days;
    invalidateFilter();
    emit changed();
}

bool RunFilter::filterAcceptsRow(int row, const QModelIndex& parent) const {
    const auto index = sourceModel()->index(row, 0, parent);
    for (auto at = choices_.cbegin(); at != choices_.cend(); ++at)
        if (!index.data(at.key()).toStringList().contains(at.value()))
            return false;
    if (days_ > 0) {
        const auto started = index.data(RunTableModel::startedRole).toDateTime();
        if (!started.isValid() || started.daysTo(QDateTime::currentDateTimeUtc()) >= days_)
            return false;
    }
    return QSortFilterProxyModel::filterAcceptsRow(row, parent);
}

}  // namespace ui
