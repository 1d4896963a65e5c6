#pragma once

#include <QAbstractTableModel>
#include <QSet>
#include <vector>

#include "engine/benchmark/kernel_checks.h"
#include "engine/runtime/kernel_choice.h"

namespace ui {

/// One row per variant of every op: whether it runs here, whether the plan uses it, what the self-test found,
/// and why.
class KernelVariantModel : public QAbstractTableModel {
    Q_OBJECT

public:
    enum Column { opColumn, variantColumn, useColumn, testColumn, reasonColumn, columnCount_ };
    enum class Test { none, reference, passed, failed, notHere };

    explicit KernelVariantModel(QObject* parent = nullptr);
    int rowCount(const QModelIndex& parent = {}) const override;
    int columnCount(const QModelIndex& parent = {}) const override;
    QVariant data(const QModelIndex& index, int role) const override;
    QVariant headerData(int section, Qt::Orientation orientation, int role) const override;

    /// Reads variants and plan of this machine again; a few ms.
    void refresh();
    /// What a self-test found; empty before one.
    void setChecks(const std::vector<engine::KernelCheck>& checks);
    Test test(int row) const;

private:
    struct Row {
        engine::KernelListing listing;
        QString use;       // "in use", or empty
        QString whyInUse;  // of the plan
        int checks = 0;
        int failures = 0;
        double worstShare = 0.0;
        QString failedShape;
    };
    QString text(const Row& row, int column) const;
    QString testText(const Row& row) const;

    std::vector<Row> rows_;
    std::vector<engine::KernelCheck> checks_;
};

}  // namespace ui
