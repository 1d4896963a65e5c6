#include "engine/benchmark/preflight.h"

#include <algorithm>

#include "engine/benchmark/background_load.h"
#include "engine/benchmark/machine_state.h"
#include "engine/energy/energy.h"
#include "engine/energy/sysfs.h"
#include "engine/report/metric_catalog.h"

namespace engine {
namespace {

namespace fs = std::filesystem;
using State = PreflightCheck::State;

constexpr double kWarmCelsius = 75.0;  // little headroom is left before clocks fall

PreflightCheck checkPower(const std::string& root) {
    bool hasBattery = false;
    for (const auto& supply : subfolders(fs::path(root) / "sys/class/power_supply")) {
        const auto type = readAttribute(supply / "type").value_or("");
        if (type == "Mains" && readAttribute(supply / "online").value_or("") == "1")
            return {"power", State::good, "AC power", "", ""};
        hasBattery =
            hasBattery || (type == "Battery" && readAttribute(supply / "scope").value_or("") != "Device");
    }
    if (hasBattery)
        return {"power", State::warning, "on battery",
                "Most machines clock lower on battery. Plug the charger in.", ""};
    return {"power", State::good, "AC power", "", ""};  // nothing that could run empty
}

PreflightCheck checkGovernor(const std::string& root) {
    const auto governor =
        readAttribute(fs::path(root) / "sys/devices/system/cpu/cpu0/cpufreq/scaling_governor").value_or("");
    if (governor.empty())
        return {"governor", State::unknown, "governor unknown",
                "The system does not tell how it sets the CPU clock (usual in virtual machines).", ""};
    if (governor == "performance")
        return {"governor", State::good, "governor performance", "", ""};
    return {"governor", State::warning, "governor " + governor,
            "The clock follows the load, so short tests may run slower than long ones.",
            "sudo cpupower frequency-set --governor performance"};
}

PreflightCheck checkLoad(const std::string& root) {
    const auto load = readBackgroundLoad(root);
    if (!load.pressureAvg10 && !load.loadAverage)
        return {"load", State::unknown, "load unknown", "The system tells no CPU pressure.", ""};
    const bool busy = load.pressureAvg10 ? *load.pressureAvg10 > kBusyPressurePercent
                                         : *load.loadAverage > kBusyLoadAboveOwn;
    const auto text = load.pressureAvg10
                          ? "background load " + formatFixed(*load.pressureAvg10, 0) + " % (PSI)"
                          : "load average " + formatFixed(*load.loadAverage, 1);
    return {"load", busy ? State::warning : State::good, text,
            busy ? "Other programs want the CPUs; end them, or the run will carry warnings." : "", ""};
}

PreflightCheck checkTemperature(const std::string& root) {
    const auto celsius = readMachineState(root).celsius;
    if (!celsius)
        return {"temperature", State::unknown, "temperature unknown",
                "No CPU sensor can be read (usual in virtual machines); throttling may go unseen.", ""};
    const bool warm = *celsius >= kWarmCelsius;
    return {"temperature", warm ? State::warning : State::good, formatFixed(*celsius, 0) + " °C",
            warm ? "The CPU is warm before anything runs; let it cool, or clocks may fall." : "", ""};
}

PreflightCheck checkEnergy(const std::string& root) {
    std::string denied;
    std::string reasons;
    for (const auto& status : meterStatuses(root)) {
        if (status.provenance == Provenance::estimated)
            continue;  // a model, not a meter
        if (status.available)
            return {"energy", State::good, "energy " + status.name, "", ""};
        if (denied.empty() && status.name == "rapl" && status.reason.find("root only") != std::string::npos)
            denied = status.reason;
        reasons += (reasons.empty() ? "" : "; ") + status.name + ": " + status.reason;
    }
    if (!denied.empty())
        return {"energy", State::warning, "energy: no permission",
                denied + ". For good, for members of one group: sudo bash installer/allow-energy",
                "sudo chmod a+r /sys/class/powercap/*/energy_uj"};
    return {"energy", State::unknown, "no energy meter", reasons, ""};
}

}  // namespace

std::vector<PreflightCheck> runPreflight(const std::string& root) {
    return {checkPower(root), checkGovernor(root), checkLoad(root), checkTemperature(root),
            checkEnergy(root)};
}

}  // namespace engine
