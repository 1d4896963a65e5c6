#pragma once

#include <QMenu>
#include <functional>

namespace ui {

/// One entry per report format; `chosen` receives the file that the person picked.
void fillExportMenu(QMenu* menu, QWidget* parent, const std::function<void(const QString&)>& chosen);

}  // namespace ui
