#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "engine/base/result.h"

namespace engine {

/// What adapter_config.json of a PEFT LoRA adapter says.
struct PeftConfig {
    std::int64_t rank = 0;
    double alpha = 0.0;
    bool rankStabilized = false;                            ///< use_rslora
    bool ranksDiffer = false;                               ///< rank_pattern is not empty
    std::map<std::string, double, std::less<>> alphas;      ///< alpha_pattern, by module
    std::optional<std::vector<std::string>> targetModules;  ///< absent for a regular expression

    /// `module`: "model.layers.0.self_attn.q_proj".
    double scaleOf(const std::string& module, std::int64_t rankOfModule) const;
    bool targets(const std::string& module) const;
};

/// Errors: as readJsonFile; corrupt and unsupported with file and key.
Result<PeftConfig> readPeftConfig(const std::filesystem::path& file);

}  // namespace engine
