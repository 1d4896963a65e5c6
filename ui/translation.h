#pragma once

namespace ui {

/// Installs the texts of the system's language on the running application, or of English, whose plurals they
/// hold. Call once, after QApplication was made and before the first widget.
void installTranslation();

}  // namespace ui
