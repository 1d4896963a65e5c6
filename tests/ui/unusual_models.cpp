#include "tests/ui/unusual_models.h"

#include <QDir>
#include <QFile>
#include <QtEndian>

#include "engine/base/resources.h"
#include "tests/support/fixtures.h"

namespace uitest {
namespace {

QString copyFolder(const std::filesystem::path& from, const QString& to) {
    std::filesystem::copy(from, to.toStdString(), std::filesystem::copy_options::recursive);
    return to;
}

/// A safetensors file is the header's length (8 bytes, little endian), the header, then the weights.
void zeroWeights(const QString& name) {
    QFile file(name);
    if (!file.open(QIODevice::ReadWrite))
        qFatal("cannot open %s", qPrintable(name));
    const auto begin = 8 + static_cast<qint64>(qFromLittleEndian<quint64>(file.read(8).constData()));
    file.seek(begin);
    file.write(QByteArray(static_cast<qsizetype>(file.size() - begin), '\0'));
}

}  // namespace

ui::LaneChoice endlessModel(const QString& folder) {
    const QString model =
        copyFolder(testsupport::dataPath("golden/text-bf16/hf"), folder + QStringLiteral("/endless"));
    zeroWeights(model + QStringLiteral("/model.safetensors"));
    return {model, QStringLiteral("reference")};
}

QString damagedModel(const QString& folder) {
    const auto demo = engine::resourcePath("demo/bf16");
    const QString model = copyFolder(demo, folder + QStringLiteral("/damaged"));
    QFile weights(model + QStringLiteral("/consolidated.00.pth"));
    if (!weights.resize(weights.size() / 2))
        qFatal("cannot shorten %s", qPrintable(weights.fileName()));
    return model;
}

ui::GenerationChoice endlessGeneration() {
    return {.temperature = 0.0, .maxTokens = 1 << 20};
}

}  // namespace uitest
