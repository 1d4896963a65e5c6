// A discharging battery: energy of the whole device (Linux Documentation/ABI/testing/sysfs-class-power).
#include "engine/energy/meters.h"
#include "engine/energy/sysfs.h"

namespace engine {
namespace {

namespace fs = std::filesystem;

constexpr double kJoulesPerMicrowattHour = 3.6e-3;

/// What is left in the battery in joules.
Result<double> chargeOf(const fs::path& battery) {
    if (auto energy = readNumber(battery / "energy_now"))  // microwatt-hours
        return static_cast<double>(*energy) * kJoulesPerMicrowattHour;
    auto charge = readNumber(battery / "charge_now");  // microampere-hours
    if (!charge)
        return charge.error();
    auto volts = readNumber(battery / "voltage_min_design");
    if (!volts)
        volts = readNumber(battery / "voltage_now");  // microvolts
    if (!volts)
        return volts.error();
    return static_cast<double>(*charge) * static_cast<double>(*volts) * 1e-6 * kJoulesPerMicrowattHour;
}

class BatteryMeter : public EnergyMeter {
public:
    BatteryMeter(fs::path battery, double full) : battery_(std::move(battery)), full_(full) {}

    Result<Joules> read() override {
        auto status = readAttribute(battery_ / "status");
        if (!status)
            return status.error();
        if (*status != "Discharging")
            return Error{ErrorCode::unavailable,
                         "the battery stopped discharging (" + *status + ") during the measurement"};
        auto left = chargeOf(battery_);
        if (!left)
            return left.error();
        return Joules{full_ - *left};
    }
    std::string source() const override { return "battery"; }
    // The gauge moves every few seconds in steps of tens of joules.
    std::chrono::milliseconds shortestWindow() const override { return std::chrono::seconds(60); }

private:
    fs::path battery_;
    double full_;
};

}  // namespace

Result<std::unique_ptr<EnergyMeter>> openBattery(const std::string& root) {
    for (const auto& supply : subfolders(fs::path(root) / "sys/class/power_supply")) {
        if (readAttribute(supply / "type").value_or("") != "Battery" ||
            readAttribute(supply / "scope").value_or("") == "Device")
            continue;
        if (readAttribute(supply / "status").value_or("") != "Discharging")
            return Error{ErrorCode::unavailable,
                         "the battery is not discharging; unplug the charger to measure with it"};
        auto left = chargeOf(supply);
        if (!left)
            return Error{ErrorCode::unavailable,
                         "the battery tells neither its energy nor its charge: " + left.error().message};
        return std::unique_ptr<EnergyMeter>(std::make_unique<BatteryMeter>(supply, *left));
    }
    return Error{ErrorCode::unavailable, "this machine has no battery (/sys/class/power_supply)"};
}

}  // namespace engine
