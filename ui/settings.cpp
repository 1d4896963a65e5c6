#include "ui/settings.h"

#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QSettings>
#include <QStandardPaths>

namespace ui {
namespace {

constexpr int kSmallestWidth = 960;
constexpr int kSmallestHeight = 640;
constexpr int kLargestSide = 1 << 15;  // a window system's own limit

/// The number under `key` where it is one from `low` to `high`, else `usual`.
template <class Number>
Number readNumber(const QSettings& file, const QString& key, Number usual, Number low, Number high) {
    bool isNumber = false;
    const double read = file.value(key).toDouble(&isNumber);
    return isNumber && read >= low && read <= high ? static_cast<Number>(read) : usual;
}

/// The text under `key`, or `usual` where there is none.
QString readText(const QSettings& file, const QString& key, const QString& usual) {
    const QString read = file.value(key).toString();
    return read.isEmpty() ? usual : read;
}

GenerationChoice readGeneration(const QSettings& file, const QString& group, const GenerationChoice& usual) {
    const auto key = [&](const char* name) { return group + QLatin1Char('/') + QLatin1String(name); };
    GenerationChoice choice;
    choice.temperature = readNumber(file, key("temperature"), usual.temperature, 0.0, 2.0);
    choice.topP = readNumber(file, key("topP"), usual.topP, 0.01, 1.0);
    choice.topK = readNumber(file, key("topK"), usual.topK, 0, 1 << 20);
    choice.minP = readNumber(file, key("minP"), usual.minP, 0.0, 1.0);
    choice.repetitionPenalty = readNumber(file, key("repetitionPenalty"), usual.repetitionPenalty, 0.5, 2.0);
    bool isSeed = false;
    const quint64 seed = file.value(key("seed")).toULongLong(&isSeed);
    choice.seed = isSeed ? seed : usual.seed;
    choice.maxTokens = readNumber(file, key("maxTokens"), usual.maxTokens, 1, 1 << 20);
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
        const LaneChoice lane{file.value(QStringLiteral("model")).toString(),
                              readText(file, QStringLiteral("kernels"), LaneChoice{}.kernels),
                              {},
                              false};
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
    settings.language = file.value(QStringLiteral("window/language")).toString();
    if (settings.language != QLatin1String("de") && settings.language != QLatin1String("en"))
        settings.language.clear();
    settings.loadDefaults.threads = readNumber(file, QStringLiteral("load/threads"), 0, 0, kMostThreads);
    settings.loadDefaults.context = readNumber(file, QStringLiteral("load/context"), 0, 0, kMostContext);
    settings.page = readText(file, QStringLiteral("window/page"), settings.page);
    settings.width =
        readNumber(file, QStringLiteral("window/width"), settings.width, kSmallestWidth, kLargestSide);
    settings.height =
        readNumber(file, QStringLiteral("window/height"), settings.height, kSmallestHeight, kLargestSide);
    if (const auto lanes = readLanes(file); !lanes.isEmpty())
        settings.lanes = lanes;
    settings.compare = readGeneration(file, QStringLiteral("compare"), settings.compare);
    settings.chat = readGeneration(file, QStringLiteral("chat"), settings.chat);
    settings.chatModel.model = readText(file, QStringLiteral("chat/model"), settings.chatModel.model);
    settings.chatModel.kernels = readText(file, QStringLiteral("chat/kernels"), settings.chatModel.kernels);
    settings.chatModel.draft = file.value(QStringLiteral("chat/draft")).toString();
    settings.chatModel.packedCopy =
        file.value(QStringLiteral("chat/packedCopy")).toString() == QLatin1String("true");
    settings.systemPrompt = file.value(QStringLiteral("chat/systemPrompt")).toString();
    settings.benchmark.profile =
        readText(file, QStringLiteral("benchmark/profile"), settings.benchmark.profile);
    settings.benchmark.models = file.value(QStringLiteral("benchmark/models")).toStringList();
    settings.kernelMeasurement = file.value(QStringLiteral("system/kernelMeasurement")).toString();
    settings.models = ModelSettings::load(file);
    return settings;
}

void Settings::save(const QString& path) const {
    QSettings file(path, QSettings::IniFormat);
    file.setValue(QStringLiteral("window/theme"), themeModeName(theme));
    file.setValue(QStringLiteral("window/language"), language);
    file.setValue(QStringLiteral("load/threads"), loadDefaults.threads);
    file.setValue(QStringLiteral("load/context"), loadDefaults.context);
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
    file.setValue(QStringLiteral("chat/draft"), chatModel.draft);
    file.setValue(QStringLiteral("chat/packedCopy"), chatModel.packedCopy);
    file.setValue(QStringLiteral("chat/systemPrompt"), systemPrompt);
    file.setValue(QStringLiteral("benchmark/profile"), benchmark.profile);
    file.setValue(QStringLiteral("benchmark/models"), benchmark.models);
    file.setValue(QStringLiteral("system/kernelMeasurement"), kernelMeasurement);
    models.save(file);
}

QString Settings::shareable() const {
    QJsonArray laneList;
    for (const auto& lane : lanes)
        laneList.append(
            QJsonObject{{QStringLiteral("model"), lane.model}, {QStringLiteral("kernels"), lane.kernels}});
    QJsonArray modelList;
    for (const auto& model : models.known)
        modelList.append(model.path);
    const QJsonObject json{{QStringLiteral("theme"), themeModeName(theme)},
                           {QStringLiteral("language"), language},
                           {QStringLiteral("page"), page},
                           {QStringLiteral("window"), QStringLiteral("%1x%2").arg(width).arg(height)},
                           {QStringLiteral("threads"), loadDefaults.threads},
                           {QStringLiteral("context"), loadDefaults.context},
                           {QStringLiteral("lanes"), laneList},
                           {QStringLiteral("chat_model"), chatModel.model},
                           {QStringLiteral("chat_kernels"), chatModel.kernels},
                           {QStringLiteral("models"), modelList}};
    return QString::fromUtf8(QJsonDocument(json).toJson(QJsonDocument::Compact));
}

QString Settings::defaultFile() {
    return QStandardPaths::writableLocation(QStandardPaths::GenericConfigLocation) +
           QStringLiteral("/anven-workbench/workbench.ini");
}

}  // namespace ui
