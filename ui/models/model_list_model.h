#pragma once

#include <QAbstractTableModel>
#include <optional>
#include <vector>

#include "engine/catalog/memory_fit.h"
#include "engine/catalog/verification.h"
#include "ui/workers/model_worker.h"

namespace ui {

/// A line of the models page.
struct ModelRow {
    QString path;
    std::optional<SurveyedModel> surveyed;  ///< absent while the files are read
    std::optional<engine::MemoryFit> fit;   ///< absent where the model does not open
    engine::Verification verification;
    engine::VerificationState state = engine::VerificationState::none;
    int verifying = -1;  ///< percent of the digest in progress; -1: none
    int crashes = 0;     ///< in a row; from CrashGuard

    bool opens() const { return surveyed && !surveyed->survey.error; }
    QString name() const;
    /// The exact reason why it does not open; empty where it does.
    QString reason() const;
};

/// The models that the program knows, a line each.
class ModelListModel : public QAbstractTableModel {
    Q_OBJECT

public:
    enum Column {
        nameColumn,
        formatColumn,
        schemeColumn,
        sizeColumn,
        fitColumn,
        verifiedColumn,
        columnCount_
    };
    enum Role { detailRole = Qt::UserRole + 1, toneRole, pathRole, progressRole };

    using QAbstractTableModel::QAbstractTableModel;
    int rowCount(const QModelIndex& parent = {}) const override;
    int columnCount(const QModelIndex& parent = {}) const override;
    QVariant data(const QModelIndex& index, int role) const override;
    QVariant headerData(int section, Qt::Orientation orientation, int role) const override;

    int count() const { return static_cast<int>(rows_.size()); }
    const ModelRow& row(int at) const { return rows_[static_cast<std::size_t>(at)]; }
    /// The row of a path, -1 where there is none.
    int find(const QString& path) const;
    void append(ModelRow row);
    void remove(int at);
    void replace(int at, ModelRow row);

private:
    QVariant text(const ModelRow& row, int column) const;
    /// The quiet second line of a cell.
    QString detail(const ModelRow& row, int column) const;
    /// "good", "bad" or "" for the first line.
    QString tone(const ModelRow& row, int column) const;
    QString tip(const ModelRow& row, int column) const;

    std::vector<ModelRow> rows_;
};

}  // namespace ui
