#pragma once

#include <QStringList>

namespace ui {

/// The models that the person added, in the order of the Models page and without the demo models: what every
/// menu of models offers. The Models page's controller keeps it; one list a process, used by its GUI thread.
QStringList knownModels();
void setKnownModels(QStringList paths);

}  // namespace ui
