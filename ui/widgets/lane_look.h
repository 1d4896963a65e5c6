#pragma once

#include <QString>

namespace ui {

enum class LaneView { text, diff, tokens, metrics };

/// How a lane is to be shown.
struct LaneLook {
    int number = 0;       ///< of a blind comparison, also after it was revealed; 0 in others
    bool hidden = false;  ///< the number is all that may be told of the lane
    bool held = false;    ///< hidden, and its answer is not to be shown before the others'
    bool isReference = false;
    bool editable = false;
    bool unfair = false;  ///< answered beside the others
    LaneView view = LaneView::text;
};

}  // namespace ui
