#pragma once

#include <QString>
#include <cstdint>
#include <vector>

#include "engine/report/report.h"

namespace ui {

/// The report on A4 pages, plots as vectors, light whatever the theme. May be called from any thread. The
/// file is replaced only when complete. Errors: io.
engine::Result<void> writePdf(const std::vector<engine::RunReport>& runs, const QString& file);

/// The same for runs of a database; none = the newest. Errors: the store's; notFound for a database that is
/// not there; io.
engine::Result<void> writePdfReport(const QString& database, const std::vector<std::int64_t>& runs,
                                    const QString& file);

}  // namespace ui
