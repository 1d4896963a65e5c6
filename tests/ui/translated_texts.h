#pragma once

#include <QHash>
#include <QList>
#include <QString>
#include <QStringList>

namespace uitest {

/// One text of a translation file.
struct Text {
    QString context;
    QString source;
    QStringList forms;  ///< one, or the plural forms
    bool counts = false;
    bool unfinished = false;
};

/// "de" -> resources/translations/anven_de.ts
QString translationFile(const QString& language);
QList<Text> textsOf(const QString& path);
/// Source texts and everything that they may become.
QHash<QString, QStringList> translatedTexts(const QString& language);

}  // namespace uitest
