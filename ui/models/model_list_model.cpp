#include "ui/models/model_list_model.h"

#include "engine/report/metric_catalog.h"
#include "ui/models/model_names.h"
#include "ui/models/model_texts.h"
#include "ui/models/plain_tip.h"

namespace ui {

QString ModelRow::name() const {
    if (!opens() || surveyed->survey.config.name.empty())
        return modelFullTitle(path, variantOfModel(path));
    return QStringLiteral("%1 · %2").arg(QString::fromStdString(surveyed->survey.config.name),
                                         QString::fromStdString(surveyed->survey.config.variant));
}

QString ModelRow::reason() const {
    return surveyed && surveyed->survey.error ? QString::fromStdString(surveyed->survey.error->message)
                                              : QString();
}

int ModelListModel::rowCount(const QModelIndex& parent) const {
    return parent.isValid() ? 0 : count();
}

int ModelListModel::columnCount(const QModelIndex& parent) const {
    return parent.isValid() ? 0 : columnCount_;
}

QVariant ModelListModel::data(const QModelIndex& index, int role) const {
    if (!index.isValid())
        return {};
    const auto& row = rows_[static_cast<std::size_t>(index.row())];
    switch (role) {
        case Qt::DisplayRole:
            return text(row, index.column());
        case detailRole:
            return detail(row, index.column());
        case toneRole:
            return tone(row, index.column());
        case pathRole:
            return row.path;
        case progressRole:
            return index.column() == verifiedColumn ? row.verifying : -1;
        case Qt::ToolTipRole:
            return plainTip(tip(row, index.column()));
        case Qt::AccessibleTextRole:
            return QStringLiteral("%1, %2").arg(text(row, index.column()).toString(),
                                                detail(row, index.column()));
        default:
            return {};
    }
}

QVariant ModelListModel::text(const ModelRow& row, int column) const {
    if (column == nameColumn)
        return row.name();
    if (column == verifiedColumn)
        return row.verifying >= 0 ? tr("%1 %").arg(row.verifying) : verificationText(row.state);
    if (!row.surveyed)
        return QStringLiteral("…");
    const auto& survey = row.surveyed->survey;
    if (column == sizeColumn)
        return bytesText(survey.fileBytes);
    if (!row.opens())
        return column == fitColumn ? tr("Does not open") : QStringLiteral("–");
    switch (column) {
        case formatColumn:
            return formatText(survey.format);
        case schemeColumn:
            return QString::fromStdString(survey.config.variant);
        default:
            return row.fit ? verdictText(row.fit->verdict()) : QStringLiteral("–");
    }
}

QString ModelListModel::detail(const ModelRow& row, int column) const {
    if (column == nameColumn) {
        if (!row.reason().isEmpty())
            return row.reason();
        if (row.crashes > 0)
            return tr("crashed %n time(s) in a row · %1", nullptr, row.crashes).arg(row.path);
        return variantOfModel(row.path).isEmpty() ? row.path : tr("comes with the program");
    }
    if (column == verifiedColumn)
        return QString::fromStdString(engine::modelDigest(row.verification)).left(12);
    if (!row.opens())
        return {};
    const auto& survey = row.surveyed->survey;
    switch (column) {
        case formatColumn:
            return QString::fromStdString(survey.config.architecture);
        case schemeColumn:
            return tr("%1 bits/weight")
                .arg(QString::fromStdString(engine::formatNumber(survey.bitsPerWeight)));
        case sizeColumn:
            return tr("%1 weights").arg(countText(survey.parameters));
        default:
            return row.fit ? fitLine(*row.fit) : QString();
    }
}

QString ModelListModel::tone(const ModelRow& row, int column) const {
    using State = engine::VerificationState;
    if (column == verifiedColumn && row.verifying < 0) {
        if (row.state == State::published)
            return QStringLiteral("good");
        return row.state == State::none || row.state == State::recorded ? QString() : QStringLiteral("bad");
    }
    if (column == nameColumn)  // of the second line, which says why
        return !row.reason().isEmpty() || row.crashes > 0 ? QStringLiteral("bad") : QString();
    if (column != fitColumn || !row.surveyed)
        return {};
    if (!row.fit || row.fit->verdict() == engine::FitVerdict::tooLarge ||
        row.fit->verdict() == engine::FitVerdict::tight)
        return QStringLiteral("bad");
    return row.fit->verdict() == engine::FitVerdict::fits ? QStringLiteral("good") : QString();
}

QString ModelListModel::tip(const ModelRow& row, int column) const {
    if (column == verifiedColumn)
        return verificationTip(row.verification, row.state);
    if (column == fitColumn && row.fit)
        return fitTip(*row.fit);
    return row.reason().isEmpty() ? row.path : QStringLiteral("%1\n%2").arg(row.path, row.reason());
}

QVariant ModelListModel::headerData(int section, Qt::Orientation orientation, int role) const {
    if (orientation != Qt::Horizontal || section < 0 || section >= columnCount_)
        return {};
    if (role == Qt::TextAlignmentRole)
        return static_cast<int>(Qt::AlignLeft | Qt::AlignVCenter);
    const QString names[columnCount_] = {tr("Name"), tr("Format"), tr("Quantization"),
                                         tr("Size"), tr("Memory"), tr("Verified")};
    return role == Qt::DisplayRole ? names[section] : QVariant();
}

int ModelListModel::find(const QString& path) const {
    for (int at = 0; at < count(); ++at)
        if (row(at).path == path)
            return at;
    return -1;
}

void ModelListModel::append(ModelRow row) {
    beginInsertRows({}, count(), count());
    rows_.push_back(std::move(row));
    endInsertRows();
}

void ModelListModel::remove(int at) {
    beginRemoveRows({}, at, at);
    rows_.erase(rows_.begin() + at);
    endRemoveRows();
}

void ModelListModel::replace(int at, ModelRow row) {
    rows_[static_cast<std::size_t>(at)] = std::move(row);
    emit dataChanged(index(at, 0), index(at, columnCount_ - 1));
}

}  // namespace ui
