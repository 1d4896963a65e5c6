#include "engine/report/environment.h"

#include <nlohmann/json.hpp>

#include "engine/report/metric_catalog.h"

namespace engine {
namespace {

using Json = nlohmann::json;
using Facts = std::vector<std::pair<std::string, std::string>>;

constexpr std::pair<const char*, const char*> kLabels[] = {{"cpu", "CPU"},
                                                           {"numa", "NUMA nodes"},
                                                           {"os", "System"},
                                                           {"kernel", "Kernel"},
                                                           {"governor", "Governor"},
                                                           {"frequency", "Frequency"},
                                                           {"isa", "Instructions"},
                                                           {"topology", "Topology"},
                                                           {"memory", "Memory"},
                                                           {"caches", "Caches"},
                                                           {"versions", "Versions"},
                                                           {"energy_meters", "Energy meters"},
                                                           {"virtualization", "Virtualization"}};

std::string labelOf(const std::string& key) {
    for (const auto& [known, label] : kLabels)
        if (key == known)
            return label;
    return key;
}

std::string plain(const Json& value) {
    return value.is_string() ? value.get<std::string>()
                             : value.dump(-1, ' ', false, Json::error_handler_t::replace);
}

std::string bytesText(const Json& value) {
    return formatMetric("weights_bytes", value.get<double>()) + " (" + value.dump() + " bytes)";
}

std::string joined(const Json& list) {
    std::string text;
    for (const auto& item : list)
        text += (text.empty() ? "" : " ") + plain(item);
    return text;
}

std::string metersText(const Json& meters) {
    std::string text;
    for (const auto& meter : meters) {
        text += (text.empty() ? "" : "; ") + plain(meter.at("name")) + ": ";
        text += meter.at("available") == true ? plain(meter.at("provenance"))
                                              : "not available, " + plain(meter.at("reason"));
    }
    return text;
}

std::string cachesText(const Json& caches) {
    std::string text;
    for (const auto& cache : caches)
        text += (text.empty() ? "" : ", ") + plain(cache.at("count")) + " × L" + plain(cache.at("level")) +
                " " + formatMetric("weights_bytes", cache.at("bytes").get<double>());
    return text;
}

/// "anven 0.1.0, commit abc": the members of an object in one line.
std::string membersText(const Json& object) {
    std::string text;
    for (const auto& [key, value] : object.items())
        text += (text.empty() ? "" : ", ") + key + " " + plain(value);
    return text;
}

/// Throws where a value is not of the kind that this program writes.
std::string wordsOf(const std::string& key, const Json& value) {
    if (key == "memory" && value.at("total").is_number())
        return bytesText(value.at("total"));
    if (key == "isa")
        return joined(value);
    if (key == "energy_meters")
        return metersText(value);
    if (key == "caches")
        return cachesText(value);
    if (key == "topology")
        return plain(value.at("packages")) + " package(s), " + plain(value.at("cores")) + " cores, " +
               plain(value.at("threads")) + " threads";
    return value.is_object() ? membersText(value) : plain(value);
}

}  // namespace

std::string machineLabel(const RunRow& run) {
    const auto machine = Json::parse(run.machine, nullptr, false);
    if (!machine.is_object() || !machine.contains("cpu") || !machine["cpu"].is_string())
        return "unknown machine";
    auto label = machine["cpu"].get<std::string>();
    try {
        label += " · " + plain(machine.at("topology").at("cores")) + " cores";
    } catch (const Json::exception&) {
    }
    try {
        label += " · " + formatMetric("weights_bytes", machine.at("memory").at("total").get<double>());
    } catch (const Json::exception&) {
    }
    return label;
}

std::vector<std::pair<std::string, std::string>> environmentFacts(const RunRow& run) {
    Facts facts;
    const auto machine = Json::parse(run.machine, nullptr, false);
    if (machine.is_object())
        for (const auto& [key, value] : machine.items()) {
            if (value.is_null())
                continue;
            std::string words;
            try {
                words = wordsOf(key, value);
            } catch (const Json::exception&) {
                words = plain(value);
            }
            facts.emplace_back(labelOf(key), words);
        }
    if (!run.build.empty())
        facts.emplace_back("Program", "Anven Workbench " + run.build);
    return facts;
}

}  // namespace engine
