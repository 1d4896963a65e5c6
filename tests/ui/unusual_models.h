#pragma once

#include <QString>

#include "ui/settings.h"

namespace uitest {

/// Makes in `folder` a model whose weights are all zero: greedy, it writes "!" until its context of 8192
/// tokens is full. With the reference kernels, which the lane asks for, that takes many seconds: time to stop
/// it or to end its process.
ui::LaneChoice endlessModel(const QString& folder);

/// Copies the demo model and cuts its weight file in half.
QString damagedModel(const QString& folder);

/// An answer as long as endlessModel() can give.
ui::GenerationChoice endlessGeneration();

}  // namespace uitest
