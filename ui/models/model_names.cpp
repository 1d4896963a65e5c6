#include "ui/models/model_names.h"

#include <QCoreApplication>
#include <QDir>
#include <QFileInfo>

namespace ui {

const QVector<DemoModel>& demoModels() {
    static const QVector<DemoModel> models = {
        {QStringLiteral("demo:bf16"), QStringLiteral("BF16")},
        {QStringLiteral("demo:qat-lora"), QStringLiteral("QAT+LoRA")},
        {QStringLiteral("demo:spinquant"), QStringLiteral("SpinQuant")},
        {QStringLiteral("demo:seeing"), QStringLiteral("BF16"), true},
        {QStringLiteral("demo:seeing-spinquant"), QStringLiteral("SpinQuant"), true}};
    return models;
}

QString DemoModel::title() const {
    return sees ? QCoreApplication::translate("ui::DemoModel", "%1 with vision").arg(variant) : variant;
}

namespace {

const DemoModel* demoAt(const QString& path) {
    for (const auto& demo : demoModels())
        if (demo.path == path)
            return &demo;
    return nullptr;
}

}  // namespace

QString variantOfModel(const QString& path) {
    const auto* demo = demoAt(path);
    return demo == nullptr ? QString() : demo->variant;
}

QString modelTitle(const QString& path) {
    if (const auto* demo = demoAt(path))
        return demo->title();
    const QString name = QFileInfo(QDir::cleanPath(path)).fileName();
    return name.isEmpty() ? path : name;
}

QString modelFullTitle(const QString& path, const QString& variant) {
    const auto* demo = demoAt(path);
    const QString name = demo == nullptr ? modelTitle(path)
                         : demo->sees ? QCoreApplication::translate("ui::DemoModel", "Demo model with vision")
                                      : QCoreApplication::translate("ui::DemoModel", "Demo model");
    return variant.isEmpty() ? name : QStringLiteral("%1 · %2").arg(name, variant);
}

}  // namespace ui
