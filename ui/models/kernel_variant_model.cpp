#include "ui/models/kernel_variant_model.h"

#include <QFont>
#include <QStringList>
#include <algorithm>

#include "engine/runtime/kernel_plan.h"
#include "ui/models/plain_tip.h"
#include "ui/theme.h"

namespace ui {

KernelVariantModel::KernelVariantModel(QObject* parent) : QAbstractTableModel(parent) {
    refresh();
}

int KernelVariantModel::rowCount(const QModelIndex& parent) const {
    return parent.isValid() ? 0 : static_cast<int>(rows_.size());
}

int KernelVariantModel::columnCount(const QModelIndex& parent) const {
    return parent.isValid() ? 0 : columnCount_;
}

void KernelVariantModel::refresh() {
    beginResetModel();
    rows_.clear();
    const auto plan = engine::KernelPlan::make("auto", false);
    for (auto& listing : engine::listKernels()) {
        Row row;
        row.listing = std::move(listing);
        if (plan)
            for (const auto& choice : plan->choices) {
                const auto taken = QString::fromStdString(choice.variant).split(QLatin1Char('+'));
                if (choice.op != row.listing.op)
                    continue;
                if (taken.contains(QString::fromStdString(row.listing.variant))) {
                    row.use = tr("in use");
                    row.whyInUse = QString::fromStdString(choice.reason);
                }
                for (const auto& passed : choice.passedOver)
                    if (passed.starts_with(row.listing.variant + ":"))
                        row.whyInUse =
                            QString::fromStdString(passed.substr(row.listing.variant.size() + 1)).trimmed();
            }
        rows_.push_back(std::move(row));
    }
    endResetModel();
    setChecks(checks_);
}

void KernelVariantModel::setChecks(const std::vector<engine::KernelCheck>& checks) {
    checks_ = checks;
    for (auto& row : rows_) {
        row.checks = row.failures = 0;
        row.worstShare = 0.0;
        for (const auto& check : checks_) {
            if (check.op != row.listing.op || check.variant != row.listing.variant || !check.skipped.empty())
                continue;
            ++row.checks;
            row.worstShare = std::max(row.worstShare, check.worstShare);
            if (!check.ok && row.failures++ == 0)
                row.failedShape = QString::fromStdString(check.shape);
        }
    }
    if (!rows_.empty())
        emit dataChanged(index(0, testColumn), index(rowCount() - 1, reasonColumn));
}

KernelVariantModel::Test KernelVariantModel::test(int at) const {
    const auto& row = rows_[static_cast<std::size_t>(at)];
    if (!row.listing.available)
        return Test::notHere;
    if (row.listing.variant == "reference")
        return Test::reference;
    if (row.checks == 0)
        return Test::none;
    return row.failures > 0 ? Test::failed : Test::passed;
}

QString KernelVariantModel::testText(const Row& row) const {
    switch (test(static_cast<int>(&row - rows_.data()))) {
        case Test::notHere:
            return tr("not present");
        case Test::reference:
            return tr("is the reference");
        case Test::passed:
            return QStringLiteral("✓ ") + tr("%n check(s)", nullptr, row.checks);
        case Test::failed:
            return QStringLiteral("✗ ") + tr("%1 of %2 fail").arg(row.failures).arg(row.checks);
        case Test::none:
            break;
    }
    return tr("not tested");
}

QString KernelVariantModel::text(const Row& row, int column) const {
    switch (column) {
        case opColumn:
            return QString::fromStdString(row.listing.op);
        case variantColumn:
            return QString::fromStdString(row.listing.variant);
        case useColumn:
            return row.use;
        case testColumn:
            return testText(row);
        case reasonColumn:
            if (!row.listing.available)
                return QString::fromStdString(row.listing.reason);
            if (row.failures > 0)
                return tr("%1: %2 times the tolerance").arg(row.failedShape).arg(row.worstShare, 0, 'g', 3);
            return row.whyInUse;
        default:
            return {};
    }
}

QVariant KernelVariantModel::data(const QModelIndex& index, int role) const {
    if (!index.isValid())
        return {};
    const auto& row = rows_[static_cast<std::size_t>(index.row())];
    const auto& tokens = Theme::instance().tokens();
    if (role == Qt::DisplayRole)
        return text(row, index.column());
    if (role == Qt::ToolTipRole) {
        QStringList lines{text(row, index.column())};
        QStringList features;
        for (const auto& feature : row.listing.features)
            features << QString::fromStdString(feature);
        if (index.column() == variantColumn && !features.isEmpty())
            lines << tr("needs %1").arg(features.join(QStringLiteral(", ")));
        if (index.column() == testColumn && row.checks > 0)
            lines << tr("largest error: %1 % of the tolerance").arg(100.0 * row.worstShare, 0, 'f', 1);
        return plainTip(lines.join(QLatin1Char('\n')));
    }
    if (role == Qt::ForegroundRole) {
        if (index.column() == testColumn && test(index.row()) == Test::passed)
            return tokens.ok;
        if (test(index.row()) == Test::failed && index.column() >= testColumn)
            return tokens.warn;
        if (!row.listing.available || index.column() == reasonColumn)
            return tokens.mute;
    }
    if (role == Qt::FontRole && index.column() == useColumn) {
        QFont font;
        font.setWeight(QFont::DemiBold);
        return font;
    }
    return {};
}

QVariant KernelVariantModel::headerData(int section, Qt::Orientation orientation, int role) const {
    if (orientation != Qt::Horizontal)
        return {};
    if (role == Qt::TextAlignmentRole)
        return QVariant(Qt::AlignLeft | Qt::AlignVCenter);
    if (role != Qt::DisplayRole)
        return {};
    switch (section) {
        case opColumn:
            return tr("Operation");
        case variantColumn:
            return tr("Variant");
        case useColumn:
            return tr("Plan");
        case testColumn:
            return tr("Self-test");
        case reasonColumn:
            return tr("Reason");
        default:
            return {};
    }
}

}  // namespace ui
