#include "ui/widgets/export_menu.h"

#include <QFileDialog>

#include "engine/report/report.h"

namespace ui {

void fillExportMenu(QMenu* menu, QWidget* parent, const std::function<void(const QString&)>& chosen) {
    const auto add = [&](std::string_view id, std::string_view words) {
        const QString format = QString::fromUtf8(id.data(), static_cast<qsizetype>(id.size()));
        const QString description = QString::fromUtf8(words.data(), static_cast<qsizetype>(words.size()));
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
    };
    for (const auto& writer : engine::reportWriters())
        add(writer.format, writer.description);
    add("pdf", "Pages to print or send");
}

}  // namespace ui
