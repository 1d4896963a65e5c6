#pragma once

#include <QHash>
#include <QSortFilterProxyModel>

#include "ui/models/run_table_model.h"

namespace ui {

/// The rows of the run table that a person wants to see: free text, and one choice per fact.
class RunFilter : public QSortFilterProxyModel {
    Q_OBJECT

public:
    explicit RunFilter(QObject* parent = nullptr);

    /// Rows whose fact (model, kernels, machine, tags) is this; empty = all.
    void setChoice(RunTableModel::Role role, const QString& choice);
    QString choice(RunTableModel::Role role) const { return choices_.value(role); }
    /// Runs of the last days; 0 = all.
    void setDays(int days);
    int days() const { return days_; }
    bool narrows() const { return !choices_.isEmpty() || days_ > 0; }

signals:
    void changed();

protected:
    bool filterAcceptsRow(int row, const QModelIndex& parent) const override;

private:
    QHash<int, QString> choices_;
    int days_ = 0;
};

}  // namespace ui
