#include "ui/widgets/model_menu.h"

#include <QFileDialog>
#include <QPointer>

#include "engine/runtime/kernel_plan.h"
#include "ui/models/known_models.h"
#include "ui/models/model_names.h"
#include "ui/settings.h"

namespace ui {
namespace {

constexpr char kIsKnown[] = "knownModel";  // of an action that is made anew when the menu opens

}  // namespace

void fillModelMenu(QMenu* menu, QWidget* parent, const std::function<void(const QString&)>& chosen) {
    for (const auto& demo : demoModels())
        menu->addAction(QMenu::tr("Demo model · %1").arg(demo.title()), parent,
                        [path = demo.path, chosen] { chosen(path); })
            ->setData(demo.path);
    const QPointer<QAction> files = menu->addSeparator();  // goes when the menu is filled anew
    const auto offerKnown = [menu, files, parent, chosen] {
        if (files == nullptr)
            return;
        for (auto* action : menu->actions())
            if (action->property(kIsKnown).toBool())
                delete action;
        for (const auto& path : knownModels()) {
            auto* action = new QAction(modelTitle(path), menu);
            action->setData(path);
            action->setToolTip(path);
            action->setProperty(kIsKnown, true);
            QObject::connect(action, &QAction::triggered, parent, [path, chosen] { chosen(path); });
            menu->insertAction(files, action);
        }
    };
    offerKnown();
    menu->setToolTipsVisible(true);
    QObject::connect(menu, &QMenu::aboutToShow, parent, offerKnown);
    menu->addAction(QMenu::tr("Choose a folder…"), parent, [parent, chosen] {
        const QString path = QFileDialog::getExistingDirectory(
            parent, QMenu::tr("Model folder (Meta or Hugging Face layout)"));
        if (!path.isEmpty())
            chosen(path);
    });
    menu->addAction(QMenu::tr("Choose a file…"), parent, [parent, chosen] {
        const QString path =
            QFileDialog::getOpenFileName(parent, QMenu::tr("Model file"), {},
                                         QMenu::tr("Models (*.gguf *.safetensors *.pth);;All files (*)"));
        if (!path.isEmpty())
            chosen(path);
    });
}

void fillKernelMenu(QMenu* menu, const QString& current, const std::function<void(const QString&)>& chosen) {
    QStringList names{QStringLiteral("auto")};
    for (const auto level : engine::kernelLevels())
        names << QString::fromUtf8(level.data(), static_cast<qsizetype>(level.size()));
    for (const auto& name : names) {
        auto* action =
            menu->addAction(name == QLatin1String("auto") ? QMenu::tr("auto (the best this CPU has)") : name,
                            menu, [name, chosen] { chosen(name); });
        action->setCheckable(true);
        action->setChecked(name == current);
    }
}

QString draftTitle(const QString& draft) {
    if (draft.isEmpty())
        return QMenu::tr("none");
    return draft == kLookupDraft ? QMenu::tr("prompt lookup") : modelTitle(draft);
}

void fillDraftMenu(QMenu* menu, QWidget* parent, const QString& current,
                   const std::function<void(const QString&)>& chosen) {
    const std::pair<QString, QString> sources[] = {
        {QString(), QMenu::tr("none: one token per pass")},
        {kLookupDraft, QMenu::tr("prompt lookup: what followed the same words before")}};
    for (const auto& [draft, text] : sources) {
        auto* action = menu->addAction(text, menu, [draft = draft, chosen] { chosen(draft); });
        action->setCheckable(true);
        action->setChecked(draft == current);
    }
    menu->addSection(QMenu::tr("A smaller model with the same vocabulary"));
    fillModelMenu(menu, parent, chosen);
    for (auto* action : menu->actions())
        if (!current.isEmpty() && action->data().toString() == current) {
            action->setCheckable(true);
            action->setChecked(true);
        }
}

}  // namespace ui
