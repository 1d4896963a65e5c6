#pragma once

#include <QMenu>
#include <functional>

namespace ui {

/// Fills `menu` with the demo models, those of the Models page (as they are when it opens) and the two file
/// pickers; `chosen` receives the path.
void fillModelMenu(QMenu* menu, QWidget* parent, const std::function<void(const QString&)>& chosen);
/// Fills `menu` with the kernel levels; `chosen` receives the name.
void fillKernelMenu(QMenu* menu, const QString& current, const std::function<void(const QString&)>& chosen);
/// Fills `menu` with where drafts come from: none, prompt lookup, a demo model or a file; `chosen` receives
/// LaneChoice::draft.
void fillDraftMenu(QMenu* menu, QWidget* parent, const QString& current,
                   const std::function<void(const QString&)>& chosen);
/// "none", "prompt lookup" or the model's short name.
QString draftTitle(const QString& draft);

}  // namespace ui
