#pragma once

#include <QString>

namespace ui {

/// A folder that is free for a new variant of `model`, named after both: beside the model, or in the
/// program's own data where the model comes with it.
QString variantFolder(const QString& model, const QString& recipe);

}  // namespace ui
