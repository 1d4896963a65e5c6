#include "ui/controllers/crash_guard.h"

#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>

namespace ui {
namespace {

constexpr int kMostCounted = 99;

}  // namespace

void CrashGuard::began(const QString& model) {
    inUse_ << model;
}

void CrashGuard::ended(const QString& model) {
    inUse_.removeOne(model);
    crashes_.remove(model);
}

void CrashGuard::abandoned(const QString& model) {
    inUse_.removeOne(model);
}

void CrashGuard::crashed(const QString& model) {
    inUse_.removeOne(model);
    crashes_[model] = std::min(crashes(model) + 1, kMostCounted);
}

void CrashGuard::programStarted() {
    auto left = inUse_;
    left.removeDuplicates();  // one program ended, however often it used the model
    for (const auto& model : left)
        crashed(model);
    inUse_.clear();
}

QString CrashGuard::toText() const {
    if (crashes_.isEmpty() && inUse_.isEmpty())
        return {};
    QJsonObject counts;
    for (auto at = crashes_.begin(); at != crashes_.end(); ++at)
        counts[at.key()] = at.value();
    const QJsonObject json{{QStringLiteral("crashes"), counts},
                           {QStringLiteral("in_use"), QJsonArray::fromStringList(inUse_)}};
    return QString::fromUtf8(QJsonDocument(json).toJson(QJsonDocument::Compact));
}

CrashGuard CrashGuard::fromText(const QString& text) {
    CrashGuard guard;
    const auto json = QJsonDocument::fromJson(text.toUtf8()).object();
    const auto counts = json[QStringLiteral("crashes")].toObject();
    for (auto at = counts.begin(); at != counts.end(); ++at)
        if (const int count = at.value().toInt(); count > 0)
            guard.crashes_[at.key()] = std::min(count, kMostCounted);
    for (const auto& model : json[QStringLiteral("in_use")].toArray())
        if (!model.toString().isEmpty())
            guard.inUse_ << model.toString();
    return guard;
}

}  // namespace ui
