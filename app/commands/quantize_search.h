#pragma once

#include "app/command_line.h"
#include "engine/quantize/mixed_policy.h"
#include "engine/quantize/quantize.h"

namespace app {

/// What `anven quantize` does besides making a variant.
struct QuantizeSearchOptions {
    bool scan = false;
    bool wholeBlocks = false;
    std::string search;                ///< id, empty for none
    std::vector<std::string> schemes;  ///< that are tried
    double bitsPerWeight = 4.5;
    std::int64_t evaluations = 24;
    std::int64_t windows = 8;
};

void addSearchOptions(CLI::App* command, QuantizeSearchOptions& options);

/// `request` says model, recipe, text and threads of a quantization; `out`: a file for the scan's JSON or the
/// searched recipe, may be empty for a scan.
Result<void> runQuantizeSearch(const QuantizeSearchOptions& options, const engine::QuantizeRequest& request,
                               const std::string& out, Context& context);

}  // namespace app
