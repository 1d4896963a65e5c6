#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/base/result.h"
#include "engine/store/store.h"

namespace engine {

/// One reading of an external meter.
struct PowerReading {
    double unixSeconds = 0.0;
    double watts = 0.0;
};

/// A CSV of time and watts: two columns or more, the first two count, a head line may come first; separated
/// by comma, semicolon or tab. Times are seconds or milliseconds since 1970, or ISO 8601 (UTC where no zone
/// is named). Errors: corrupt with the line; times have to rise.
Result<std::vector<PowerReading>> parseMeterCsv(std::string_view text, const std::string& file);

struct MeterImport {
    double clockOffset = 0.0;         ///< seconds to add to the meter's clock
    std::optional<double> idleWatts;  ///< taken off; absent = gross
};
struct ImportedEnergy {
    std::int64_t repetitions = 0;  ///< that have a value now
    std::int64_t without = 0;      ///< too short for the meter, or outside its recording
};

/// Energy of every repetition of a benchmark from the readings of a meter at the wall, aligned by wall clock
/// time: source "external:FILE". Errors: notFound, io, corrupt; invalidInput for runs that have measured
/// energy already, or that do not overlap with the file at all.
Result<ImportedEnergy> importMeter(Store& store, std::int64_t runId, const std::filesystem::path& file,
                                   const MeterImport& options = {});

}  // namespace engine
