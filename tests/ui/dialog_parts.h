#pragma once

#include <QPushButton>
#include <QTableView>
#include <QtTest>

#include "tests/ui/open_window.h"
#include "ui/controllers/models_controller.h"

namespace uitest {

/// The part of a dialog with this object name; ends the program with a message where there is none.
template <class Widget>
Widget* part(const QWidget* dialog, const char* name) {
    auto* found = dialog->findChild<Widget*>(QString::fromLatin1(name));
    if (found == nullptr)
        qFatal("the dialog has no %s", name);
    return found;
}

inline void press(const QWidget* dialog, const char* button) {
    QTest::mouseClick(part<QPushButton>(dialog, button), Qt::LeftButton);
}

/// Chooses a model of the models page once it is read, presses `button` beside it, and gives the dialog that
/// opens.
template <class Dialog>
Dialog* dialogOfModel(OpenWindow& open, const QString& model, const QString& button) {
    constexpr int kPatience = 60'000;
    auto* list = open.workbench().models().list();
    const int row = list->find(model);
    if (!QTest::qWaitFor([&] { return list->row(row).surveyed.has_value(); }, kPatience))
        qFatal("the model was not read");
    open.find<QTableView>(QStringLiteral("modelTable"))->selectRow(row);
    open.click(button);
    Dialog* dialog = nullptr;
    if (!QTest::qWaitFor([&] { return (dialog = open.window().findChild<Dialog*>()) != nullptr; }))
        qFatal("no dialog");
    return dialog;
}

}  // namespace uitest
