#pragma once

#include <QAbstractTableModel>
#include <optional>
#include <vector>

#include "engine/benchmark/kernel_measurement.h"

namespace ui {

/// One row per variant of every op and shape of a kernel benchmark; the variant in use comes first and has
/// the shape's number.
class KernelTableModel : public QAbstractTableModel {
    Q_OBJECT

public:
    enum Column {
        numberColumn,
        opColumn,
        shapeColumn,
        variantColumn,
        bandwidthColumn,
        rateColumn,
        intensityColumn,
        shareColumn,
        columnCount_
    };
    enum Role { inUseRole = Qt::UserRole + 1, arithmeticRole };

    struct Row {
        engine::KernelTiming timing;
        int number = 0;  ///< of op and shape, from 1; the same for all of its variants
    };

    using QAbstractTableModel::QAbstractTableModel;
    int rowCount(const QModelIndex& parent = {}) const override;
    int columnCount(const QModelIndex& parent = {}) const override;
    QVariant data(const QModelIndex& index, int role) const override;
    QVariant headerData(int section, Qt::Orientation orientation, int role) const override;

    void setBenchmark(const engine::KernelBenchmark& benchmark);
    const std::vector<Row>& rows() const { return rows_; }
    /// Head and rows with tabs between cells, for a spreadsheet.
    QString text() const;

private:
    std::vector<Row> rows_;
};

/// "matmul_int4 · avx512_vnni", shape, rates and share of the bound, one line each: the tip of a point.
QString kernelTip(const engine::KernelTiming& timing);
/// "81 % of memory".
QString shareText(const engine::KernelTiming& timing);
/// As people write it: "int8", "BF16", "FP32".
QString arithmeticName(const std::string& arithmetic);

}  // namespace ui
