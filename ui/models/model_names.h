#pragma once

#include <QString>
#include <QVector>

namespace ui {

/// A model that ships with the program; those that see have the same text model with eyes beside it.
struct DemoModel {
    QString path;     ///< "demo:bf16"
    QString variant;  ///< "BF16"
    bool sees = false;
    QString title() const;  ///< "BF16", "BF16 with vision"
};
const QVector<DemoModel>& demoModels();

/// The variant that a path is known to hold before it is opened: demo models only, else empty.
QString variantOfModel(const QString& path);
/// A short name for a model that is not loaded yet: the demo's variant or the file's name.
QString modelTitle(const QString& path);
/// Model and variant, for a place where nothing else tells which model it is: "Demo model · BF16".
QString modelFullTitle(const QString& path, const QString& variant);

}  // namespace ui
