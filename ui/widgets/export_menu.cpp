#include "ui/widgets/export_menu.h"

#include <QFileDialog>

#include "engine/report/report.h"

namespace ui {

void fillExportMenu(QMenu* menu, QWidget* parent, const std::function<void(const QString&)>& chosen) {
    for (const auto& writer : engine::reportWriters()) {
        const QString format =
            QString::fromUtf8(writer.format.data(), static_cast<qsizetype>(writer.format.size()));
        const QString description =
            QString::fromUtf8(writer.description.data(), static_cast<qsizetype>(writer.description.size()));
        auto* action = menu->addAction(
            QMenu::tr("%1 (.%2)…").arg(description, format), parent, [parent, format, chosen] {
                QString file = QFileDialog::getSaveFileName(parent, QMenu::tr("Export report"),
                                                            QStringLiteral("anven-report.") + format,
                                                            QStringLiteral("*.") + format);
                if (file.isEmpty())
                    return;
                if (!file.endsWith(QLatin1Char('.') + format))
                    file += QLatin1Char('.') + format;
                chosen(file);
            });
        action->setObjectName(QStringLiteral("export_") + format);
    }
}

}  // namespace ui
