#pragma once

#include <nlohmann/json_fwd.hpp>

#include "engine/compare/comparison.h"

namespace engine {

/// {"lane", "reference", "top1", "kl_mean", "first_divergence"}; the last is null for equal answers.
nlohmann::json toJson(const Agreement& agreement);
/// What `anven compare --json` prints. A failed lane has "error" in place of its measurements.
nlohmann::json toJson(const ComparisonResult& result);

}  // namespace engine
