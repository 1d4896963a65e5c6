// Energy counters of hardware monitors: BMC and socket sensors (Linux Documentation/hwmon/sysfs-interface,
// energyN_input).
#include <mutex>

#include "engine/energy/meters.h"
#include "engine/energy/sysfs.h"

namespace engine {
namespace {

namespace fs = std::filesystem;

class HwmonMeter : public EnergyMeter {
public:
    HwmonMeter(std::string source, std::vector<fs::path> counters)
        : source_(std::move(source)), counters_(std::move(counters)) {}

    Result<Joules> read() override {
        const std::lock_guard lock(mutex_);
        std::uint64_t microjoules = 0;
        for (const auto& counter : counters_) {
            auto now = readNumber(counter);
            if (!now)
                return now.error();
            microjoules += *now;
        }
        // hwmon gives no range, so a counter that fell cannot be told from a reset.
        if (microjoules < last_)
            return Error{ErrorCode::io, source_ + " went backwards; it was reset or has wrapped"};
        last_ = microjoules;
        return Joules{static_cast<double>(microjoules) * 1e-6};
    }
    std::string source() const override { return source_; }

private:
    std::mutex mutex_;
    std::string source_;
    std::vector<fs::path> counters_;
    std::uint64_t last_ = 0;
};

/// Counters that do not overlap: the sockets where sensors are labelled so, else a sensor's only counter.
/// `denied` becomes true when a counter is there but may not be read.
std::vector<fs::path> countersOf(const fs::path& monitor, bool& denied) {
    std::vector<fs::path> all;
    std::vector<fs::path> sockets;
    for (int i = 1; i <= 512; ++i) {
        const auto input = monitor / ("energy" + std::to_string(i) + "_input");
        if (const auto value = readNumber(input); !value) {
            denied = denied || value.error().code == ErrorCode::unavailable;
            continue;
        }
        all.push_back(input);
        const auto label = readAttribute(monitor / ("energy" + std::to_string(i) + "_label"));
        if (label && label->starts_with("Esocket"))
            sockets.push_back(input);
    }
    if (!sockets.empty())
        return sockets;
    return all.size() == 1 ? all : std::vector<fs::path>{};
}

}  // namespace

Result<std::unique_ptr<EnergyMeter>> openHwmon(const std::string& root) {
    bool denied = false;
    for (const auto& monitor : subfolders(fs::path(root) / "sys/class/hwmon")) {
        auto counters = countersOf(monitor, denied);
        if (counters.empty())
            continue;
        const auto name = readAttribute(monitor / "name").value_or(monitor.filename().string());
        return std::unique_ptr<EnergyMeter>(
            std::make_unique<HwmonMeter>("hwmon:" + name, std::move(counters)));
    }
    if (denied)
        return Error{
            ErrorCode::unavailable,
            "energy counters in /sys/class/hwmon may be read by root only; allow it until the next start "
            "with: sudo chmod a+r /sys/class/hwmon/*/energy*_input"};
    return Error{ErrorCode::unavailable, "no hardware monitor with an energy counter in /sys/class/hwmon"};
}

}  // namespace engine
