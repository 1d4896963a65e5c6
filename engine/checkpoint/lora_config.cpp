#include "engine/checkpoint/lora_config.h"

#include <algorithm>
#include <cmath>

#include "engine/checkpoint/json_file.h"

namespace engine {
namespace {

using Json = nlohmann::json;

constexpr std::size_t kMaxJson = std::size_t{1} << 20;
constexpr std::int64_t kMostRank = 4096;
constexpr double kMostAlpha = 1e6;

/// Whether a module's name ends with these of its parts, as PEFT matches names that are no expressions.
bool endsWith(std::string_view module, std::string_view name) {
    return module == name || (module.size() > name.size() && module.ends_with(name) &&
                              module[module.size() - name.size() - 1] == '.');
}

class Reader {
public:
    Reader(const Json& json, const std::filesystem::path& file) : json_(json), file_(file) {}

    Result<PeftConfig> read() {
        for (const auto step :
             {&Reader::refuseOthers, &Reader::readNumbers, &Reader::readPatterns, &Reader::readTargets})
            if (auto ok = (this->*step)(); !ok)
                return ok.error();
        return config_;
    }

private:
    Error error(ErrorCode code, const std::string& what) const {
        return {code, file_.string() + ": " + what};
    }

    /// Whether a key is absent, null, false, "none" or empty.
    bool isOff(const char* key) const {
        const auto at = json_.find(key);
        return at == json_.end() || at->is_null() || *at == false || *at == "none" ||
               ((at->is_array() || at->is_object()) && at->empty());
    }

    Result<void> refuseOthers() {
        if (const auto type = textAt(json_, "peft_type"); type != "LORA")
            return error(ErrorCode::unsupported,
                         "peft_type is " + shown(type.value_or("absent")) + "; only LORA adapters are read");
        for (const char* key :
             {"use_dora", "bias", "lora_bias", "modules_to_save", "layer_replication",
              "trainable_token_indices", "target_parameters", "use_qalora", "alora_invocation_tokens"})
            if (!isOff(key))
                return error(ErrorCode::unsupported, std::string(key) +
                                                         " is set, which is not read here; merge the adapter "
                                                         "with PEFT and open the merged model");
        // These change the base model before training, so that A and B alone are not the whole difference.
        if (const auto init = textAt(json_, "init_lora_weights"))
            for (const char* method : {"pissa", "olora", "corda", "loftq"})
                if (init->starts_with(method))
                    return error(ErrorCode::unsupported, "init_lora_weights is " + shown(*init) +
                                                             ", which changes the base model; save the "
                                                             "adapter converted to plain LoRA");
        return {};
    }

    /// A word of the file, if it is one that a line can hold.
    static std::string shown(const std::string& word) {
        constexpr std::size_t kMostShown = 100;
        return isPlainName(word) && word.size() <= kMostShown ? "'" + word + "'" : "no plain name";
    }

    static bool isAlpha(double value) { return std::isfinite(value) && std::abs(value) <= kMostAlpha; }

    Result<void> readNumbers() {
        config_.rank = integerAt(json_, "r").value_or(0);
        if (config_.rank < 1 || config_.rank > kMostRank)
            return error(ErrorCode::corrupt, "r is no number from 1 to " + std::to_string(kMostRank));
        const auto alpha = numberAt(json_, "lora_alpha");
        if (!alpha || !isAlpha(*alpha))
            return error(ErrorCode::corrupt, "lora_alpha is no number up to a million");
        config_.alpha = *alpha;
        config_.rankStabilized = flagAt(json_, "use_rslora").value_or(false);
        return {};
    }

    Result<void> readPatterns() {
        config_.ranksDiffer = !isOff("rank_pattern");
        if (isOff("alpha_pattern"))
            return {};
        const auto& patterns = json_.at("alpha_pattern");
        if (!patterns.is_object())
            return error(ErrorCode::corrupt, "alpha_pattern is no object");
        for (const auto& [module, alpha] : patterns.items()) {
            if (module.find_first_of("*+?[](){}|\\$") != std::string::npos)
                return error(ErrorCode::unsupported, "alpha_pattern has the regular expression " +
                                                         shown(module) + "; only names of modules are read");
            if (!alpha.is_number() || !isAlpha(alpha.get<double>()))
                return error(ErrorCode::corrupt, "alpha_pattern of " + shown(module) + " is no number");
            config_.alphas.emplace(module, alpha.get<double>());
        }
        return {};
    }

    Result<void> readTargets() {
        const auto at = json_.find("target_modules");
        if (at == json_.end() || !at->is_array())
            return {};
        config_.targetModules.emplace();
        for (const auto& module : *at) {
            if (!module.is_string())
                return error(ErrorCode::corrupt, "target_modules holds something else than names");
            config_.targetModules->push_back(module.get<std::string>());
        }
        return {};
    }

    const Json& json_;
    const std::filesystem::path& file_;
    PeftConfig config_;
};

}  // namespace

double PeftConfig::scaleOf(const std::string& module, std::int64_t rankOfModule) const {
    double own = alpha;
    for (const auto& [name, value] : alphas)
        if (name.starts_with('^') ? module == name.substr(1) : endsWith(module, name)) {
            own = value;
            break;
        }
    const auto r = static_cast<double>(rankOfModule);
    return own / (rankStabilized ? std::sqrt(r) : r);
}

bool PeftConfig::targets(const std::string& module) const {
    return !targetModules || std::any_of(targetModules->begin(), targetModules->end(),
                                         [&](const auto& name) { return endsWith(module, name); });
}

Result<PeftConfig> readPeftConfig(const std::filesystem::path& file) {
    auto json = readJsonFile(file, kMaxJson);
    if (!json)
        return json.error();
    return Reader(*json, file).read();
}

}  // namespace engine
