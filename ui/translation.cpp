#include "ui/translation.h"

#include <QCoreApplication>
#include <QLibraryInfo>
#include <QLocale>
#include <QTranslator>

namespace ui {
namespace {

void replace(const char* name, const QLocale& locale, const QString& file, const QString& folder,
             const QString& otherwise) {
    const QString objectName = QString::fromLatin1(name);
    delete qApp->findChild<QTranslator*>(objectName, Qt::FindDirectChildrenOnly);
    auto* translator = new QTranslator(qApp);
    translator->setObjectName(objectName);
    if (translator->load(locale, file, QStringLiteral("_"), folder) ||
        (!otherwise.isEmpty() && translator->load(otherwise, folder)))
        QCoreApplication::installTranslator(translator);
}

}  // namespace

void installTranslation(const QString& language) {
    const QLocale locale = language.isEmpty() ? QLocale() : QLocale(language);
    replace("qtTexts", locale, QStringLiteral("qtbase"), QLibraryInfo::path(QLibraryInfo::TranslationsPath),
            {});
    replace("texts", locale, QStringLiteral("anven"), QStringLiteral(":/translations"),
            QStringLiteral("anven_en"));
}

}  // namespace ui
