#pragma once

#include <string>

#include "engine/report/report.h"

namespace engine {

/// One run as `anven bench --json` prints it: the summaries of every lane, without raw samples.
std::string runJson(const RunReport& report);

}  // namespace engine
