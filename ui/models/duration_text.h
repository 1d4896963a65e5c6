#pragma once

#include <QString>

namespace ui {

/// "40 s", "3 min", "2 h 10 min"; never less than a second.
QString durationText(double seconds);

}  // namespace ui
