#include "ui/model_settings.h"

#include <QSettings>

#include "engine/runtime/kv_cache.h"

namespace ui {
namespace {

constexpr int kMostContext = 1 << 20;
constexpr int kMostModels = 2000;

}  // namespace

ModelSettings ModelSettings::load(QSettings& file) {
    ModelSettings settings;
    const int count = std::min(file.beginReadArray(QStringLiteral("models")), kMostModels);
    for (int i = 0; i < count; ++i) {
        file.setArrayIndex(i);
        const KnownModel model{file.value(QStringLiteral("path")).toString(),
                               file.value(QStringLiteral("verification")).toString()};
        if (!model.path.isEmpty())
            settings.known.push_back(model);
    }
    file.endArray();
    const int context = file.value(QStringLiteral("fit/context")).toInt();
    if (context >= 1 && context <= kMostContext)
        settings.context = context;
    const QString kv = file.value(QStringLiteral("fit/kv")).toString();
    if (engine::kvSchemeNamed(kv.toStdString()))
        settings.kv = kv;
    settings.crashGuard = file.value(QStringLiteral("crashes/guard")).toString();
    return settings;
}

void ModelSettings::save(QSettings& file) const {
    file.beginWriteArray(QStringLiteral("models"), static_cast<int>(known.size()));
    for (int i = 0; i < known.size(); ++i) {
        file.setArrayIndex(i);
        file.setValue(QStringLiteral("path"), known[i].path);
        file.setValue(QStringLiteral("verification"), known[i].verification);
    }
    file.endArray();
    file.setValue(QStringLiteral("fit/context"), context);
    file.setValue(QStringLiteral("fit/kv"), kv);
    file.setValue(QStringLiteral("crashes/guard"), crashGuard);
}

}  // namespace ui
