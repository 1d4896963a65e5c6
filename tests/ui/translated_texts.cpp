#include "tests/ui/translated_texts.h"

#include <QFile>
#include <QXmlStreamReader>

namespace uitest {

QString translationFile(const QString& language) {
    return QStringLiteral(ANVEN_SOURCE_DIR "/resources/translations/anven_%1.ts").arg(language);
}

QList<Text> textsOf(const QString& path) {
    QFile file(path);
    if (!file.open(QIODevice::ReadOnly))
        qFatal("%s cannot be read", qPrintable(path));
    QXmlStreamReader xml(&file);
    QList<Text> texts;
    QString context;
    while (!xml.atEnd()) {
        xml.readNext();
        if (!xml.isStartElement())
            continue;
        const auto name = xml.name().toString();
        if (name == "name") {
            context = xml.readElementText();
        } else if (name == "message") {
            texts << Text{context, {}, {}, xml.attributes().value("numerus") == QString("yes"), false};
        } else if (name == "source") {
            texts.last().source = xml.readElementText();
        } else if (name == "translation") {
            texts.last().unfinished = xml.attributes().hasAttribute("type");
            if (!texts.last().counts)
                texts.last().forms << xml.readElementText();
        } else if (name == "numerusform") {
            texts.last().forms << xml.readElementText();
        }
    }
    if (xml.hasError())
        qFatal("%s: %s", qPrintable(path), qPrintable(xml.errorString()));
    return texts;
}

QHash<QString, QStringList> translatedTexts(const QString& language) {
    QHash<QString, QStringList> found;
    for (const auto& text : textsOf(translationFile(language)))
        found[text.source] += text.forms;
    return found;
}

}  // namespace uitest
