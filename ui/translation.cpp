#include "ui/translation.h"

#include <QCoreApplication>
#include <QLocale>
#include <QTranslator>

namespace ui {

void installTranslation() {
    auto* translator = new QTranslator(qApp);
    const QString folder = QStringLiteral(":/translations");
    if (translator->load(QLocale(), QStringLiteral("anven"), QStringLiteral("_"), folder) ||
        translator->load(QStringLiteral("anven_en"), folder))
        QCoreApplication::installTranslator(translator);
}

}  // namespace ui
