#pragma once

#include <filesystem>
#include <stop_token>
#include <string>

#include "engine/base/result.h"
#include "engine/synthetic/random_model.h"

namespace engine {

/// "1b/spinquant": shape/variant (bf16, qat-lora, spinquant; q4_0 is a GGUF file). `out` stays empty. Errors:
/// invalidInput, naming what there is.
Result<RandomModelRequest> randomModelNamed(const std::string& name);

/// $XDG_CACHE_HOME/anven-workbench/random (or ~/.cache/…). Nothing is created.
std::filesystem::path randomModelCache();

/// The path of that model in `folder`, made when it is not there yet (1b/spinquant: some seconds and 1.6 GB).
/// The folder may be emptied at any time. A model that was stopped while it was written leaves nothing.
/// Errors: as randomModelNamed and makeRandomModel.
Result<std::filesystem::path> cachedRandomModel(const std::string& name, const std::filesystem::path& folder,
                                                std::stop_token stop = {});

}  // namespace engine
