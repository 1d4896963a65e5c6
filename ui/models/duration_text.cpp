#include "ui/models/duration_text.h"

#include <QCoreApplication>
#include <algorithm>
#include <cmath>

namespace ui {

QString durationText(double seconds) {
    const auto minutes = static_cast<int>(std::lround(seconds / 60.0));
    if (seconds < 60.0)
        return QCoreApplication::translate("ui::Duration", "%1 s")
            .arg(std::max(1, static_cast<int>(std::ceil(seconds))));
    if (minutes < 60)
        return QCoreApplication::translate("ui::Duration", "%1 min").arg(minutes);
    return QCoreApplication::translate("ui::Duration", "%1 h %2 min").arg(minutes / 60).arg(minutes % 60);
}

}  // namespace ui
