#include "ui/models/variant_folder.h"

#include <QFileInfo>
#include <QStandardPaths>

#include "ui/models/model_names.h"

namespace ui {
namespace {

QString fileWord(QString text) {
    for (auto& letter : text)
        if (!letter.isLetterOrNumber() && letter != QLatin1Char('.') && letter != QLatin1Char('_'))
            letter = QLatin1Char('-');
    return text;
}

/// "Llama-3.2-1B", of a folder or of a file.
QString sourceName(const QString& model) {
    const QFileInfo info(model);
    return info.isFile() ? info.completeBaseName() : modelTitle(model);
}

/// Beside the model, or in the program's own data where the model comes with it.
QString folderFor(const QString& model) {
    if (model.startsWith(QLatin1String("demo:")))
        return QStandardPaths::writableLocation(QStandardPaths::AppDataLocation) +
               QStringLiteral("/variants");
    return QFileInfo(model).absolutePath();
}

}  // namespace

QString variantFolder(const QString& model, const QString& recipe) {
    const QString base = folderFor(model) + QLatin1Char('/') + fileWord(sourceName(model)) +
                         QLatin1Char('-') + fileWord(recipe);
    QString free = base;
    for (int next = 2; QFileInfo::exists(free); ++next)
        free = base + QStringLiteral("-%1").arg(next);
    return free;
}

}  // namespace ui
