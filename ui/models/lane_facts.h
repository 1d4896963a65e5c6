#pragma once

#include <QString>

#include "engine/report/report.h"

namespace ui {

/// Everything known of a stored lane, as Markdown: conditions, then every metric with its spread.
QString laneFacts(const engine::RunReport& run, const engine::LaneReport& lane);

}  // namespace ui
