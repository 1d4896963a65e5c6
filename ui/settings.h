#pragma once

#include <QString>
#include <QVector>

#include "ui/model_settings.h"
#include "ui/theme.h"

namespace ui {

/// Drafts by prompt lookup, where a model's path could stand (engine/generate/speculation.h).
inline const QString kLookupDraft = QStringLiteral("lookup");

/// A lane or the chat's model as a person chose it.
struct LaneChoice {
    QString model;
    QString kernels = QStringLiteral("auto");
    QString draft = {};       ///< empty: none; kLookupDraft; or the model that drafts. The chat's alone.
    bool packedCopy = false;  ///< keep the packed weights beside the model. The chat's alone.
    bool operator==(const LaneChoice&) const = default;
};

/// How answers are sampled, as the window offers it.
struct GenerationChoice {
    double temperature = 0.0;  ///< greedy: lanes are compared on what they are sure of
    double topP = 0.9;
    int topK = 0;
    double minP = 0.0;
    double repetitionPenalty = 1.0;
    quint64 seed = 42;
    int maxTokens = 128;
    bool operator==(const GenerationChoice&) const = default;
};

constexpr int kMostThreads = 1024;
constexpr int kMostContext = 1 << 20;

/// What chats and comparisons load models with where nothing else was chosen.
struct LoadDefaults {
    int threads = 0;  ///< 0: one per physical performance core
    int context = 0;  ///< tokens; 0: the model's own
    bool operator==(const LoadDefaults&) const = default;
};

/// Everything the window remembers between starts, with its defaults, in one place. A value; load() and
/// save() do the I/O.
/// What the Benchmark page begins with.
struct BenchmarkChoice {
    QString profile = QStringLiteral("quick");  ///< an id or a .yaml file
    QStringList models;                         ///< empty: the profile's own
    bool operator==(const BenchmarkChoice&) const = default;
};

struct Settings {
    ThemeMode theme = ThemeMode::system;
    QString language;  ///< "en", "de"; empty: the system's
    QString page = QStringLiteral("compare");
    int width = 1280;
    int height = 800;
    QVector<LaneChoice> lanes = {
        {QStringLiteral("demo:bf16")}, {QStringLiteral("demo:qat-lora")}, {QStringLiteral("demo:spinquant")}};
    LoadDefaults loadDefaults;
    GenerationChoice compare;
    GenerationChoice chat{.temperature = 0.6, .maxTokens = 512};
    LaneChoice chatModel{QStringLiteral("demo:bf16")};
    QString systemPrompt;
    BenchmarkChoice benchmark;
    QString kernelMeasurement;  ///< the last one, as JSON text (engine/benchmark/kernel_measurement.h)
    ModelSettings models;

    /// Settings of `file` (INI); what is missing or makes no sense keeps its default.
    static Settings load(const QString& file);
    void save(const QString& file) const;
    /// As a JSON object for a report of a fault: without prompts and what the models page has measured.
    QString shareable() const;
    /// The platform's configuration folder.
    static QString defaultFile();
};

}  // namespace ui
