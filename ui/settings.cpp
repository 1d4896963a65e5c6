#include "ui/settings.h"

#include <QSettings>
#include <QStandardPaths>
#include <algorithm>

namespace ui {
namespace {

constexpr int kSmallestWidth = 960;
constexpr int kSmallestHeight = 640;

GenerationChoice readGeneration(const QSettings& file, const QString& group, GenerationChoice choice) {
    const auto key = [&](const char* name) { return group + QLatin1Char('/') + QLatin1String(name); };
    choice.temperature = std::clamp(file.value(key("temperature"), choice.temperature).toDouble(), 0.0, 2.0);
    choice.topP = std::clamp(file.value(key("topP"), choice.topP).toDouble(), 0.01, 1.0);
    choice.topK = std::clamp(file.value(key("topK"), choice.topK).toInt(), 0, 1 << 20);
    choice.minP = std::clamp(file.value(key("minP"), choice.minP).toDouble(), 0.0, 1.0);
    choice.repetitionPenalty = std::clamp(file.value(key("repetitionPenalty"), choice.repetitionPenalty).toDouble(), 0.5, 2.0);
    choice.seed = file.value(key("seed"), choice.seed).toULongLong();
    choice.maxTokens = std::clamp(file.value(key("maxTokens"), choice.maxTokens).toInt(), 1, 1 << 20);
    return choice;
}

void writeGeneration(QSettings& file, const QString& group, const GenerationChoice& choice) {
    file.beginGroup(group);
    file.setValue(QStringLiteral("temperature"), choice.temperature);
    file.setValue(QStringLiteral("topP"), choice.topP);
    file.setValue(QStringLiteral("topK"), choice.topK);
    file.setValue(QStringLiteral("minP"), choice.minP);
    file.setValue(QStringLiteral("repetitionPenalty"), choice.repetitionPenalty);
    file.setValue(QStringLiteral("seed"), choice.seed);
    file.setValue(QStringLiteral("maxTokens"), choice.maxTokens);
    file.endGroup();
}

QVector<LaneChoice> readLanes(QSettings& file) {
    QVector<LaneChoice> lanes;
    const int count = file.beginReadArray(QStringLiteral("lanes"));
    for (int i = 0; i < count; ++i) {
        file.setArrayIndex(i);
        LaneChoice lane{file.value(QStringLiteral("model")).toString(),
                        file.value(QStringLiteral("kernels"), QStringLiteral("auto")).toString()};
        if (!lane.model.isEmpty())
            lanes.push_back(lane);
    }
    file.endArray();
    return lanes;
}

}  // namespace

Settings Settings::load(const QString& path) {
    QSettings file(path, QSettings::IniFormat);
    Settings settings;
    settings.theme = themeModeFromName(file.value(QStringLiteral("window/theme")).toString());
    settings.page = file.value(QStringLiteral("window/page"), settings.page).toString();
    settings.width = std::max(kSmallestWidth, file.value(QStringLiteral("window/width"), settings.width).toInt());
    settings.height = std::max(kSmallestHeight, file.value(QStringLiteral("window/height"), settings.height).toInt());
    if (const auto lanes = readLanes(file); !lanes.isEmpty())
        settings.lanes = lanes;
    settings.compare = readGeneration(file, QStringLiteral("compare"), settings.compare);
    settings.chat = readGeneration(file, QStringLiteral("chat"), settings.chat);
    settings.chatModel.model = file.value(QStringLiteral("chat/model"), settings.chatModel.model).toString();
    settings.chatModel.kernels = file.value(QStringLiteral("chat/kernels"), settings.chatModel.kernels).toString();
    settings.systemPrompt = file.value(QStringLiteral("chat/systemPrompt")).toString();
    return settings;
}

void Settings::save(const QString& path) const {
    QSettings file(path, QSettings::IniFormat);
    file.setValue(QStringLiteral("window/theme"), themeModeName(theme));
    file.setValue(QStringLiteral("window/page"), page);
    file.setValue(QStringLiteral("window/width"), width);
    file.setValue(QStringLiteral("window/height"), height);
    file.beginWriteArray(QStringLiteral("lanes"), static_cast<int>(lanes.size()));
    for (int i = 0; i < lanes.size(); ++i) {
        file.setArrayIndex(i);
        file.setValue(QStringLiteral("model"), lanes[i].model);
        file.setValue(QStringLiteral("kernels"), lanes[i].kernels);
    }
    file.endArray();
    writeGeneration(file, QStringLiteral("compare"), compare);
    writeGeneration(file, QStringLiteral("chat"), chat);
    file.setValue(QStringLiteral("chat/model"), chatModel.model);
    file.setValue(QStringLiteral("chat/kernels"), chatModel.kernels);
    file.setValue(QStringLiteral("chat/systemPrompt"), systemPrompt);
}

QString Settings::defaultFile() {
    return QStandardPaths::writableLocation(QStandardPaths::GenericConfigLocation) + QStringLiteral("/anven-workbench/workbench.ini");
}

}  // namespace ui
