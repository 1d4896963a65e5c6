#pragma once

#include <QString>

namespace ui {

/// Installs the texts of `language` ("de"; empty: the system's) on the running application, or of English,
/// whose plurals they hold, in place of earlier ones. Qt's own texts come with them where Qt was installed
/// with any. Call after QApplication was made and before the first widget: widgets keep the texts they were
/// made with.
void installTranslation(const QString& language = {});

}  // namespace ui
