#pragma once

#include <QString>
#include <QVector>

class QSettings;

namespace ui {

/// A model of the list.
struct KnownModel {
    QString path;
    QString verification;  ///< JSON text (engine/catalog/verification.h); empty: never verified
    bool operator==(const KnownModel&) const = default;
};

/// What the models page remembers. The demo models are always there and stand here only once they were
/// verified.
struct ModelSettings {
    QVector<KnownModel> known;
    int context = 8192;  ///< that "fits?" is answered for
    QString kv = QStringLiteral("bf16");
    QString crashGuard;  ///< ui/controllers/crash_guard.h

    static ModelSettings load(QSettings& file);
    void save(QSettings& file) const;
    bool operator==(const ModelSettings&) const = default;
};

}  // namespace ui
