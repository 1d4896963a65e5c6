#include "engine/energy/meters.h"

namespace engine {

std::span<const MeterEntry> meters() {
    static constexpr MeterEntry kMeters[] = {
        {"rapl", openRapl}, {"perf", openPerf}, {"hwmon", openHwmon}, {"battery", openBattery}};
    return kMeters;
}

std::string_view name(Provenance provenance) {
    switch (provenance) {
        case Provenance::measured:
            return "measured";
        case Provenance::estimated:
            return "estimated";
        case Provenance::unavailable:
            break;
    }
    return "unavailable";
}

std::vector<MeterStatus> meterStatuses(const std::string& root) {
    std::vector<MeterStatus> statuses;
    for (const auto& entry : meters()) {
        const auto meter = entry.open(root);
        MeterStatus status;
        status.available = meter.has_value();
        status.name = meter ? (*meter)->source() : std::string(entry.id);
        if (meter)
            status.provenance = (*meter)->provenance();
        else
            status.reason = meter.error().message;
        statuses.push_back(std::move(status));
    }
    statuses.push_back({"cpu-time-model", Provenance::estimated, true, ""});
    return statuses;
}

}  // namespace engine
