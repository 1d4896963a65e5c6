#include "engine/system/diagnostics.h"

#include <cstdlib>
#include <nlohmann/json.hpp>

#include "engine/benchmark/kernel_checks.h"
#include "engine/runtime/kernel_plan.h"
#include "engine/system/system_info.h"
#include "engine/worker/worker_json.h"

namespace engine {
namespace {

using Json = nlohmann::json;

constexpr int kIndent = 2;

/// Where a path that begins at `begin` has ended at the latest.
std::size_t endOfPath(const std::string& text, std::size_t begin) {
    for (std::size_t at = begin; at < text.size(); ++at) {
        const char c = text[at];
        if (c == '"' || c == '\'' || c == '\n' || c == '\t')
            return at;
        const bool beforeSpace = at + 1 == text.size() || text[at + 1] == ' ';
        if ((c == ':' || c == ';' || c == ',' || c == ')' || c == '.') && beforeSpace)
            return at;
    }
    return text.size();
}

/// Every text in `json` without paths of the home folder.
void hide(Json& json, const std::string& home) {
    if (json.is_string())
        json = withoutHomePaths(json.get<std::string>(), home);
    else if (json.is_structured())
        for (auto& inner : json)
            hide(inner, home);
}

Json variantsJson() {
    Json variants = Json::array();
    for (const auto& entry : listKernels())
        variants.push_back({{"op", entry.op},
                            {"name", entry.variant},
                            {"available", entry.available},
                            {"reason", entry.reason}});
    return variants;
}

Json planJson() {
    const auto table = kernelTableHere();
    const auto plan = KernelPlan::make("auto", false, table);
    if (!plan)
        return {{"problem", plan.error().message}};
    return {{"choices", toJson(plan->choices)}, {"table", table.source}, {"table_problem", table.problem}};
}

}  // namespace

std::string withoutHomePaths(const std::string& text, const std::string& home) {
    if (home.size() < 2)  // "/" would hide everything
        return text;
    std::string hidden;
    std::size_t from = 0;
    for (auto at = text.find(home); at != std::string::npos; at = text.find(home, from)) {
        hidden.append(text, from, at - from);
        const auto after = at + home.size();
        const bool isInside = after < text.size() && text[after] == '/';
        hidden += isInside ? "~/…" : "~";
        from = isInside ? endOfPath(text, after) : after;
    }
    return hidden.append(text, from);
}

std::string diagnosticsJson(const DiagnosticsRequest& request) {
    Json log = Json::array();
    for (const auto& line : request.log)
        log.push_back(logText(line));
    Json json{{"anven_diagnostics", 1},
              {"system", Json::parse(systemInfoJson())},
              {"kernel_plan", planJson()},
              {"kernel_variants", variantsJson()},
              {"settings", Json::parse(request.settings, nullptr, false)},
              {"log", std::move(log)}};
    if (json["settings"].is_discarded())
        json["settings"] = nullptr;
    const char* environment = std::getenv("HOME");
    if (!request.homePaths)
        hide(json, request.home.empty() && environment != nullptr ? environment : request.home);
    return json.dump(kIndent, ' ', false, Json::error_handler_t::replace) + "\n";
}

}  // namespace engine
