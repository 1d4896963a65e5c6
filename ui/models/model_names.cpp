#include "ui/models/model_names.h"

#include <QCoreApplication>
#include <QDir>
#include <QFileInfo>

namespace ui {

const QVector<DemoModel>& demoModels() {
    static const QVector<DemoModel> models = {
        {QStringLiteral("demo:bf16"), QStringLiteral("BF16")},
        {QStringLiteral("demo:qat-lora"), QStringLiteral("QAT+LoRA")},
        {QStringLiteral("demo:spinquant"), QStringLiteral("SpinQuant")}};
    return models;
}

QString variantOfModel(const QString& path) {
    for (const auto& demo : demoModels())
        if (demo.path == path)
            return demo.variant;
    return {};
}

QString modelTitle(const QString& path) {
    if (QString known = variantOfModel(path); !known.isEmpty())
        return known;
    const QString name = QFileInfo(QDir::cleanPath(path)).fileName();
    return name.isEmpty() ? path : name;
}

QString modelFullTitle(const QString& path, const QString& variant) {
    const QString name = variantOfModel(path).isEmpty()
                             ? modelTitle(path)
                             : QCoreApplication::translate("ui::DemoModel", "Demo model");
    return variant.isEmpty() ? name : QStringLiteral("%1 · %2").arg(name, variant);
}

}  // namespace ui
