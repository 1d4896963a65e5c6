#pragma once

#include <QString>

namespace ui {

/// From now on Qt's messages also stand in the program's log, and all of it in `file` of the user's data
/// folder. Call once, in the program itself; tests install handlers of their own.
void keepMessages();

}  // namespace ui
